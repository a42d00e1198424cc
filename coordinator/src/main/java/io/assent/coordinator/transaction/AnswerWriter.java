package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.LeaderRouting;
import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Group;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.Headers;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Writes what a group answered, with the headers that every answer about a transaction carries. */
@Component
final class AnswerWriter {

    private final LeaderRouting routing;
    private final ProblemResponses problems;
    private final LimitProperties limits;

    AnswerWriter(LeaderRouting routing, ProblemResponses problems, LimitProperties limits) {
        this.routing = routing;
        this.problems = problems;
        this.limits = limits;
    }

    /**
     * Where the answer comes from. The index is taken after the state was read, so that a reader who asks for it
     * elsewhere sees at least what was shown here.
     */
    HttpHeaders headers(Group group) {
        HttpHeaders headers = new HttpHeaders();
        routing.leaderUrl(group.number()).ifPresent(url -> headers.set(Headers.LEADER, url));
        headers.set(Headers.TERM, Long.toString(group.state().lastTerm()));
        headers.set(Headers.INDEX, Long.toString(group.appliedIndex()));
        return headers;
    }

    /** A body that is no problem. */
    ResponseEntity<?> ok(HttpStatus status, Object body, Group group) {
        return ResponseEntity.status(status).headers(headers(group)).body(body);
    }

    /** A problem of a transaction. */
    ResponseEntity<ProblemView> problem(Problem problem, Group group, String path) {
        return problems.answer(problem, headers(group), path);
    }

    /**
     * An answer without a transaction; nothing when the leader changed and the request must be tried again.
     *
     * @param id the transaction asked about, or null at begin
     */
    Optional<ResponseEntity<?>> plain(Answer.Plain answer, @Nullable TransactionId id, Group group, String path) {
        Problem problem = switch (answer) {
            case LEADER_CHANGED -> null;
            case OVERLOADED ->
                Problem.of(
                        ProblemType.OVERLOADED,
                        "The group has as much work as it takes, and this request changed nothing. Repeat the"
                                + " same request after Retry-After.");
            case SLOT_ELSEWHERE ->
                Problem.of(
                        ProblemType.NOT_READY,
                        "The group does not own the hash slot of this Idempotency-Key, although the slot table"
                                + " of this node says so. Repeat the same request after Retry-After; if it"
                                + " stays so, compare assent.cluster.groups of the nodes.");
            case ACCEPTORS_UNKNOWN ->
                Problem.of(
                        ProblemType.NOT_READY,
                        "PAXOS_COMMIT begins when each replica of the group has been reached once since the group was"
                                + " founded, and one has not. Nothing was begun. Start all nodes, then repeat the same"
                                + " request after Retry-After; other protocols need a majority only.");
            case TOO_MANY_BRANCHES ->
                Problem.of(
                        ProblemType.TOO_LARGE,
                        "The transaction has " + limits.branches() + " branches, which is as many as it may have. Use"
                                + " fewer participants, or raise assent.limits.branches on every coordinator.");
            case EXPIRED -> expired(id);
            case NEVER_ISSUED ->
                Problem.of(
                        ProblemType.NOT_FOUND,
                        "The leader of the id's term never issued it. Use the id exactly as begin gave it.");
        };
        if (problem == null) {
            return Optional.empty();
        }
        Problem known = id == null ? problem : problem.about(id);
        return Optional.of(problem(known, group, path));
    }

    private static Problem expired(@Nullable TransactionId id) {
        String which = id == null ? "The transaction of this Idempotency-Key" : "The transaction";
        return Problem.of(
                ProblemType.EXPIRED,
                which + " is older than what this cluster remembers, or was begun before the cluster's data was"
                        + " restored; its outcome is not known here. Ask an operator, and never presume an outcome.");
    }

    /** A request that was refused because of the state of its transaction. */
    ResponseEntity<?> refused(Answer.Refused refused, Group group, String path) {
        Transaction transaction = refused.transaction();
        Problem problem = switch (refused.why()) {
            case ADOPTING ->
                Problem.of(
                        ProblemType.NOT_READY,
                        "A new leader is just taking the transaction over, and this request changed nothing."
                                + " Repeat the same request after Retry-After.");
            case NOT_ACTIVE ->
                Problem.of(
                                ProblemType.NOT_ACTIVE,
                                "Commit or abort was asked for already (the transaction is "
                                        + transaction.state() + "), so no branch can be added. Begin a new"
                                        + " transaction for further work.")
                        .because(Views.of(transaction.reason()));
            case BRANCH_CONFLICT ->
                Problem.of(
                        ProblemType.BRANCH_CONFLICT,
                        "The participant is enlisted in this transaction with another endpoint or token."
                                + " Enlist it as before, or give the other resource a participant id of its"
                                + " own.");
            case UNSUPPORTED_PROTOCOL ->
                Problem.of(
                        ProblemType.UNSUPPORTED_PROTOCOL,
                        "The participant does not speak "
                                + transaction.id().protocol()
                                + "; nothing was changed, and the transaction stays active. Leave the"
                                + " participant out, or begin a transaction with a protocol that it speaks.");
            case NO_BRANCHES ->
                Problem.of(
                        ProblemType.NO_BRANCHES,
                        "Nothing is enlisted. Pass in \"branches\" the members of the Assent-Branch headers that"
                                + " you received, or \"branches\":[] to commit a transaction without"
                                + " branches.");
            case BRANCH_MISMATCH ->
                Problem.of(
                                ProblemType.BRANCH_MISMATCH,
                                "The transaction was decided with other branches than these, and stays as it"
                                        + " is. Look at \"current\": the branches named there have"
                                        + " committed, others have not.")
                        .with(Views.of(transaction));
            case ALREADY_COMMITTED -> alreadyCommitted();
        };
        return problem(problem.about(transaction.id()), group, path);
    }

    /** Abort was asked for, and the outcome is commit. */
    static Problem alreadyCommitted() {
        return Problem.of(
                ProblemType.ALREADY_COMMITTED,
                "The transaction committed, and a commit is final. To undo its effects, run a new transaction that"
                        + " reverses them.");
    }

    /** Commit was asked for, and the outcome is abort. */
    ResponseEntity<?> aborted(Transaction transaction, Group group, String path) {
        Problem problem = Problem.of(
                        ProblemType.TRANSACTION_ABORTED,
                        "The transaction aborted, and none of its branches takes effect; reason tells why. Begin a new"
                                + " transaction if the work still makes sense.",
                        transaction.id())
                .because(Views.of(transaction.reason()));
        return problem(problem, group, path);
    }
}
