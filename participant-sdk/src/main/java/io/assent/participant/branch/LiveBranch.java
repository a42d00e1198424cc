package io.assent.participant.branch;

import io.assent.participant.BranchRefusedException;
import io.assent.participant.Deadline;
import io.assent.participant.ResourceBranch;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction;
import io.assent.protocol.participant.BranchCondition;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import io.assent.protocol.participant.Errand;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.participant.Refusal;
import io.assent.protocol.participant.Step;
import io.assent.protocol.participant.Work;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * One branch that this instance has in hand: it takes one event at a time, lets the participant's role decide, and
 * carries out what it says on the resource. While a unit of work runs, messages are taken too; the role knows. Dropped as
 * soon as nothing would be lost with it: what counts is in the resource.
 */
final class LiveBranch {

    private static final Logger LOG = LoggerFactory.getLogger(LiveBranch.class);

    /** Between readings of the facts that must agree. */
    private static final Duration READING_PAUSE = Duration.ofMillis(100);

    /** Twice as long as a coordinator waits for all members to pre-commit. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TransactionId transaction;
    private final ResourceBranch resource;
    private final Notices notices;
    private final Reasons reasons;
    private final Callbacks callbacks;
    private final LookupPace pace;
    private final Question question;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition unitEnded = lock.newCondition();
    private ParticipantBranch state;
    private Deadline deadline;
    private boolean dropped;

    /** When the branch has been pre-committed for so long that no coordinator can be waiting for others. */
    private @Nullable Deadline patience;

    /** The unit that was granted, and runs. */
    private @Nullable Unit unit;

    /** Who waits for a reply that the role owes after the end of the unit. */
    private @Nullable CompletableFuture<Optional<Reply>> waiting;

    /** What the last event led to, for who brought it. */
    private @Nullable Reply reply;

    private @Nullable Vote vote;
    private @Nullable Refusal refusal;
    private Isolation isolation = Isolation.DEFAULT;

    /** Whom a branch tells what, and how it is reminded. */
    record Company(Notices notices, Reasons reasons, Callbacks callbacks, LookupPace pace, Question question) {}

    /** Asks peers what they know of the transaction; returns at once. */
    @FunctionalInterface
    interface Question {
        void ask(ParticipantBranch asking, BranchAction.AskPeers peers);
    }

    LiveBranch(ParticipantBranch state, ResourceBranch resource, Company company) {
        this.transaction = state.transaction();
        this.state = state;
        this.resource = resource;
        this.notices = company.notices();
        this.reasons = company.reasons();
        this.callbacks = company.callbacks();
        this.pace = company.pace();
        this.question = company.question();
        this.deadline = Deadline.in(Duration.ofHours(24));
    }

    /** How work in a branch is asked for. */
    record Terms(@Nullable String token, boolean newCall, boolean writing, Isolation isolation, Deadline deadline) {}

    TransactionId transaction() {
        return transaction;
    }

    /** Makes the unit of work that the role grants, when the one that runs has ended. */
    @FunctionalInterface
    interface UnitStart {
        Unit start(LiveBranch branch, ResourceBranch resource);
    }

    /**
     * Begins a unit of work.
     *
     * @return the unit, or null when this branch has been dropped meanwhile: look for it again
     * @throws BranchRefusedException when the role refuses it, or no time is left before the unit that runs has ended
     */
    @Nullable
    Unit begin(Terms terms, UnitStart start) {
        lock.lock();
        try {
            awaitUnitEnd(terms.deadline());
            if (dropped) {
                return null;
            }
            deadline = terms.deadline();
            isolation = terms.isolation();
            if (deadline.isOver()) {
                perform(new BranchEvent.DeadlinePassed());
            }
            perform(new BranchEvent.WorkRequested(terms.token(), terms.newCall(), terms.writing()));
            if (refusal != null) {
                throw Refusals.of(refusal, transaction);
            }
            Unit begun = start.start(this, resource);
            unit = begun;
            return begun;
        } finally {
            dropIfDone();
            lock.unlock();
        }
    }

    private void awaitUnitEnd(Deadline until) {
        try {
            while (!dropped && isRunning()) {
                long left = until.left().toNanos();
                if (left <= 0 || unitEnded.awaitNanos(left) <= 0 && isRunning()) {
                    throw new BranchRefusedException(
                            ProblemType.TRANSACTION_OVER,
                            transaction,
                            "Another call works in this branch, and the transaction's time is up. Begin a new one");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BranchRefusedException(
                    ProblemType.NOT_READY, transaction, "Interrupted while another call worked in this branch");
        }
    }

    private boolean isRunning() {
        Work work = state.work();
        return work != null && work.running();
    }

    /**
     * Ends the unit of work. A message that waited for it is obeyed now.
     *
     * @return whether all work of the unit is in the branch, and nothing stands against it: it may be prepared by now
     */
    boolean end(Unit ended) {
        lock.lock();
        try {
            if (unit != ended) {
                throw new IllegalStateException("The unit does not run in the branch of " + transaction);
            }
            boolean intact = ended.isCompletedWell() && (!ended.connection().isTroubled() || resource.isIntact());
            ended.connection().end();
            unit = null;
            if (intact) {
                callbacks.keep(ended.handOver());
            }
            perform(new BranchEvent.UnitEnded(intact, intact ? null : ended.trouble()));
            if (waiting != null) {
                waiting.complete(Optional.ofNullable(reply));
                waiting = null;
            }
            return state.why() == null;
        } finally {
            dropIfDone();
            unitEnded.signalAll();
            lock.unlock();
        }
    }

    /**
     * Takes a message.
     *
     * @return completed when the role has answered it, with nothing when it is left without a reply; null when this
     *     branch has been dropped meanwhile
     */
    @Nullable
    CompletableFuture<Optional<Reply>> receive(Message message) {
        lock.lock();
        try {
            if (dropped) {
                return null;
            }
            Errand before = state.errand();
            perform(new BranchEvent.MessageReceived(message));
            CompletableFuture<Optional<Reply>> answer = new CompletableFuture<>();
            Errand now = state.errand();
            if (now != null && now.awaitsUnit() && !now.equals(before)) {
                if (waiting != null) {
                    waiting.complete(Optional.empty());
                }
                waiting = answer;
            } else {
                answer.complete(Optional.ofNullable(reply));
            }
            return answer;
        } finally {
            dropIfDone();
            lock.unlock();
        }
    }

    /**
     * Prepares the branch for the answer of a call, or for the initiator.
     *
     * @param token the branch that is meant
     * @return the vote, with the work that it is about; empty when this is not that branch, or a unit runs in it
     */
    Optional<Ballot> vote(@Nullable String token) {
        lock.lock();
        try {
            Work work = state.work();
            if (dropped || work == null || work.running() || !Objects.equals(token, work.token())) {
                return Optional.empty();
            }
            perform(new BranchEvent.VoteRequested());
            Vote given = vote == null ? Vote.NO : vote;
            if (given == Vote.NO) {
                reasons.refused(transaction, state.participant(), why());
            }
            return Optional.of(new Ballot(given, work));
        } finally {
            dropIfDone();
            lock.unlock();
        }
    }

    /** A vote and the work that it is about. */
    record Ballot(Vote vote, Work work) {}

    /** Takes an event that nobody waits for. */
    void tell(BranchEvent event) {
        lock.lock();
        try {
            if (!dropped) {
                perform(event);
            }
        } finally {
            dropIfDone();
            lock.unlock();
        }
    }

    /** The work of the branch, live or prepared; empty when there is none, or it is not known. */
    Optional<Work> work() {
        lock.lock();
        try {
            return Optional.ofNullable(state.work());
        } finally {
            lock.unlock();
        }
    }

    /** Whether its time is up, and that changes something for it. */
    boolean isOverdue() {
        lock.lock();
        try {
            boolean counts = state.transaction().protocol() == Protocol.THREE_PHASE || !state.isInDoubt();
            return !state.overdue() && deadline.isOver() && state.work() != null && counts;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has been pre-committed for so long that it need not wait for the word of a coordinator. */
    boolean isImpatient() {
        lock.lock();
        try {
            return state.condition() instanceof BranchCondition.PreCommitted known
                    && !known.patienceEnded()
                    && patience != null
                    && patience.isOver();
        } finally {
            lock.unlock();
        }
    }

    /** Since when it is prepared without knowing the outcome, and when to ask for it; empty when it is not. */
    Optional<LookupPace> inDoubt() {
        lock.lock();
        try {
            return !dropped && state.isInDoubt() ? Optional.of(pace) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    boolean isDropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    private void dropIfDone() {
        if (unit == null && waiting == null && state.mayBeDropped()) {
            dropped = true;
        }
    }

    /** Takes one event to its end: the report of an action is the next event. */
    private void perform(BranchEvent first) {
        reply = null;
        vote = null;
        refusal = null;
        boolean before = state.isInDoubt();
        String whyBefore = state.why();
        for (BranchEvent event = first; event != null; ) {
            Step step = state.on(event);
            state = step.next();
            LOG.debug(
                    "transaction={} event={} condition={} actions={}",
                    transaction,
                    event,
                    state.condition(),
                    step.actions());
            event = null;
            for (BranchAction action : step.actions()) {
                event = carryOut(action);
            }
        }
        if (state.isInDoubt() && !before) {
            pace.start();
        }
        if (patience == null && state.condition() instanceof BranchCondition.PreCommitted) {
            patience = Deadline.in(PATIENCE);
        }
        explain(whyBefore);
        runCallbacksWhenOver();
    }

    /** Sees that nobody is told no without a reason that an operator finds. */
    private void explain(@Nullable String before) {
        String now = state.why();
        if (now != null && !now.equals(before)) {
            reasons.note(transaction, now);
        }
        if (reply instanceof Reply.Voted voted && voted.vote() == Vote.NO) {
            reasons.refused(transaction, voted.branch(), voted.reason() == null ? why() : voted.reason());
        }
        if (reply instanceof Reply.OutcomeReported told && told.outcome() == Outcome.ABORTED) {
            reasons.refused(transaction, told.branch(), told.reason() == null ? why() : told.reason());
        }
    }

    private String why() {
        String known = state.why();
        return known == null ? "it is not certain what became of it" : known;
    }

    private void runCallbacksWhenOver() {
        if (state.isInDoubt() || state.work() != null) {
            return;
        }
        callbacks.run(
                switch (state.condition()) {
                    case BranchCondition.Committed c -> TransactionSynchronization.STATUS_COMMITTED;
                    case BranchCondition.Aborted c -> TransactionSynchronization.STATUS_ROLLED_BACK;
                    case BranchCondition.Unknown c -> TransactionSynchronization.STATUS_UNKNOWN;
                    case BranchCondition.Working c -> TransactionSynchronization.STATUS_UNKNOWN;
                    case BranchCondition.Prepared c -> TransactionSynchronization.STATUS_UNKNOWN;
                    case BranchCondition.PreCommitted c -> TransactionSynchronization.STATUS_UNKNOWN;
                });
    }

    /** Carries out an action; returns its report if it has one. */
    private @Nullable BranchEvent carryOut(BranchAction action) {
        switch (action) {
            case BranchAction.Reporting reporting -> {
                return report(reporting);
            }
            case BranchAction.GrantWork grant -> {}
            case BranchAction.RefuseWork refuse -> refusal = refuse.reason();
            case BranchAction.CancelUnit cancel -> {
                if (unit != null) {
                    unit.cancel();
                }
            }
            case BranchAction.ReportVote reported -> vote = reported.vote();
            case BranchAction.Reply answer -> reply = answer.reply();
            case BranchAction.AskPeers ask -> question.ask(state, ask);
            case BranchAction.Note note -> notices.noticed(transaction, note.notice());
        }
        return null;
    }

    private BranchEvent prepare() {
        PrepareResult result = resource.prepare();
        boolean spoken = result == PrepareResult.FAILED || result == PrepareResult.UNKNOWN;
        return new BranchEvent.PrepareEnded(
                result, spoken ? resource.objection().orElse(null) : null);
    }

    private BranchEvent report(BranchAction.Reporting action) {
        return switch (action) {
            case BranchAction.BeginWork work ->
                resource.begin(new ResourceBranch.Opening(work.open(), work.insertRow(), isolation, deadline))
                        .<BranchEvent>map(BranchEvent.WorkNotBegun::new)
                        .orElseGet(() ->
                                new BranchEvent.WorkBegan(UUID.randomUUID().toString(), 0));
            case BranchAction.EndAndPrepare p -> prepare();
            case BranchAction.CommitPrepared c -> new BranchEvent.CommitEnded(resource.commitPrepared());
            case BranchAction.CommitOnePhase c -> new BranchEvent.CommitEnded(resource.commitOnePhase());
            case BranchAction.RollBackLive r -> {
                resource.rollBackLive();
                yield new BranchEvent.RollbackEnded();
            }
            case BranchAction.RollBack r -> {
                resource.rollBack();
                yield new BranchEvent.RollbackEnded();
            }
            case BranchAction.WriteTombstone t -> new BranchEvent.TombstoneEnded(resource.writeTombstone());
            case BranchAction.WriteKnown known -> new BranchEvent.KnownWritten(resource.writeKnown(known.members()));
            case BranchAction.ReadFacts read -> {
                if (read.again()) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(READING_PAUSE.toMillis()));
                }
                yield resource.readFacts();
            }
        };
    }
}
