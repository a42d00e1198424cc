package io.assent.benchmarks.micro;

import io.assent.protocol.TransactionId;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What an id costs: once to issue it, and each time that it comes in as text. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TransactionIdBenchmark {

    private final TransactionId issued = Transfers.id(7);
    private final String text = issued.toString();
    private final byte[] bytes = issued.toByteArray();
    private long sequence;

    @Benchmark
    public TransactionId issue() {
        sequence = sequence + 1 & 0xffff_ffffL;
        return Transfers.id(sequence);
    }

    @Benchmark
    public TransactionId parse() {
        return TransactionId.parse(text);
    }

    /** An id keeps its text, so a fresh one is written. */
    @Benchmark
    public String write() {
        return TransactionId.ofBytes(bytes).toString();
    }

    @Benchmark
    public boolean checkCode() {
        return issued.isGenuine(Transfers.KEY);
    }
}
