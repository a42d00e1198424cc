package io.assent.benchmarks.micro;

import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.twophase.TwoPhaseCoordinator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Every step of a whole transfer at its leader: begin, commit, two votes, two acknowledgements, three records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TwoPhaseCoordinatorBenchmark {

    private static final long NOW = 1_800_000_000_001L;
    private static final int IDS = 1 << 16;

    private final TransactionId[] ids = new TransactionId[IDS];
    private GroupState state = Transfers.emptyGroup();
    private int next;

    @Setup(Level.Trial)
    public void issue() {
        for (int i = 0; i < IDS; i++) {
            ids[i] = Transfers.id(i);
        }
    }

    /** The role alone: the facts are those that the log would answer. */
    @Benchmark
    public CoordinatorRole role() {
        return transfer(ids[next++ & (IDS - 1)], null);
    }

    /** The role, and the state that each replica computes. */
    @Benchmark
    public CoordinatorRole roleAndState() {
        if ((next & (IDS - 1)) == 0) {
            state = Transfers.emptyGroup();
        }
        return transfer(ids[next++ & (IDS - 1)], state);
    }

    private static CoordinatorRole transfer(TransactionId id, @Nullable GroupState log) {
        Step begun = TwoPhaseCoordinator.begin(Transfers.origin(id));
        Step asked = begun.next().on(new CoordinatorEvent.CommitRequested(Transfers.BRANCHES), NOW);
        return settle(asked, log);
    }

    /** Answers every message and applies every record until nothing is left to do. */
    private static CoordinatorRole settle(Step step, @Nullable GroupState log) {
        CoordinatorRole role = step.next();
        for (LogRecord.OfTransaction record : step.append()) {
            Fact fact = log == null ? factOf(record) : log.apply(record, Transfers.TERM);
            var standing = log == null ? null : log.open(record.transaction());
            role = settle(role.on(new CoordinatorEvent.Applied(record, fact, standing), NOW), log);
        }
        for (Message message : step.send()) {
            role = settle(role.on(new CoordinatorEvent.Replied(message, replyTo(message)), NOW), log);
        }
        return role;
    }

    private static Fact factOf(LogRecord.OfTransaction record) {
        return record instanceof LogRecord.Enrolled ? Fact.Known.APPLIED : Fact.Known.COMMITTED;
    }

    private static Reply replyTo(Message message) {
        return message instanceof Message.Prepare
                ? new Reply.Voted(message.transaction(), message.branch(), Vote.YES, null)
                : new Reply.Acknowledged(message.transaction(), message.branch());
    }
}
