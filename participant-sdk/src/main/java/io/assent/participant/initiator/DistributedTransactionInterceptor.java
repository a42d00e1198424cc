package io.assent.participant.initiator;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.MethodClassKey;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.transaction.interceptor.NoRollbackRuleAttribute;
import org.springframework.transaction.interceptor.RollbackRuleAttribute;
import org.springframework.transaction.interceptor.RuleBasedTransactionAttribute;
import org.springframework.util.StringValueResolver;
import org.springframework.util.function.SingletonSupplier;

/** The advice of {@link DistributedTransactional}. */
public final class DistributedTransactionInterceptor implements MethodInterceptor {

    private final Supplier<DistributedTransactions> transactions;
    private final StringValueResolver placeholders;
    private final Map<MethodClassKey, TransactionSettings> settings = new ConcurrentHashMap<>();

    /**
     * The advice.
     *
     * @param transactions asked for when a method is called for the first time
     * @param placeholders resolves placeholders in annotations
     */
    public DistributedTransactionInterceptor(
            Supplier<DistributedTransactions> transactions, StringValueResolver placeholders) {
        this.transactions = SingletonSupplier.of(transactions);
        this.placeholders = placeholders;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object target = invocation.getThis();
        Class<?> type = target == null ? invocation.getMethod().getDeclaringClass() : AopUtils.getTargetClass(target);
        TransactionSettings known = settings.computeIfAbsent(
                new MethodClassKey(invocation.getMethod(), type), key -> read(invocation.getMethod(), type));
        return transactions.get().<@Nullable Object>run(known, context -> invocation.proceed());
    }

    private TransactionSettings read(Method method, Class<?> type) {
        Method specific = AopUtils.getMostSpecificMethod(method, type);
        DistributedTransactional annotation =
                AnnotatedElementUtils.findMergedAnnotation(specific, DistributedTransactional.class);
        if (annotation == null) {
            annotation = AnnotatedElementUtils.findMergedAnnotation(type, DistributedTransactional.class);
        }
        if (annotation == null) {
            throw new IllegalStateException("No @DistributedTransactional on " + specific);
        }
        String name = type.getSimpleName() + "." + specific.getName();
        if (returnsBeforeItIsDone(specific.getReturnType())) {
            throw new IllegalStateException("@DistributedTransactional on " + name
                    + " cannot work: the method returns before its work is done; return the result itself");
        }
        return new TransactionSettings(
                annotation.name().isEmpty() ? name : annotation.name(),
                annotation.protocol(),
                timeout(annotation.timeout()),
                annotation.propagation(),
                annotation.repeatableCalls(),
                rules(annotation)::rollbackOn);
    }

    private static boolean returnsBeforeItIsDone(Class<?> type) {
        return CompletionStage.class.isAssignableFrom(type)
                || Flow.Publisher.class.isAssignableFrom(type)
                || ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
    }

    private Duration timeout(String text) {
        String resolved = placeholders.resolveStringValue(text);
        return resolved == null || resolved.isEmpty()
                ? transactions.get().defaultTimeout()
                : DurationStyle.detectAndParse(resolved);
    }

    private static RuleBasedTransactionAttribute rules(DistributedTransactional annotation) {
        RuleBasedTransactionAttribute rules = new RuleBasedTransactionAttribute();
        for (Class<? extends Throwable> failure : annotation.rollbackFor()) {
            rules.getRollbackRules().add(new RollbackRuleAttribute(failure));
        }
        for (Class<? extends Throwable> failure : annotation.noRollbackFor()) {
            rules.getRollbackRules().add(new NoRollbackRuleAttribute(failure));
        }
        return rules;
    }
}
