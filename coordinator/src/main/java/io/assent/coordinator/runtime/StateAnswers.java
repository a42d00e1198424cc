package io.assent.coordinator.runtime;

import io.assent.protocol.CommitMember;
import io.assent.protocol.Outcome;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.MemberVote;
import io.assent.protocol.group.OutcomeReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers that a leader takes from the applied state and from what it remembers. */
final class StateAnswers {

    private final GroupState state;
    private final TransactionTable table;

    StateAnswers(GroupState state, TransactionTable table) {
        this.state = state;
        this.table = table;
    }

    /** What a keyed begin came to when its record was applied. */
    Answer keyedBegin(TransactionTable.Entry entry, Fact fact) {
        return switch (fact) {
            case Fact.KeyOf other -> begunBefore(other.transaction(), other.sameDigest());
            case Fact.OwnedBy owner -> Answer.Plain.LEADER_CHANGED;
            case Fact.Known known ->
                switch (known) {
                    case SLOT_ELSEWHERE -> Answer.Plain.SLOT_ELSEWHERE;
                    case DEAD, EXPIRED -> Answer.Plain.LEADER_CHANGED;
                    case APPLIED, COMMITTED, ABORTED, ONE_PHASE -> new Answer.Shown(entry.show(), true);
                };
        };
    }

    /** The transaction that was begun under the same key. */
    Answer begunBefore(TransactionId id, boolean sameDigest) {
        if (!sameDigest) {
            return new Answer.KeyTaken(id);
        }
        Transaction transaction = Reading.show(state, table, id);
        return transaction == null ? Answer.Plain.LEADER_CHANGED : new Answer.Shown(transaction, false);
    }

    /** Answers a request about a transaction that is neither in the table nor open in the log. */
    Answer to(Request.OfTransaction request) {
        OutcomeReader.Answer outcome = OutcomeReader.read(state, table, request.id());
        return switch (outcome.status()) {
            case PENDING -> Answer.Plain.LEADER_CHANGED;
            case EXPIRED -> Answer.Plain.EXPIRED;
            case NEVER_ISSUED -> Answer.Plain.NEVER_ISSUED;
            case COMMITTED, ABORTED -> {
                Transaction shown = Reading.show(state, table, request.id());
                Transaction transaction = shown == null ? Transaction.finished(request.id(), outcome) : shown;
                RequestRefusal refusal = refusalOf(request, outcome, transaction.outcome());
                yield refusal == null ? new Answer.Shown(transaction, false) : new Answer.Refused(refusal, transaction);
            }
        };
    }

    private static @Nullable RequestRefusal refusalOf(
            Request.OfTransaction request, OutcomeReader.Answer known, @Nullable Outcome outcome) {
        boolean committed = outcome == Outcome.COMMITTED;
        return switch (request) {
            case Request.Enlist enlist -> RequestRefusal.NOT_ACTIVE;
            case Request.Abort abort -> committed ? RequestRefusal.ALREADY_COMMITTED : null;
            case Request.Commit commit -> {
                List<CommitMember> branches = commit.branches();
                boolean other = branches != null
                        && !branches.stream()
                                .map(CommitMember::participant)
                                .sorted()
                                .toList()
                                .equals(known.members().stream()
                                        .map(MemberVote::participant)
                                        .sorted()
                                        .toList());
                yield committed && other ? RequestRefusal.BRANCH_MISMATCH : null;
            }
        };
    }
}
