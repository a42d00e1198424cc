package io.assent.coordinator.cluster;

import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ClusterView;
import io.assent.protocol.group.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** What this node knows of the cluster without asking anybody. */
@Component
final class OwnView {

    static final String UP = "UP";
    static final String DOWN = "DOWN";
    static final String UNKNOWN = "UNKNOWN";

    private final ClusterLayout layout;
    private final Logs logs;
    private final OwnUrl ownUrl;
    private final VoteProperties votes;
    private final @Nullable String version;

    OwnView(ClusterLayout layout, Logs logs, OwnUrl ownUrl, VoteProperties votes, Environment environment) {
        this.layout = layout;
        this.logs = logs;
        this.ownUrl = ownUrl;
        this.votes = votes;
        this.version = environment.getProperty("spring.application.version");
    }

    ClusterView take() {
        List<ClusterView.Node> nodes = new ArrayList<>();
        for (ClusterLayout.Node node : layout.nodes()) {
            nodes.add(
                    node.equals(layout.self())
                            ? new ClusterView.Node(node.id(), ownUrl.get(), UP, version)
                            : new ClusterView.Node(node.id(), String.valueOf(node.url()), UNKNOWN, null));
        }
        return new ClusterView(
                nodes,
                layout.groups().stream().map(this::group).toList(),
                votes.handedOver().wireName());
    }

    private ClusterView.Group group(ClusterLayout.Group placed) {
        Optional<Log> log = logs.of(placed.id());
        if (log.isEmpty()) {
            List<ClusterView.Replica> replicas = placed.replicas().stream()
                    .map(node -> new ClusterView.Replica(node.id(), UNKNOWN, null, null))
                    .toList();
            return new ClusterView.Group(placed.id(), null, null, 0, replicas);
        }
        Log.Status status = log.get().status();
        return new ClusterView.Group(
                placed.id(),
                incarnation(log.get()),
                status.leadership().leader(),
                status.leadership().term(),
                status.replicas().stream()
                        .map(r -> new ClusterView.Replica(r.node(), r.role().name(), r.lastIndex(), r.lag()))
                        .toList());
    }

    /** The part of an id that names group and incarnation, so that a participant compares texts. */
    private static @Nullable String incarnation(Log log) {
        LogRecord.Founded founded = log.state().founded();
        return founded == null
                ? null
                : TransactionId.upperBound(new TransactionId.Birth(log.state().group(), founded.incarnation(), 0, 0))
                        .substring(0, TransactionId.INCARNATION_TEXT_LENGTH);
    }
}
