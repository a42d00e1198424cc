package io.assent.benchmarks.load;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** One word for how a request failed. */
final class Endings {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String PREFIX = "urn:assent:problem:";

    private Endings() {}

    /** The problem type without its prefix, or the status where there is none. */
    static String of(HttpCalls.Answer answer) {
        String type = typeOf(answer.body());
        return type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : "status " + answer.status();
    }

    private static String typeOf(String body) {
        try {
            return JSON.readTree(body).path("type").asString("");
        } catch (JacksonException e) {
            return "";
        }
    }

    static String of(Exception failure) {
        return failure.getClass().getSimpleName();
    }
}
