package io.assent.participant;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/** Lets Micrometer's context propagation carry the {@link TransactionContext} to other threads. */
public final class TransactionContextAccessor implements ThreadLocalAccessor<TransactionContext> {

    /** The key of the context in a snapshot. */
    public static final String KEY = "io.assent.transaction";

    @Override
    public Object key() {
        return KEY;
    }

    @Override
    public @Nullable TransactionContext getValue() {
        return TransactionContext.current();
    }

    @Override
    public void setValue(TransactionContext context) {
        TransactionContext.restore(context);
    }

    @Override
    public void setValue() {
        TransactionContext.restore(null);
    }
}
