package io.assent.coordinator.consultation;

import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.coordinator.cluster.OwnUrl;
import io.assent.coordinator.runtime.Acceptors;
import io.assent.coordinator.runtime.Log;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The acceptors of one group: this node's at hand, the others over the network. */
final class GroupAcceptors implements Acceptors {

    private final OwnAcceptor own;
    private final ClusterLayout layout;
    private final OwnUrl ownUrl;
    private final NodeClient client;
    private final Identities identities;
    private final Map<AcceptorList.Entry, AcceptorLane> lanes = new ConcurrentHashMap<>();
    private volatile @Nullable Listener listener;

    GroupAcceptors(OwnAcceptor own, ClusterLayout layout, OwnUrl ownUrl, NodeClient client, Identities identities) {
        this.own = own;
        this.layout = layout;
        this.ownUrl = ownUrl;
        this.client = client;
        this.identities = identities;
    }

    @Override
    public @Nullable AcceptorId self() {
        return own.self();
    }

    @Override
    public CompletableFuture<Optional<AcceptorList>> discover() {
        List<CompletableFuture<Optional<AcceptorList.Entry>>> asked =
                own.log().status().replicas().stream().map(this::discover).toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(done -> {
            List<AcceptorList.Entry> found = new ArrayList<>();
            asked.forEach(each -> each.join().ifPresent(found::add));
            return found.size() == asked.size() ? Optional.of(new AcceptorList(found)) : Optional.empty();
        });
    }

    private CompletableFuture<Optional<AcceptorList.Entry>> discover(Log.Replica replica) {
        String url = layout.node(replica.node()).map(ClusterLayout.Node::url).orElse(null);
        if (replica.node().equals(layout.self().id()) || url == null) {
            AcceptorId self = own.self();
            return CompletableFuture.completedFuture(
                    self == null ? Optional.empty() : Optional.of(new AcceptorList.Entry(self, ownUrl.get())));
        }
        return identities
                .of(url)
                .thenApply(told -> told.flatMap(who -> who.acceptorOf(own.group()))
                        .filter(id -> id.replica().equals(replica.id()))
                        .map(id -> new AcceptorList.Entry(id, url)));
    }

    @Override
    public CompletableFuture<AcceptorReply> ask(AcceptorList.Entry to, AcceptorRequest request) {
        CompletableFuture<AcceptorReply> reply = to.id().replica().equals(own.replica())
                ? own.submit(to.id(), request)
                : lanes.computeIfAbsent(to, entry -> new AcceptorLane(own.group(), entry, client))
                        .ask(request);
        return reply.orTimeout(NodeClient.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void listen(Listener newListener) {
        listener = newListener;
    }

    /** Passes on votes that an acceptor of the group accepted. */
    void reported(AcceptorId by, AcceptorReply.VotesAccepted votes) {
        Listener present = listener;
        if (present != null) {
            present.votesAccepted(by, votes);
        }
    }
}
