package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.HttpCalls;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.load.Probe;
import io.assent.benchmarks.load.ProtocolVariant;
import io.assent.benchmarks.load.TwoBranchTransaction;
import io.assent.benchmarks.load.Workload;
import io.assent.benchmarks.participant.Participants;
import io.assent.benchmarks.participant.Participants.Participant;
import io.assent.benchmarks.process.ClusterSettings;
import io.assent.benchmarks.process.Control;
import io.assent.benchmarks.process.CoordinatorCluster;
import io.assent.benchmarks.process.Pinning;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What stands while it is measured: a cluster, its participants and the client, with what was found so far. */
public final class Stand implements AutoCloseable {

    private final Settings settings;
    private final Pinning pinning;
    private final Control control;
    private final Path directory;
    private final CoordinatorCluster cluster;
    private final Participants participants;
    private final HttpCalls http;
    private final Map<Integer, Measured> closedLoops = new TreeMap<>();

    private Stand(Settings settings, Pinning pinning, Path directory) {
        this.settings = settings;
        this.pinning = pinning;
        this.directory = directory;
        this.control = new Control();
        this.http = new HttpCalls(settings.maxInFlight());
        this.participants = Participants.start(pinning, control, directory);
        this.cluster = CoordinatorCluster.start(
                new ClusterSettings(settings.jar(), settings.nodes(), settings.jvm(), settings.argument(), pinning),
                control,
                directory);
    }

    /**
     * Starts everything; coordinators may use all cores.
     *
     * @param directory for data and logs
     */
    public static Stand start(Settings settings, Pinning pinning, Path directory) {
        return new Stand(settings, pinning, directory);
    }

    Settings settings() {
        return settings;
    }

    Pinning pinning() {
        return pinning;
    }

    Control control() {
        return control;
    }

    Path directory() {
        return directory;
    }

    CoordinatorCluster cluster() {
        return cluster;
    }

    HttpCalls http() {
        return http;
    }

    List<Participant> participants() {
        return participants.named(settings.endpoints());
    }

    /** Id of the process of the participants. */
    long participantsPid() {
        return participants.pid();
    }

    /** So many callers who do nothing but transactions, until they are closed. */
    public ClosedLoop callers(int count) {
        return new ClosedLoop(transactions(), count, ClosedLoop.Observer.NONE);
    }

    /** Transactions over two no-op participants. */
    Workload transactions() {
        return transactions(Duration.ZERO);
    }

    /** Transactions whose initiator repeats for so long what found no leader. */
    Workload transactions(Duration patience) {
        return new TwoBranchTransaction(
                http, cluster.urls(), participants(), TwoBranchTransaction.Terms.twoPhase(patience));
    }

    /** Transactions by this protocol; the initiator waits for both participants. */
    Workload transactions(ProtocolVariant variant) {
        return new TwoBranchTransaction(
                http,
                cluster.urls(),
                participants.named(settings.endpoints(), variant.votesDirectly()),
                new TwoBranchTransaction.Terms(variant, null, Duration.ZERO));
    }

    /** What is read at both ends of a window. */
    Probe probe() {
        return new CostProbe(cluster, participants);
    }

    /** What the closed loops showed, by callers; for stages that compare. */
    public Map<Integer, Measured> closedLoops() {
        return closedLoops;
    }

    @Override
    public void close() throws IOException {
        cluster.close();
        participants.close();
        http.close();
    }
}
