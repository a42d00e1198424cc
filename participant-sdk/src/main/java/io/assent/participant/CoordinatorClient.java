package io.assent.participant;

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

/**
 * The coordinators of this service's own configuration. Every call asks one after the other, the known leader first,
 * and again with a growing pause, until one of them answers or the deadline is over; an answer that a repetition could
 * change (no quorum, overloaded, not ready) is no answer. Calls block and may be made from any thread.
 *
 * <p>Every method throws {@link CoordinatorRefusedException} when a coordinator refuses the request for good.
 */
public interface CoordinatorClient {

    /** Base URLs of the configured coordinators, without a slash at the end; never empty. */
    List<URI> coordinators();

    /**
     * Base URLs of all coordinators that may be asked, without a slash at the end: those configured, and the nodes that
     * these have named.
     */
    default List<URI> nodes() {
        return coordinators();
    }

    /**
     * Begins a transaction, without a key: a repetition may begin a second one, which nobody uses and which ends by its
     * own deadline.
     *
     * @throws CoordinatorUnavailableException when nobody answered in time
     */
    TransactionId begin(BeginRequest request, Deadline until);

    /**
     * Enlists a branch before it works.
     *
     * @throws CoordinatorUnavailableException when nobody answered in time
     */
    BranchView enlist(TransactionId transaction, Member branch, Deadline until);

    /**
     * Asks for commit and waits for every acknowledgement as long as the coordinator does.
     *
     * @param branches the whole set that the initiator saw, each with the answers seen in {@code calls} and the vote
     *     handed over, or null
     * @return the transaction; its outcome is COMMITTED
     * @throws TransactionAbortedException when the outcome is abort
     * @throws OutcomeUnknownException when nobody told the outcome in time, or it has been forgotten
     */
    TransactionView commit(TransactionId transaction, List<Member> branches, Deadline until);

    /**
     * Asks for abort.
     *
     * @param message why, for people, or null
     * @return ABORTED, or COMMITTED when that had been decided before
     * @throws OutcomeUnknownException when nobody told the outcome in time, or it has been forgotten
     */
    Outcome abort(TransactionId transaction, @Nullable String message, Deadline until);

    /**
     * The state of a transaction, linearizable.
     *
     * @throws CoordinatorUnavailableException when nobody answered in time
     */
    TransactionView get(TransactionId transaction, Deadline until);

    /**
     * What branches have come to, for a participant that recovers.
     *
     * @param branches at most 1,000
     * @throws CoordinatorUnavailableException when nobody answered in time
     */
    LookupAnswer lookup(List<LookupRequest.Item> branches, Deadline until);

    /**
     * The nodes and groups, as one coordinator sees them.
     *
     * @throws CoordinatorUnavailableException when nobody answered in time
     */
    ClusterView cluster(Deadline until);
}
