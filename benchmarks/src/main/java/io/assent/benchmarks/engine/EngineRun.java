package io.assent.benchmarks.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The process that drives the bare engine. Arguments: a directory, the number of nodes, milliseconds of warm-up and of
 * each window, and for each window {@code <records in a batch>x<batches under way>}. It writes a line for each window:
 * entries per second, p50 and p99 in milliseconds, processor microseconds of all nodes for each entry, failures.
 */
public final class EngineRun {

    private EngineRun() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        long warmUp = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[2]));
        long window = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[3]));
        try (BareEngine engine = new BareEngine(Path.of(arguments[0]), Integer.parseInt(arguments[1]))) {
            Appends log = engine.leading();
            log.found();
            for (int i = 4; i < arguments.length; i++) {
                String[] shape = arguments[i].split("x", -1);
                Duration before = cpu();
                long begin = System.nanoTime();
                Appends.Result result = log.run(Integer.parseInt(shape[0]), Integer.parseInt(shape[1]), warmUp, window);
                double seconds = (System.nanoTime() - begin) / 1e9;
                // The processor time includes the warm-up, whose entries came at about the same rate.
                double micros = cpu().minus(before).toNanos() / 1e3 / (result.entries() * seconds);
                System.out.println(String.format(
                        Locale.ROOT,
                        "%.1f %.3f %.3f %.1f %d",
                        result.entries(),
                        result.p50(),
                        result.p99(),
                        micros,
                        result.failures()));
            }
        }
        System.exit(0);
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
