package io.assent.bank.demo;

import io.assent.protocol.Protocol;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Starts three coordinators and two banks, moves money, kills what matters with {@code kill -9}, and checks every
 * database afterwards. With {@code --exit} it ends by itself, with status 0 when nothing was lost and every kill met
 * something in flight, otherwise 1; without it, the servers stay up until Ctrl-C.
 */
public final class Demo {

    private Demo() {}

    /**
     * Runs the demonstration.
     *
     * @param arguments {@code --coordinator-jar=}, {@code --bank-jar=}, {@code --dir=} (an empty or new directory),
     *     {@code --protocol=} (two-phase, three-phase or paxos-commit) and {@code --exit}
     */
    public static void main(String[] arguments) {
        quietLogs();
        SimpleCommandLinePropertySource options = new SimpleCommandLinePropertySource(arguments);
        Narrator narrator = new Narrator(new PrintStream(System.out, true, StandardCharsets.UTF_8));
        boolean fine;
        try {
            Protocol protocol =
                    protocol(options.containsProperty("protocol") ? required(options, "protocol") : "two-phase");
            Town town = new Town(file(options, "coordinator-jar"), file(options, "bank-jar"), directory(options));
            Thread ending = new Thread(town::stop, "stop-servers");
            Runtime.getRuntime().addShutdownHook(ending);
            fine = new Story(town, protocol, narrator).tell(!options.containsProperty("exit"));
            if (!options.containsProperty("exit")) {
                new CountDownLatch(1).await();
            }
        } catch (DemoException e) {
            narrator.line("");
            narrator.line("FAILED: " + e.getMessage());
            fine = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fine = false;
        }
        System.exit(fine ? 0 : 1);
    }

    private static void quietLogs() {
        LoggingSystem logs = LoggingSystem.get(Demo.class.getClassLoader());
        logs.beforeInitialize();
        logs.initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
        logs.setLogLevel("ROOT", LogLevel.ERROR);
    }

    /** The protocol that the option {@code --protocol} calls so. */
    static Protocol protocol(String name) {
        return switch (name) {
            case "two-phase" -> Protocol.TWO_PHASE;
            case "three-phase" -> Protocol.THREE_PHASE;
            case "paxos-commit" -> Protocol.PAXOS_COMMIT;
            default ->
                throw new DemoException("--protocol: " + name
                        + " is not one that this version runs; use two-phase, three-phase or paxos-commit");
        };
    }

    private static Path file(SimpleCommandLinePropertySource options, String name) {
        Path file = Path.of(required(options, name)).toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw new DemoException("--" + name + ": there is no file " + file + "; build it with mvn package");
        }
        return file;
    }

    private static Path directory(SimpleCommandLinePropertySource options) {
        Path directory = Path.of(required(options, "dir")).toAbsolutePath();
        try {
            Files.createDirectories(directory);
            return directory;
        } catch (IOException e) {
            throw new DemoException("--dir: " + directory + " cannot be made: " + e, e);
        }
    }

    private static String required(SimpleCommandLinePropertySource options, String name) {
        @Nullable String value = options.getProperty(name);
        if (value == null || value.isBlank()) {
            throw new DemoException("--" + name + "= is missing; the script ./demo gives it");
        }
        return value;
    }
}
