package io.assent.benchmarks.stage;

import io.assent.benchmarks.delay.DelayedStand;
import io.assent.benchmarks.delay.Trial;
import io.assent.benchmarks.load.ProtocolVariant;
import io.assent.benchmarks.process.ClusterSettings;
import io.assent.benchmarks.process.Pinning;
import io.assent.benchmarks.report.Limit;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How many message delays pass under each protocol from the moment at which the leader has the request to commit until
 * the initiator is told, and until COMMIT has come to the participants; against what they are on paper. What the work
 * itself takes is measured without a delay, and taken off.
 */
public final class DelayStage {

    private static final Limit OFF = Limit.atMost(15, " %");

    /** Time for what follows a transaction beside its messages: the acknowledgements are written, too. */
    private static final Duration REST = Duration.ofMillis(10);

    /** COMMIT, its acknowledgement, and the record of it to a majority are under way when the initiator is told. */
    private static final int DELAYS_AFTERWARDS = 5;

    private final Settings settings;
    private final Pinning pinning;
    private final Path directory;

    /** A stage that has a cluster of its own. */
    public DelayStage(Settings settings, Pinning pinning, Path directory) {
        this.settings = settings;
        this.pinning = pinning;
        this.directory = directory;
    }

    /** Measures and reports; where this process may not make a network it only says so. */
    public void run(Report report) throws IOException {
        report.progress("starting " + settings.nodes() + " coordinators and 2 participants on a network of their own");
        ClusterSettings cluster =
                new ClusterSettings(settings.jar(), settings.nodes(), settings.jvm(), settings.argument(), pinning);
        Optional<DelayedStand> started =
                DelayedStand.start(cluster, Files.createDirectories(directory.resolve("delays")));
        if (started.isEmpty()) {
            report.section(
                    "Message delays",
                    "Not measured: this needs root and the command ip (iproute2), for a network namespace for each"
                            + " host.");
            return;
        }
        try (DelayedStand stand = started.get()) {
            measure(stand, report);
        }
    }

    private void measure(DelayedStand stand, Report report) {
        List<ProtocolVariant> possible = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        for (ProtocolVariant variant : ProtocolVariant.values()) {
            report.progress("warm-up, " + variant.title());
            Trial warmUp = stand.trial(variant, 5 * settings.transactions(), 1, Duration.ZERO);
            String refusal = warmUp.refusal();
            if (refusal == null) {
                possible.add(variant);
            } else {
                skipped.add(ProtocolStage.skipped(variant, refusal));
            }
        }
        String delayed = millis(delayNanos());
        Table table = new Table(
                "protocol",
                "answer, ms at 0 / " + delayed,
                "delays: measured / on paper",
                "off by",
                "COMMIT, ms at 0 / " + delayed,
                "delays: measured / on paper",
                "off by",
                "errors");
        possible.forEach(variant -> row(table, variant, stand, report));
        report.section(
                "Message delays",
                settings.nodes() + " coordinators and 2 participants, each on a host of its own (a network namespace),"
                        + " each message between two hosts "
                        + delayed
                        + " ms on its way, the initiator on the leader's host. One transaction at a time with two"
                        + " branches; from its request to commit until it is told the decision (await=DECISION), and"
                        + " until COMMIT has come to both participants. Medians of "
                        + settings.transactions()
                        + " transactions on connections that stand. Measured delays are what the time grows by from"
                        + " messages that take no time, over the delay.",
                table);
        skipped.forEach(report::paragraph);
    }

    private void row(Table table, ProtocolVariant variant, DelayedStand stand, Report report) {
        report.progress("delays of " + variant.title());
        stand.delay(Duration.ZERO);
        Trial before = trial(variant, stand, Duration.ZERO);
        stand.delay(settings.delay());
        Trial with = trial(variant, stand, settings.delay());
        stand.delay(Duration.ZERO);
        // Before and after, so that a machine that becomes warmer or busier changes both sides of the difference.
        Trial without = before.and(trial(variant, stand, Duration.ZERO));
        Passage answer = passage(without.answerNanos(), with.answerNanos(), variant.delaysToAnswer());
        Passage commit = passage(without.commitNanos(), with.commitNanos(), variant.delaysToCommit());
        report.target("3.4", variant.title() + ": delays to the answer, off the paper", OFF, answer.percentOff());
        report.target("3.4", variant.title() + ": delays to COMMIT, off the paper", OFF, commit.percentOff());
        table.row(
                variant.title(),
                answer.times(),
                answer.delays(),
                Table.number(answer.percentOff()) + " %",
                commit.times(),
                commit.delays(),
                Table.number(commit.percentOff()) + " %",
                without.failures().isEmpty() && with.failures().isEmpty()
                        ? "0"
                        : without.failures() + "; " + with.failures());
    }

    private Trial trial(ProtocolVariant variant, DelayedStand stand, Duration delay) {
        return stand.trial(
                variant,
                settings.transactions() / 2,
                settings.transactions(),
                REST.plus(delay.multipliedBy(DELAYS_AFTERWARDS)));
    }

    private Passage passage(List<Long> without, List<Long> with, int onPaper) {
        return new Passage(median(without), median(with), delayNanos(), onPaper);
    }

    private double delayNanos() {
        return (double) settings.delay().toNanos();
    }

    /** The one in the middle; not a number when there is none. */
    static double median(List<Long> nanos) {
        return nanos.isEmpty()
                ? Double.NaN
                : nanos.stream().sorted().toList().get(nanos.size() / 2).doubleValue();
    }

    /**
     * From the request to commit until something has happened.
     *
     * @param without nanoseconds when messages take no time
     * @param with nanoseconds when each takes {@code delay}
     * @param onPaper how many delays it is
     */
    record Passage(double without, double with, double delay, int onPaper) {

        double measured() {
            return (with - without) / delay;
        }

        double percentOff() {
            return 100 * Math.abs(measured() - onPaper) / onPaper;
        }

        String times() {
            return millis(without) + " / " + millis(with);
        }

        String delays() {
            return Table.number(measured()) + " / " + onPaper;
        }
    }

    private static String millis(double nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / 1e6);
    }
}
