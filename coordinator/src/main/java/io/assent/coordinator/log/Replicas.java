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
    record Follower(String replica, long silentMillis, long matchIndex) {}

    static List<Replica> of(Topology.Group group, String self, RaftServer.@Nullable Division division) {
        if (division == null) {
            return group.nodes().stream().map(node -> unknown(node, null)).toList();
        }
        Map<String, String> members = new HashMap<>();
        division.getRaftConf()
                .getCurrentPeers()
                .forEach(peer -> members.put(
                        ReplicaId.nodeOf(peer.getId().toString()), peer.getId().toString()));
        long last = division.getRaftLog().getNextIndex() - 1;
        if (division.getInfo().isLeader()) {
            Map<String, Follower> followers = new HashMap<>();
            followers(division).forEach(follower -> followers.put(follower.replica(), follower));
            return group.nodes().stream()
                    .map(node -> self.equals(members.get(node))
                            ? new Replica(node, self, Role.LEADER, last, 0L)
                            : seenByLeader(node, members.get(node), followers, last))
                    .toList();
        }
        RaftPeerId leader = division.getInfo().getLeaderId();
        return group.nodes().stream()
                .map(node -> seenByFollower(node, members.get(node), self, leader, division))
                .toList();
    }

    private static Replica seenByFollower(
            String node, @Nullable String id, String self, @Nullable RaftPeerId leader, RaftServer.Division division) {
        if (node.equals(ReplicaId.nodeOf(self))) {
            long last = division.getRaftLog().getNextIndex() - 1;
            return new Replica(node, id, roleOf(division), last, null);
        }
        return leader != null && leader.toString().equals(id)
                ? new Replica(node, id, Role.LEADER, null, 0L)
                : unknown(node, id);
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

    private static Replica seenByLeader(String node, @Nullable String id, Map<String, Follower> followers, long last) {
        Follower follower = id == null ? null : followers.get(id);
        if (follower == null) {
            return unknown(node, id);
        }
        Role role = follower.silentMillis() > SILENT_MILLIS ? Role.UNKNOWN : Role.FOLLOWER;
        return new Replica(node, id, role, follower.matchIndex(), Math.max(0, last - follower.matchIndex()));
    }

    private static Role roleOf(RaftServer.Division division) {
        return division.getInfo().isCandidate() ? Role.CANDIDATE : Role.FOLLOWER;
    }

    private static Replica unknown(String node, @Nullable String id) {
        return new Replica(node, id, Role.UNKNOWN, null, null);
    }
}
