package io.assent.benchmarks.participant;

import io.assent.benchmarks.process.ChildProcess;
import io.assent.benchmarks.process.Control;
import io.assent.benchmarks.process.Java;
import io.assent.benchmarks.process.Pinning;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** The process of the no-op participants, as its parent sees it. */
public final class Participants implements AutoCloseable {

    private final ChildProcess process;
    private final Control control;
    private final URI base;

    private Participants(ChildProcess process, Control control, URI base) {
        this.process = process;
        this.control = control;
        this.base = base;
    }

    /** Starts it on the generator's core. */
    public static Participants start(Pinning pinning, Control control, Path directory) {
        List<String> command = pinning.on(
                pinning.generator(),
                Java.main(List.of("-Xmx256m", "-XX:+UseSerialGC"), NoOpParticipant.class, List.of()));
        ChildProcess process = new ChildProcess("Participants", command, directory.resolve("participants.log"), true);
        return new Participants(process, control, URI.create("http://127.0.0.1:" + process.readLine()));
    }

    /** This many participants, each with an endpoint of its own. */
    public List<Participant> named(int count) {
        return named(count, false);
    }

    /**
     * This many participants, each with an endpoint of its own.
     *
     * @param direct whether they bring their votes to acceptors themselves, where there are any
     */
    public List<Participant> named(int count, boolean direct) {
        return IntStream.range(0, count)
                .mapToObj(n -> Participant.at(base, "bank-" + n, direct))
                .toList();
    }

    /** A participant and where it is reached. */
    public record Participant(String id, URI endpoint) {

        /**
         * One of the participants for which a process stands.
         *
         * @param base URL of the process
         * @param direct whether it brings its votes to acceptors itself, where there are any
         */
        public static Participant at(URI base, String id, boolean direct) {
            return new Participant(
                    id, base.resolve((direct ? NoOpParticipant.DIRECT : NoOpParticipant.ENDPOINTS) + id));
        }
    }

    /** What they have received so far; zeros when they do not answer. */
    public Received received() {
        return control.get(base.resolve(NoOpParticipant.COUNTS), Received.class).orElse(new Received(0, 0));
    }

    /** Requests and the messages in them. */
    public record Received(long requests, long messages) {}

    /** Id of the process. */
    public long pid() {
        return process.pid();
    }

    /** Processor time of the process. */
    public Duration cpu() {
        return process.cpu();
    }

    @Override
    public void close() {
        process.close();
    }
}
