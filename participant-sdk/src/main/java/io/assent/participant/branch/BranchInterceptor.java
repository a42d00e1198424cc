package io.assent.participant.branch;

import io.assent.participant.Branch;
import io.assent.participant.BranchOutside;
import io.assent.participant.BranchRefusedException;
import io.assent.participant.TransactionContext;
import io.assent.participant.WorkOutsideBranchException;
import io.assent.protocol.api.ProblemType;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs a method annotated with {@code @Branch} as a unit of work in the branch: one Spring transaction of the
 * application's own manager on the connection of the branch, whose commit is left to the coordinator.
 */
public final class BranchInterceptor implements MethodInterceptor {

    private final Supplier<Optional<Workshop>> workshop;
    private final TransactionManagers managers;

    /**
     * An advice.
     *
     * @param workshop gives the participant's workshop; empty in a service without a participant id
     */
    public BranchInterceptor(Supplier<Optional<Workshop>> workshop, TransactionManagers managers) {
        this.workshop = workshop;
        this.managers = managers;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        BranchTerms terms = termsOf(invocation);
        PlatformTransactionManager manager = managers.named(terms.annotation().transactionManager());
        TransactionContext context = TransactionContext.current();
        if (context == null) {
            return outside(invocation, terms, manager);
        }
        Workshop open = workshop.get()
                .orElseThrow(() -> new WorkOutsideBranchException(
                        terms.name() + " is annotated with @Branch, and this service has no participant id: set"
                                + " assent.participant.id"));
        Unit current = open.units().current().orElse(null);
        if (current != null && !current.isSuspended()) {
            return inTransaction(invocation, terms, manager, () -> {});
        }
        refuseOutOfPlace(context, open.units(), current, terms);
        RequestResources aside = RequestResources.takeAway(manager);
        try {
            return inUnit(invocation, terms, manager, context, open);
        } finally {
            aside.putBack();
        }
    }

    private static BranchTerms termsOf(MethodInvocation invocation) {
        Object target = invocation.getThis();
        Class<?> type = target == null ? invocation.getMethod().getDeclaringClass() : AopUtils.getTargetClass(target);
        Method method = AopUtils.getMostSpecificMethod(invocation.getMethod(), type);
        Branch branch = AnnotatedElementUtils.findMergedAnnotation(method, Branch.class);
        if (branch == null) {
            branch = AnnotatedElementUtils.findMergedAnnotation(type, Branch.class);
        }
        if (branch == null) {
            throw new IllegalStateException("No @Branch at " + method);
        }
        return new BranchTerms(branch, type.getSimpleName() + "." + method.getName());
    }

    private @Nullable Object outside(MethodInvocation invocation, BranchTerms terms, PlatformTransactionManager manager)
            throws Throwable {
        if (terms.annotation().outside() == BranchOutside.LOCAL) {
            return inTransaction(invocation, terms, manager, () -> {});
        }
        throw new BranchRefusedException(
                ProblemType.TRANSACTION_REQUIRED,
                null,
                terms.name()
                        + " works only in a distributed transaction: send the Assent-Transaction header, as a client"
                        + " configured by Assent does inside @DistributedTransactional");
    }

    private static void refuseOutOfPlace(
            TransactionContext context, Units units, @Nullable Unit current, BranchTerms terms) {
        if (!units.mayWork(context)) {
            throw new WorkOutsideBranchException(terms.name() + " was called on another thread than the one that serves"
                    + " the request: the transaction travels there, its branch does not");
        }
        if (current != null || TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalTransactionStateException(terms.name() + " is annotated with @Branch and was called inside"
                    + " a local transaction, whose work would stay outside of the branch: remove @Transactional from"
                    + " its callers");
        }
    }

    private static @Nullable Object inUnit(
            MethodInvocation invocation,
            BranchTerms terms,
            PlatformTransactionManager manager,
            TransactionContext context,
            Workshop open)
            throws Throwable {
        Unit unit = open.begin(
                context,
                new Workshop.UnitTerms(
                        manager,
                        terms.annotation().readOnly(),
                        terms.annotation().isolation()));
        unit.advise();
        boolean alive;
        Object result;
        try {
            result = inTransaction(invocation, terms, manager, () -> open.requireItsConnection(unit));
        } catch (Throwable failure) {
            unit.failed(failure);
            throw failure;
        } finally {
            alive = open.end(unit);
        }
        if (!alive) {
            throw Refusals.over(unit.branch().transaction(), "Its branch here was rolled back while it worked");
        }
        return result;
    }

    /** What Spring does for {@code @Transactional}, with the same rules for rollback. */
    private static @Nullable Object inTransaction(
            MethodInvocation invocation, BranchTerms terms, PlatformTransactionManager manager, Runnable check)
            throws Throwable {
        TransactionStatus status = manager.getTransaction(terms.attribute());
        Object result;
        try {
            check.run();
            result = invocation.proceed();
        } catch (Throwable failure) {
            complete(manager, status, terms, failure);
            throw failure;
        }
        try {
            LateResults.refuse(terms, result);
        } catch (IllegalTransactionStateException late) {
            manager.rollback(status); // Whatever the rules for rollback say: half of its work may come later.
            throw late;
        }
        manager.commit(status);
        return result;
    }

    private static void complete(
            PlatformTransactionManager manager, TransactionStatus status, BranchTerms terms, Throwable failure) {
        try {
            if (terms.attribute().rollbackOn(failure)) {
                manager.rollback(status);
            } else {
                manager.commit(status);
            }
        } catch (RuntimeException e) {
            e.addSuppressed(failure);
            throw e;
        }
    }
}
