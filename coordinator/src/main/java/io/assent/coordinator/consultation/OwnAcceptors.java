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

/** This node's acceptors, one for each hosted group. Started after the logs, and closed before them. */
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
        String replica = layout.self().id();
        for (Log log : logs.hosted()) {
            int group = log.state().group();
            Path directory = node.dataDir().resolve("acceptors").resolve("group-" + group);
            byGroup.put(group, new OwnAcceptor(log, AcceptorStoreSettings.of(directory, replica, group), end, metrics));
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
     * Opens the storages that there are. Where there is none, the other replicas are asked whether they know of one,
     * briefly, and whoever answers counts.
     *
     * @throws AcceptorRefusedException when one is lost, or must not be used
     */
    public void start() {
        SortedMap<String, CompletableFuture<Optional<Identities.Told>>> asked = new TreeMap<>();
        byGroup.values().stream()
                .filter(acceptor -> !acceptor.isFounded())
                .flatMap(acceptor -> others(acceptor.group()).stream())
                .forEach(url -> asked.computeIfAbsent(url, identities::of));
        for (OwnAcceptor acceptor : byGroup.values()) {
            acceptor.start(acceptor.isFounded() ? List.of() : told(acceptor.group(), asked));
        }
        started = true;
    }

    private List<String> others(int group) {
        return layout.groups().get(group).replicas().stream()
                .filter(node -> !node.equals(layout.self()))
                .flatMap(node -> Optional.ofNullable(node.url()).stream())
                .toList();
    }

    private List<AcceptorId> told(int group, SortedMap<String, CompletableFuture<Optional<Identities.Told>>> asked) {
        return others(group).stream()
                .flatMap(url -> Optional.ofNullable(asked.get(url)).stream())
                .flatMap(answer -> answer.join().stream())
                .flatMap(told -> told.known(group, layout.self().id()).stream())
                .toList();
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
