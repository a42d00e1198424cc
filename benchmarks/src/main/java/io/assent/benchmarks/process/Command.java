package io.assent.benchmarks.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Short commands whose output is read whole. */
public final class Command {

    private Command() {}

    /** What the command wrote, or nothing when it is not there or failed. */
    public static Optional<String> tryRun(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? Optional.of(output) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /**
     * What the command wrote.
     *
     * @throws IllegalStateException when it is not there or failed
     */
    public static String run(List<String> command) {
        return tryRun(command).orElseThrow(() -> new IllegalStateException("Failed: " + String.join(" ", command)));
    }
}
