package io.assent.coordinator.log;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.ExitUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;

/** Starts the engine with its groups. */
final class EngineStart {

    private static final Logger LOG = LoggerFactory.getLogger(EngineStart.class);

    private final Topology topology;
    private final OwnReplica own;
    private final LogProperties properties;
    private final @Nullable SslBundle sslBundle;
    private final Thread.UncaughtExceptionHandler crashes;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    /**
     * A start to come.
     *
     * @param crashes is told when a thread of the engine ends with an exception
     */
    EngineStart(
            Topology topology,
            OwnReplica own,
            LogProperties properties,
            @Nullable SslBundle sslBundle,
            Thread.UncaughtExceptionHandler crashes) {
        this.topology = topology;
        this.own = own;
        this.properties = properties;
        this.sslBundle = sslBundle;
        this.crashes = crashes;
    }

    /**
     * Starts the engine and opens every group; none is open when it throws.
     *
     * @throws LogRefusedException when it cannot be started
     */
    RaftServer run(DataDirectory directory, List<GroupLog> groups) {
        Topology.Peer peer = topology.own();
        checkReach(peer);
        RaftServer server = null;
        boolean started = false;
        try {
            server = build(directory, groups);
            start(server, peer);
            for (GroupLog group : groups) {
                add(server, group);
            }
            started = true;
            return server;
        } catch (IOException e) {
            throw new LogRefusedException(
                    "The replicated log cannot be started: " + rootOf(e) + ".",
                    "See the cause below; do not delete anything in " + topology.dataDir() + ".",
                    e);
        } finally {
            if (!started && server != null) {
                closeQuietly(server);
            }
        }
    }

    /** Whoever reaches the engine's port can change the log and remove groups, so it takes certificates or a word. */
    private void checkReach(Topology.Peer peer) {
        boolean loopback;
        try {
            loopback = InetAddress.getByName(peer.host()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new LogRefusedException(
                    "The host of the replicated log, " + peer.host() + ", is not known here.",
                    "Correct the raft address of node " + peer.node() + " in assent.cluster.nodes.",
                    e);
        }
        if (!loopback && sslBundle == null && !properties.open()) {
            throw new LogRefusedException(
                    "The replicated log would listen on " + peer.address() + ", which others can reach, without"
                            + " certificates: whoever reaches it could change it.",
                    "Set assent.raft.ssl-bundle, or say that only the nodes can reach this address:"
                            + " assent.raft.open=true.",
                    null);
        }
    }

    private RaftServer build(DataDirectory directory, List<GroupLog> groups) throws IOException {
        Files.createDirectories(directory.groups());
        var byId = groups.stream().collect(Collectors.toMap(GroupLog::id, Function.identity()));
        RaftProperties settings = EngineSettings.of(properties, topology.own());
        // The engine opens each directory that it finds when it is made, without its members, and a group that has not
        // written them yet would wait for them for ever. So it finds none, and each group is added with its members.
        EngineSettings.directories(settings, directory.groups().resolve("none"), directory.removed());
        RaftServer server = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(own.id()))
                .setStateMachineRegistry(id -> machineOf(byId.get(id), id))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setProperties(settings)
                .setParameters(parameters())
                .setThreadGroup(new EngineThreads(crashes))
                .build();
        EngineSettings.directories(settings, directory.groups(), directory.removed());
        return server;
    }

    private static GroupStateMachine machineOf(@Nullable GroupLog group, RaftGroupId id) {
        if (group == null) {
            throw new IllegalStateException("Group " + id + " is not placed on this node");
        }
        return group.machine();
    }

    private Parameters parameters() {
        Parameters parameters = new Parameters();
        if (sslBundle != null) {
            KeyManager[] keys = sslBundle.getManagers().getKeyManagers();
            TrustManager[] trusted = sslBundle.getManagers().getTrustManagers();
            GrpcConfigKeys.TLS.setConf(parameters, new GrpcTlsConfig(keys[0], trusted[0], true));
        }
        return parameters;
    }

    private static void start(RaftServer server, Topology.Peer peer) throws IOException {
        // The engine would end the process when it cannot bind, and on any uncaught exception of any thread.
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        ExitUtils.setTerminateOnUncaughtException(false);
        Thread.setDefaultUncaughtExceptionHandler(handler);
        try {
            server.start();
        } catch (ExitUtils.ExitException e) {
            throw new LogRefusedException(
                    "The replicated log cannot listen on " + peer.address() + ": " + rootOf(e) + ".",
                    "Stop what uses the address, or correct the raft address of node " + peer.node()
                            + " in assent.cluster.nodes.",
                    e);
        }
    }

    /** Opens a group; its directory is made when there is none, and never emptied when there is one. */
    private void add(RaftServer server, GroupLog log) throws IOException {
        List<RaftPeer> peers = founders(log.group());
        RaftClientReply reply;
        try {
            reply = server.groupManagementAsync(GroupManagementRequest.newAdd(
                            client, server.getId(), calls.incrementAndGet(), RaftGroup.valueOf(log.id(), peers), false))
                    .join();
        } catch (CompletionException e) {
            throw new IOException("Group " + log.group().number() + " cannot be opened", e);
        }
        if (!reply.isSuccess()) {
            throw new IOException("Group " + log.group().number() + " cannot be opened", reply.getException());
        }
        log.open(server.getDivision(log.id()));
    }

    /** The first members, for a replica that is one of them. Another one learns who they are when it is admitted. */
    private List<RaftPeer> founders(Topology.Group group) {
        return own.id().equals(topology.self())
                ? topology.peers().stream()
                        .filter(peer -> group.nodes().contains(peer.node()))
                        .map(peer -> peer.replica(peer.node()))
                        .toList()
                : List.of();
    }

    private static void closeQuietly(RaftServer server) {
        try {
            server.close();
        } catch (IOException | RuntimeException e) {
            // The start failed already, and its own cause is what is told.
            LOG.debug("The engine did not close after a start that failed", e);
        }
    }

    private static String rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /** The engine names its threads' handler by their group. */
    private static final class EngineThreads extends ThreadGroup {

        private final Thread.UncaughtExceptionHandler crashes;

        EngineThreads(Thread.UncaughtExceptionHandler crashes) {
            super("assent-log-engine");
            this.crashes = crashes;
        }

        @Override
        public void uncaughtException(Thread thread, Throwable failure) {
            crashes.uncaughtException(thread, failure);
        }
    }
}
