package io.assent.protocol;

/** A text or a byte sequence is not a transaction id: wrong length, wrong alphabet or an unknown protocol. */
public final class MalformedTransactionIdException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    MalformedTransactionIdException(String message) {
        super(message);
    }
}
