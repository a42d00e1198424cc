package io.assent.coordinator.delivery;

import io.assent.protocol.message.Reply;
import java.util.List;

/**
 * What became of one request to an endpoint.
 *
 * @param result what kind of thing happened
 * @param replies the replies that could be read, in the order of the answer; empty unless the result is OK
 * @param error what was wrong, in words for an operator; empty when the result is OK
 */
record Answer(Result result, List<Reply> replies, String error) {

    /** What can become of a request. The names are values of the tag {@code result} of a metric. */
    enum Result {
        /** It was processed; some messages may still be without a reply. */
        OK,
        /** No connection could be made, so nothing was sent. */
        REFUSED,
        /** The answer did not come, or not wholly, in time. */
        TIMEOUT,
        /** The connection broke. */
        LOST,
        /** Nothing was processed (503). */
        BUSY,
        /** The request was too large for the participant (413). */
        TOO_LARGE,
        /** Another status than 200; a redirect, for instance, which is not followed. */
        REJECTED,
        /** It was answered, but the answer cannot be read. */
        MALFORMED,
        /** The endpoint must not be called, so nothing was sent. */
        FORBIDDEN
    }

    static Answer of(List<Reply> replies) {
        return new Answer(Result.OK, replies, "");
    }

    static Answer failed(Result result, String error) {
        return new Answer(result, List.of(), error);
    }

    boolean isOk() {
        return result == Result.OK;
    }
}
