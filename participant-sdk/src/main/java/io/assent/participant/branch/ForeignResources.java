package io.assent.participant.branch;

import io.assent.participant.WorkOutsideBranchException;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.transaction.support.ResourceHolderSupport;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Finds resources that follow the unit's Spring transaction and would commit with it, before the outcome is known. */
final class ForeignResources {

    /** Holders that only pass on the connection of the branch. */
    private static final Set<String> HARMLESS = Set.of("org.mybatis.spring.SqlSessionHolder");

    private ForeignResources() {}

    /**
     * Refuses such resources.
     *
     * @throws WorkOutsideBranchException naming the first one
     */
    static void refuse(Unit unit) {
        Object own = unit.manager() instanceof ResourceTransactionManager manager ? manager.getResourceFactory() : null;
        for (Map.Entry<Object, Object> bound :
                TransactionSynchronizationManager.getResourceMap().entrySet()) {
            boolean follows =
                    bound.getValue() instanceof ResourceHolderSupport holder && holder.isSynchronizedWithTransaction();
            boolean ofBranch = bound.getKey() == own || bound.getKey() instanceof DataSource;
            if (follows
                    && !ofBranch
                    && !HARMLESS.contains(bound.getValue().getClass().getName())) {
                throw new WorkOutsideBranchException("Work with " + bound.getKey()
                        + " inside a branch would commit before the outcome of the distributed transaction is known."
                        + " Do it in a method with @Transactional(propagation = NOT_SUPPORTED), or after commit");
            }
        }
    }
}
