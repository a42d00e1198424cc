package io.assent.coordinator.runtime;

import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Protocol;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * A group's leader for one term: it leads each transaction from state to state, and lets log and delivery do what each
 * step asks for. Used by the loop only; {@link #table} is read by any thread.
 */
final class Leader {

    private static final Logger LOG = LoggerFactory.getLogger(Leader.class);
    private static final int TAKE_OVERS_A_TURN = 256;
    private static final int MAX_DEFERRED = 64;
    private static final long ABORT_NOTICE_MILLIS = 10_000;
    private static final long PRE_COMMIT_NOTICE_MILLIS = 5_000;
    private static final String FORGOTTEN = "It answered EXPIRED: it has forgotten a transaction that is not finished.";

    private final Surroundings around;
    private final TransactionTable table;
    private final AppendPipeline pipeline;
    private final Outbox outbox;
    private final Answers answers = new Answers();
    private final Retention retention;
    private final RollCall rollCall;
    private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
    private final Iterator<OpenTransaction> found;
    private final StateAnswers stateAnswers;
    private final Balloting balloting;
    private boolean deposed;

    /** What a leader works with. */
    record Surroundings(
            int group, Log log, Delivery delivery, Acceptors acceptors, Mailbox mailbox, RuntimeSettings settings) {
        long now() {
            return settings.clock().millis();
        }
    }

    Leader(long term, Surroundings around) {
        this.around = around;
        table = new TransactionTable(term, around.settings().limits());
        pipeline = new AppendPipeline(around.log(), term);
        outbox = new Outbox(around.delivery(), around.mailbox(), table);
        retention = new Retention(around.settings().limits(), around.now());
        rollCall = new RollCall(around.now());
        found = state().open().iterator();
        stateAnswers = new StateAnswers(state(), table);
        balloting = new Balloting(around, table, pipeline, this);
        if (state().founded() == null) {
            found();
        }
    }

    private GroupState state() {
        return around.log().state();
    }

    private long nanos() {
        return around.settings().clock().nanos();
    }

    /** Founds the group: until this is applied nothing is begun. */
    private void found() {
        SecureRandom secure = new SecureRandom();
        byte[] key = new byte[IncarnationKey.LENGTH];
        secure.nextBytes(key);
        long incarnation = secure.nextLong();
        pipeline.add(new LogRecord.Founded(
                incarnation == 0 ? 1 : incarnation,
                new IncarnationKey(key),
                0,
                around.settings().slots()));
    }

    TransactionTable table() {
        return table;
    }

    /** Ends this leader: it says nothing more to anyone, and its table stays as it is. */
    void retire() {
        around.delivery().withdraw(outbox);
        answers.abandon();
        pipeline.abandon();
        balloting.retire();
        for (TransactionTable.Entry entry : table.entries()) {
            abandon(entry);
        }
    }

    private static void abandon(TransactionTable.Entry entry) {
        entry.deferred().forEach(request -> request.answer().complete(Answer.Plain.LEADER_CHANGED));
        CompletableFuture<Answer> begun = entry.begun();
        if (begun != null) {
            begun.complete(Answer.Plain.LEADER_CHANGED);
        }
    }

    /** Does what time and take-over ask for, then writes and sends; true when another leader was found to own it all. */
    boolean work() {
        long now = around.now();
        for (TransactionTable.Entry due = table.due(now); due != null; due = table.due(now)) {
            advance(due, due.role().on(new CoordinatorEvent.TimerFired(), now));
        }
        for (int i = 0; i < TAKE_OVERS_A_TURN && found.hasNext(); i++) {
            // The iterator may be behind: what counts is what stands now.
            TransactionId id = found.next().id();
            OpenTransaction open = state().open(id);
            if (open != null && id.birthTerm() < table.term() && !table.contains(id)) {
                takeOver(open);
            }
        }
        if (now >= retention.next()) {
            List.copyOf(table.entries()).forEach(this::look);
        }
        balloting.work(now);
        retention.due(now, state(), table, balloting.floor()).ifPresent(pipeline::add);
        rollCall.due(now, state(), around.log()).ifPresent(pipeline::add);
        beat(now);
        if (!deposed) {
            pipeline.flush(now);
            outbox.flush();
        }
        return deposed;
    }

    /** Keeps followers fresh for bounded reads: an entry comes at least once in a heartbeat. */
    private void beat(long now) {
        long interval = around.settings().heartbeat().toMillis();
        if (interval > 0 && pipeline.isIdle() && now - pipeline.lastFlush() >= interval) {
            pipeline.addBarrier(new CompletableFuture<>());
        }
    }

    long millisToNextWork() {
        if (found.hasNext()) {
            return 0;
        }
        long now = around.now();
        long interval = around.settings().heartbeat().toMillis();
        long beat = interval > 0 && pipeline.isIdle() ? pipeline.lastFlush() + interval : Long.MAX_VALUE;
        long next = Math.min(beat, Math.min(table.nextAlarm(), retention.next()));
        next = Math.min(next, Math.min(balloting.nextWork(), rollCall.next()));
        return Math.max(0, Math.min(next - now, pipeline.millisUntilResume(now)));
    }

    // What log and delivery tell

    void handle(Notification.OfBatch result) {
        AppendPipeline.Batch batch = pipeline.finish(result.batch());
        if (batch == null) {
            return;
        }
        switch (result) {
            case Notification.Refused r -> pipeline.again(batch, false, around.now());
            case Notification.Unknown r -> pipeline.again(batch, true, around.now());
            case Notification.Applied applied -> {
                for (int i = 0; i < batch.records().size(); i++) {
                    applied(batch.records().get(i), applied.facts().get(i));
                }
                batch.barriers()
                        .forEach(barrier -> barrier.complete(new Answer.Barrier(applied.index(), applied.term())));
            }
        }
    }

    private void applied(LogRecord record, Fact fact) {
        if (record instanceof LogRecord.Acceptors) {
            balloting.begun().forEach(this::begin);
        }
        if (!(record instanceof LogRecord.OfTransaction ofTransaction)) {
            return;
        }
        TransactionTable.Entry entry = table.get(ofTransaction.transaction());
        if (entry == null) {
            return;
        }
        CompletableFuture<Answer> begun = entry.begun();
        entry.tellWhenBegun(null);
        OpenTransaction standing = state().open(ofTransaction.transaction());
        advance(entry, entry.role().on(new CoordinatorEvent.Applied(ofTransaction, fact, standing), around.now()));
        if (begun != null) {
            begun.complete(stateAnswers.keyedBegin(entry, fact));
        }
    }

    void handle(Notification.Voted voted) {
        balloting.handle(voted);
    }

    void handle(Notification.OfTable notification) {
        switch (notification) {
            case Notification.Replied replied -> {
                TransactionTable.Entry entry = table.get(replied.message().transaction());
                if (entry != null) {
                    entry.contact(replied.message().branch(), null);
                    advance(
                            entry,
                            entry.role()
                                    .on(
                                            new CoordinatorEvent.Replied(replied.message(), replied.reply()),
                                            around.now()));
                    if (replied.reply() instanceof Reply.Expired) {
                        expired(entry, replied.message());
                    }
                }
            }
            case Notification.Failed failed -> {
                TransactionTable.Entry entry = table.get(failed.message().transaction());
                if (entry != null) {
                    entry.contact(failed.message().branch(), failed.error());
                }
            }
            case Notification.LaneFree free -> outbox.offerAgain(free.endpoint());
            case Notification.Then then -> then.action().run();
        }
    }

    /** A participant has forgotten the transaction: by right if the log has ended it, else that is an alert. */
    private void expired(TransactionTable.Entry entry, Message message) {
        look(entry);
        boolean alarming = message instanceof Message.Prepare
                || message instanceof Message.PreCommit
                || message instanceof Message.Commit;
        if (alarming && table.contains(message.transaction()) && entry.warn(message.branch(), FORGOTTEN)) {
            LOG.error(
                    "a participant has forgotten what is not finished: transaction={} branch={} phase={}",
                    message.transaction(),
                    message.branch(),
                    entry.role().phase());
        }
    }

    /** Records of an earlier leader, which were on their way, may have ended what this one still tells (L7). */
    private void look(TransactionTable.Entry entry) {
        CoordinatorRole role = entry.role();
        if (!isTelling(role.phase())) {
            return;
        }
        Step step = role.on(new CoordinatorEvent.Looked(state().read(role.id())), around.now());
        if (step.next().settled()) {
            outbox.withdraw(role);
            advance(entry, step);
        }
    }

    private static boolean isTelling(Phase phase) {
        return phase == Phase.PRE_COMMITTING || phase == Phase.COMMITTING || phase == Phase.DELEGATED;
    }

    // Requests

    void handle(Request request) {
        switch (request) {
            case Request.Begin begin -> begin(begin);
            case Request.Barrier barrier -> pipeline.addBarrier(barrier.answer());
            case Request.Settle settle -> {
                balloting.recoverIfLost(settle.id());
                settle.answer().complete(Answer.Plain.LEADER_CHANGED);
            }
            case Request.OfTransaction ofTransaction -> handle(ofTransaction);
        }
    }

    private void begin(Request.Begin request) {
        Group.Begin begin = request.begin();
        LogRecord.Founded founded = state().founded();
        if (founded == null) {
            request.answer().complete(Answer.Plain.LEADER_CHANGED);
            return;
        }
        RuntimeLimits limits = around.settings().limits();
        if (table.size() >= limits.openTransactions() || pipeline.pending() >= limits.pendingRecords()) {
            request.answer().complete(Answer.Plain.OVERLOADED);
            return;
        }
        String key = begin.key();
        GroupState.KeyedBegin before = key == null ? null : state().begunUnder(key);
        if (before != null) {
            boolean same = before.digest().equals(begin.digest());
            // Nobody but who holds the key may know of it: the answer waits until acceptors have said what became of
            // it.
            boolean lost = balloting.recoverIfLost(before.transaction()) != null;
            request.answer()
                    .complete(
                            same && lost
                                    ? Answer.Plain.LEADER_CHANGED
                                    : stateAnswers.begunBefore(before.transaction(), same));
            return;
        }
        if (begin.protocol() == Protocol.PAXOS_COMMIT && !balloting.isReady()) {
            balloting.await(request);
            return;
        }
        TransactionId id = TransactionId.issue(
                new TransactionId.Birth(
                        around.group(), founded.incarnation(), table.term(), table.issuedSequence() + 1),
                begin.protocol(),
                random.nextInt(),
                founded.key());
        long now = around.now();
        Origin origin = new Origin(
                id,
                table.term(),
                around.settings().intent(),
                now,
                now + begin.timeoutMillis(),
                key,
                key == null ? null : begin.digest());
        Step step = Roles.begin(origin, balloting.place(id));
        TransactionTable.Entry entry =
                table.addIssued(step.next(), begin.description(), key == null ? null : request.answer(), nanos());
        advance(entry, step);
        if (key == null) {
            request.answer().complete(new Answer.Shown(entry.show(), true));
        }
    }

    private void handle(Request.OfTransaction request) {
        TransactionTable.Entry entry = table.get(request.id());
        OpenTransaction open = entry == null ? state().open(request.id()) : null;
        if (open != null) {
            entry = takeOver(open);
        }
        if (entry == null && !(request instanceof Request.Enlist)) {
            entry = balloting.recoverIfLost(request.id());
        }
        if (entry == null) {
            request.answer().complete(stateAnswers.to(request));
        } else if (request instanceof Request.Enlist
                && pipeline.pending() >= around.settings().limits().pendingRecords()) {
            request.answer().complete(Answer.Plain.OVERLOADED);
        } else {
            accept(entry, request);
        }
    }

    private void accept(TransactionTable.Entry entry, Request.OfTransaction request) {
        Step step = entry.role().on(request.event(), around.now());
        boolean isNew = request instanceof Request.Enlist
                && step.next().members().size() > entry.role().members().size();
        RequestRefusal refusal = step.refusal();
        if (refusal == RequestRefusal.ADOPTING) {
            defer(entry, request);
        } else if (refusal != null) {
            request.answer().complete(new Answer.Refused(refusal, entry.show()));
        } else if (isNew
                && request instanceof Request.Enlist enlist
                && step.next().members().size() > enlist.most()) {
            request.answer().complete(Answer.Plain.TOO_MANY_BRANCHES);
        } else {
            advance(entry, step);
            Group.Await await = request.await();
            if (await == null) {
                request.answer().complete(new Answer.Shown(entry.show(), isNew));
            } else {
                answers.await(request.id(), await, request.answer());
                answers.reached(entry);
            }
        }
    }

    private static void defer(TransactionTable.Entry entry, Request.OfTransaction request) {
        if (entry.deferred().size() >= MAX_DEFERRED) {
            request.answer().complete(Answer.Plain.OVERLOADED);
        } else {
            entry.deferred().add(request);
        }
    }

    // Steps

    private TransactionTable.Entry takeOver(OpenTransaction open) {
        Origin origin = origin(open.id(), open.createdAt(), open.deadlineAt(around.now()));
        return adopt(
                Roles.takeOver(open, origin, balloting.placeOfLearned(open.id())),
                open.phase().name());
    }

    Origin origin(TransactionId id, long createdAt, long deadline) {
        return new Origin(id, table.term(), around.settings().intent(), createdAt, deadline, null, null);
    }

    TransactionTable.Entry adopt(Step step, String found) {
        TransactionId id = step.next().id();
        TransactionTable.Entry entry = table.add(step.next(), Transaction.Description.NONE, nanos());
        advance(entry, step);
        around.settings().observer().adopted(entry.show());
        MDC.put("transaction", id.toString());
        LOG.info(
                "took over transaction={} group={} birthTerm={} term={} phase={}",
                id,
                around.group(),
                id.birthTerm(),
                table.term(),
                found);
        MDC.remove("transaction");
        return entry;
    }

    void advance(TransactionTable.Entry entry, Step step) {
        Phase before = entry.role().phase();
        CoordinatorRole next = step.next();
        entry.become(next);
        step.append().forEach(pipeline::add);
        for (Message message : step.send()) {
            outbox.add(next, message);
        }
        balloting.ask(next.id(), step.ask());
        if (next.phase() == Phase.DEPOSED) {
            deposed = true;
            return;
        }
        setAlarm(entry, before);
        if (next.phase() == Phase.COMMITTED || next.phase() == Phase.ABORTED) {
            entry.complete(around.now());
        }
        if (next.phase() != before) {
            around.settings().observer().left(before, entry.lap(nanos()));
            answers.reached(entry);
        }
        if (next.phase() != Phase.ADOPTING && !entry.deferred().isEmpty()) {
            List<Request.OfTransaction> deferred = new ArrayList<>(entry.deferred());
            entry.deferred().clear();
            deferred.forEach(request -> accept(entry, request));
        }
        if (entry.role().settled() && table.contains(next.id())) {
            leave(entry);
        }
    }

    private void setAlarm(TransactionTable.Entry entry, Phase before) {
        switch (entry.role().timer()) {
            case DEADLINE -> table.alarm(entry, entry.role().origin().deadline());
            case ABORT_NOTICE -> {
                if (before != Phase.ABORTING || !entry.hasAlarm()) {
                    table.alarm(entry, around.now() + ABORT_NOTICE_MILLIS);
                }
            }
            case PRE_COMMIT_NOTICE -> {
                // What was taken over is in the phase from the start.
                if (before != Phase.PRE_COMMITTING || !entry.hasAlarm()) {
                    table.alarm(entry, around.now() + PRE_COMMIT_NOTICE_MILLIS);
                }
            }
            case NONE -> table.alarm(entry, 0);
        }
    }

    private void leave(TransactionTable.Entry entry) {
        answers.reached(entry);
        answers.drop(entry);
        table.remove(entry);
        balloting.forget(entry.role().id());
        if (entry.role().outcome() != null) {
            around.settings().observer().ended(entry.show());
        }
    }
}
