package io.assent.benchmarks.micro;

import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.GroupStateCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A snapshot of 100,000 finished and 1,000 open transfers: applying stands still while one is written. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class GroupStateCodecBenchmark {

    private static final int FINISHED = 100_000;
    private static final int OPEN = 1_000;

    private final GroupState state = Transfers.emptyGroup();
    private byte[] bytes = {};

    @Setup(Level.Trial)
    public void prepare() throws IOException {
        for (int i = 0; i < FINISHED; i++) {
            Transfers.records(Transfers.id(i)).forEach(record -> state.apply(record, Transfers.TERM));
        }
        for (int i = FINISHED; i < FINISHED + OPEN; i++) {
            state.apply(Transfers.decided(Transfers.id(i)), Transfers.TERM);
        }
        bytes = write();
    }

    @Benchmark
    public byte[] write() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(2 * 1024 * 1024);
        GroupStateCodec.write(state, new DataOutputStream(out));
        return out.toByteArray();
    }

    @Benchmark
    public GroupState read() throws IOException {
        return GroupStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
