package io.assent.benchmarks.micro;

import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.LogRecordCodec;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One batch to bytes, as the leader does it, and back, as every replica does it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LogRecordCodecBenchmark {

    /** Records in a batch; 128 is the most. */
    @Param({"1", "12", "128"})
    public int records;

    private List<LogRecord> batch = List.of();
    private byte[] bytes = {};

    @Setup(Level.Trial)
    public void prepare() {
        batch = Transfers.batch(records);
        bytes = LogRecordCodec.encode(batch);
    }

    @Benchmark
    public byte[] encode() {
        return LogRecordCodec.encode(batch);
    }

    @Benchmark
    public List<LogRecord> decode() {
        return LogRecordCodec.decode(bytes);
    }
}
