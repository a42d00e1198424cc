package io.assent.coordinator.crash;

import io.assent.coordinator.runtime.Log;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A log that passes a crash point before and after each record is handed over, and when it is applied. */
final class CrashingLog implements Log {

    private final Log log;
    private final CrashPoints points;
    private final Map<BatchId, List<LogRecord>> underWay = new ConcurrentHashMap<>();

    CrashingLog(Log log, CrashPoints points) {
        this.log = log;
        this.points = points;
    }

    @Override
    public void listen(Listener listener) {
        log.listen(new Listener() {
            @Override
            public void applied(BatchId id, long index, long term, List<Fact> facts) {
                passAll("applied", underWay.getOrDefault(id, List.of()));
                underWay.remove(id);
                listener.applied(id, index, term, facts);
            }

            @Override
            public void refused(BatchId id) {
                underWay.remove(id);
                listener.refused(id);
            }

            @Override
            public void unknown(BatchId id) {
                underWay.remove(id);
                listener.unknown(id);
            }

            @Override
            public void gained(long term) {
                listener.gained(term);
            }

            @Override
            public void lost() {
                listener.lost();
            }
        });
    }

    @Override
    public void append(BatchId id, long term, List<LogRecord> batch) {
        passAll("before-append", batch);
        underWay.put(id, batch);
        log.append(id, term, batch);
        passAll("after-append", batch);
    }

    private void passAll(String when, List<LogRecord> batch) {
        for (LogRecord record : batch) {
            points.pass(when + "-" + nameOf(record));
        }
    }

    /** A transaction is written down when it begins under a key, and when its members are frozen: two steps. */
    private static String nameOf(LogRecord record) {
        return record instanceof LogRecord.Enrolled enrolled && enrolled.members() == null
                ? "begun"
                : CrashPoints.nameOf(record);
    }

    @Override
    public GroupState state() {
        return log.state();
    }

    @Override
    public long appliedIndex() {
        return log.appliedIndex();
    }

    @Override
    public long staleMillis() {
        return log.staleMillis();
    }

    @Override
    public Leadership leadership() {
        return log.leadership();
    }

    @Override
    public Status status() {
        return log.status();
    }

    @Override
    public String replica() {
        return log.replica();
    }

    @Override
    public void handOver(Predicate<String> to) {
        log.handOver(to);
    }

    @Override
    public CompletionStage<Members> settle(String node, @Nullable String replica) {
        return log.settle(node, replica);
    }
}
