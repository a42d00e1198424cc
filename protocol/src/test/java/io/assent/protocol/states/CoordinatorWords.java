package io.assent.protocol.states;

import io.assent.protocol.AbortReason;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.paxoscommit.AcceptorCall;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator;
import io.assent.protocol.twophase.TwoPhaseCoordinator;

/** The steps of a coordinator in words: what tells one transition from another, and no more. */
final class CoordinatorWords {

    private CoordinatorWords() {}

    static Arrow begun(Step first) {
        return new Arrow(Arrow.START, "begin", "", state(first.next()));
    }

    static Arrow tookOver(OpenTransaction found, Step first) {
        return new Arrow(Arrow.START, "take over " + found.phase(), "", state(first.next()));
    }

    static Arrow recovers(Step first) {
        return new Arrow(Arrow.START, "recover", "", state(first.next()));
    }

    static Arrow underSeal(CoordinatorRole before, Step step) {
        return new Arrow(state(before), "ballot of a seal", "", state(step.next()));
    }

    static Arrow arrow(CoordinatorRole before, CoordinatorEvent event, Step step) {
        return new Arrow(state(before), event(before, event), detail(before, event, step), state(step.next()));
    }

    private static String state(CoordinatorRole role) {
        Phase phase = role.phase();
        boolean inquires = role instanceof TwoPhaseCoordinator r && r.inquiring();
        return switch (phase) {
            case DELEGATED -> inquires ? "DELEGATED, inquiring" : "DELEGATED";
            case RECORDING -> "RECORDING, " + role.outcome();
            case COMMITTED -> role.settled() ? "COMMITTED, settled" : "COMMITTED";
            default -> role instanceof PaxosCommitCoordinator r ? ofAcceptors(r) : phase.name();
        };
    }

    private static String ofAcceptors(PaxosCommitCoordinator role) {
        return switch (role.phase()) {
            case DECIDING -> "DECIDING, " + attempt(role);
            case COMMITTING, ABORTING -> role.phase() + (role.learned() ? ", learned" : "");
            default -> role.phase().name();
        };
    }

    /** How far it is with a ballot, by what it asks. */
    private static String attempt(PaxosCommitCoordinator role) {
        return role.asked().stream()
                .map(asked -> switch (((AcceptorCall) asked).request()) {
                    case AcceptorRequest.TakeRounds r -> "taking a round";
                    case AcceptorRequest.Phase1a r -> "asking for promises";
                    default -> "proposing";
                })
                .findFirst()
                .orElse("nobody votes");
    }

    private static String event(CoordinatorRole before, CoordinatorEvent event) {
        return switch (event) {
            case CoordinatorEvent.Enlisted e -> "enlist";
            case CoordinatorEvent.CommitRequested e -> "commit";
            case CoordinatorEvent.AbortRequested e -> "abort";
            case CoordinatorEvent.TimerFired e -> timer(before);
            case CoordinatorEvent.Replied e -> reply(before, e.sent(), e.reply());
            case CoordinatorEvent.Applied e -> "log answers " + fact(e.fact());
            case CoordinatorEvent.Consulted e -> answer((AcceptorCall) e.asked(), (AcceptorReply) e.answer());
            case CoordinatorEvent.Looked e -> "look finds " + standing(e.standing());
        };
    }

    private static String detail(CoordinatorRole before, CoordinatorEvent event, Step step) {
        if (step.refusal() != null) {
            return "refused as " + step.refusal();
        }
        AbortReason reason = before.reason() == null ? step.next().reason() : null;
        String why = reason == null ? "" : reason.code().name();
        return switch (event) {
            case CoordinatorEvent.Applied e -> "to " + record(e.record());
            case CoordinatorEvent.CommitRequested e -> why;
            case CoordinatorEvent.TimerFired e -> why;
            case CoordinatorEvent.Enlisted e -> "";
            case CoordinatorEvent.AbortRequested e -> "";
            case CoordinatorEvent.Replied e -> "";
            case CoordinatorEvent.Consulted e -> "";
            case CoordinatorEvent.Looked e -> "";
        };
    }

    private static String answer(AcceptorCall call, AcceptorReply reply) {
        return switch (reply) {
            case AcceptorReply.VotesAccepted r -> "votes accepted";
            case AcceptorReply.RoundsTaken r -> "round taken";
            case AcceptorReply.Phase1b r -> "ballot promised";
            case AcceptorReply.Phase2b r -> "proposal accepted";
            case AcceptorReply.Refused r ->
                call.request() instanceof AcceptorRequest.VoteBundle ? "votes refused" : "ballot refused";
            case AcceptorReply.Rejected r -> "acceptor answers " + r.reason();
            case AcceptorReply.Misaddressed r -> "acceptor is another one";
            default -> throw new IllegalArgumentException("No role asks for " + reply);
        };
    }

    private static String timer(CoordinatorRole before) {
        return switch (before.timer()) {
            case DEADLINE -> "deadline";
            case ABORT_NOTICE -> "time for telling ABORT is over";
            case PRE_COMMIT_NOTICE -> "time for telling PRE_COMMIT is over";
            case NONE -> "timer that does not run";
        };
    }

    private static String reply(CoordinatorRole before, Message sent, Reply reply) {
        if (sent.term() != before.origin().term()) {
            return "reply to a leader of another term";
        }
        return before.member(reply.branch()).isEmpty()
                ? "reply of a stranger"
                : Words.reply(reply) + " to " + Words.message(sent);
    }

    private static String record(LogRecord.OfTransaction record) {
        return switch (record) {
            case LogRecord.Enrolled r -> "ENROLL";
            case LogRecord.Decided r -> "DECIDE";
            case LogRecord.Aborted r -> "ABORTED";
            case LogRecord.Adopted r -> "ADOPT";
            case LogRecord.OnePhase r -> "ONE_PHASE";
            case LogRecord.OnePhaseResult r -> "ONE_PHASE_RESULT";
            case LogRecord.Learned r -> "LEARNED";
            case LogRecord.Acknowledged r -> "ACKED";
            case LogRecord.HeuristicReported r -> "HEURISTIC";
            case LogRecord.HeuristicResolved r -> "RESOLVED";
        };
    }

    private static String fact(Fact fact) {
        return switch (fact) {
            case Fact.Known known -> known.name();
            case Fact.OwnedBy owned -> "OWNED_BY";
            case Fact.KeyOf key -> "KEY_OF";
        };
    }

    private static String standing(Standing standing) {
        return switch (standing) {
            case Standing.Open open -> "it open";
            case Standing.Finished finished -> finished.outcome().name();
            case Standing.Absent absent -> "nothing";
            case Standing.Expired expired -> "EXPIRED";
        };
    }
}
