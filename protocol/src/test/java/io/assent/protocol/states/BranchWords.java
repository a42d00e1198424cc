package io.assent.protocol.states;

import io.assent.protocol.message.Message;
import io.assent.protocol.participant.BranchCondition;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.Errand;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.participant.Step;
import io.assent.protocol.participant.Work;
import org.jspecify.annotations.Nullable;

/** The steps of a participant's branch in words: what tells one transition from another, and no more. */
final class BranchWords {

    private BranchWords() {}

    static Arrow arrow(ParticipantBranch before, BranchEvent event, Step step) {
        return new Arrow(state(before), event(event), detail(before.errand(), event), state(step.next()));
    }

    private static String state(ParticipantBranch branch) {
        return switch (branch.condition()) {
            case BranchCondition.Unknown c -> c.work() == null ? "UNKNOWN" : "UNKNOWN, with work";
            case BranchCondition.Working c -> runs(c.work()) ? "WORKING, in a call" : "WORKING";
            case BranchCondition.Prepared c -> c.doubted() ? "PREPARED, doubted" : "PREPARED";
            case BranchCondition.PreCommitted c -> c.doubted() ? "PRE_COMMITTED, doubted" : "PRE_COMMITTED";
            case BranchCondition.Committed c -> "COMMITTED";
            case BranchCondition.Aborted c -> "ABORTED";
        };
    }

    private static boolean runs(@Nullable Work work) {
        return work != null && work.running();
    }

    private static String event(BranchEvent event) {
        return switch (event) {
            case BranchEvent.MessageReceived e -> message(e.message());
            case BranchEvent.WorkRequested e -> "work";
            case BranchEvent.VoteRequested e -> "vote asked for";
            case BranchEvent.WorkAbandoned e -> "work given up";
            case BranchEvent.OutcomeLearned e -> "look-up tells " + e.outcome();
            case BranchEvent.NoFactLearned e -> "no coordinator tells";
            case BranchEvent.PeerAnswered e -> "peer tells " + e.state().state();
            case BranchEvent.PatienceEnded e -> "patience ends";
            case BranchEvent.FoundPrepared e -> "found prepared";
            case BranchEvent.DeadlinePassed e -> "deadline";
            case BranchEvent.HorizonPassed e -> "horizon";
            case BranchEvent.UnitEnded e -> e.good() ? "call ends well" : "call ends badly";
            case BranchEvent.WorkBegan e -> "work begins";
            case BranchEvent.WorkNotBegun e -> "work does not begin (" + e.obstacle() + ")";
            case BranchEvent.PrepareEnded e -> "prepare ends " + e.result();
            case BranchEvent.CommitEnded e -> e.certain() ? "commit ends" : "commit ends without certainty";
            case BranchEvent.RollbackEnded e -> "rollback ends";
            case BranchEvent.TombstoneEnded e -> "tombstone " + e.result();
            case BranchEvent.FactsRead e -> "facts " + e.facts();
            case BranchEvent.KnownWritten e ->
                e.durable() ? "decision is written down" : "decision may be written down";
        };
    }

    /** For a report what it was done for, else whether the branch is at something. */
    private static String detail(@Nullable Errand errand, BranchEvent event) {
        boolean report = switch (event) {
            case BranchEvent.UnitEnded e -> true;
            case BranchEvent.PrepareEnded e -> true;
            case BranchEvent.CommitEnded e -> true;
            case BranchEvent.RollbackEnded e -> true;
            case BranchEvent.TombstoneEnded e -> true;
            case BranchEvent.FactsRead e -> true;
            case BranchEvent.KnownWritten e -> true;
            default -> false;
        };
        if (errand == null || event instanceof BranchEvent.WorkBegan || event instanceof BranchEvent.WorkNotBegun) {
            return "";
        }
        return report ? cause(errand) : errand.awaitsUnit() ? "while a call is waited for" : "while busy";
    }

    private static String message(Message message) {
        String word = Words.message(message);
        return message instanceof Message.Inquire inquire && inquire.from() != null ? word + " of a peer" : word;
    }

    private static String cause(Errand errand) {
        return switch (errand.cause()) {
            case Errand.Asked c -> "for " + message(c.message());
            case Errand.WorkAsked c -> "for work";
            case Errand.VoteAsked c -> "for the vote";
            case Errand.Learned c ->
                c.committed() ? "for COMMITTED of a look-up or peer" : "for ABORTED of a look-up or peer";
            case Errand.LeftAlone c -> "left alone";
            case Errand.Alone c -> "alone";
            case Errand.Expired c -> "at the horizon";
        };
    }
}
