package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.Consultation;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an acceptor answers. No reply leaves before everything that the acceptor recorded until then is durable. */
public sealed interface AcceptorReply extends Consultation.Answer {

    /** Phase 2b of ballot 0: these votes, and J, are accepted. */
    record VotesAccepted(TransactionId transaction, Registered registered, List<String> prepared)
            implements AcceptorReply {}

    /**
     * Phase 1b: the ballot is promised, and this was accepted before.
     *
     * @param registrar in the instance of the registrar, or null
     * @param branches in the instances of participants
     */
    record Phase1b(
            TransactionId transaction,
            Ballot ballot,
            @Nullable Acceptance<RegistrarValue> registrar,
            SortedMap<String, Acceptance<BranchValue>> branches)
            implements AcceptorReply {
        public Phase1b {
            branches = Collections.unmodifiableSortedMap(new TreeMap<>(branches));
        }
    }

    /** Phase 2b: the proposal of this ballot is accepted. */
    record Phase2b(TransactionId transaction, Ballot ballot) implements AcceptorReply {}

    /** A higher ballot is promised. The proposer may try again above it; a vote comes too late. */
    record Refused(TransactionId transaction, Ballot promised) implements AcceptorReply {}

    /** Not to be tried again here. */
    record Rejected(TransactionId transaction, Reason reason) implements AcceptorReply {}

    /** Why a request is rejected. */
    enum Reason {
        /** Another list of participants, or another value in the same ballot, is accepted: somebody is wrong. Alert. */
        CONTRADICTION,
        /** The transaction is below the floor of a FORGET: no new ballot begins. */
        SEALED,
        /** The transaction is finished and forgotten: EXPIRED. */
        FORGOTTEN,
        /** The outcome is in the group's log, where every leader has it: there is nothing to find out or to decide. */
        LEARNED
    }

    /**
     * The request was meant for another replica, another incarnation of its storage (Q1), or another group: nothing was
     * done, and whoever answers here does not count.
     *
     * @param self who answers
     */
    record Misaddressed(AcceptorId self) implements AcceptorReply {}

    /**
     * The seal stands.
     *
     * @param held the transactions of its range that this acceptor holds and does not know as LEARNED; what it holds of
     *     them, and of others, phase 1a of the seal's ballot tells
     */
    record Sealed(AcceptorRequest.Seal seal, List<TransactionId> held) implements AcceptorReply {
        public Sealed {
            held = List.copyOf(held);
        }
    }

    /** A higher ballot is promised for something in the range. */
    record SealRefused(AcceptorRequest.Seal seal, Ballot promised) implements AcceptorReply {}

    /** A page of what is held and not known as LEARNED, in the order of births; shorter than asked for: the last one. */
    record Unlearned(List<TransactionId> held) implements AcceptorReply {
        public Unlearned {
            held = List.copyOf(held);
        }
    }

    /** What was told is noted. */
    record Noted() implements AcceptorReply {}

    /** Everything until this horizon is forgotten here. */
    record Forgotten(long incarnation, Horizon horizon) implements AcceptorReply {}

    /** The rounds from the first to the last, both included, belong to who asked. */
    record RoundsTaken(long first, long last) implements AcceptorReply {}
}
