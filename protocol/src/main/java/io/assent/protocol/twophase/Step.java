package io.assent.protocol.twophase;

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
 * @param refusal why the request that was the event is refused, or null; a refused request changes nothing
 */
public record Step(
        TwoPhaseCoordinator next,
        List<LogRecord.OfTransaction> append,
        List<Message> send,
        @Nullable RequestRefusal refusal) {}
