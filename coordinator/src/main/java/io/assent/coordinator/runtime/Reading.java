package io.assent.coordinator.runtime;

import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.MemberVote;
import io.assent.protocol.group.OutcomeReader;
import io.assent.protocol.group.OutcomeReader.Status;
import io.assent.protocol.group.Standing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads on any thread: the leader's table where there is one, then the applied state (rules U1 to U5). */
final class Reading {

    private Reading() {}

    /** The transaction as this node can show it, or null. */
    static @Nullable Transaction show(GroupState state, @Nullable TransactionTable table, TransactionId id) {
        TransactionTable.Entry entry = table == null ? null : table.get(id);
        if (entry != null) {
            return entry.begun() == null ? entry.show() : null;
        }
        Standing standing = state.read(id);
        TransactionTable.Entry recent = table == null ? null : table.recent(id);
        if (recent != null && !(standing instanceof Standing.Expired)) {
            return recent.show();
        }
        if (standing instanceof Standing.Open open) {
            return Transaction.of(open.transaction());
        }
        OutcomeReader.Answer answer = OutcomeReader.read(state, table, id);
        return switch (answer.status()) {
            case COMMITTED, ABORTED -> Transaction.finished(id, answer);
            case PENDING, EXPIRED, NEVER_ISSUED -> null;
        };
    }

    static OutcomeReader.Answer outcome(GroupState state, @Nullable TransactionTable table, TransactionId id) {
        TransactionTable.Entry entry = table == null ? null : table.get(id);
        Outcome outcome = entry == null ? null : entry.role().outcome();
        if (entry == null || outcome == null) {
            return OutcomeReader.read(state, table, id);
        }
        return outcome == Outcome.COMMITTED
                ? new OutcomeReader.Answer(
                        Status.COMMITTED, null, MemberVote.of(entry.role().members()))
                : new OutcomeReader.Answer(Status.ABORTED, entry.role().reason(), List.of());
    }
}
