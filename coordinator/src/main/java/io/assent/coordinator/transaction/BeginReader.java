package io.assent.coordinator.transaction;

import io.assent.protocol.Protocol;
import io.assent.protocol.api.BeginRequest;
import io.assent.protocol.api.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Checks a request to begin. */
@Component
final class BeginReader {

    private static final Pattern KEY = Pattern.compile("[!-~]{1,128}");

    private final LimitProperties limits;

    BeginReader(LimitProperties limits) {
        this.limits = limits;
    }

    /**
     * The terms that the request names.
     *
     * @param request the body, or null when there was none
     * @param keys the values of the header Idempotency-Key
     * @throws ProblemException when a field is wrong
     */
    BeginTerms read(@Nullable BeginRequest request, List<String> keys) {
        BeginRequest body = request == null ? new BeginRequest(null, null, null, null, null) : request;
        FieldErrors errors = new FieldErrors();
        Protocol protocol =
                errors.constant(body.protocol(), Protocol.class, Arrays.asList(Protocol.values()), "protocol");
        Duration timeout = errors.duration(body.timeout(), limits.timeout(), "timeout");
        errors.require(
                timeout.compareTo(limits.timeoutMin()) >= 0 && timeout.compareTo(limits.timeoutMax()) <= 0,
                "timeout",
                "must lie between " + limits.timeoutMin() + " and " + limits.timeoutMax());
        errors.requireLength(body.name(), limits.name(), "name");
        errors.requireLength(body.initiator(), limits.initiator(), "initiator");
        SortedMap<String, String> labels = labels(body.labels(), errors);
        String key = key(keys, errors);
        errors.throwIfAny();
        return new BeginTerms(
                protocol == null ? Protocol.TWO_PHASE : protocol,
                timeout,
                body.name(),
                body.initiator(),
                labels,
                key == null ? null : new BeginTerms.Key(key, digest(body, labels)));
    }

    private SortedMap<String, String> labels(@Nullable Map<String, @Nullable String> given, FieldErrors errors) {
        SortedMap<String, String> labels = new TreeMap<>();
        if (given == null) {
            return labels;
        }
        errors.require(
                given.size() <= limits.labels(),
                "labels",
                "has " + given.size() + " entries and may have " + limits.labels());
        given.forEach((name, value) -> {
            String field = "labels." + (name.length() > limits.labelName() ? "(long name)" : name);
            errors.require(!name.isEmpty(), "labels", "has an entry without a name");
            errors.requireLength(name, limits.labelName(), field);
            errors.requireLength(value, limits.labelValue(), field);
            if (value == null) {
                errors.add(field, "must be a text and is null");
            } else {
                labels.put(name, value);
            }
        });
        return labels;
    }

    private static @Nullable String key(List<String> keys, FieldErrors errors) {
        if (keys.isEmpty()) {
            return null;
        }
        errors.require(
                keys.size() == 1 && KEY.matcher(keys.getFirst()).matches(),
                Headers.IDEMPOTENCY_KEY,
                "must be one header of 1 to 128 visible ASCII characters");
        return keys.getFirst();
    }

    /** Of the fields as they were given, each with its length, so that no two requests look the same. */
    private static String digest(BeginRequest body, SortedMap<String, String> labels) {
        StringBuilder text = new StringBuilder();
        append(text, body.protocol());
        append(text, body.timeout());
        append(text, body.name());
        append(text, body.initiator());
        labels.forEach((name, value) -> {
            append(text, name);
            append(text, value);
        });
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform provides SHA-256", e);
        }
    }

    private static void append(StringBuilder text, @Nullable String field) {
        text.append(field == null ? -1 : field.length()).append(':').append(field == null ? "" : field);
    }
}
