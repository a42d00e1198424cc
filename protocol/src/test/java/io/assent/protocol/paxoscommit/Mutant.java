package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Outcome;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rules of the acceptor and of recovery, each dropped by one decorator; the models must notice every one. */
enum Mutant {
    M11("3.3", "recovery proposes ABORTED whatever was accepted", AlwaysAborts::new),
    M12("3.3", "a majority without a vote is told as ABORTED, unaccepted", NobodyVotedMeansAborted::new),
    M13("Q1", "an acceptor that lost its disk comes back as the same", Forgets::new),
    M13_FSYNC("3.1", "an acceptor answers before its disk has it", AnswersEarly::new),
    M21("Q5", "a NO travels at ballot 0", RelaysNo::new),
    M22("Q6", "FORGET asks the acceptors without sealing", AsksWithoutSealing::new),
    M48("3.1", "a vote is accepted after a promise", VoteAfterPromise::new),
    M49("3.1", "values are accepted below the promise", AcceptsBelowPromise::new),
    M50("3.1", "a lower ballot is promised after a higher one", PromisesDownwards::new),
    M51("3.1", "the promise of an unknown transaction is not kept", ForgetsPromiseOfUnknown::new),
    M52("3.1", "a vote with another list of participants is accepted", AcceptsAnyList::new),
    M53("3.3", "recovery takes the value of the lowest ballot", TakesLowest::new),
    M54("3.1", "a proposer that died begins its rounds anew", UsesRoundsTwice::new),
    M55("Q6", "a forgotten transaction is accepted anew", AcceptsForgotten::new),
    M56("Q6", "what a seal does not report counts as phase 1b without acceptances", TakesReportForPhase1b::new),
    M57("Q6", "a sealed acceptor refuses its sealer's promises too", RefusesItsSealer::new),
    M68("Q6", "an acceptor keeps nothing of what is LEARNED", DropsLearned::new);

    private final String rule;
    private final String drops;

    @SuppressWarnings("ImmutableEnumChecker") // A reference to a constructor.
    private final Supplier<Rules> rules;

    Mutant(String rule, String drops, Supplier<Rules> rules) {
        this.rule = rule;
        this.drops = drops;
        this.rules = rules;
    }

    String rule() {
        return rule;
    }

    String drops() {
        return drops;
    }

    Rules rules() {
        return rules.get();
    }

    private static AcceptorState.Step keep(AcceptorState next, AcceptorReply reply) {
        return new AcceptorState.Step(next, new AcceptorRecord.Kept(next), reply);
    }

    private static SortedMap<String, Acceptance<BranchValue>> with(
            AcceptorState state, Iterable<String> participants, Ballot ballot, BranchValue value) {
        SortedMap<String, Acceptance<BranchValue>> branches = new TreeMap<>(state.branches());
        participants.forEach(participant -> branches.put(participant, new Acceptance<>(ballot, value)));
        return branches;
    }

    private static final class AlwaysAborts extends Rules {
        @Override
        @Nullable
        Proposal propose(AcceptorList acceptors, Map<AcceptorId, AcceptorReply.Phase1b> promises) {
            return acceptors.isMajority(promises.keySet()) ? Proposal.ABORT : null;
        }
    }

    private static final class NobodyVotedMeansAborted extends Rules {
        @Override
        @Nullable
        Outcome outcomeOf(AcceptorList acceptors, Map<AcceptorId, AcceptorReply.Phase1b> promises) {
            boolean silent = promises.values().stream().allMatch(promise -> promise.registrar() == null);
            return silent && acceptors.isMajority(promises.keySet()) ? Outcome.ABORTED : null;
        }
    }

    private static final class Forgets extends Rules {
        @Override
        boolean keepsDisk() {
            return false;
        }
    }

    private static final class AnswersEarly extends Rules {
        @Override
        boolean awaitsDisk() {
            return false;
        }
    }

    private static final class RelaysNo extends Rules {
        @Override
        boolean relaysNo() {
            return true;
        }
    }

    private static final class AsksWithoutSealing extends Rules {
        @Override
        Acceptor.Step on(Acceptor acceptor, AcceptorRequest request) {
            Acceptor.Step step = super.on(acceptor, request);
            return request instanceof AcceptorRequest.Seal ? new Acceptor.Step(null, step.reply()) : step;
        }
    }

    private static final class VoteAfterPromise extends Rules {
        @Override
        AcceptorState.Step judge(AcceptorState state, AcceptorRequest.OfTransaction request) {
            AcceptorState.Step step = state.on(request);
            if (!(request instanceof AcceptorRequest.VoteBundle votes)
                    || !(step.reply() instanceof AcceptorReply.Refused)) {
                return step;
            }
            AcceptorState next = new AcceptorState(
                    state.transaction(),
                    state.promised(),
                    new Acceptance<>(Ballot.ZERO, votes.registered()),
                    with(state, votes.prepared(), Ballot.ZERO, BranchValue.PREPARED),
                    false);
            return keep(
                    next, new AcceptorReply.VotesAccepted(state.transaction(), votes.registered(), votes.prepared()));
        }
    }

    private static final class AcceptsBelowPromise extends Rules {
        @Override
        AcceptorState.Step judge(AcceptorState state, AcceptorRequest.OfTransaction request) {
            AcceptorState.Step step = state.on(request);
            if (!(request instanceof AcceptorRequest.Phase2a r) || !(step.reply() instanceof AcceptorReply.Refused)) {
                return step;
            }
            AcceptorState low = new AcceptorState(
                    state.transaction(), Ballot.ZERO, state.registrar(), state.branches(), state.learned());
            AcceptorState accepted = low.on(r).next();
            AcceptorState next = new AcceptorState(
                    state.transaction(), state.promised(), accepted.registrar(), accepted.branches(), state.learned());
            return keep(next, new AcceptorReply.Phase2b(state.transaction(), r.ballot()));
        }
    }

    private static final class PromisesDownwards extends Rules {
        @Override
        AcceptorState.Step judge(AcceptorState state, AcceptorRequest.OfTransaction request) {
            AcceptorState.Step step = state.on(request);
            if (!(request instanceof AcceptorRequest.Phase1a r)
                    || !state.promised().isAbove(r.ballot())) {
                return step;
            }
            AcceptorState next = new AcceptorState(
                    state.transaction(), r.ballot(), state.registrar(), state.branches(), state.learned());
            return keep(next, state.report(r.ballot()));
        }
    }

    private static final class ForgetsPromiseOfUnknown extends Rules {
        @Override
        AcceptorState.Step judge(AcceptorState state, AcceptorRequest.OfTransaction request) {
            AcceptorState.Step step = state.on(request);
            boolean unknown = state.equals(AcceptorState.unknown(state.transaction()));
            return unknown && request instanceof AcceptorRequest.Phase1a
                    ? new AcceptorState.Step(state, null, step.reply())
                    : step;
        }
    }

    private static final class AcceptsAnyList extends Rules {
        @Override
        AcceptorState.Step judge(AcceptorState state, AcceptorRequest.OfTransaction request) {
            AcceptorState.Step step = state.on(request);
            if (!(request instanceof AcceptorRequest.VoteBundle votes)
                    || !(step.reply() instanceof AcceptorReply.Rejected)) {
                return step;
            }
            AcceptorState next = new AcceptorState(
                    state.transaction(),
                    state.promised(),
                    new Acceptance<>(Ballot.ZERO, votes.registered()),
                    with(state, votes.prepared(), Ballot.ZERO, BranchValue.PREPARED),
                    false);
            return keep(
                    next, new AcceptorReply.VotesAccepted(state.transaction(), votes.registered(), votes.prepared()));
        }
    }

    private static final class TakesLowest extends Rules {
        /** Exchanges low and high ballots, and so takes the value of the lowest. */
        @Override
        @Nullable
        Proposal propose(AcceptorList acceptors, Map<AcceptorId, AcceptorReply.Phase1b> promises) {
            Map<AcceptorId, AcceptorReply.Phase1b> turned = new TreeMap<>();
            promises.forEach((from, promise) -> {
                SortedMap<String, Acceptance<BranchValue>> branches = new TreeMap<>();
                promise.branches().forEach((participant, it) -> branches.put(participant, turn(it)));
                turned.put(
                        from,
                        new AcceptorReply.Phase1b(
                                promise.transaction(),
                                promise.ballot(),
                                promise.registrar() == null ? null : turn(promise.registrar()),
                                branches));
            });
            return Recovery.propose(acceptors, turned);
        }

        private static <V> Acceptance<V> turn(Acceptance<V> acceptance) {
            return new Acceptance<>(new Ballot(1_000_000 - acceptance.ballot().number()), acceptance.value());
        }
    }

    private static final class UsesRoundsTwice extends Rules {
        @Override
        boolean keepsRounds() {
            return false;
        }
    }

    private static final class TakesReportForPhase1b extends Rules {
        @Override
        boolean takesReportForPhase1b() {
            return true;
        }
    }

    private static final class RefusesItsSealer extends Rules {
        @Override
        Acceptor.Step on(Acceptor acceptor, AcceptorRequest request) {
            boolean sealed = acceptor.groupRecords().stream().anyMatch(AcceptorRecord.SealSet.class::isInstance);
            return sealed && request instanceof AcceptorRequest.Phase1a r
                    ? new Acceptor.Step(null, new AcceptorReply.Rejected(r.transaction(), AcceptorReply.Reason.SEALED))
                    : super.on(acceptor, request);
        }
    }

    private static final class DropsLearned extends Rules {
        @Override
        Acceptor.Step on(Acceptor acceptor, AcceptorRequest request) {
            Acceptor.Step step = super.on(acceptor, request);
            if (request instanceof AcceptorRequest.OfTransaction r
                    && step.reply() instanceof AcceptorReply.Rejected rejected
                    && rejected.reason() == AcceptorReply.Reason.LEARNED) {
                AcceptorState.Step anew = AcceptorState.unknown(r.transaction()).on(r);
                return new Acceptor.Step(null, anew.reply());
            }
            return step;
        }
    }

    private static final class AcceptsForgotten extends Rules {
        @Override
        Acceptor.Step on(Acceptor acceptor, AcceptorRequest request) {
            Acceptor.Step step = super.on(acceptor, request);
            if (request instanceof AcceptorRequest.OfTransaction r
                    && step.reply() instanceof AcceptorReply.Rejected rejected
                    && rejected.reason() == AcceptorReply.Reason.FORGOTTEN) {
                AcceptorState.Step anew = acceptor.state(r.transaction()).on(r);
                return new Acceptor.Step(anew.record(), anew.reply());
            }
            return step;
        }
    }
}
