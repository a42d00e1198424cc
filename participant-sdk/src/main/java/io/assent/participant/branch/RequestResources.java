package io.assent.participant.branch;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What a transaction manager would find bound to the thread of a request, as the EntityManager of Open-Session-In-View:
 * it may hold a connection of the application's pool, and work with it would commit outside of the branch. So it is put
 * aside while the branch works, and a fresh one is used.
 */
final class RequestResources {

    /** Nothing was bound. */
    static final RequestResources NONE = new RequestResources(null, null);

    private final @Nullable Object key;
    private final @Nullable Object value;

    private RequestResources(@Nullable Object key, @Nullable Object value) {
        this.key = key;
        this.value = value;
    }

    /** Unbinds what this manager would find; does nothing inside a transaction of it. */
    static RequestResources takeAway(PlatformTransactionManager manager) {
        if (TransactionSynchronizationManager.isActualTransactionActive()
                || !(manager instanceof ResourceTransactionManager resources)) {
            return NONE;
        }
        Object key = resources.getResourceFactory();
        Object value = TransactionSynchronizationManager.unbindResourceIfPossible(key);
        return value == null ? NONE : new RequestResources(key, value);
    }

    /** Binds it again. */
    void putBack() {
        if (key != null && value != null) {
            TransactionSynchronizationManager.bindResource(key, value);
        }
    }
}
