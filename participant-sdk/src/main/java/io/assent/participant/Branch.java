package io.assent.participant;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.transaction.annotation.Isolation;

/**
 * The method, or every public method of the class, works in the branch of this service's participant: everything that it
 * does through the participant's {@code DataSource} commits or rolls back with the caller's distributed transaction, and
 * with nothing else. JPA, {@code JdbcTemplate} and {@code @Transactional} methods called from it join the branch.
 *
 * <p>When the method throws, by Spring's rules for rollback, the whole branch is rolled back and the transaction can only
 * abort. Callbacks after commit run when the outcome of the distributed transaction is known, on another thread.
 *
 * <p>Keep {@code @Transactional} off the callers of such a method: a transaction that is already active would commit by
 * itself, so the call fails with an {@code IllegalTransactionStateException}.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface Branch {

    /** Short for {@link #transactionManager}. */
    @AliasFor("transactionManager")
    String value() default "";

    /** Bean name of the transaction manager to work with; the primary one by default. */
    @AliasFor("value")
    String transactionManager() default "";

    /** What happens when the caller sent no transaction. */
    BranchOutside outside() default BranchOutside.REFUSE;

    /**
     * Whether the method only reads. A branch in which every method only read votes READ_ONLY: it costs no write, and
     * its locks are gone before the outcome is known. One that wrote all the same votes NO.
     */
    boolean readOnly() default false;

    /** Isolation level of the branch; the first method that works in it decides. */
    Isolation isolation() default Isolation.DEFAULT;

    /** Exceptions that roll back, besides unchecked ones and errors. */
    Class<? extends Throwable>[] rollbackFor() default {};

    /** Exceptions that do not roll back. */
    Class<? extends Throwable>[] noRollbackFor() default {};
}
