package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.HostedGroups;
import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Group;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Outcome;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.MemberVote;
import io.assent.protocol.group.OutcomeReader;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Answers a repeated commit or abort from what this node can prove (rules U1 and U3), for the time in which no leader
 * can be reached: a decision stands whether or not there is one.
 */
@Component
final class DecidedHere {

    private final HostedGroups groups;

    DecidedHere(HostedGroups groups) {
        this.groups = groups;
    }

    /** A decision, and the group that told it. */
    record Decided(Group group, Answer answer) {}

    /**
     * The answer to a commit.
     *
     * @param members the set that the initiator names, or null
     * @return nothing when this node cannot prove a decision
     */
    Optional<Decided> commit(TransactionId id, @Nullable List<CommitMember> members) {
        return read(id, (outcome, transaction) -> {
            boolean other = members != null && !participants(members).equals(participantsOf(outcome.members()));
            return transaction.outcome() == Outcome.COMMITTED && other
                    ? new Answer.Refused(RequestRefusal.BRANCH_MISMATCH, transaction)
                    : new Answer.Shown(transaction, false);
        });
    }

    /** The answer to an abort; nothing when this node cannot prove a decision. */
    Optional<Decided> abort(TransactionId id) {
        return read(id, (outcome, transaction) -> new Answer.Shown(transaction, false));
    }

    @FunctionalInterface
    private interface Judge {
        Answer judge(OutcomeReader.Answer outcome, Transaction transaction);
    }

    private Optional<Decided> read(TransactionId id, Judge judge) {
        Optional<Group> hosted =
                groups.group(id.group()).filter(group -> group.state().founded() != null);
        if (hosted.isEmpty()) {
            return Optional.empty();
        }
        Group group = hosted.get();
        OutcomeReader.Answer outcome = group.outcome(id);
        return switch (outcome.status()) {
            case COMMITTED, ABORTED -> {
                Transaction shown = group.show(id);
                Transaction known =
                        shown == null || shown.outcome() == null ? Transaction.finished(id, outcome) : shown;
                yield Optional.of(new Decided(group, judge.judge(outcome, known)));
            }
            case EXPIRED -> Optional.of(new Decided(group, Answer.Plain.EXPIRED));
            case PENDING, NEVER_ISSUED -> Optional.empty();
        };
    }

    private static Set<String> participants(List<CommitMember> members) {
        return members.stream().map(CommitMember::participant).collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> participantsOf(List<MemberVote> members) {
        return members.stream().map(MemberVote::participant).collect(Collectors.toUnmodifiableSet());
    }
}
