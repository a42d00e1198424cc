package io.assent.participant.branch;

import io.assent.participant.CoordinatorClient;
import io.assent.participant.Deadline;
import io.assent.participant.autoconfigure.InitiatorProperties;
import io.assent.participant.initiator.RestCoordinatorClient;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.BeginRequest;
import io.assent.protocol.api.BranchView;
import io.assent.protocol.api.ClusterView;
import io.assent.protocol.api.LookupAnswer;
import io.assent.protocol.api.LookupRequest;
import io.assent.protocol.api.TransactionView;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The client of the coordinators, but that it soon gives a look-up up which none of them answers. */
final class ImpatientCoordinatorClient implements CoordinatorClient {

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final CoordinatorClient client;

    ImpatientCoordinatorClient(InitiatorProperties properties) {
        this.client = new RestCoordinatorClient(
                properties.coordinators(),
                properties.security().secret(),
                properties.initiator().connectTimeout(),
                properties.initiator().requestTimeout());
    }

    @Override
    public LookupAnswer lookup(List<LookupRequest.Item> branches, Deadline until) {
        return client.lookup(branches, Deadline.in(PATIENCE));
    }

    @Override
    public List<URI> coordinators() {
        return client.coordinators();
    }

    @Override
    public List<URI> nodes() {
        return client.nodes();
    }

    @Override
    public TransactionId begin(BeginRequest request, Deadline until) {
        return client.begin(request, until);
    }

    @Override
    public BranchView enlist(TransactionId transaction, Member branch, Deadline until) {
        return client.enlist(transaction, branch, until);
    }

    @Override
    public TransactionView commit(TransactionId transaction, List<Member> branches, Deadline until) {
        return client.commit(transaction, branches, until);
    }

    @Override
    public Outcome abort(TransactionId transaction, @Nullable String message, Deadline until) {
        return client.abort(transaction, message, until);
    }

    @Override
    public TransactionView get(TransactionId transaction, Deadline until) {
        return client.get(transaction, until);
    }

    @Override
    public ClusterView cluster(Deadline until) {
        return client.cluster(until);
    }
}
