package io.assent.coordinator.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The secret that coordinators, participants and clients share, or its absence. Compared in constant time; never shown.
 */
public final class SharedSecret {

    private static final int MIN_LENGTH = 32;

    /** What may stand behind "Bearer" (RFC 6750 section 2.1). */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private static final String SCHEME = "Bearer ";

    private final @Nullable String token;

    private SharedSecret(@Nullable String token) {
        this.token = token;
    }

    /** No secret: everybody who reaches the node is served. */
    public static SharedSecret none() {
        return new SharedSecret(null);
    }

    /**
     * The secret of the settings.
     *
     * @throws StartupRefusedException when it is too short, not a bearer token, unreadable or given twice
     */
    public static SharedSecret of(SecurityProperties properties) {
        String given = properties.secret();
        Path file = properties.secretFile();
        if (given == null && file == null) {
            return none();
        }
        if (given != null && file != null) {
            throw new StartupRefusedException(
                    "assent.security.secret and assent.security.secret-file are both set.", "Keep one of them.");
        }
        String token = (file == null ? String.valueOf(given) : read(file)).strip();
        if (token.length() < MIN_LENGTH || !TOKEN.matcher(token).matches()) {
            throw new StartupRefusedException(
                    "The shared secret (assent.security.secret or -file) has " + token.length()
                            + " characters, or some that a bearer token may not have.",
                    "Use at least " + MIN_LENGTH + " random letters, digits and -._~+/, for example the output of"
                            + " \"openssl rand -hex 32\".");
        }
        return new SharedSecret(token);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new StartupRefusedException(
                    "assent.security.secret-file names " + file + ", which cannot be read ("
                            + e.getClass().getSimpleName() + ").",
                    "Name a text file that this process may read.");
        }
    }

    /** Whether there is a secret at all. */
    public boolean isSet() {
        return token != null;
    }

    /** The value of the Authorization header for requests to other nodes and participants, if there is a secret. */
    public Optional<String> authorization() {
        return Optional.ofNullable(token).map(known -> SCHEME + known);
    }

    /**
     * Whether a request with this Authorization header may pass.
     *
     * @param authorization the header's value, or null when it is missing
     */
    public boolean admits(@Nullable String authorization) {
        if (token == null) {
            return true;
        }
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        String offered = authorization.substring(SCHEME.length()).strip();
        return MessageDigest.isEqual(digest(offered), digest(token));
    }

    /** Digests have one length, so the comparison does not tell the length of the secret either. */
    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform provides SHA-256", e);
        }
    }

    /** Never shows the secret. */
    @Override
    public String toString() {
        return token == null ? "SharedSecret[none]" : "SharedSecret[hidden]";
    }
}
