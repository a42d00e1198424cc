package io.assent.benchmarks.stage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a measurement is made; each is an option of the command line of the same name.
 *
 * @param quick whether it only shows that everything works: short windows, whose figures mean little
 * @param jar the executable coordinator
 * @param bankJar the executable sample bank
 * @param nodes coordinators of the cluster
 * @param endpoints participants among which transactions go round; each has its own endpoint
 * @param callers numbers of callers of the closed loops
 * @param warmUp how long the cluster runs under load before anything counts
 * @param ramp how long each load runs before its window
 * @param window how long each window is
 * @param rounds how often the closed loops go through all numbers of callers; the round in the middle counts
 * @param rates shares of the best throughput at which latency is measured, in percent
 * @param kills how often a leader is killed
 * @param steady how long the load runs before a kill, and how long it is watched after it
 * @param open how many transactions are kept open at once
 * @param maxInFlight how many attempts of an open loop may be in flight
 * @param initiators how many there are at once in the long run without a fault
 * @param soak how long that run is
 * @param delay how long each message between two hosts is on its way when delays are counted
 * @param transactions how many transactions of each protocol count then
 * @param jvm options of the coordinators' JVM
 * @param argument further arguments of each coordinator
 * @param pin whether processes are pinned to cores
 * @param figures file for the figures
 * @param write document whose figures are replaced, or null
 */
public record Settings(
        @DefaultValue("false") boolean quick,

        @DefaultValue("coordinator/target/assent-coordinator.jar")
        Path jar,

        @DefaultValue("sample-bank/target/assent-bank.jar") Path bankJar,
        @DefaultValue("3") int nodes,
        @DefaultValue("2") int endpoints,
        @DefaultValue({"1", "16", "64", "256"}) List<Integer> callers,
        @DefaultValue("25s") Duration warmUp,
        @DefaultValue("3s") Duration ramp,
        @DefaultValue("12s") Duration window,
        @DefaultValue("3") int rounds,
        @DefaultValue({"50", "80", "95"}) List<Integer> rates,
        @DefaultValue("3") int kills,
        @DefaultValue("6s") Duration steady,
        @DefaultValue("10000") int open,
        @DefaultValue("6000") int maxInFlight,
        @DefaultValue("256") int initiators,
        @DefaultValue("60s") Duration soak,
        @DefaultValue("20ms") Duration delay,
        @DefaultValue("100") int transactions,
        @DefaultValue({"-Xms1g", "-Xmx1g"}) List<String> jvm,
        @DefaultValue List<String> argument,
        @DefaultValue("true") boolean pin,
        @DefaultValue("benchmarks/target/figures.md") Path figures,
        @Nullable Path write) {

    public Settings {
        callers = List.copyOf(callers);
        rates = List.copyOf(rates);
        jvm = List.copyOf(jvm);
        argument = List.copyOf(argument);
        if (endpoints < 2
                || IntStream.of(nodes, rounds, kills, open, maxInFlight, initiators, transactions)
                                .min()
                                .orElse(0)
                        < 1
                || delay.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("--endpoints must be at least 2; --nodes, --rounds, --kills, --open,"
                    + " --max-in-flight, --initiators and --transactions at least 1; --delay at least 1ms.");
        }
    }
}
