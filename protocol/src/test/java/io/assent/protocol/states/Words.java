package io.assent.protocol.states;

import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;

/** Messages and replies in words. */
final class Words {

    private Words() {}

    static String message(Message message) {
        return switch (message) {
            case Message.Prepare m -> "PREPARE";
            case Message.PreCommit m -> "PRE_COMMIT";
            case Message.Commit m -> "COMMIT";
            case Message.CommitOnePhase m -> "COMMIT_ONE_PHASE";
            case Message.Abort m -> "ABORT";
            case Message.Inquire m -> "INQUIRE";
        };
    }

    static String reply(Reply reply) {
        return switch (reply) {
            case Reply.Voted r -> r.vote().name();
            case Reply.Acknowledged r -> "ACK";
            case Reply.OutcomeReported r -> r.outcome().name();
            case Reply.StateReported r -> r.state().name();
            case Reply.Heuristic r -> "HEURISTIC";
            case Reply.Expired r -> "EXPIRED";
        };
    }
}
