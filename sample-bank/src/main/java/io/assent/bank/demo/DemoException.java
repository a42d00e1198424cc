package io.assent.bank.demo;

import org.jspecify.annotations.Nullable;

/** The demonstration cannot go on, or shows what it must not show; the message says so to a person. */
final class DemoException extends RuntimeException {

    DemoException(String message) {
        super(message);
    }

    DemoException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
