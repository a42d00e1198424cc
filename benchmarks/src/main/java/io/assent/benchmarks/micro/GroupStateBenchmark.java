package io.assent.benchmarks.micro;

import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What each replica pays to apply the three records of a transfer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GroupStateBenchmark {

    private static final int TRANSFERS = 1 << 16;

    private final List<List<LogRecord>> transfers = new ArrayList<>();
    private GroupState state = Transfers.emptyGroup();
    private int next;

    @Setup(Level.Trial)
    public void prepare() {
        for (int i = 0; i < TRANSFERS; i++) {
            transfers.add(Transfers.records(Transfers.id(i)));
        }
    }

    @Benchmark
    public Fact applyTransfer() {
        if ((next & (TRANSFERS - 1)) == 0) {
            state = Transfers.emptyGroup();
        }
        List<LogRecord> records = transfers.get(next++ & (TRANSFERS - 1));
        state.apply(records.get(0), Transfers.TERM);
        state.apply(records.get(1), Transfers.TERM);
        return state.apply(records.get(2), Transfers.TERM);
    }
}
