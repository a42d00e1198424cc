package io.assent.protocol.paxoscommit;

import io.assent.protocol.TransactionId;
import io.assent.protocol.paxoscommit.AcceptorReply.Reason;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an acceptor knows of one transaction, and the rules of table 3.1: one promise for all instances together, and in
 * each instance what was accepted last. Immutable: {@link #on} says what to record and to answer, {@link #apply} is the
 * state after a record, live and in replay.
 *
 * @param promised mbal: nothing below it is accepted; it never decreases
 * @param registrar accepted in the instance of the registrar, or null
 * @param branches accepted in the instances of participants, by participant id
 * @param learned whether the outcome is in the group's log, as far as this acceptor was told; nothing else is kept then,
 *     and nobody is answered who wants to find it out or to decide it
 */
public record AcceptorState(
        TransactionId transaction,
        Ballot promised,
        @Nullable Acceptance<RegistrarValue> registrar,
        SortedMap<String, Acceptance<BranchValue>> branches,
        boolean learned) {

    public AcceptorState {
        branches = Collections.unmodifiableSortedMap(new TreeMap<>(branches));
    }

    /** A transaction of which nothing was heard. */
    public static AcceptorState unknown(TransactionId transaction) {
        return new AcceptorState(transaction, Ballot.ZERO, null, new TreeMap<>(), false);
    }

    /** A transaction whose outcome is in the log; what was promised and accepted on the way matters no more. */
    public static AcceptorState known(TransactionId transaction) {
        return new AcceptorState(transaction, Ballot.ZERO, null, new TreeMap<>(), true);
    }

    /**
     * What a request leads to.
     *
     * @param next the state from now on
     * @param record to be made durable before the reply leaves, or null when nothing changes; then the reply still waits
     *     for the records before it
     */
    public record Step(AcceptorState next, AcceptorRecord.@Nullable OfTransaction record, AcceptorReply reply) {}

    /** Judges a request about this transaction. */
    public Step on(AcceptorRequest.OfTransaction request) {
        if (!request.transaction().equals(transaction)) {
            throw new IllegalArgumentException("This is the state of " + transaction + ", not of " + request);
        }
        if (learned && !(request instanceof AcceptorRequest.Learned)) {
            return unchanged(new AcceptorReply.Rejected(transaction, Reason.LEARNED));
        }
        return switch (request) {
            case AcceptorRequest.VoteBundle votes -> onVotes(votes);
            case AcceptorRequest.Phase1a request1a -> on1a(request1a);
            case AcceptorRequest.Phase2a request2a -> on2a(request2a);
            case AcceptorRequest.Learned ignored ->
                learned
                        ? unchanged(new AcceptorReply.Noted())
                        : changed(new AcceptorRecord.MarkedLearned(transaction), new AcceptorReply.Noted());
        };
    }

    /** Ballot 0 is open until something else is promised; it has one J, and each participant one value. */
    private Step onVotes(AcceptorRequest.VoteBundle votes) {
        if (!promised.isZero()) {
            return refused();
        }
        Acceptance<RegistrarValue> standing = registrar;
        if (standing != null && !standing.value().equals(votes.registered())) {
            return contradiction();
        }
        AcceptorReply reply = new AcceptorReply.VotesAccepted(transaction, votes.registered(), votes.prepared());
        List<String> fresh = votes.prepared().stream()
                .filter(participant -> !branches.containsKey(participant))
                .toList();
        return standing != null && fresh.isEmpty()
                ? unchanged(reply)
                : changed(
                        new AcceptorRecord.Voted(transaction, standing == null ? votes.registered() : null, fresh),
                        reply);
    }

    private Step on1a(AcceptorRequest.Phase1a request) {
        if (!request.ballot().isAbove(promised)) {
            return refused();
        }
        return changed(new AcceptorRecord.Promised(transaction, request.ballot()), report(request.ballot()));
    }

    private Step on2a(AcceptorRequest.Phase2a request) {
        Ballot ballot = request.ballot();
        if (promised.isAbove(ballot)) {
            return refused();
        }
        AcceptorReply reply = new AcceptorReply.Phase2b(transaction, ballot);
        AcceptorRecord.Accepted record = new AcceptorRecord.Accepted(transaction, ballot, request.proposal());
        if (registrar == null || !registrar.ballot().equals(ballot)) {
            return changed(record, reply);
        }
        return apply(record).equals(this) ? unchanged(reply) : contradiction();
    }

    /** Phase 1b of this ballot. */
    AcceptorReply.Phase1b report(Ballot ballot) {
        return new AcceptorReply.Phase1b(transaction, ballot, registrar, branches);
    }

    private Step changed(AcceptorRecord.OfTransaction record, AcceptorReply reply) {
        return new Step(apply(record), record, reply);
    }

    private Step unchanged(AcceptorReply reply) {
        return new Step(this, null, reply);
    }

    private Step refused() {
        return unchanged(new AcceptorReply.Refused(transaction, promised));
    }

    private Step contradiction() {
        return unchanged(new AcceptorReply.Rejected(transaction, Reason.CONTRADICTION));
    }

    /**
     * The state after a record of this transaction.
     *
     * @throws IllegalStateException when it cannot follow: a promise would be taken back
     */
    public AcceptorState apply(AcceptorRecord.OfTransaction record) {
        return switch (record) {
            case AcceptorRecord.Promised r -> promising(r.ballot());
            case AcceptorRecord.Voted r -> voted(r);
            case AcceptorRecord.Accepted r -> accepting(r);
            case AcceptorRecord.MarkedLearned ignored -> known(transaction);
            case AcceptorRecord.Kept r -> r.state();
        };
    }

    private AcceptorState promising(Ballot ballot) {
        if (promised.isAbove(ballot)) {
            throw new IllegalStateException("A promise of ballot " + ballot + " follows one of " + promised + " for "
                    + transaction + ": the records of this acceptor are damaged or out of order");
        }
        return new AcceptorState(transaction, ballot, registrar, branches, learned);
    }

    private AcceptorState voted(AcceptorRecord.Voted record) {
        AcceptorState open = promising(Ballot.ZERO);
        SortedMap<String, Acceptance<BranchValue>> next = new TreeMap<>(branches);
        record.prepared()
                .forEach(participant -> next.put(participant, new Acceptance<>(Ballot.ZERO, BranchValue.PREPARED)));
        RegistrarValue registered = record.registered();
        return new AcceptorState(
                transaction,
                open.promised,
                registered == null ? registrar : new Acceptance<>(Ballot.ZERO, registered),
                next,
                learned);
    }

    private AcceptorState accepting(AcceptorRecord.Accepted record) {
        AcceptorState promising = promising(record.ballot());
        SortedMap<String, Acceptance<BranchValue>> next = new TreeMap<>(branches);
        record.proposal()
                .branches()
                .forEach((participant, value) -> next.put(participant, new Acceptance<>(record.ballot(), value)));
        return new AcceptorState(
                transaction,
                promising.promised,
                new Acceptance<>(record.ballot(), record.proposal().registrar()),
                next,
                learned);
    }
}
