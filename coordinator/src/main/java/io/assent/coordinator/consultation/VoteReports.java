package io.assent.coordinator.consultation;

import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.paxoscommit.AcceptorReply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Tells the leader of a group of votes that were brought to this node's acceptor, once and as well as it goes: a leader
 * that misses one relays it, and is answered that it is accepted.
 */
@Component
final class VoteReports {

    static final String PATH = "/v1/acceptor/reports";

    private static final Logger LOG = LoggerFactory.getLogger(VoteReports.class);

    private final OwnAcceptors own;
    private final AcceptorsByGroup acceptors;
    private final ClusterLayout layout;
    private final NodeClient client;
    private final Map<String, BatchLane<By, CallForm>> lanes = new ConcurrentHashMap<>();

    /** Reports of one acceptor travel together. */
    private record By(AcceptorId acceptor, int group) {}

    VoteReports(OwnAcceptors own, AcceptorsByGroup acceptors, ClusterLayout layout, NodeClient client) {
        this.own = own;
        this.acceptors = acceptors;
        this.layout = layout;
        this.client = client;
    }

    /** Tells whoever leads now, as far as this node knows. */
    void report(AcceptorId by, AcceptorReply.VotesAccepted votes) {
        int group = votes.transaction().group();
        OwnAcceptor acceptor = own.of(group);
        String leader = acceptor == null ? null : acceptor.log().leadership().leader();
        if (layout.self().id().equals(leader)) {
            acceptors.reported(by, votes);
            return;
        }
        layout.node(leader).map(ClusterLayout.Node::url).ifPresent(url -> {
            CallForm form = CallForm.ofVotes(votes.transaction(), votes.registered(), votes.prepared());
            lanes.computeIfAbsent(url, this::lane)
                    .offer(new By(by, group), form, AcceptorLane.JSON.writeValueAsBytes(form).length + 1);
        });
    }

    private BatchLane<By, CallForm> lane(String url) {
        return new BatchLane<>((by, forms) -> send(url, by, forms), form -> false);
    }

    private CompletionStage<?> send(String url, By by, List<CallForm> forms) {
        CallsForm report = new CallsForm(by.acceptor().replica(), by.acceptor().incarnationText(), by.group(), forms);
        return client.post(url, PATH, AcceptorLane.JSON.writeValueAsBytes(report))
                .whenComplete((body, failure) -> {
                    if (failure != null) {
                        LOG.debug("A report of votes was lost: url={}", url, failure);
                    }
                });
    }
}
