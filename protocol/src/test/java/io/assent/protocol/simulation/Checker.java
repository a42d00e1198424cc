package io.assent.protocol.simulation;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.OutcomeReader.Status;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.Message;
import io.assent.protocol.paxoscommit.AcceptorRecord;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorState;
import io.assent.protocol.paxoscommit.RegistrarValue;
import io.assent.protocol.paxoscommit.Tally;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The invariants, checked at every event that can break one. */
final class Checker {

    private final Map<TransactionId, TransactionTruth> transactions = new LinkedHashMap<>();
    private final Map<Horizon, TransactionId> births = new TreeMap<>();
    private final Map<Integer, List<Fact>> factsAt = new TreeMap<>();
    private final Map<Integer, Integer> stateAt = new TreeMap<>();
    private final Map<String, TransactionId> keys = new LinkedHashMap<>();
    private final List<TransactionId> born = new ArrayList<>();
    private Horizon horizon = Horizon.NONE;
    private int lastIndex;

    private static void require(boolean holds, String invariant, TransactionTruth truth, String text) {
        if (!holds) {
            throw new Violation(invariant, text + " (" + truth.id + ")");
        }
    }

    TransactionTruth truth(TransactionId id) {
        return transactions.computeIfAbsent(id, TransactionTruth::new);
    }

    Collection<TransactionTruth> transactions() {
        return transactions.values();
    }

    // Births.

    /** All that were issued, in the order in which they were. */
    List<TransactionId> born() {
        return born;
    }

    void issued(TransactionId id) {
        TransactionId other = births.put(Horizon.of(id), id);
        born.add(id);
        require(other == null, "I19", truth(id), "term and sequence number repeat");
    }

    void begunUnder(String key, TransactionId id) {
        TransactionId other = keys.put(key, id);
        boolean same = other == null || other.equals(id) || horizon.covers(other) || horizon.covers(id);
        require(same, "I14", truth(id), "one key began two transactions");
    }

    // The log.

    /** A replica applied an entry; true when it was the first that did. */
    boolean applied(GroupState state, int index, long term, List<LogRecord> records, List<Fact> facts) {
        List<Fact> known = factsAt.putIfAbsent(index, facts);
        if (known != null && !known.equals(facts)) {
            throw new Violation("I10", "replicas differ at index " + index + ": " + known + ", " + facts);
        }
        if (index <= lastIndex) {
            return false;
        }
        lastIndex = index;
        for (int i = 0; i < records.size(); i++) {
            firstApplied(state, term, records.get(i), facts.get(i));
        }
        return true;
    }

    /** Compares the bytes of the states of all replicas at some indices. */
    void stateAt(int index, byte[] bytes) {
        int hash = Arrays.hashCode(bytes);
        Integer known = stateAt.putIfAbsent(index, hash);
        if (known != null && known != hash) {
            throw new Violation("I10", "states of replicas differ at index " + index);
        }
    }

    private void firstApplied(GroupState state, long term, LogRecord record, Fact fact) {
        switch (record) {
            case LogRecord.Decided r -> decided(truth(r.transaction()), r.members(), term, fact);
            case LogRecord.Aborted r -> {
                if (fact == Known.ABORTED) {
                    aborted(truth(r.transaction()));
                }
            }
            case LogRecord.Adopted r -> {
                if (fact == Known.APPLIED) {
                    stillOpen(truth(r.transaction()));
                    truth(r.transaction()).owner = term;
                }
            }
            case LogRecord.OnePhase r -> {
                if (fact == Known.ONE_PHASE) {
                    truth(r.transaction()).onePhase = r.member().participant();
                }
            }
            case LogRecord.OnePhaseResult r -> onePhaseResult(truth(r.transaction()), r.outcome(), fact);
            case LogRecord.HeuristicReported r ->
                throw new Violation("P11", "a heuristic outcome without an operator: " + r);
            case LogRecord.Forgotten r -> forgotten(state.horizon());
            case LogRecord.Enrolled r -> {
                boolean opens = r.transaction().protocol() != Protocol.PAXOS_COMMIT;
                if (fact == Known.APPLIED && opens) {
                    stillOpen(truth(r.transaction()));
                } else if (fact instanceof Fact.KeyOf) {
                    aborted(truth(r.transaction()));
                }
            }
            case LogRecord.Acknowledged r -> {}
            case LogRecord.Learned r -> {
                if (fact instanceof Known) {
                    learned(truth(r.transaction()), r);
                }
            }
            case LogRecord.HeuristicResolved r -> {}
            case LogRecord.Acceptors r -> {}
            case LogRecord.Holders r -> {}
            case LogRecord.Founded r -> {}
        }
    }

    /** Q3: the log learns what the acceptors chose; of a transaction without members it is the only witness. */
    private static void learned(TransactionTruth truth, LogRecord.Learned record) {
        if (record.members().isEmpty() && record.outcome() == Outcome.COMMITTED) {
            truth.committed = true;
        }
        boolean chosen = record.outcome() == Outcome.COMMITTED ? truth.committed : truth.aborted;
        require(chosen, "Q3", truth, record.outcome() + " learned that no acceptors chose");
    }

    /** An acceptor's record is on its disk. */
    void accepted(AcceptorList acceptors, AcceptorId from, AcceptorState state, AcceptorRecord record) {
        TransactionTruth truth = truth(state.transaction());
        Tally tally = truth.tally == null ? Tally.of(acceptors) : truth.tally;
        switch (record) {
            case AcceptorRecord.Voted r -> {
                RegistrarValue known = r.registered() != null
                        ? r.registered()
                        : state.registrar() == null ? null : state.registrar().value();
                if (known instanceof RegistrarValue.Registered registered) {
                    tally = tally.with(
                            from, new AcceptorReply.VotesAccepted(state.transaction(), registered, r.prepared()));
                }
            }
            case AcceptorRecord.Accepted r -> tally = tally.with(from, r.ballot(), r.proposal());
            default -> {}
        }
        truth.tally = tally;
        try {
            chosen(truth, tally);
        } catch (IllegalStateException e) {
            throw new Violation("I2", e.getMessage());
        }
    }

    private void chosen(TransactionTruth truth, Tally tally) {
        Outcome outcome = tally.outcome();
        if (outcome == Outcome.ABORTED && !truth.aborted) {
            aborted(truth);
        }
        RegistrarValue.Registered registered = tally.registered();
        if (outcome != Outcome.COMMITTED || truth.committed || registered == null) {
            return;
        }
        truth.committed = true;
        truth.members = registered.participants().stream()
                .map(address ->
                        Member.of(address.participant(), address.endpoint()).withVote(Vote.YES))
                .toList();
        require(!truth.aborted, "I2", truth, "chosen to commit after it was chosen to abort");
        require(
                truth.saidAborted == null,
                "I9",
                truth,
                "chosen to commit after ABORTED was said by " + truth.saidAborted);
        for (Member member : truth.members) {
            TransactionTruth.Branch branch = truth.branch(member.participant());
            require(branch.prepared, "I3", truth, "chosen to commit without the vote of " + member.participant());
            require(!branch.aborted, "I1", truth, "chosen to commit after " + member.participant() + " rolled back");
            require(!branch.toldAborted, "I9", truth, "chosen to commit after its branch was told ABORTED");
        }
    }

    private static void stillOpen(TransactionTruth truth) {
        require(!truth.aborted && !truth.committed, "I11", truth, "open again after its outcome stood in the log");
    }

    private void decided(TransactionTruth truth, List<Member> members, long term, Fact fact) {
        if (fact != Known.COMMITTED || truth.committed) {
            return;
        }
        require(truth.onePhase == null, "I3", truth, "decided, though its member was told to commit by itself");
        require(term == truth.owner, "I8", truth, "decided in term " + term + ", owned by term " + truth.owner);
        truth.committed = true;
        truth.members = members;
        require(!truth.aborted, "I2", truth, "decided after it was aborted in the log");
        require(truth.saidAborted == null, "I9", truth, "committed after ABORTED was said by " + truth.saidAborted);
        for (Member member : members) {
            TransactionTruth.Branch branch = truth.branch(member.participant());
            boolean voted = member.vote() == Vote.YES
                    ? branch.prepared
                    : member.vote() == Vote.READ_ONLY && branch.leftReadOnly;
            require(voted, "I3", truth, "decided without the vote of " + member.participant());
            if (member.vote() == Vote.YES) {
                require(!branch.aborted, "I1", truth, "decided after " + member.participant() + " rolled back");
                require(!branch.toldAborted, "I9", truth, "committed after its branch was told ABORTED");
            }
        }
    }

    private void aborted(TransactionTruth truth) {
        require(!truth.committed, "I2", truth, "aborted after it was committed");
        require(truth.saidCommitted == null, "I6", truth, "aborted after COMMITTED was said");
        truth.aborted = true;
    }

    private void onePhaseResult(TransactionTruth truth, Outcome outcome, Fact fact) {
        if (truth.onePhase == null || truth.committed || truth.aborted) {
            return;
        }
        TransactionTruth.Branch branch = truth.branch(truth.onePhase);
        if (fact == Known.COMMITTED) {
            require(branch.committed, "I3", truth, "one-phase commit noted that did not happen");
            truth.committed = true;
            truth.members = List.of(Member.of(truth.onePhase, "").withVote(Vote.YES));
        } else if (fact == Known.ABORTED && outcome == Outcome.ABORTED) {
            require(!branch.committed, "I1", truth, "one-phase abort noted, and it committed");
            aborted(truth);
        }
    }

    private void forgotten(Horizon next) {
        horizon = next;
        for (TransactionId id : births.values()) {
            if (!horizon.covers(id)) {
                return;
            }
            TransactionTruth truth = truth(id);
            for (Member member : truth.members) {
                if (truth.commits(member.participant())) {
                    require(
                            truth.branch(member.participant()).committed,
                            "I13",
                            truth,
                            "forgotten before " + member.participant() + " committed");
                }
            }
            require(truth.onePhase == null || truth.committed || truth.aborted, "I13", truth, "forgotten undecided");
        }
    }

    // Words.

    /** A coordinator says what came of the transaction. */
    void answered(String source, GroupState state, TransactionId id, Status status) {
        TransactionTruth truth = truth(id);
        switch (status) {
            case COMMITTED -> {
                require(isCommitted(truth), "I7", truth, "COMMITTED said by " + source + " before it was");
                require(truth.saidAborted == null, "I2", truth, "COMMITTED after ABORTED was said");
                truth.saidCommitted = source;
            }
            case ABORTED -> {
                require(!truth.committed, "I9", truth, "ABORTED said by " + source + ", and it is committed");
                require(truth.saidCommitted == null, "I2", truth, "ABORTED after COMMITTED was said");
                String member = truth.onePhase;
                require(
                        member == null || !truth.branch(member).committed,
                        "I9",
                        truth,
                        "ABORTED said by " + source + ", and its only member committed");
                truth.saidAborted = source;
            }
            case EXPIRED -> require(state.horizon().covers(id), "I6", truth, "EXPIRED above the horizon");
            case NEVER_ISSUED ->
                require(!id.equals(births.get(Horizon.of(id))), "I6", truth, "said to be never issued");
            case PENDING -> {}
        }
    }

    private static boolean isCommitted(TransactionTruth truth) {
        return truth.committed || (truth.onePhase != null && truth.branch(truth.onePhase).committed);
    }

    void answeredBranch(String source, TransactionId id, String participant, Status status) {
        TransactionTruth truth = truth(id);
        TransactionTruth.Branch branch = truth.branch(participant);
        if (status == Status.COMMITTED) {
            require(truth.commits(participant), "I2", truth, "branch " + participant + " told COMMITTED by " + source);
            require(!branch.toldAborted, "I2", truth, "branch " + participant + " told COMMITTED after ABORTED");
            branch.toldCommitted = true;
        } else if (status == Status.ABORTED) {
            require(!truth.commits(participant), "I9", truth, "branch " + participant + " told ABORTED by " + source);
            require(!branch.toldCommitted, "I2", truth, "branch " + participant + " told ABORTED after COMMITTED");
            branch.toldAborted = true;
        }
    }

    /** An initiator was told that its transaction is committed: from here on it must stay so. */
    void acknowledged(TransactionId id) {
        truth(id).acknowledged = true;
    }

    /** A leader sends a message: what it says stands in the state that is applied on the leader's node (log before word). */
    void sent(GroupState sender, Message message) {
        TransactionId id = message.transaction();
        TransactionTruth truth = truth(id);
        Standing standing = sender.read(id);
        boolean undecided =
                standing instanceof Standing.Open open && !open.transaction().isTerminal();
        boolean onePhase =
                standing instanceof Standing.Open open && open.transaction().phase() == OpenTransaction.Phase.ONE_PHASE;
        boolean absent = standing instanceof Standing.Absent;
        boolean acceptorsDecide = id.protocol() == Protocol.PAXOS_COMMIT;
        switch (message) {
            case Message.Commit m
            when acceptorsDecide -> require(truth.committed, "I7", truth, "COMMIT sent before it was chosen");
            case Message.Abort m
            when acceptorsDecide ->
                require(truth.aborted || !truth.asked, "Q8", truth, "ABORT sent before it was chosen");
            case Message.Commit m ->
                require(!absent && !undecided && truth.committed, "I7", truth, "COMMIT sent before it was applied");
            case Message.CommitOnePhase m ->
                require(
                        !absent && (onePhase || !undecided),
                        "I7",
                        truth,
                        "COMMIT_ONE_PHASE sent before it was applied");
            case Message.Abort m -> require(!undecided || onePhase, "I7", truth, "ABORT sent before it was applied");
            case Message.Prepare m -> truth.asked = true;
            case Message.PreCommit m ->
                require(!absent && !undecided && truth.committed, "I7", truth, "PRE_COMMIT sent before it was applied");
            case Message.Inquire m -> {}
        }
    }

    // Databases.

    void prepared(String participant, TransactionId id) {
        TransactionTruth truth = truth(id);
        TransactionTruth.Branch branch = truth.branch(participant);
        require(!branch.saidAborted, "I12", truth, participant + " prepared after it had said that it is aborted");
        require(!branch.committed, "I13", truth, participant + " prepared what it had committed and forgotten");
        branch.prepared = true;
    }

    void leftReadOnly(String participant, TransactionId id) {
        truth(id).branch(participant).leftReadOnly = true;
    }

    /** The branch is rolled back and cannot come back: a tombstone stands, or a prepared branch is gone. */
    void rolledBack(String participant, TransactionId id) {
        TransactionTruth truth = truth(id);
        TransactionTruth.Branch branch = truth.branch(participant);
        require(!truth.commits(participant), "I1", truth, participant + " rolled back a committed transaction");
        require(!branch.committed, "I2", truth, participant + " rolled back after it committed");
        branch.aborted = true;
    }

    /** The participant said NO, ABORTED or acknowledged an abort. */
    void saidAborted(String participant, TransactionId id) {
        truth(id).branch(participant).saidAborted = true;
    }

    /** The participant acknowledged a COMMIT or an ABORT. */
    void acknowledgedBy(String participant, TransactionId id) {
        TransactionTruth truth = truth(id);
        boolean done = truth.branch(participant).committed || !truth.commits(participant);
        require(done, "I13", truth, participant + " acknowledged before it committed");
    }

    /** The participant has written down that the decision is commit. */
    void preCommitted(String participant, TransactionId id) {
        TransactionTruth truth = truth(id);
        require(truth.commits(participant), "I3", truth, participant + " knows of a commit that does not name it");
        truth.branch(participant).preCommitted = true;
    }

    /** Somebody does not wait any longer for all members to pre-commit. */
    void patienceEnded(TransactionId id) {
        truth(id).patienceEnded = true;
    }

    /** I18: while all can be reached nobody is uncertain any more when the first effect shows. */
    private static void allKnow(TransactionTruth truth) {
        boolean first = truth.branches().values().stream().noneMatch(branch -> branch.committed);
        if (truth.id.protocol() != Protocol.THREE_PHASE || !first || truth.patienceEnded) {
            return;
        }
        for (Member member : truth.members) {
            String participant = member.participant();
            boolean knows = !truth.commits(participant) || truth.branch(participant).preCommitted;
            require(knows, "I18", truth, "an effect shows while " + participant + " is uncertain");
        }
    }

    void committed(String participant, TransactionId id, Set<Integer> effects) {
        TransactionTruth truth = truth(id);
        TransactionTruth.Branch branch = truth.branch(participant);
        boolean told = truth.commits(participant) || participant.equals(truth.onePhase);
        require(told, "I3", truth, participant + " committed without a decision that names it");
        require(!truth.aborted, "I1", truth, participant + " committed an aborted transaction");
        require(truth.saidAborted == null, "I1", truth, participant + " committed after ABORTED was said");
        require(!branch.committed, "I2", truth, participant + " committed twice");
        require(!branch.saidAborted, "I2", truth, participant + " committed after it had said that it is aborted");
        require(
                effects.equals(branch.answered),
                "I21",
                truth,
                participant + " committed the calls " + effects + ", answered were " + branch.answered);
        allKnow(truth);
        branch.committed = true;
    }

    /** A call's effect is in what commits; {@code first} when it is there for the first time. */
    void happened(String participant, TransactionId id, boolean first) {
        require(first, "I14", truth(id), participant + " committed the effect of one call twice");
    }

    void callAnswered(String participant, TransactionId id, int effect) {
        truth(id).branch(participant).answered.add(effect);
    }

    // The end of a healed run.

    @Nullable
    String unfinished() {
        for (TransactionTruth truth : transactions.values()) {
            if (truth.acknowledged && !isCommitted(truth)) {
                return truth.id + " was acknowledged and is not committed";
            }
            for (Member member : truth.members) {
                if (truth.commits(member.participant()) && !truth.branch(member.participant()).committed) {
                    return truth.id + " is not committed at " + member.participant();
                }
            }
        }
        return null;
    }
}
