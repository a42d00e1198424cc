package io.assent.coordinator.consultation;

import io.assent.coordinator.acceptor.AcceptorRefusedException;
import io.assent.coordinator.acceptor.AcceptorStoreSettings;
import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.coordinator.cluster.NodeProperties;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import io.assent.protocol.AcceptorId;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * This node's acceptors, one for each hosted group. Looked for before the logs start, started after them, and closed
 * before them.
 */
@Component
public final class OwnAcceptors implements AutoCloseable {

    private final ClusterLayout layout;
    private final Identities identities;
    private final SortedMap<Integer, OwnAcceptor> byGroup = new TreeMap<>();
    private volatile boolean started;

    OwnAcceptors(
            ClusterLayout layout,
            NodeProperties node,
            Logs logs,
            Identities identities,
            ProcessEnding end,
            AcceptorMetrics metrics) {
        this.layout = layout;
        this.identities = identities;
        for (Log log : logs.hosted()) {
            int group = log.state().group();
            Path directory = node.dataDir().resolve("acceptors").resolve("group-" + group);
            var settings = AcceptorStoreSettings.of(directory, log.replica(), group);
            byGroup.put(group, new OwnAcceptor(log, settings, end, metrics));
        }
    }

    /** All of them, by group. */
    Collection<OwnAcceptor> all() {
        return Collections.unmodifiableCollection(byGroup.values());
    }

    /** The one of this group, or null when this node holds no replica of it. */
    @Nullable
    OwnAcceptor of(int group) {
        return byGroup.get(group);
    }

    /**
     * Where there is no storage, asks the other replicas whether they know of one, briefly; whoever answers counts. To
     * be called before the logs start: a node that has lost everything would vote in its groups and acknowledge entries
     * before it knew.
     *
     * @throws AcceptorRefusedException when one is lost
     */
    public void refuseWhatIsLost() {
        SortedMap<String, CompletableFuture<Optional<Identities.Told>>> asked = new TreeMap<>();
        List<OwnAcceptor> without = byGroup.values().stream()
                .filter(acceptor -> !acceptor.isFounded())
                .toList();
        without.stream()
                .flatMap(acceptor -> others(acceptor.group()).stream())
                .forEach(url -> asked.computeIfAbsent(url, identities::of));
        for (OwnAcceptor acceptor : without) {
            told(acceptor, asked).ifPresent(acceptor::refuse);
        }
    }

    /**
     * Opens the storages that there are.
     *
     * @throws AcceptorRefusedException when one is lost, or must not be used
     */
    public void start() {
        byGroup.values().forEach(OwnAcceptor::start);
        started = true;
    }

    private List<String> others(int group) {
        return layout.others(layout.groups().get(group).replicas());
    }

    /** This replica as another one knows it. */
    private Optional<AcceptorId> told(
            OwnAcceptor acceptor, SortedMap<String, CompletableFuture<Optional<Identities.Told>>> asked) {
        int group = acceptor.group();
        return others(group).stream()
                .flatMap(url -> Optional.ofNullable(asked.get(url)).stream())
                .flatMap(answer -> answer.join().stream())
                .flatMap(told -> told.known(group, acceptor.replica()).stream())
                .findFirst();
    }

    /** Looks after all of them, once they are started: opens what is not open yet, and checks what is. */
    void watch() {
        if (started) {
            byGroup.values().forEach(OwnAcceptor::watch);
        }
    }

    @Override
    public void close() {
        started = false;
        byGroup.values().forEach(OwnAcceptor::close);
    }
}
