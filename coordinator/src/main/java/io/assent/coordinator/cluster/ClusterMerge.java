package io.assent.coordinator.cluster;

import io.assent.protocol.api.ClusterView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes one picture of what several nodes see, each of which is sure of itself only. */
final class ClusterMerge {

    private final ClusterView own;
    private final List<ClusterView> all;

    ClusterMerge(ClusterView own, List<ClusterView> others) {
        this.own = own;
        this.all = Stream.concat(Stream.of(own), others.stream()).toList();
    }

    ClusterView view() {
        return new ClusterView(
                own.nodes().stream().map(this::node).toList(),
                own.groups().stream().map(this::group).toList(),
                own.handedOverVotes());
    }

    /** A node is up when it said so itself. */
    private ClusterView.Node node(ClusterView.Node seen) {
        return all.stream()
                .flatMap(view -> view.nodes().stream())
                .filter(node -> node.id().equals(seen.id()) && node.state().equals(OwnView.UP))
                .findFirst()
                .map(self -> new ClusterView.Node(seen.id(), seen.url(), OwnView.UP, self.version()))
                .orElseGet(() -> new ClusterView.Node(seen.id(), seen.url(), OwnView.DOWN, null));
    }

    /** The view of the highest term knows the leader. */
    private ClusterView.Group group(ClusterView.Group seen) {
        List<ClusterView.Group> views = all.stream()
                .flatMap(view -> view.groups().stream())
                .filter(group -> group.id() == seen.id())
                .toList();
        long term = views.stream().mapToLong(ClusterView.Group::term).max().orElse(seen.term());
        String leader = views.stream()
                .filter(view -> view.leader() != null)
                .max(Comparator.comparingLong(ClusterView.Group::term))
                .map(ClusterView.Group::leader)
                .orElse(null);
        String incarnation = views.stream()
                .map(ClusterView.Group::incarnation)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        return new ClusterView.Group(seen.id(), incarnation, leader, term, replicas(seen, leader));
    }

    private List<ClusterView.Replica> replicas(ClusterView.Group seen, @Nullable String leader) {
        List<ClusterView.Replica> replicas = new ArrayList<>();
        for (ClusterView.Replica replica : seen.replicas()) {
            Optional<ClusterView.Replica> byItself = as(replica.node(), seen.id(), replica.node());
            Optional<ClusterView.Replica> byLeader =
                    leader == null ? Optional.empty() : as(leader, seen.id(), replica.node());
            ClusterView.Replica best = byLeader.or(() -> byItself).orElse(replica);
            replicas.add(new ClusterView.Replica(
                    replica.node(),
                    byItself.map(ClusterView.Replica::role).orElse(OwnView.UNKNOWN),
                    best.lastIndex(),
                    best.lag()));
        }
        return replicas;
    }

    /** A replica of a group as one node sees it, if that node was asked and answered. */
    private Optional<ClusterView.Replica> as(String observer, int group, String node) {
        return all.stream()
                .filter(view -> view.nodes().stream()
                        .anyMatch(n -> n.id().equals(observer) && n.state().equals(OwnView.UP)))
                .flatMap(view -> view.groups().stream())
                .filter(view -> view.id() == group)
                .flatMap(view -> view.replicas().stream())
                .filter(replica -> replica.node().equals(node))
                .findFirst();
    }
}
