package io.assent.participant.initiator;

import io.assent.protocol.Protocol;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a method in a distributed transaction, by the conventions of Spring's {@code @Transactional}. The transaction
 * begins with the first outgoing call or the first local work; it commits when the method returns and aborts when it
 * throws something that the rollback rules name. Only the method that begins it commits it.
 *
 * <p>A method that began the transaction throws {@link io.assent.participant.TransactionAbortedException} when it
 * aborted although the method returned, {@link io.assent.participant.OutcomeUnknownException} when nobody told the
 * outcome in time, and {@link io.assent.participant.CoordinatorUnavailableException} when nothing was begun.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface DistributedTransactional {

    /** The commit protocol of a transaction that begins here. */
    Protocol protocol() default Protocol.TWO_PHASE;

    /**
     * Time-out of a transaction that begins here, counted from its begin: {@code 30s} or {@code PT30S}, 100 ms to 24 h;
     * may be a placeholder. Empty: {@code assent.initiator.timeout}.
     */
    String timeout() default "";

    /** What the transaction does, for people, at most 128 characters; empty: class and method. */
    String name() default "";

    /** What to do about a transaction that is there already. */
    Propagation propagation() default Propagation.REQUIRED;

    /** Exceptions that abort, besides unchecked exceptions and errors. */
    Class<? extends Throwable>[] rollbackFor() default {};

    /** Exceptions that do not abort. */
    Class<? extends Throwable>[] noRollbackFor() default {};

    /**
     * Whether every call made in the transaction may be repeated, or left without an answer, without harm. Otherwise a
     * call that ended without an answer makes the transaction one that can only abort.
     */
    boolean repeatableCalls() default false;
}
