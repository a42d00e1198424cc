package io.assent.protocol.coordinator;

import io.assent.protocol.RequestRefusal;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an event leads to.
 *
 * @param next the state from now on
 * @param append records to hand to the log, in this order; their facts come back as events
 * @param send messages that are owed newly, each to the member that its branch names
 * @param ask what is asked newly of replicas, outside of the log
 * @param refusal why the request that was the event is refused, or null; a refused request changes nothing
 */
public record Step(
        CoordinatorRole next,
        List<LogRecord.OfTransaction> append,
        List<Message> send,
        List<Consultation> ask,
        @Nullable RequestRefusal refusal) {

    /** A step that asks nothing outside of the log. */
    public Step(
            CoordinatorRole next,
            List<LogRecord.OfTransaction> append,
            List<Message> send,
            @Nullable RequestRefusal refusal) {
        this(next, append, send, List.of(), refusal);
    }

    /**
     * The step between two states: what is to be sent is what the second one owes and the first one did not, so that a
     * message can leave only because the state calls for it.
     */
    public static Step between(
            CoordinatorRole before,
            CoordinatorRole next,
            List<LogRecord.OfTransaction> append,
            @Nullable RequestRefusal refusal) {
        List<Message> known = before.owed();
        List<Message> send = next.owed().stream()
                .filter(message -> known.stream().noneMatch(earlier -> sameMatter(earlier, message)))
                .toList();
        List<Consultation> asked = before.asked();
        List<Consultation> ask =
                next.asked().stream().filter(one -> !asked.contains(one)).toList();
        return new Step(next, append, send, ask, refusal);
    }

    private static boolean sameMatter(Message one, Message other) {
        return one.getClass() == other.getClass() && one.branch().equals(other.branch());
    }
}
