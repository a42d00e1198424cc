package io.assent.participant.branch;

import io.assent.participant.Ledger;
import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.Reply;
import io.assent.protocol.message.ReplyBatch;
import io.assent.protocol.message.ReplyForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on messages, each on a virtual thread of its own, but only so many at once as there are connections for. What
 * arrives again while it is being worked on is not worked on twice.
 */
public final class MessageDesk implements ParticipantMessages, AutoCloseable {

    /** How long after the first result others are waited for. */
    private static final Duration COMPANY = Duration.ofMillis(20);

    /** How long a request is kept waiting for its first result. */
    private static final Duration PATIENCE = Duration.ofSeconds(9);

    private static final Logger LOG = LoggerFactory.getLogger(MessageDesk.class);

    private final Branches branches;
    private final Ledger ledger;
    private final Horizons horizons;
    private final DirectVotes directVotes;
    private final Semaphore permits;
    private final Map<Key, CompletableFuture<Optional<Reply>>> atWork = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("assent-message-", 0).factory());

    /**
     * A desk for the branches of one participant.
     *
     * @param directVotes how acceptors are told a vote
     */
    public MessageDesk(Branches branches, Ledger ledger, Horizons horizons, DirectVotes directVotes) {
        this.branches = branches;
        this.ledger = ledger;
        this.horizons = horizons;
        this.directVotes = directVotes;
        this.permits = new Semaphore(branches.usefulThreads());
    }

    /** The identity of a message (rule P5), with the rest that its answer depends on. */
    private record Key(Message message) {
        static Key of(Message message) {
            return new Key(
                    message instanceof Message.Prepare p
                            ? new Message.Prepare(
                                    p.transaction(), p.branch(), p.term(), List.of(), 0, p.token(), p.calls())
                            : message);
        }
    }

    @Override
    public ReplyBatch answer(MessageBatch batch) {
        horizons.note(batch.horizons());
        long now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        List<CompletableFuture<Optional<Reply>>> results = new ArrayList<>();
        for (MessageForm form : Optional.ofNullable(batch.messages()).orElse(List.of())) {
            form.toMessage(now)
                    .filter(message -> message.branch().equals(branches.participant()))
                    .ifPresent(message -> results.add(workOn(message)));
        }
        awaitFirst(results);
        return new ReplyBatch(results.stream()
                .filter(CompletableFuture::isDone)
                .flatMap(result -> result.getNow(Optional.empty()).stream())
                .map(ReplyForm::of)
                .toList());
    }

    private CompletableFuture<Optional<Reply>> workOn(Message message) {
        Key key = Key.of(message);
        CompletableFuture<Optional<Reply>> fresh = new CompletableFuture<>();
        CompletableFuture<Optional<Reply>> running = atWork.putIfAbsent(key, fresh);
        if (running != null) {
            return running;
        }
        threads.execute(() -> handle(key, message, fresh));
        return fresh;
    }

    private void handle(Key key, Message message, CompletableFuture<Optional<Reply>> result) {
        permits.acquireUninterruptibly();
        CompletableFuture<Optional<Reply>> answer = CompletableFuture.completedFuture(Optional.empty());
        try {
            if (mayBeObeyed(message)) {
                answer = branches.receive(message);
            }
        } catch (RuntimeException e) {
            LOG.error("A message could not be worked on and will come again: {}", message, e);
        } finally {
            permits.release();
        }
        // The answer may have to wait for the end of a unit of work; nobody waits here for it.
        CompletableFuture<Void> unused = answer.thenAccept(reply -> {
            Optional<Reply> told = reply.map(given -> toldDirectly(message, given));
            atWork.remove(key);
            result.complete(told);
        });
    }

    /**
     * Who answers YES is durably prepared; from then on acceptors may hear of it, and of nothing but a YES (Q5). What
     * they are to register is what the leader of the birth term names: nobody else proposes at ballot 0 (Q8).
     */
    private Reply toldDirectly(Message message, Reply reply) {
        boolean direct = reply instanceof Reply.Voted voted
                && voted.vote() == Vote.YES
                && message instanceof Message.Prepare prepare
                && prepare.protocol() == Protocol.PAXOS_COMMIT
                && prepare.term() == prepare.transaction().birthTerm()
                && !prepare.acceptors().isEmpty()
                && cast(prepare);
        return direct ? new Reply.Voted(reply.transaction(), reply.branch(), Vote.YES, null, true) : reply;
    }

    private boolean cast(Message.Prepare prepare) {
        try {
            return directVotes.cast(prepare);
        } catch (RuntimeException e) {
            LOG.error(
                    "A vote could not be told to acceptors, the leader will: transaction={}", prepare.transaction(), e);
            return false;
        }
    }

    /** A coordinator of ours asks for a promise: its incarnation must be known to recovery before there is one. */
    private boolean mayBeObeyed(Message message) {
        boolean promise = message instanceof Message.Prepare || message instanceof Message.CommitOnePhase;
        return !promise || ledger.learn(message.transaction().incarnationText());
    }

    private static void awaitFirst(List<CompletableFuture<Optional<Reply>>> results) {
        if (results.isEmpty()) {
            return;
        }
        CompletableFuture<?>[] all = results.toArray(CompletableFuture[]::new);
        if (await(CompletableFuture.anyOf(all), PATIENCE)) {
            await(CompletableFuture.allOf(all), COMPANY);
        }
    }

    private static boolean await(CompletableFuture<?> future, Duration atMost) {
        try {
            future.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("Results never fail", e);
        }
    }

    /** Waits for the messages that are worked on, and takes no more. */
    @Override
    public void close() {
        threads.close();
    }
}
