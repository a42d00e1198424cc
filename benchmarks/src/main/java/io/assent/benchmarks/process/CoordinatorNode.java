package io.assent.benchmarks.process;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One coordinator process of a cluster; it can be killed and started again on its data. */
public final class CoordinatorNode implements AutoCloseable {

    private final String id;
    private final Place place;
    private final Path directory;
    private List<String> command = List.of();
    private @Nullable ChildProcess process;

    /**
     * A node that is not started.
     *
     * @param directory for its data and log, which must exist
     */
    public CoordinatorNode(String id, Place place, Path directory) {
        this.id = id;
        this.place = place;
        this.directory = directory;
    }

    /** Its id in the cluster. */
    public String id() {
        return id;
    }

    /** Base URL of its REST API. */
    public URI url() {
        return URI.create("http://" + place.host() + ":" + place.restPort());
    }

    /** The address of its replicated log. */
    public String raftAddress() {
        return place.host() + ":" + place.raftPort();
    }

    /** How it is started, with all nodes of the cluster, its own included. */
    public void configure(ClusterSettings settings, List<CoordinatorNode> nodes) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.address=" + place.host(),
                "--server.port=" + place.restPort(),
                "--assent.node.id=" + id,
                "--assent.node.data-dir=" + directory.resolve(id)));
        for (int i = 0; nodes.size() > 1 && i < nodes.size(); i++) {
            String name = "--assent.cluster.nodes[" + i + "].";
            arguments.add(name + "id=" + nodes.get(i).id());
            arguments.add(name + "url=" + nodes.get(i).url());
            arguments.add(name + "raft=" + nodes.get(i).raftAddress());
        }
        arguments.addAll(settings.arguments());
        List<String> words = new ArrayList<>(place.prefix());
        words.addAll(Java.jar(settings.jvm(), settings.jar(), arguments));
        command = settings.pinning().on(settings.pinning().all(), words);
    }

    /** Starts it; it is not ready yet. */
    public void start() {
        process = new ChildProcess("Coordinator " + id, command, directory.resolve(id + ".log"), false);
    }

    /** Whether its process runs. */
    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Returns when it says that it is ready. */
    public void awaitReady(Control control) {
        Until.present("Coordinator " + id + " being ready", Duration.ofMinutes(2), Duration.ofMillis(300), () -> {
            if (!isRunning()) {
                throw running().ended();
            }
            return control.get(url().resolve("/actuator/health/readiness"));
        });
    }

    private ChildProcess running() {
        ChildProcess present = process;
        if (present == null) {
            throw new IllegalStateException("Coordinator " + id + " is not started");
        }
        return present;
    }

    /** Its process id. */
    public long pid() {
        return running().pid();
    }

    /** User and system time of its process since that started. */
    public Duration cpu() {
        return running().cpu();
    }

    /** Ends it without a word. */
    public void kill() {
        running().kill();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
