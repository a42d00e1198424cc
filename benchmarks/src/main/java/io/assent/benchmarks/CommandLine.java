package io.assent.benchmarks;

import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.stage.BankStage;
import io.assent.benchmarks.stage.ClosedStage;
import io.assent.benchmarks.stage.KillStage;
import io.assent.benchmarks.stage.LatencyStage;
import io.assent.benchmarks.stage.MemoryStage;
import io.assent.benchmarks.stage.ProfileStage;
import io.assent.benchmarks.stage.ProtocolStage;
import io.assent.benchmarks.stage.RateStage;
import io.assent.benchmarks.stage.Settings;
import io.assent.benchmarks.stage.SoakStage;
import io.assent.benchmarks.stage.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * What is to be measured, and how.
 *
 * @param words names of stages; when there is none, all of them but those that compare protocols
 */
record CommandLine(Settings settings, List<String> words) {

    /** The name of the stage that needs no cluster. */
    static final String ENGINE = "engine";

    /** The name of the stage that has a cluster of its own, on a network of its own. */
    static final String DELAYS = "delays";

    /** Stages that compare protocols: run only when they are named, and with a place of their own in a document. */
    private static final List<String> OF_PROTOCOLS = List.of(DELAYS, "protocols");

    private static final String PREFIX = "load";

    /** What --quick changes, unless an option says otherwise. */
    private static final Map<String, String> QUICK = Map.ofEntries(
            Map.entry("warm-up", "4s"),
            Map.entry("ramp", "1s"),
            Map.entry("window", "3s"),
            Map.entry("callers", "1,64"),
            Map.entry("rounds", "1"),
            Map.entry("rates", "80"),
            Map.entry("kills", "1"),
            Map.entry("steady", "3s"),
            Map.entry("soak", "8s"),
            Map.entry("open", "2000"),
            Map.entry("transactions", "10"));

    CommandLine {
        words = List.copyOf(words);
    }

    /** In the order in which they run: the last ones disturb the cluster most. */
    private static SequencedMap<String, Stage> allStages() {
        SequencedMap<String, Stage> stages = new LinkedHashMap<>();
        stages.put("soak", new SoakStage());
        stages.put("closed", new ClosedStage());
        stages.put("latency", new LatencyStage());
        stages.put("memory", new MemoryStage());
        stages.put("rates", new RateStage());
        stages.put("profile", new ProfileStage());
        stages.put("protocols", new ProtocolStage());
        stages.put("banks", new BankStage());
        stages.put("kill", new KillStage());
        return stages;
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException with a sentence for who typed it
     */
    static CommandLine parse(String... arguments) {
        ApplicationArguments line = new DefaultApplicationArguments(arguments);
        List<String> words = line.getNonOptionArgs();
        List<String> known = new ArrayList<>(allStages().keySet());
        known.add(ENGINE);
        known.add(DELAYS);
        for (String word : words) {
            if (!known.contains(word)) {
                throw new IllegalArgumentException(
                        "There is no \"" + word + "\" to measure; there are " + String.join(", ", known) + "; all but "
                                + String.join(" and ", OF_PROTOCOLS) + " when none is named.");
            }
        }
        return new CommandLine(settings(line), words);
    }

    private static Settings settings(ApplicationArguments line) {
        Map<String, String> options = new TreeMap<>();
        if (line.containsOption("quick")) {
            QUICK.forEach((name, value) -> options.put(PREFIX + "." + name, value));
        }
        for (String name : line.getOptionNames()) {
            String value = String.join(",", Objects.requireNonNullElse(line.getOptionValues(name), List.of()));
            options.put(PREFIX + "." + name, value.isEmpty() ? "true" : value);
        }
        try {
            return new Binder(new MapConfigurationPropertySource(options))
                    .bindOrCreate(
                            PREFIX, Bindable.of(Settings.class), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
        } catch (BindException e) {
            throw new IllegalArgumentException(reason(e), e);
        }
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return "The options cannot be used: " + cause.getMessage();
    }

    boolean wants(String stage) {
        return words.isEmpty() ? !OF_PROTOCOLS.contains(stage) : words.contains(stage);
    }

    /** The place in a document for these figures. */
    Report.Marks marks() {
        return !words.isEmpty() && OF_PROTOCOLS.containsAll(words) ? Report.Marks.PROTOCOLS : Report.Marks.FIGURES;
    }

    /** The stages that are wanted and need a cluster, in their order. */
    List<Stage> stages() {
        return allStages().entrySet().stream()
                .filter(entry -> wants(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }
}
