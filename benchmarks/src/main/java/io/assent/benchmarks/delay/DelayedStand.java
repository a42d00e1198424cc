package io.assent.benchmarks.delay;

import io.assent.benchmarks.load.ProtocolVariant;
import io.assent.benchmarks.participant.NoOpParticipant;
import io.assent.benchmarks.process.ChildProcess;
import io.assent.benchmarks.process.ClusterSettings;
import io.assent.benchmarks.process.CoordinatorNode;
import io.assent.benchmarks.process.Java;
import io.assent.benchmarks.process.Place;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Coordinators and two participants, each on its own host, and an initiator on the host of the leader. */
public final class DelayedStand implements AutoCloseable {

    private static final int PARTICIPANTS = 2;
    private static final int REST_PORT = 8080;
    private static final int RAFT_PORT = 9090;
    private static final int PARTICIPANT_PORT = 8090;
    private static final int TRIES = 3;
    private static final List<String> SMALL =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-Djava.net.preferIPv4Stack=true");

    /** The network ends on this machine, so nobody else can use what is open. */
    private static final List<String> ON_A_NETWORK = List.of(
            "--assent.security.open=true",
            "--assent.raft.open=true",
            "--assent.delivery.allowed-hosts=" + Hosts.NETWORK);

    private final ClusterSettings settings;
    private final Path directory;
    private final Hosts hosts;
    private final JsonMapper json = JsonMapper.builder().build();
    private final Deque<Runnable> ends = new ArrayDeque<>();
    private final List<CoordinatorNode> nodes = new ArrayList<>();
    private final List<URI> participants = new ArrayList<>();
    private final ChildProcess proxy;
    private ChildProcess initiator;
    private URI leader;

    private DelayedStand(ClusterSettings settings, Path directory, Hosts hosts) {
        this.settings = settings;
        this.directory = directory;
        this.hosts = hosts;
        ends.push(hosts::close);
        boolean complete = false;
        try {
            List<String> ports = List.of("" + REST_PORT, "" + RAFT_PORT, "" + PARTICIPANT_PORT);
            proxy = child("Proxy", hosts.hubPrefix(), DelayProxy.class, ports);
            delay(Duration.ZERO);
            startParticipants();
            startNodes();
            initiator = initiatorOn(0);
            leader = follow();
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    /**
     * Starts everything, without a delay.
     *
     * @param directory for data and logs, which must exist
     * @return nothing where this process may not make network namespaces
     */
    public static Optional<DelayedStand> start(ClusterSettings settings, Path directory) {
        return Hosts.create(settings.nodes() + PARTICIPANTS).map(hosts -> new DelayedStand(settings, directory, hosts));
    }

    private ChildProcess child(String name, List<String> prefix, Class<?> type, List<String> arguments) {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(Java.main(SMALL, type, arguments));
        List<String> command = settings.pinning().on(settings.pinning().all(), words);
        ChildProcess child = new ChildProcess(name, command, directory.resolve(name + ".log"), true);
        ends.push(child::close);
        return child;
    }

    private void startParticipants() {
        for (Hosts.Host host : hosts.all().subList(settings.nodes(), hosts.all().size())) {
            String name = "Participant-" + participants.size();
            List<String> arguments = List.of(host.address(), "" + PARTICIPANT_PORT);
            child(name, host.prefix(), NoOpParticipant.class, arguments).readLine();
            participants.add(URI.create("http://" + host.address() + ":" + PARTICIPANT_PORT));
        }
    }

    private void startNodes() {
        for (int n = 0; n < settings.nodes(); n++) {
            Hosts.Host host = hosts.all().get(n);
            Place place = new Place(host.address(), REST_PORT, RAFT_PORT, host.prefix());
            nodes.add(new CoordinatorNode("n" + (n + 1), place, directory));
        }
        List<String> arguments = new ArrayList<>(ON_A_NETWORK);
        arguments.addAll(settings.arguments());
        ClusterSettings all =
                new ClusterSettings(settings.jar(), settings.nodes(), settings.jvm(), arguments, settings.pinning());
        for (CoordinatorNode node : nodes) {
            ends.push(node::close);
            node.configure(all, nodes);
            node.start();
        }
    }

    private ChildProcess initiatorOn(int host) {
        return child("Initiator", hosts.all().get(host).prefix(), Initiator.class, List.of());
    }

    /** Finds the leader and brings the initiator to its host. */
    private URI follow() {
        URI found = askedLeader();
        int host = nodes.stream().map(CoordinatorNode::url).toList().indexOf(found);
        initiator.close();
        initiator = initiatorOn(host);
        return found;
    }

    private URI askedLeader() {
        List<String> words = new ArrayList<>(List.of("leader"));
        nodes.forEach(node -> words.add(node.url().toString()));
        initiator.writeLine(String.join(" ", words));
        return URI.create(initiator.readLine());
    }

    /** Lets each byte between two hosts be on its way for so long, from now on. */
    public void delay(Duration delay) {
        proxy.writeLine(DelayProxy.line(delay));
        proxy.readLine();
    }

    /**
     * Runs some transactions one after the other, again when the leader changed meanwhile.
     *
     * @param before how many do not count
     * @param count how many count
     * @param pause how long after each the next one begins
     */
    public Trial trial(ProtocolVariant variant, int before, int count, Duration pause) {
        for (int n = 0; n < TRIES; n++) {
            initiator.writeLine(new Initiator.Order(leader, variant, before, count, pause, participants).line());
            Trial trial = json.readValue(initiator.readLine(), Trial.class);
            if (askedLeader().equals(leader)) {
                return trial;
            }
            leader = follow();
        }
        throw new IllegalStateException("The leader changed in each of " + TRIES + " trials: the machine is too busy");
    }

    @Override
    public void close() {
        while (!ends.isEmpty()) {
            ends.pop().run();
        }
    }
}
