package io.assent.participant.initiator;

import io.assent.participant.CoordinatorClient;
import io.assent.participant.CoordinatorRefusedException;
import io.assent.participant.CoordinatorUnavailableException;
import io.assent.participant.Deadline;
import io.assent.participant.OutcomeUnknownException;
import io.assent.participant.TransactionAbortedException;
import io.assent.participant.initiator.CoordinatorHttp.Answer;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.api.AbortRequest;
import io.assent.protocol.api.BeginRequest;
import io.assent.protocol.api.BranchRequest;
import io.assent.protocol.api.BranchView;
import io.assent.protocol.api.ClusterView;
import io.assent.protocol.api.CommitBranch;
import io.assent.protocol.api.CommitRequest;
import io.assent.protocol.api.LookupAnswer;
import io.assent.protocol.api.LookupRequest;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ReasonView;
import io.assent.protocol.api.TransactionView;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;

/** The client of the coordinators' REST API. */
public final class RestCoordinatorClient implements CoordinatorClient {

    /** How long one commit request may wait at a coordinator; it is repeated while the outcome is not known. */
    private static final Duration COMMIT_WAIT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(RestCoordinatorClient.class);

    private final Coordinators coordinators;
    private final CoordinatorHttp http;
    private volatile boolean votesAreTaken = true;

    /**
     * A client of these coordinators.
     *
     * @param coordinators base URLs, at least one
     * @param secret the cluster's secret, or null where it has none
     * @param connectTimeout of every connection
     * @param requestTimeout until every answer must have begun; more than the 5 s that a coordinator waits at a commit
     */
    public RestCoordinatorClient(
            List<URI> coordinators, @Nullable String secret, Duration connectTimeout, Duration requestTimeout) {
        if (coordinators.isEmpty()) {
            throw new IllegalArgumentException("At least one coordinator must be named");
        }
        this.coordinators = new Coordinators(coordinators);
        this.http = new CoordinatorHttp(secret, connectTimeout, requestTimeout);
    }

    @Override
    public List<URI> coordinators() {
        return coordinators.configured();
    }

    @Override
    public List<URI> nodes() {
        return coordinators.known();
    }

    @Override
    public TransactionId begin(BeginRequest request, Deadline until) {
        TransactionView begun = available(
                "begin a transaction",
                Coordinators.ANY_GROUP,
                until,
                at -> post(at, "/v1/transactions", request, TransactionView.class));
        return TransactionId.parse(begun.id());
    }

    @Override
    public BranchView enlist(TransactionId transaction, Member branch, Deadline until) {
        BranchRequest request = new BranchRequest(
                branch.participant(),
                branch.endpoint(),
                branch.fallbackEndpoint(),
                names(branch.protocols()),
                branch.onePhase(),
                branch.token(),
                branch.calls(),
                name(branch.vote()));
        return available(
                "enlist a branch",
                transaction.group(),
                until,
                at -> post(at, path(transaction) + "/branches", request, BranchView.class));
    }

    @Override
    public TransactionView commit(TransactionId transaction, List<Member> branches, Deadline until) {
        List<@Nullable CommitBranch> set = branches.stream()
                .<@Nullable CommitBranch>map(RestCoordinatorClient::commitBranch)
                .toList();
        return outcome(transaction, until, at -> {
            CommitRequest request =
                    new CommitRequest(set, null, commitWait(until).toString());
            try {
                return decided(post(at, path(transaction) + "/commit", request, TransactionView.class));
            } catch (CoordinatorRefusedException e) {
                throw meaningOfCommit(transaction, e);
            }
        });
    }

    private static String path(TransactionId transaction) {
        return "/v1/transactions/" + transaction;
    }

    private static Duration commitWait(Deadline until) {
        Duration left = until.left();
        return Duration.ofMillis(Math.max(1, (left.compareTo(COMMIT_WAIT) < 0 ? left : COMMIT_WAIT).toMillis()));
    }

    private static CommitBranch commitBranch(Member member) {
        return new CommitBranch(
                member.participant(),
                member.endpoint(),
                member.fallbackEndpoint(),
                names(member.protocols()),
                member.onePhase(),
                member.token(),
                member.calls(),
                name(member.vote()));
    }

    private static List<@Nullable String> names(List<Protocol> protocols) {
        return protocols.stream().<@Nullable String>map(Protocol::name).toList();
    }

    private static @Nullable String name(@Nullable Vote vote) {
        return vote == null ? null : vote.name();
    }

    /** The transaction, if its outcome is known by now; a coordinator that has waited in vain answers 202 without. */
    private static Answer<TransactionView> decided(Answer<TransactionView> answer) {
        if (answer.body().outcome() == null) {
            throw new NoAnswerException("it is not decided yet", Duration.ZERO, null);
        }
        return answer;
    }

    private RuntimeException meaningOfCommit(TransactionId transaction, CoordinatorRefusedException refusal) {
        ProblemType type = refusal.type().orElse(null);
        if (type == ProblemType.TRANSACTION_ABORTED) {
            return new TransactionAbortedException(
                    transaction, reason(refusal.problem().reason()));
        }
        TransactionView current = refusal.problem().current();
        if (type == ProblemType.BRANCH_MISMATCH
                && current != null
                && Outcome.ABORTED.name().equals(current.outcome())) {
            return new TransactionAbortedException(transaction, reason(current.reason()));
        }
        return type == ProblemType.EXPIRED ? expired(transaction, refusal) : refusal;
    }

    private static AbortReason reason(@Nullable ReasonView reason) {
        if (reason == null) {
            return new AbortReason(AbortReason.Code.PRESUMED, null, "the reason is no longer known");
        }
        for (AbortReason.Code code : AbortReason.Code.values()) {
            if (code.name().equals(reason.code())) {
                return new AbortReason(code, reason.branch(), reason.message());
            }
        }
        // A coordinator of a newer version may know causes that this one does not.
        return new AbortReason(AbortReason.Code.PRESUMED, reason.branch(), reason.code());
    }

    private OutcomeUnknownException expired(TransactionId transaction, CoordinatorRefusedException refusal) {
        return new OutcomeUnknownException(
                transaction, coordinators(), "the coordinators have forgotten it, only an operator can tell", refusal);
    }

    @Override
    public Outcome abort(TransactionId transaction, @Nullable String message, Deadline until) {
        return outcome(transaction, until, at -> {
            try {
                AbortRequest request = new AbortRequest(message);
                return decided(post(at, path(transaction) + "/abort", request, TransactionView.class))
                        .as(Outcome.ABORTED);
            } catch (CoordinatorRefusedException e) {
                ProblemType type = e.type().orElse(null);
                if (type == ProblemType.ALREADY_COMMITTED) {
                    return Answer.of(Outcome.COMMITTED);
                }
                throw type == ProblemType.EXPIRED ? expired(transaction, e) : e;
            }
        });
    }

    @Override
    public TransactionView get(TransactionId transaction, Deadline until) {
        return available(
                "read the transaction " + transaction,
                transaction.group(),
                until,
                at -> get(at, path(transaction), TransactionView.class));
    }

    @Override
    public LookupAnswer lookup(List<LookupRequest.Item> branches, Deadline until) {
        LookupRequest request = new LookupRequest(List.copyOf(branches));
        return available(
                "look outcomes up",
                Coordinators.ANY_GROUP,
                until,
                at -> post(at, "/v1/outcomes/lookup", request, LookupAnswer.class));
    }

    @Override
    public ClusterView cluster(Deadline until) {
        return available("read the cluster", Coordinators.ANY_GROUP, until, this::clusterAt);
    }

    /** Whether the coordinators take handed-over votes, as far as {@link #cluster} has told; true until then. */
    public boolean votesAreTaken() {
        return votesAreTaken;
    }

    private Answer<ClusterView> clusterAt(URI coordinator) {
        Answer<ClusterView> answer = get(coordinator, "/v1/cluster", ClusterView.class);
        votesAreTaken = !"ignore".equals(answer.body().handedOverVotes());
        coordinators.published(answer.body().nodes().stream()
                .map(node -> URI.create(node.url()))
                .toList());
        return answer;
    }

    private <T> Answer<T> post(URI at, String path, Object body, Class<T> type) {
        return http.send(HttpMethod.POST, URI.create(at + path), body, type);
    }

    private <T> Answer<T> get(URI at, String path, Class<T> type) {
        return http.send(HttpMethod.GET, URI.create(at + path), null, type);
    }

    private <T> T available(String what, int group, Deadline until, Function<URI, Answer<T>> request) {
        try {
            return persistently(group, until, request);
        } catch (NoAnswerException e) {
            throw new CoordinatorUnavailableException(
                    "No coordinator could " + what + " in time; the last word was: " + e.getMessage(), e);
        }
    }

    private <T> T outcome(TransactionId transaction, Deadline until, Function<URI, Answer<T>> request) {
        try {
            return persistently(transaction.group(), until, request);
        } catch (NoAnswerException e) {
            throw new OutcomeUnknownException(transaction, coordinators(), "the last word was: " + e.getMessage(), e);
        }
    }

    private <T> T persistently(int group, Deadline until, Function<URI, Answer<T>> request) {
        return Persistence.ask(coordinators, group, until, at -> {
            Answer<T> answer = request.apply(at);
            answer.leader().ifPresent(leader -> noteLeader(group, at, leader));
            return answer.body();
        });
    }

    private void noteLeader(int group, URI answered, URI leader) {
        if (!coordinators.leads(group, leader) && coordinators.mayRefresh()) {
            try {
                clusterAt(answered);
                coordinators.leads(group, leader);
            } catch (NoAnswerException | CoordinatorRefusedException e) {
                LOG.debug("The list of nodes could not be read at {}", answered, e);
            }
        }
    }
}
