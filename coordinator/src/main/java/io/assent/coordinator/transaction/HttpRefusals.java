package io.assent.coordinator.transaction;

import org.springframework.http.HttpStatus;

/** What to do about a request that no handler of the API takes. */
final class HttpRefusals {

    private HttpRefusals() {}

    static String explain(HttpStatus status) {
        return switch (status) {
            case NOT_FOUND -> "There is nothing at this path. The paths of the API are listed at /v3/api-docs.";
            case METHOD_NOT_ALLOWED ->
                "This path does not take this method; the header Allow names those that it takes.";
            case UNSUPPORTED_MEDIA_TYPE -> "Send the body as JSON, with Content-Type: application/json.";
            case NOT_ACCEPTABLE -> "Answers are application/json and errors application/problem+json; accept both.";
            default -> "The request was refused: " + status.getReasonPhrase() + ". Correct it and send it again.";
        };
    }
}
