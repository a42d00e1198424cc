package io.assent.participant.branch;

import io.assent.participant.Branch;
import java.util.ArrayList;
import java.util.List;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.interceptor.NoRollbackRuleAttribute;
import org.springframework.transaction.interceptor.RollbackRuleAttribute;
import org.springframework.transaction.interceptor.RuleBasedTransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttribute;

/**
 * What {@code @Branch} at a method says.
 *
 * @param annotation the annotation
 * @param name the method, for people
 */
record BranchTerms(Branch annotation, String name) {

    /** The Spring transaction as which the method runs; the isolation level is the branch's, not its own. */
    TransactionAttribute attribute() {
        List<RollbackRuleAttribute> rules = new ArrayList<>();
        for (Class<? extends Throwable> type : annotation.rollbackFor()) {
            rules.add(new RollbackRuleAttribute(type));
        }
        for (Class<? extends Throwable> type : annotation.noRollbackFor()) {
            rules.add(new NoRollbackRuleAttribute(type));
        }
        RuleBasedTransactionAttribute attribute =
                new RuleBasedTransactionAttribute(TransactionDefinition.PROPAGATION_REQUIRED, rules);
        attribute.setName(name);
        attribute.setReadOnly(annotation.readOnly());
        return attribute;
    }
}
