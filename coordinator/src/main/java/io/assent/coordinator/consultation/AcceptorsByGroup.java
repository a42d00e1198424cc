package io.assent.coordinator.consultation;

import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.coordinator.cluster.OwnUrl;
import io.assent.coordinator.runtime.Acceptors;
import io.assent.coordinator.runtime.AcceptorsOfGroup;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.paxoscommit.AcceptorReply;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** The acceptors of each hosted group. */
@Component
final class AcceptorsByGroup implements AcceptorsOfGroup {

    private final SortedMap<Integer, GroupAcceptors> byNumber = new TreeMap<>();

    AcceptorsByGroup(OwnAcceptors own, ClusterLayout layout, OwnUrl ownUrl, NodeClient client, Identities identities) {
        own.all()
                .forEach(acceptor -> byNumber.put(
                        acceptor.group(), new GroupAcceptors(acceptor, layout, ownUrl, client, identities)));
    }

    @Override
    public Acceptors of(int group) {
        GroupAcceptors acceptors = byNumber.get(group);
        if (acceptors == null) {
            throw new IllegalArgumentException("This node holds no replica of group " + group);
        }
        return acceptors;
    }

    /** Tells whoever leads a transaction's group here of its votes; nobody when the group is not here. */
    void reported(AcceptorId by, AcceptorReply.VotesAccepted votes) {
        GroupAcceptors acceptors = byNumber.get(votes.transaction().group());
        if (acceptors != null) {
            acceptors.reported(by, votes);
        }
    }
}
