package io.assent.bank.crash;

import io.assent.participant.CoordinatorClient;
import io.assent.participant.Deadline;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client of the coordinators that passes a crash point before and after each request that matters. */
final class CrashingCoordinators implements CoordinatorClient {

    private final CoordinatorClient client;
    private final CrashPoints points;

    CrashingCoordinators(CoordinatorClient client, CrashPoints points) {
        this.client = client;
        this.points = points;
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
        return points.around("asking-begin", () -> client.begin(request, until));
    }

    @Override
    public BranchView enlist(TransactionId transaction, Member branch, Deadline until) {
        return client.enlist(transaction, branch, until);
    }

    @Override
    public TransactionView commit(TransactionId transaction, List<Member> branches, Deadline until) {
        return points.around("asking-commit", () -> client.commit(transaction, branches, until));
    }

    @Override
    public Outcome abort(TransactionId transaction, @Nullable String message, Deadline until) {
        return points.around("asking-abort", () -> client.abort(transaction, message, until));
    }

    @Override
    public TransactionView get(TransactionId transaction, Deadline until) {
        return client.get(transaction, until);
    }

    @Override
    public LookupAnswer lookup(List<LookupRequest.Item> branches, Deadline until) {
        return points.around("asking-lookup", () -> client.lookup(branches, until));
    }

    @Override
    public ClusterView cluster(Deadline until) {
        return client.cluster(until);
    }
}
