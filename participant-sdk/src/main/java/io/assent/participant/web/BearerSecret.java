package io.assent.participant.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** The secret that coordinators show to a participant, or its absence; compared in constant time, never shown. */
public final class BearerSecret {

    private static final String SCHEME = "Bearer ";

    private final byte @Nullable [] digest;

    /** The secret, or null when everybody who reaches the endpoint may send messages. */
    public BearerSecret(@Nullable String secret) {
        this.digest = secret == null ? null : digest(secret);
    }

    /** Whether a request with this Authorization header, null when it has none, may pass. */
    boolean admits(@Nullable String authorization) {
        if (digest == null) {
            return true;
        }
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        return MessageDigest.isEqual(
                digest, digest(authorization.substring(SCHEME.length()).strip()));
    }

    /** Digests have one length, so that the comparison does not tell the length of the secret. */
    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform provides SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return digest == null ? "BearerSecret[none]" : "BearerSecret[hidden]";
    }
}
