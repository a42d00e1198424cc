package io.assent.coordinator.runtime;

import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.OutcomeReader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One group on this node: its mailbox, and the one thread that works it off. Each turn hands all that has come to the
 * {@link Leader} while there is one, then lets it write and send what came of it. Nothing else touches a transaction.
 */
public final class GroupRuntime implements Group, Log.Listener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupRuntime.class);
    private static final long LONGEST_WAIT_MILLIS = 1_000;

    private final int number;
    private final Log log;
    private final Leader.Surroundings surroundings;
    private final Mailbox mailbox;
    private final Thread thread;
    private volatile @Nullable Leader leader;
    private volatile boolean closed;
    private long lastTerm;

    /**
     * A runtime that begins with {@link #start}.
     *
     * @param settings how its leader works
     */
    public GroupRuntime(int number, Log log, Delivery delivery, Acceptors acceptors, RuntimeSettings settings) {
        this.number = number;
        this.log = log;
        this.mailbox = new Mailbox(settings.limits());
        this.surroundings = new Leader.Surroundings(number, log, delivery, acceptors, mailbox, settings);
        this.thread =
                Thread.ofPlatform().name("assent-group-" + number).daemon().unstarted(this::run);
    }

    /** Begins to work off what comes. */
    public void start() {
        log.listen(this);
        surroundings.acceptors().listen((by, votes) -> mailbox.post(new Notification.Voted(by, votes)));
        thread.start();
    }

    /** Ends the loop, within 5 s; who still waits is told that the leader changed. */
    @Override
    public void close() {
        closed = true;
        mailbox.close();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            mailbox.await(millisToWait());
            mailbox.drain(this::handle, this::handle);
            Leader present = leader;
            if (present != null && present.work()) {
                replace(null);
            }
        }
        replace(null);
        mailbox.drain(notification -> {}, request -> request.answer().complete(Answer.Plain.LEADER_CHANGED));
    }

    private long millisToWait() {
        Leader present = leader;
        return Math.min(LONGEST_WAIT_MILLIS, present == null ? LONGEST_WAIT_MILLIS : present.millisToNextWork());
    }

    private void handle(Notification notification) {
        switch (notification) {
            case Notification.Gained gained -> {
                // A term's table is made once: another one of the same term would answer for numbers it never issued.
                if (gained.term() > lastTerm) {
                    lastTerm = gained.term();
                    replace(new Leader(gained.term(), surroundings));
                    LOG.info("group={} leads since term={}", number, gained.term());
                }
            }
            case Notification.Lost lost -> {
                if (leader != null) {
                    LOG.info("group={} does not lead any more, term={} was the last", number, lastTerm);
                }
                replace(null);
            }
            case Notification.OfBatch ofBatch -> {
                Leader present = leader;
                if (present != null) {
                    present.handle(ofBatch);
                }
            }
            case Notification.Voted voted -> {
                Leader present = leader;
                if (present != null) {
                    present.handle(voted);
                }
            }
            case Notification.OfTable ofTable -> {
                Leader present = leader;
                if (present != null && present.table() == ofTable.table()) {
                    present.handle(ofTable);
                }
            }
        }
    }

    private void handle(Request request) {
        Leader present = leader;
        if (present == null) {
            request.answer().complete(Answer.Plain.LEADER_CHANGED);
        } else {
            present.handle(request);
        }
    }

    /** The old leader object stays as it is: readers may still hold its table (U2). */
    private void replace(@Nullable Leader next) {
        Leader old = leader;
        leader = next;
        if (old != null) {
            old.retire();
        }
    }

    @Override
    public CompletableFuture<Answer> begin(Begin begin) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        return offer(new Request.Begin(begin, answer));
    }

    @Override
    public CompletableFuture<Answer> enlist(TransactionId id, Member member, int most) {
        return offer(new Request.Enlist(id, member, most, new CompletableFuture<>()));
    }

    @Override
    public CompletableFuture<Answer> commit(TransactionId id, @Nullable List<CommitMember> branches, Await await) {
        return offer(new Request.Commit(id, branches, await, new CompletableFuture<>()));
    }

    @Override
    public CompletableFuture<Answer> abort(TransactionId id, AbortReason reason) {
        return offer(new Request.Abort(id, reason, new CompletableFuture<>()));
    }

    @Override
    public void settle(TransactionId id) {
        var unused = offer(new Request.Settle(id, new CompletableFuture<>()));
    }

    @Override
    public CompletableFuture<Answer> barrier() {
        return offer(new Request.Barrier(new CompletableFuture<>()));
    }

    private CompletableFuture<Answer> offer(Request request) {
        if (closed) {
            request.answer().complete(Answer.Plain.LEADER_CHANGED);
        } else {
            mailbox.offer(request);
        }
        return request.answer();
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public @Nullable Transaction show(TransactionId id) {
        Leader present = leader;
        return Reading.show(log.state(), present == null ? null : present.table(), id);
    }

    @Override
    public OutcomeReader.Answer outcome(TransactionId id) {
        Leader present = leader;
        return Reading.outcome(log.state(), present == null ? null : present.table(), id);
    }

    @Override
    public GroupState state() {
        return log.state();
    }

    @Override
    public long appliedIndex() {
        return log.appliedIndex();
    }

    @Override
    public Log.Leadership leadership() {
        return log.leadership();
    }

    @Override
    public long staleMillis() {
        return log.staleMillis();
    }

    @Override
    public int openTransactions() {
        Leader present = leader;
        return present == null ? 0 : present.table().size();
    }

    @Override
    public void applied(Log.BatchId id, long index, long term, List<Fact> facts) {
        mailbox.post(new Notification.Applied(id, index, term, facts));
    }

    @Override
    public void refused(Log.BatchId id) {
        mailbox.post(new Notification.Refused(id));
    }

    @Override
    public void unknown(Log.BatchId id) {
        mailbox.post(new Notification.Unknown(id));
    }

    @Override
    public void gained(long term) {
        mailbox.post(new Notification.Gained(term));
    }

    @Override
    public void lost() {
        mailbox.post(new Notification.Lost());
    }
}
