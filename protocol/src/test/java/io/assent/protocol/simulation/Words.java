package io.assent.protocol.simulation;

import io.assent.protocol.Member;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Messages, replies and records in a line of a trace. */
final class Words {

    private Words() {}

    static String of(Simulation world, Message message) {
        String kind = switch (message) {
            case Message.Prepare m -> "PREPARE";
            case Message.PreCommit m -> "PRE_COMMIT";
            case Message.Commit m -> "COMMIT";
            case Message.CommitOnePhase m -> "COMMIT_ONE_PHASE";
            case Message.Abort m -> "ABORT";
            case Message.Inquire m ->
                m.fence() ? "INQUIRE (fence)" : m.from() != null ? "INQUIRE by a peer" : "INQUIRE";
        };
        return kind + " " + world.name(message.transaction()) + " in term " + message.term();
    }

    static String of(Simulation world, Reply reply) {
        String kind = switch (reply) {
            case Reply.Voted r -> "VOTE " + r.vote();
            case Reply.Acknowledged r -> "ACK";
            case Reply.OutcomeReported r -> "OUTCOME " + r.outcome();
            case Reply.StateReported r -> "STATE " + r.state();
            case Reply.Heuristic r -> "HEURISTIC " + r.kind();
            case Reply.Expired r -> "EXPIRED";
        };
        return kind + " for " + world.name(reply.transaction());
    }

    static String of(Simulation world, LogRecord record) {
        return switch (record) {
            case LogRecord.Founded r -> "FOUNDED";
            case LogRecord.Forgotten r ->
                "FORGET up to " + r.horizon().term() + "/" + r.horizon().sequence();
            case LogRecord.Acceptors r -> "ACCEPTORS";
            case LogRecord.Holders r -> "HOLDERS";
            case LogRecord.Enrolled r -> "ENROLL " + world.name(r.transaction()) + " " + names(r.members());
            case LogRecord.Decided r -> "DECIDE " + world.name(r.transaction()) + " " + names(r.members());
            case LogRecord.OnePhase r -> "ONE_PHASE " + world.name(r.transaction()) + " " + names(List.of(r.member()));
            case LogRecord.Aborted r -> "ABORTED " + world.name(r.transaction());
            case LogRecord.Adopted r -> "ADOPT " + world.name(r.transaction());
            case LogRecord.OnePhaseResult r -> "ONE_PHASE_RESULT " + world.name(r.transaction()) + " " + r.outcome();
            case LogRecord.Learned r -> "LEARNED " + world.name(r.transaction()) + " " + r.outcome();
            case LogRecord.Acknowledged r -> "ACKED " + world.name(r.transaction()) + " " + r.participants();
            case LogRecord.HeuristicReported r -> "HEURISTIC " + world.name(r.transaction()) + " " + r.kind();
            case LogRecord.HeuristicResolved r -> "RESOLVED " + world.name(r.transaction());
        };
    }

    static String of(Fact fact) {
        return switch (fact) {
            case Fact.Known known -> known.name();
            case Fact.OwnedBy owner -> "OWNED_BY " + owner.term();
            case Fact.KeyOf key -> "KEY_OF another";
        };
    }

    private static String names(@Nullable List<Member> members) {
        return members == null
                ? "(members not known)"
                : members.stream()
                        .map(m -> m.vote() == null ? m.participant() : m.participant() + "=" + m.vote())
                        .collect(Collectors.joining(", ", "[", "]"));
    }
}
