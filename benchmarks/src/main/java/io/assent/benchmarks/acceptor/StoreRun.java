package io.assent.benchmarks.acceptor;

import io.assent.benchmarks.report.Table;
import io.assent.coordinator.acceptor.AcceptorStore;
import io.assent.coordinator.acceptor.AcceptorStoreSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Measures storages for an acceptor: durable votes a second with a fixed number of callers, in rounds that take every
 * storage in turn, so that what else the machine does meets all of them. Arguments: an empty directory, seconds of each
 * window, rounds. Prints a table of medians, then what a held transaction costs.
 */
public final class StoreRun {

    private static final int[] CALLERS = {1, 64};
    private static final int HELD = 200_000;

    private final Path directory;
    private final long windowNanos;
    private int runs;

    /** A program over a directory. */
    public StoreRun(Path directory, int seconds) {
        this.directory = directory;
        this.windowNanos = TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Opens a storage in a directory of its own. */
    public interface Opening {
        /** Opens it. */
        DurableAppends open(Path directory) throws IOException;
    }

    /**
     * A storage.
     *
     * @param name as the table calls it
     */
    public record Candidate(String name, Opening opening) {}

    private record Figures(double rate, double p50, double p99) {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        StoreRun run = new StoreRun(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        List<Candidate> candidates = List.of(
                new Candidate("bare file (floor)", path -> GroupCommit.into(new BareFile(path))),
                new Candidate("segments of our own", OwnSegments::new),
                new Candidate("H2 MVStore", path -> GroupCommit.into(new MapStore(path))));
        System.out.println(run.compare(candidates, Integer.parseInt(arguments[2])));
        System.out.println(run.held());
        System.exit(0);
    }

    /** The table. */
    public Table compare(List<Candidate> candidates, int rounds) throws IOException, InterruptedException {
        Table table = new Table("storage", "callers", "votes/s", "p50 ms", "p99 ms");
        for (int callers : CALLERS) {
            List<List<Figures>> figures = new ArrayList<>();
            candidates.forEach(candidate -> figures.add(new ArrayList<>()));
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < candidates.size(); i++) {
                    figures.get(i).add(measure(candidates.get(i), callers));
                }
            }
            for (int i = 0; i < candidates.size(); i++) {
                figures.get(i).sort(Comparator.comparingDouble(Figures::rate));
                Figures median = figures.get(i).get(rounds / 2);
                table.row(candidates.get(i).name(), callers, median.rate(), median.p50(), median.p99());
            }
        }
        return table;
    }

    private Figures measure(Candidate candidate, int callers) throws IOException, InterruptedException {
        Path own = Files.createDirectories(directory.resolve("run-" + runs++));
        ConcurrentHistogram micros = new ConcurrentHistogram(3);
        Semaphore places = new Semaphore(callers);
        long number = 0;
        double seconds;
        try (DurableAppends store = candidate.opening().open(own)) {
            CompletableFuture<?> last = CompletableFuture.completedFuture(null);
            long begin = System.nanoTime();
            long counted = begin + windowNanos / 4;
            while (System.nanoTime() - begin < windowNanos * 5 / 4) {
                places.acquire();
                long since = System.nanoTime();
                last = store.append(number++).whenComplete((reply, failure) -> {
                    if (failure == null && since > counted) {
                        micros.recordValue((System.nanoTime() - since) / 1000);
                    }
                    places.release();
                });
            }
            last.join();
            places.acquire(callers);
            seconds = (System.nanoTime() - counted) / 1e9;
        }
        delete(own);
        return new Figures(
                micros.getTotalCount() / seconds,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3);
    }

    /** Bytes of memory and disk of a transaction that an acceptor holds, and the time to read them again. */
    private String held() throws IOException {
        Path own = Files.createDirectories(directory.resolve("held"));
        AcceptorStoreSettings settings = new AcceptorStoreSettings(own, "n1", Votes.GROUP, 16 << 20, HELD + 1, 0);
        try (AcceptorStore store = AcceptorStore.open(settings, null, (reason, cause) -> {})) {
            CompletableFuture<?> last = CompletableFuture.completedFuture(null);
            for (long i = 0; i < HELD; i++) {
                last = store.submit(Votes.request(i));
            }
            last.join();
        }
        long disk = 0;
        try (Stream<Path> files = Files.list(own)) {
            for (Path file : files.toList()) {
                disk += Files.size(file);
            }
        }
        long before = used();
        long begin = System.nanoTime();
        AcceptorStore store = AcceptorStore.open(settings, null, (reason, cause) -> {});
        double seconds = (System.nanoTime() - begin) / 1e9;
        long after = used();
        String line = "A held transaction of two participants: " + (after - before) / HELD + " bytes of heap, "
                + disk / HELD + " bytes of disk; " + HELD + " are read again in " + Table.number(seconds) + " s ("
                + store.self() + ").";
        store.close();
        delete(own);
        return line;
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void delete(Path tree) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(tree)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
