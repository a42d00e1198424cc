package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.Holding;
import io.assent.coordinator.cluster.IncomingRequest;
import io.assent.coordinator.cluster.LeaderRouting;
import io.assent.coordinator.cluster.NoLeaderException;
import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Group;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.Headers;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.TransactionView;
import io.assent.protocol.group.OutcomeReader;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Reads of one transaction at a node that holds a replica of its group (section 6 of the rules). An outcome is a fact
 * and is answered by any replica at once; what can still change is answered by the level that was asked for.
 */
@Component
final class TransactionReads {

    /** For what only adds to a fact that is known already. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final LeaderRouting routing;
    private final Holding holding;
    private final ReadProperties properties;
    private final AnswerWriter answers;

    TransactionReads(LeaderRouting routing, Holding holding, ReadProperties properties, AnswerWriter answers) {
        this.routing = routing;
        this.holding = holding;
        this.properties = properties;
        this.answers = answers;
    }

    /** A read at this node. */
    private record Read(TransactionId id, ReadTerms terms, Group group, IncomingRequest request, String path) {}

    ResponseEntity<?> read(TransactionId id, ReadTerms terms, Group group, IncomingRequest request, String path) {
        Read read = new Read(id, terms, group, request, path);
        return fact(read, true).orElseGet(() -> changing(read));
    }

    /**
     * The answer that cannot change any more, if this node can prove one.
     *
     * @param complete whether to ask the leader for what this node does not know of a fact
     */
    private Optional<ResponseEntity<?>> fact(Read read, boolean complete) {
        if (read.group().state().founded() == null) {
            return Optional.empty(); // An empty replica knows nothing, not even which incarnation is ours.
        }
        OutcomeReader.Answer outcome = read.group().outcome(read.id());
        return switch (outcome.status()) {
            case COMMITTED, ABORTED -> {
                Transaction shown = read.group().show(read.id());
                Transaction known =
                        shown == null || shown.outcome() == null ? Transaction.finished(read.id(), outcome) : shown;
                Optional<ResponseEntity<?>> told =
                        complete && isIncomplete(known) ? toldByLeader(read) : Optional.empty();
                yield told.or(() -> Optional.of(show(read, HttpStatus.OK, Views.of(known))));
            }
            case EXPIRED -> answers.plain(Answer.Plain.EXPIRED, read.id(), read.group(), read.path());
            case NEVER_ISSUED -> answers.plain(Answer.Plain.NEVER_ISSUED, read.id(), read.group(), read.path());
            case PENDING -> Optional.empty();
        };
    }

    /** Whether the leader may know more: which branches have acknowledged by now, or why it aborted. */
    private static boolean isIncomplete(Transaction transaction) {
        return transaction.state() == Transaction.State.COMMITTING
                || (transaction.outcome() == Outcome.ABORTED && transaction.reason() == null);
    }

    private Optional<ResponseEntity<?>> toldByLeader(Read read) {
        if (read.terms().level() == ReadTerms.Level.LOCAL
                || read.group().leadership().ready()) {
            return Optional.empty();
        }
        return routing.askLeader(read.id().group(), read.request(), SHORT)
                .filter(answer -> answer.getStatusCode().isSameCodeAs(HttpStatus.OK))
                .map(answer -> answer);
    }

    private ResponseEntity<?> changing(Read read) {
        ReadTerms.Level level = read.terms().level();
        boolean fresh = level == ReadTerms.Level.LOCAL || isFresh(read, level);
        return fresh
                ? asApplied(read)
                : routing.atLeader(
                        read.id().group(), read.request(), Duration.ZERO, group -> linearizable(read, group));
    }

    /** Whether this replica may answer a bounded read; a leader asks the others, as it may have been deposed. */
    private boolean isFresh(Read read, ReadTerms.Level level) {
        return level == ReadTerms.Level.BOUNDED
                && !read.group().leadership().ready()
                && read.group().staleMillis() <= properties.bounded().toMillis();
    }

    private Optional<ResponseEntity<?>> linearizable(Read read, Group group) {
        Answer barrier = Waiting.on(group.barrier(), holding.longest())
                .orElseThrow(() -> new NoLeaderException(group.number(), null));
        return switch (barrier) {
            case Answer.Barrier reached -> Optional.of(asApplied(read));
            case Answer.Plain plain -> answers.plain(plain, read.id(), group, read.path());
            case Answer.Shown shown -> throw new IllegalStateException("A barrier shows nothing");
            case Answer.Refused refused -> throw new IllegalStateException("A barrier is not refused");
            case Answer.KeyTaken taken -> throw new IllegalStateException("A barrier has no key");
        };
    }

    /** What is applied here, once it reflects the index that was asked for. */
    private ResponseEntity<?> asApplied(Read read) {
        Optional<ResponseEntity<?>> answer =
                holding.until(() -> read.group().appliedIndex() < read.terms().minIndex()
                        ? Optional.empty()
                        : Optional.of(fact(read, false).orElseGet(() -> open(read))));
        return answer.orElseGet(() -> answers.problem(
                Problem.of(
                        ProblemType.NOT_READY,
                        "This node has applied index " + read.group().appliedIndex() + " and not yet "
                                + read.terms().minIndex()
                                + ". Repeat the request after Retry-After, or ask the leader.",
                        read.id()),
                read.group(),
                read.path()));
    }

    private ResponseEntity<?> open(Read read) {
        Transaction shown = read.group().show(read.id());
        return shown == null
                ? show(read, HttpStatus.ACCEPTED, Views.pending(read.id()))
                : show(read, HttpStatus.OK, Views.of(shown));
    }

    private ResponseEntity<?> show(Read read, HttpStatus status, TransactionView view) {
        HttpHeaders headers = answers.headers(read.group());
        ReadTerms.Level level = read.terms().level();
        headers.set(Headers.CONSISTENCY, level.wireName());
        @Nullable Duration staleness = staleness(read.group(), level);
        if (staleness != null) {
            headers.set(Headers.STALENESS, staleness.toString());
        }
        return ResponseEntity.status(status).headers(headers).body(view);
    }

    /** How old the answer may be, or null when this replica has not heard of a leader. */
    private static @Nullable Duration staleness(Group group, ReadTerms.Level level) {
        boolean asked = level == ReadTerms.Level.BOUNDED && group.leadership().ready();
        if (level == ReadTerms.Level.LINEARIZABLE || asked) {
            return Duration.ZERO;
        }
        Duration age = Duration.ofMillis(group.staleMillis());
        return age.compareTo(Duration.ofDays(365)) > 0 ? null : age;
    }
}
