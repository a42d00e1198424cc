package io.assent.coordinator.log;

import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;

/**
 * The engine of this node: one server with a replica of each hosted group. It is started after its groups have their
 * listeners, and closed before the process ends.
 */
public final class RaftNode implements Logs, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);
    private static final long WATCH_MILLIS = 100;
    private static final long SNAPSHOT_TIMEOUT_MILLIS = 60_000;
    private static final long TRANSFER_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Topology topology;
    private final LogProperties properties;
    private final FatalHandler fatalHandler;
    private final @Nullable SslBundle sslBundle;
    private final List<GroupLog> groups;
    private final OwnReplica own;
    private final RaftPeerId self;
    private final Membership membership;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private final DiskSpace space;
    /** A thread for each task, so that none waits for another one that waits for the engine. */
    private final ScheduledExecutorService watch = Executors.newScheduledThreadPool(
            3, Thread.ofPlatform().name("assent-log-watch-", 0).daemon().factory());

    private final AtomicBoolean dead = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private @Nullable DataDirectory directory;
    private volatile @Nullable RaftServer server;
    /** Of {@link #watchNode} only: {@link System#nanoTime} of the last attempt to lead no more, 0 for never. */
    private long transferredAt;

    /**
     * A node that is not started.
     *
     * @param sslBundle certificate of this node and authority of all, or null to replicate without
     */
    public RaftNode(
            Topology topology,
            LogProperties properties,
            FatalHandler fatalHandler,
            MeterRegistry meters,
            @Nullable SslBundle sslBundle) {
        this.topology = topology;
        this.properties = properties;
        this.fatalHandler = fatalHandler;
        this.sslBundle = sslBundle;
        this.own = OwnReplica.of(topology, properties.marker());
        this.self = RaftPeerId.valueOf(own.id());
        this.membership = new Membership(topology);
        this.space = new DiskSpace(topology.dataDir(), properties.space());
        Entry.Origin origin = new Entry.Origin(own.id(), new SecureRandom().nextLong());
        this.groups = topology.hosted()
                .sorted(Comparator.comparingInt(Topology.Group::number))
                .map(group -> new GroupLog(group, origin, properties.append(), new NodeAlarms(), meters))
                .toList();
    }

    @Override
    public List<Log> hosted() {
        return List.copyOf(groups);
    }

    /**
     * Whether this node has no data and is to come into its groups as a new replica: then whatever it was there before
     * has to leave them before {@link #start}.
     */
    public boolean enters() {
        return own.enters();
    }

    /** Whether there were logs here before {@link #start}; a node without has never started, or has lost them. */
    public boolean hasData() {
        return own.hasData();
    }

    /** The started groups of which this replica is not a member, as far as it knows. */
    public List<Log> outside() {
        return groups.stream()
                .filter(group -> !group.isMember())
                .map(Log.class::cast)
                .toList();
    }

    /**
     * Opens the data and joins the cluster.
     *
     * @throws LogRefusedException when that cannot or must not be; nothing is left open then
     */
    public void start() {
        boolean started = false;
        try {
            directory = DataDirectory.open(topology, own, properties.marker());
            checkSpace();
            EngineStart start = new EngineStart(topology, own, properties, sslBundle, this::engineCrashed);
            server = start.run(directory, groups);
            directory.mark();
            watch(this::watchGroups, Duration.ofMillis(WATCH_MILLIS));
            watch(this::watchNode, properties.space().checkInterval());
            if (properties.snapshot().interval().isPositive()) {
                watch(this::takeSnapshots, properties.snapshot().interval());
            }
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    private void checkSpace() {
        DiskSpace.Level level;
        try {
            level = space.look();
        } catch (IOException e) {
            throw new LogRefusedException(
                    "The free space of " + topology.dataDir() + " cannot be read.", "Check the volume.", e);
        }
        if (level == DiskSpace.Level.FULL) {
            throw new LogRefusedException(
                    "The disk of " + topology.dataDir() + " is full.",
                    "Make room on it: at least " + properties.space().low() + " bytes. Do not delete anything in the"
                            + " directory itself.",
                    null);
        }
        groups.forEach(group -> group.accept(level == DiskSpace.Level.AMPLE));
    }

    private void watch(Runnable task, Duration interval) {
        long nanos = interval.toNanos();
        var unused = watch.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        LOG.error("Watching the log failed, tries again in {}", interval, e);
                    }
                },
                nanos,
                nanos,
                TimeUnit.NANOSECONDS);
    }

    private void watchGroups() {
        long timeout = properties.append().timeout().toNanos();
        groups.forEach(group -> group.watch(timeout));
    }

    private void watchNode() {
        RaftServer present = server;
        if (present != null && present.getLifeCycleState().isClosingOrClosed()) {
            fail("The engine of the replicated log closed itself.", null);
        }
        for (GroupLog group : groups) {
            RaftServer.Division division = group.division();
            if (division != null && !division.getInfo().isAlive()) {
                failClosed(group.group().number());
            }
        }
        try {
            act(space.look());
        } catch (IOException e) {
            LOG.error("The free space of {} cannot be read", topology.dataDir(), e);
        }
    }

    private void act(DiskSpace.Level level) {
        if (dead.get()) {
            return;
        }
        boolean ample = level == DiskSpace.Level.AMPLE;
        groups.stream().filter(group -> group.status().accepting() != ample).forEach(group -> {
            LOG.warn(
                    "group={} {} batches: the disk of {} has {} room",
                    group.group().number(),
                    ample ? "takes" : "refuses",
                    topology.dataDir(),
                    ample ? "enough" : "little");
            group.accept(ample);
        });
        if (level == DiskSpace.Level.FULL) {
            fail("The disk of " + topology.dataDir() + " is full.", null);
        } else if (!ample && (transferredAt == 0 || System.nanoTime() - transferredAt > TRANSFER_PAUSE_NANOS)) {
            transferredAt = System.nanoTime();
            var unused = transferAll();
        }
    }

    private void takeSnapshots() {
        RaftServer present = server;
        if (present == null) {
            return;
        }
        for (GroupLog group : groups) {
            var unused = present.snapshotManagementAsync(SnapshotManagementRequest.newCreate(
                            client, self, group.id(), calls.incrementAndGet(), SNAPSHOT_TIMEOUT_MILLIS, 1))
                    .whenComplete((reply, failure) -> {
                        if (failure != null || !reply.isSuccess()) {
                            LOG.warn(
                                    "group={} took no snapshot at its time",
                                    group.group().number(),
                                    failure);
                        }
                    });
        }
    }

    /** Whether this node is started, and its log works. */
    public boolean isRunning() {
        RaftServer present = server;
        return present != null
                && !closing.get()
                && !dead.get()
                && present.getLifeCycleState().isRunning();
    }

    /** Hands the leadership of every led group to another node, within the transfer timeout; where there is one. */
    public void handOver() {
        transferAll()
                .completeOnTimeout(null, properties.transferTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private CompletableFuture<Void> transferAll() {
        return CompletableFuture.allOf(
                groups.stream().map(group -> transfer(group, any -> true)).toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<?> transfer(GroupLog group, Predicate<String> to) {
        RaftServer present = server;
        RaftServer.Division division = group.division();
        if (present == null || division == null || !division.getInfo().isLeader()) {
            return CompletableFuture.completedFuture(null);
        }
        Optional<String> successor = successor(division, to);
        if (successor.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        long timeout = Math.max(1, properties.transferTimeout().toMillis());
        try {
            return present.transferLeadershipAsync(new TransferLeadershipRequest(
                            client,
                            self,
                            group.id(),
                            calls.incrementAndGet(),
                            RaftPeerId.valueOf(successor.get()),
                            timeout))
                    .handle((reply, failure) -> tell(group, successor.get(), reply, failure));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.completedFuture(tell(group, successor.get(), null, e));
        }
    }

    private static boolean tell(
            GroupLog group, String successor, @Nullable RaftClientReply reply, @Nullable Throwable failure) {
        boolean done = failure == null && reply != null && reply.isSuccess();
        if (done) {
            LOG.info("group={} is handed over to node={}", group.group().number(), successor);
        } else {
            LOG.warn(
                    "group={} could not be handed over to node={}: {}",
                    group.group().number(),
                    successor,
                    failure != null || reply == null ? failure : String.valueOf(reply.getException()));
        }
        return done;
    }

    /** The follower that answers and has most of the log, among those that may lead. */
    private Optional<String> successor(RaftServer.Division division, Predicate<String> to) {
        long silent = 2 * properties.election().timeoutMax().toMillis();
        return Replicas.followers(division).stream()
                .filter(follower -> follower.silentMillis() <= silent && to.test(follower.replica()))
                .max(Comparator.comparingLong(Replicas.Follower::matchIndex))
                .map(Replicas.Follower::replica);
    }

    /** Hands over, then closes the engine, within the close timeout; what is under way is refused or unknown. */
    @Override
    public void close() {
        if (!dead.get() && !closing.get()) {
            handOver();
        }
        closeAbruptly();
    }

    /** Closes the engine without a word to the other nodes. */
    void closeAbruptly() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        watch.shutdownNow();
        groups.forEach(GroupLog::close);
        closeEngine();
        if (directory != null) {
            directory.close();
        }
    }

    /** On a thread of its own: closing the engine can wait for ever for one of its threads. */
    private void closeEngine() {
        RaftServer present = server;
        if (present == null) {
            return;
        }
        Thread closer = Thread.ofPlatform().name("assent-log-close").daemon().start(() -> {
            try {
                present.close();
            } catch (IOException e) {
                LOG.warn("The engine did not close well", e);
            }
        });
        try {
            closer.join(properties.closeTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closer.isAlive()) {
            LOG.warn(
                    "The engine did not close within {}; what it had acknowledged is on the disk",
                    properties.closeTimeout());
        }
    }

    /** Such a thread does something that nobody else does: without it the node is half dead and does not know it. */
    private void engineCrashed(Thread thread, Throwable failure) {
        if (closing.get()) {
            LOG.debug("Thread {} of the engine ended while it was closed", thread.getName(), failure);
        } else {
            fail("Thread " + thread.getName() + " of the engine ended with an exception.", failure);
        }
    }

    private void failClosed(int group) {
        fail(
                "The engine closed group " + group + ", as it does when the other nodes have taken this replica, "
                        + self + ", out of it.",
                null);
    }

    private void fail(String reason, @Nullable Throwable cause) {
        if (closing.get() || !dead.compareAndSet(false, true)) {
            return;
        }
        if (space.release()) {
            LOG.error("The ballast is released, so that the vote can still be written");
        }
        groups.forEach(group -> group.accept(false));
        fatalHandler.fatal(reason, cause);
    }

    private final class NodeAlarms implements GroupLog.Alarms {
        @Override
        public void failed(String reason, @Nullable Throwable cause) {
            fail(reason, cause);
        }

        @Override
        public void closed(int group) {
            failClosed(group);
        }

        @Override
        public void handOver(GroupLog log, Predicate<String> to) {
            var unused = transfer(log, to);
        }

        @Override
        public CompletionStage<Log.Members> settle(GroupLog log, String node, @Nullable String replica) {
            RaftServer present = server;
            return present == null
                    ? CompletableFuture.completedFuture(
                            new Log.Members(new TreeSet<>(), "the log of this node is not started"))
                    : membership.settle(present, log, node, replica);
        }
    }
}
