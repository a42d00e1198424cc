package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.coordinator.cluster.HostedGroups;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.MalformedTransactionIdException;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.group.GroupState;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Tells ids of this cluster from others, before anybody spends a look at the log on them. */
@Component
final class TransactionIds {

    private final ClusterLayout layout;
    private final HostedGroups groups;

    TransactionIds(ClusterLayout layout, HostedGroups groups) {
        this.layout = layout;
        this.groups = groups;
    }

    /**
     * The id that a path names.
     *
     * @throws ProblemException when it is malformed, forged, or of a group that this cluster does not have
     */
    TransactionId read(String text) {
        TransactionId id;
        try {
            id = TransactionId.parse(text);
        } catch (MalformedTransactionIdException e) {
            throw malformed(e.getMessage() + ". Use the id exactly as begin gave it.");
        }
        if (isForged(id)) {
            throw malformed("No coordinator of this cluster issued this id. Use the id exactly as begin gave it.");
        }
        if (!isOfThisCluster(id)) {
            throw new ProblemException(Problem.of(
                    ProblemType.EXPIRED,
                    "The id is of a group that this cluster does not have, so its outcome is not known here. Ask an"
                            + " operator, and never presume an outcome.",
                    id));
        }
        return id;
    }

    private static ProblemException malformed(String detail) {
        return new ProblemException(Problem.of(ProblemType.MALFORMED_ID, detail));
    }

    /** Whether the cluster has the id's home group. */
    boolean isOfThisCluster(TransactionId id) {
        return layout.group(id.group()).isPresent();
    }

    /** Whether the id names the present incarnation of a group held here, and was not issued by it. */
    boolean isForged(TransactionId id) {
        Optional<GroupState> state = groups.group(id.group()).map(group -> group.state());
        if (state.isEmpty() || !state.get().isOfThisIncarnation(id)) {
            return false;
        }
        IncarnationKey key = state.get().incarnationKey();
        return key != null && !id.isGenuine(key);
    }
}
