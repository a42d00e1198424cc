package io.assent.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which processes run on which cores, by {@code taskset}. The generator and the no-op participants have the last core;
 * coordinators have all of them, or all but that one. Where there is no {@code taskset} or a single core, nothing is
 * pinned.
 */
public final class Pinning {

    private static final String ALLOWED = "Cpus_allowed_list:";

    private final List<Integer> cores;
    private final boolean works;

    private Pinning(List<Integer> cores, boolean works) {
        this.cores = List.copyOf(cores);
        this.works = works;
    }

    /** What this machine can do, when pinning is wanted. */
    public static Pinning detect(boolean wanted) {
        List<Integer> cores = allowedCores();
        boolean works = wanted
                && cores.size() > 1
                && Command.tryRun(List.of("taskset", "-p", Long.toString(own())))
                        .isPresent();
        return new Pinning(cores, works);
    }

    private static List<Integer> allowedCores() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(ALLOWED))
                    .findFirst()
                    .map(line -> parseList(line.substring(ALLOWED.length()).trim()))
                    .orElse(List.of());
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The numbers of a list such as {@code 0-2,5}. */
    static List<Integer> parseList(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String[] ends = part.split("-", -1);
            for (int n = Integer.parseInt(ends[0]); n <= Integer.parseInt(ends[ends.length - 1]); n++) {
                numbers.add(n);
            }
        }
        return numbers;
    }

    private static long own() {
        return ProcessHandle.current().pid();
    }

    /** Whether processes can be pinned. */
    public boolean works() {
        return works;
    }

    /** All cores that this process may use. */
    public String all() {
        return join(cores);
    }

    /** The core of the generator. */
    public String generator() {
        return join(cores.subList(cores.size() - 1, cores.size()));
    }

    /** All cores but the generator's. */
    public String others() {
        return join(cores.subList(0, cores.size() - 1));
    }

    private static String join(List<Integer> some) {
        return String.join(",", some.stream().map(String::valueOf).toList());
    }

    /** The command, pinned to these cores from its start. */
    public List<String> on(String someCores, List<String> command) {
        List<String> all = new ArrayList<>(works ? List.of("taskset", "-c", someCores) : List.of());
        all.addAll(command);
        return all;
    }

    /** Moves a process, with all its threads. */
    public void move(long pid, String someCores) {
        if (works) {
            Command.run(List.of("taskset", "-a", "-c", "-p", someCores, Long.toString(pid)));
        }
    }

    /** Moves this process to the generator's core. */
    public void moveGenerator() {
        move(own(), works ? generator() : "");
    }
}
