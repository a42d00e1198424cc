package io.assent.protocol;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of one incarnation of a group, under which its transaction ids carry a message authentication code, so
 * that a forged id is recognised without a look into the log. HMAC-SHA-256 (RFC 2104), truncated to 32 bits.
 */
public final class IncarnationKey {

    /** Length of the key in bytes. */
    public static final int LENGTH = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] bytes;
    private final SecretKeySpec secret;

    /**
     * A key of exactly {@value #LENGTH} secret random bytes.
     *
     * @throws IllegalArgumentException when the length differs
     */
    public IncarnationKey(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("An incarnation key has " + LENGTH + " bytes, not " + bytes.length);
        }
        this.bytes = bytes.clone();
        this.secret = new SecretKeySpec(this.bytes, ALGORITHM);
    }

    /** A copy of the key's bytes, for the log only. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** The first 32 bits of the code over the first {@code length} bytes of {@code data}. */
    int code(byte[] data, int length) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            mac.update(data, 0, length);
            byte[] code = mac.doFinal();
            return (code[0] & 0xff) << 24 | (code[1] & 0xff) << 16 | (code[2] & 0xff) << 8 | (code[3] & 0xff);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform provides " + ALGORITHM, e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IncarnationKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Never shows the key. */
    @Override
    public String toString() {
        return "IncarnationKey[hidden]";
    }
}
