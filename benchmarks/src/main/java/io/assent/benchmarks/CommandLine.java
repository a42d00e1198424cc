package io.assent.benchmarks;

import io.assent.benchmarks.stage.BankStage;
import io.assent.benchmarks.stage.ClosedStage;
import io.assent.benchmarks.stage.KillStage;
import io.assent.benchmarks.stage.LatencyStage;
import io.assent.benchmarks.stage.MemoryStage;
import io.assent.benchmarks.stage.ProfileStage;
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
 * @param words names of stages; all of them when there is none
 */
record CommandLine(Settings settings, List<String> words) {

    /** The name of the stage that needs no cluster. */
    static final String ENGINE = "engine";

    private static final String PREFIX = "load";

    /** What --quick changes, unless an option says otherwise. */
    private static final Map<String, String> QUICK = Map.of(
            "warm-up", "4s",
            "ramp", "1s",
            "window", "3s",
            "callers", "1,64",
            "rounds", "1",
            "rates", "80",
            "kills", "1",
            "steady", "3s",
            "soak", "8s",
            "open", "2000");

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
        for (String word : words) {
            if (!known.contains(word)) {
                throw new IllegalArgumentException("There is no \"" + word + "\" to measure; there are "
                        + String.join(", ", known) + ", and all of them when none is named.");
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
        return words.isEmpty() || words.contains(stage);
    }

    /** The stages that are wanted and need a cluster, in their order. */
    List<Stage> stages() {
        return allStages().entrySet().stream()
                .filter(entry -> wants(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }
}
