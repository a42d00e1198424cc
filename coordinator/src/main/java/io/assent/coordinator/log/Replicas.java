package io.assent.coordinator.log;

import io.assent.coordinator.runtime.Log.Replica;
import io.assent.coordinator.runtime.Log.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/** What a replica can tell of all replicas of its group: the leader of everybody, a follower of itself. */
final class Replicas {

    /** A follower that was silent for longer than this is not called one. */
    private static final long SILENT_MILLIS = 5_000;

    private Replicas() {}

    /** How a follower stands, as its leader sees it. */
    record Follower(String node, long silentMillis, long matchIndex) {}

    static List<Replica> of(Topology.Group group, String self, RaftServer.@Nullable Division division) {
        if (division == null) {
            return group.nodes().stream().map(Replicas::unknown).toList();
        }
        long last = division.getRaftLog().getNextIndex() - 1;
        if (division.getInfo().isLeader()) {
            Map<String, Follower> followers = new HashMap<>();
            followers(division).forEach(follower -> followers.put(follower.node(), follower));
            return group.nodes().stream()
                    .map(node -> node.equals(self)
                            ? new Replica(node, Role.LEADER, last, 0L)
                            : seenByLeader(node, followers.get(node), last))
                    .toList();
        }
        RaftPeerId leader = division.getInfo().getLeaderId();
        Replica own = new Replica(self, roleOf(division), last, null);
        return group.nodes().stream()
                .map(node -> node.equals(self)
                        ? own
                        : leader != null && leader.toString().equals(node)
                                ? new Replica(node, Role.LEADER, null, 0L)
                                : unknown(node))
                .toList();
    }

    /** The followers of this leader; none when it does not lead. */
    static List<Follower> followers(RaftServer.Division division) {
        List<ServerRpcProto> answers;
        try {
            answers = division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        } catch (IllegalStateException e) {
            return List.of(); // It is being deposed: the engine checks that the term has not moved on.
        }
        long[] matches = Optional.ofNullable(division.getInfo().getFollowerMatchIndices())
                .orElse(new long[0]);
        // Both lists are in the order of the leader's senders; of two sizes they are of two moments.
        return IntStream.range(0, Math.min(answers.size(), matches.length))
                .mapToObj(i -> new Follower(
                        answers.get(i).getId().getId().toStringUtf8(),
                        answers.get(i).getLastRpcElapsedTimeMs(),
                        matches[i]))
                .toList();
    }

    private static Replica seenByLeader(String node, @Nullable Follower follower, long last) {
        if (follower == null) {
            return unknown(node);
        }
        Role role = follower.silentMillis() > SILENT_MILLIS ? Role.UNKNOWN : Role.FOLLOWER;
        return new Replica(node, role, follower.matchIndex(), Math.max(0, last - follower.matchIndex()));
    }

    private static Role roleOf(RaftServer.Division division) {
        return division.getInfo().isCandidate() ? Role.CANDIDATE : Role.FOLLOWER;
    }

    private static Replica unknown(String node) {
        return new Replica(node, Role.UNKNOWN, null, null);
    }
}
