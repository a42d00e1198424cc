package io.assent.coordinator.log;

import io.assent.coordinator.runtime.Log.Members;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the members of the groups that this node leads, one replica at a time (Ongaro 2014, section 4.1). A node that
 * lost its data comes back as another replica: first the lost one leaves, then the new one comes in. The other order, or
 * both at once, would have the leader talk to the new one under the name of the lost one, at whose address it listens.
 */
final class Membership {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    /** A replica that is only slow, or being restarted, is not lost. */
    private static final long LOST_AFTER_MILLIS = 5_000;

    /** Longer than a change takes when the new replica has little to catch up with. */
    private static final long PATIENCE_MILLIS = 1_000;

    private static final String UNDER_WAY = "a change of its replicas is under way";

    private final Topology topology;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    Membership(Topology topology) {
        this.topology = topology;
    }

    /** See {@link io.assent.coordinator.runtime.Log#settle}. */
    CompletableFuture<Members> settle(RaftServer server, GroupLog log, String node, @Nullable String replica) {
        RaftServer.Division division = log.division();
        if (division == null || !division.getInfo().isLeader()) {
            return CompletableFuture.completedFuture(new Members(new TreeSet<>(), "this node does not lead the group"));
        }
        List<RaftPeer> members = List.copyOf(division.getRaftConf().getCurrentPeers());
        Optional<RaftPeer> present = members.stream()
                .filter(peer -> ReplicaId.nodeOf(peer.getId().toString()).equals(node))
                .findFirst();
        String obstacle;
        if (present.isEmpty()) {
            return replica == null ? settled(members) : admit(server, log, members, node, replica);
        } else if (present.get().getId().toString().equals(replica)) {
            return settled(members);
        } else if (replica != null) {
            obstacle = "node " + node + " has the replica " + present.get().getId() + ", which has to leave first";
        } else {
            obstacle = whyNotLost(division, present.get().getId());
        }
        if (obstacle != null) {
            return CompletableFuture.completedFuture(standing(members, obstacle));
        }
        List<RaftPeer> left = new ArrayList<>(members);
        left.remove(present.get());
        return change(server, log, members, left);
    }

    private CompletableFuture<Members> admit(
            RaftServer server, GroupLog log, List<RaftPeer> members, String node, String replica) {
        Optional<Topology.Peer> peer =
                topology.peer(node).filter(known -> log.group().nodes().contains(node));
        if (peer.isEmpty()) {
            return CompletableFuture.completedFuture(standing(members, "the group is not placed on node " + node));
        }
        if (!ReplicaId.isAnotherOf(node, replica)) {
            return CompletableFuture.completedFuture(standing(
                    members,
                    replica
                            + " was taken out of the group and does not come back: the node has to join with an empty data"
                            + " directory, as a new replica"));
        }
        List<RaftPeer> grown = new ArrayList<>(members);
        grown.add(peer.get().replica(replica));
        return change(server, log, members, grown);
    }

    /** Null when the leader has not heard of it for long enough. */
    private static @Nullable String whyNotLost(RaftServer.Division division, RaftPeerId replica) {
        if (division.getId().equals(replica)) {
            return replica + " leads the group";
        }
        return Replicas.followers(division).stream()
                        .anyMatch(follower -> follower.replica().equals(replica.toString())
                                && follower.silentMillis() >= LOST_AFTER_MILLIS)
                ? null
                : replica + " has been heard of within " + LOST_AFTER_MILLIS / 1_000 + " s";
    }

    private CompletableFuture<Members> change(RaftServer server, GroupLog log, List<RaftPeer> from, List<RaftPeer> to) {
        LOG.info("group={} is to have the replicas {}, and has {}", log.group().number(), names(to), names(from));
        try {
            return server.setConfigurationAsync(new SetConfigurationRequest(
                            client,
                            server.getId(),
                            log.id(),
                            calls.incrementAndGet(),
                            SetConfigurationRequest.Arguments.newBuilder()
                                    .setServersInCurrentConf(from)
                                    .setServersInNewConf(to)
                                    .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                                    .build()))
                    .handle((reply, failure) -> told(log, from, to, reply, failure))
                    .completeOnTimeout(standing(from, UNDER_WAY), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.completedFuture(told(log, from, to, null, e));
        }
    }

    private static Members told(
            GroupLog log,
            List<RaftPeer> from,
            List<RaftPeer> to,
            @Nullable RaftClientReply reply,
            @Nullable Throwable failure) {
        if (failure == null && reply != null && reply.isSuccess()) {
            LOG.info("group={} has the replicas {}", log.group().number(), names(to));
            return standing(to, null);
        }
        Throwable cause = rootOf(failure != null || reply == null ? failure : reply.getException());
        if (cause instanceof ReconfigurationInProgressException) {
            return standing(from, UNDER_WAY);
        }
        LOG.warn(
                "group={} could not change its replicas to {}: {}",
                log.group().number(),
                names(to),
                String.valueOf(cause));
        return standing(from, "the change failed: " + cause);
    }

    private static @Nullable Throwable rootOf(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static CompletableFuture<Members> settled(List<RaftPeer> members) {
        return CompletableFuture.completedFuture(standing(members, null));
    }

    private static Members standing(List<RaftPeer> members, @Nullable String obstacle) {
        return new Members(names(members), obstacle);
    }

    private static SortedSet<String> names(List<RaftPeer> members) {
        return members.stream().map(peer -> peer.getId().toString()).collect(Collectors.toCollection(TreeSet::new));
    }
}
