package io.assent.coordinator.transaction;

import io.assent.protocol.api.ProblemView;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** What to do about a request that no handler of the API takes, or that failed inside. */
final class HttpRefusals {

    private static final String BLANK = "about:blank";

    private HttpRefusals() {}

    /** A problem without a type of ours. */
    static ProblemView view(int status, @Nullable String instance) {
        HttpStatus known = HttpStatus.resolve(status);
        String title = known == null ? "Error" : known.getReasonPhrase();
        return new ProblemView(BLANK, title, status, explain(status, title), instance, null, null, null, null, null);
    }

    private static String explain(int status, String title) {
        return switch (status) {
            case 404 -> "There is nothing at this path. The paths of the API are listed at /v3/api-docs.";
            case 405 -> "This path does not take this method; the header Allow names those that it takes.";
            case 406 -> "Answers are application/json and errors application/problem+json; accept both.";
            case 415 -> "Send the body as JSON, with Content-Type: application/json.";
            case 500 ->
                "The coordinator failed inside; what the request did is not known. Read the transaction before you act,"
                        + " or repeat the same commit, abort or keyed begin, which is safe. The log of this node tells"
                        + " more.";
            default -> "The request was refused: " + title + ". Correct it and send it again.";
        };
    }
}
