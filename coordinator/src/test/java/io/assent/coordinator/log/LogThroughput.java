package io.assent.coordinator.log;

import io.assent.coordinator.log.LogCluster.Node;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Log.BatchId;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.LogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.util.FileSystemUtils;

/**
 * Measures one group: {@code LogThroughput <nodes> <records in a batch> <batches in flight> <seconds> [abort|commit]}.
 * All nodes are in this process, so figures of three nodes share its cores.
 */
final class LogThroughput {

    /** Batches that are made beforehand and used again: the second time their records apply to finished transactions. */
    private static final int PREPARED = 1_000;

    private LogThroughput() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int nodes = Integer.parseInt(arguments[0]);
        int records = Integer.parseInt(arguments[1]);
        int inFlight = Integer.parseInt(arguments[2]);
        long seconds = Long.parseLong(arguments[3]);
        boolean commits = arguments.length > 4 && arguments[4].equals("commit");
        Path directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "throughput");
        try (LogCluster cluster = new LogCluster(directory, nodes, 1, Map.of()).startAll()) {
            cluster.commit(0, Records.founded());
            Node leader = cluster.node(cluster.awaitLeader(0));
            run(leader.log(0), records, inFlight, 3, commits);
            System.out.printf(
                    "%d nodes, %d records a batch, %d in flight, %s: %s%n",
                    nodes,
                    records,
                    inFlight,
                    commits ? "commit records of two members" : "abort records",
                    run(leader.log(0), records, inFlight, seconds, commits));
        } finally {
            FileSystemUtils.deleteRecursively(directory);
        }
    }

    private static String run(GroupLog log, int records, int inFlight, long seconds, boolean commits)
            throws InterruptedException {
        List<List<LogRecord>> batches = new ArrayList<>();
        long term = log.leadership().term();
        for (int b = 0; b < PREPARED; b++) {
            List<LogRecord> batch = new ArrayList<>(records);
            for (int i = 0; i < records; i++) {
                TransactionId id = Records.id(0, term, (long) b * records + i);
                batch.add(commits ? Records.decided(id) : Records.aborted(id));
            }
            batches.add(batch);
        }
        Meter meter = new Meter(inFlight);
        log.listen(meter);
        long began = System.nanoTime();
        for (int b = 0; System.nanoTime() - began < seconds * 1_000_000_000L; b++) {
            meter.permits.acquire();
            BatchId id = LogCluster.nextBatch();
            meter.since.put(id, System.nanoTime());
            log.append(id, term, batches.get(b % PREPARED));
        }
        meter.permits.acquire(inFlight);
        return meter.summary(records, System.nanoTime() - began);
    }

    private static final class Meter implements Log.Listener {

        private final Semaphore permits;
        private final Map<BatchId, Long> since = new ConcurrentHashMap<>();
        private final List<Long> latencies = new ArrayList<>();
        private final AtomicLong failed = new AtomicLong();

        Meter(int inFlight) {
            permits = new Semaphore(inFlight);
        }

        @Override
        public void applied(BatchId id, long index, long term, List<Fact> facts) {
            latencies.add(System.nanoTime() - since.remove(id));
            permits.release();
        }

        @Override
        public void refused(BatchId id) {
            failed.incrementAndGet();
            permits.release();
        }

        @Override
        public void unknown(BatchId id) {
            refused(id);
        }

        @Override
        public void gained(long term) {}

        @Override
        public void lost() {}

        String summary(int records, long nanos) {
            long[] sorted =
                    latencies.stream().mapToLong(Long::longValue).sorted().toArray();
            double entries = sorted.length / (nanos / 1e9);
            return String.format(
                    "%.0f entries/s, %.0f records/s, p50 %.1f ms, p99 %.1f ms, %d not applied",
                    entries,
                    entries * records,
                    sorted[sorted.length / 2] / 1e6,
                    sorted[(int) (sorted.length * 0.99)] / 1e6,
                    failed.get());
        }
    }
}
