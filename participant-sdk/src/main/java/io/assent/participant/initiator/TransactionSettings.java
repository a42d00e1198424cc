package io.assent.participant.initiator;

import io.assent.protocol.Protocol;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * How a piece of work runs in a distributed transaction.
 *
 * @param name what it does, for people
 * @param protocol the commit protocol of a transaction that begins here
 * @param timeout of a transaction that begins here, 100 ms to 24 h
 * @param propagation what to do about a transaction that is there already
 * @param repeatableCalls whether calls may be repeated, or left without an answer, without harm
 * @param rollbackOn which failures of the work abort
 */
public record TransactionSettings(
        String name,
        Protocol protocol,
        Duration timeout,
        Propagation propagation,
        boolean repeatableCalls,
        Predicate<Throwable> rollbackOn) {

    /** The shortest time-out that the coordinators accept. */
    public static final Duration SHORTEST = Duration.ofMillis(100);

    /** The longest time-out that the coordinators accept. */
    public static final Duration LONGEST = Duration.ofHours(24);

    private static final int NAME_LIMIT = 128;

    /**
     * Checks the time-out and shortens the name where it is too long.
     *
     * @throws IllegalArgumentException when the time-out is out of its range
     */
    public TransactionSettings {
        if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("The timeout of a transaction is from 100 ms to 24 h, not " + timeout);
        }
        name = name.length() > NAME_LIMIT ? name.substring(name.length() - NAME_LIMIT) : name;
    }

    /** Spring's default rule: unchecked exceptions and errors abort, checked exceptions do not. */
    public static boolean isUnchecked(Throwable failure) {
        return failure instanceof RuntimeException || failure instanceof Error;
    }
}
