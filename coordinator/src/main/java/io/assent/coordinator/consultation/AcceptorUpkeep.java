package io.assent.coordinator.consultation;

import io.assent.protocol.TransactionId;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Standing;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Tells this node's acceptors what the group's log has learned and forgotten, so that they can let go of it. */
@Component
final class AcceptorUpkeep {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptorUpkeep.class);
    private static final int PAGE = 512;
    private static final long PATIENCE_SECONDS = 30;

    private final OwnAcceptors acceptors;

    /** What was seen of each group in the round before. */
    private final Map<Integer, Seen> seen = new ConcurrentHashMap<>();

    private record Seen(long incarnation, Horizon told) {}

    AcceptorUpkeep(OwnAcceptors acceptors) {
        this.acceptors = acceptors;
    }

    /** Opens what is not open yet, and ends the process when the log names another acceptor for this replica (Q1). */
    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.SECONDS)
    void watch() {
        acceptors.watch();
    }

    /** Tells what is new, a group after the other. */
    @Scheduled(fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    void keepUp() {
        for (OwnAcceptor acceptor : acceptors.all()) {
            if (acceptor.self() != null) {
                keepUp(acceptor);
            }
        }
    }

    private void keepUp(OwnAcceptor acceptor) {
        try {
            GroupState state = acceptor.log().state();
            Horizon horizon = state.horizon();
            learn(acceptor, state);
            forget(acceptor, state, horizon);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("group={} could not be told what the log has learned; the next round will", acceptor.group(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void learn(OwnAcceptor acceptor, GroupState state)
            throws ExecutionException, TimeoutException, InterruptedException {
        TransactionId after = null;
        List<TransactionId> held;
        do {
            held = page(acceptor, after);
            List<CompletableFuture<AcceptorReply>> told = held.stream()
                    .filter(id -> isTerminal(state.read(id)))
                    .map(id -> acceptor.submit(new AcceptorRequest.Learned(id)))
                    .toList();
            CompletableFuture.allOf(told.toArray(CompletableFuture[]::new)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            after = held.isEmpty() ? null : held.getLast();
        } while (held.size() == PAGE);
    }

    private static List<TransactionId> page(OwnAcceptor acceptor, @Nullable TransactionId after)
            throws ExecutionException, TimeoutException, InterruptedException {
        AcceptorReply reply =
                acceptor.submit(new AcceptorRequest.ListUnlearned(after, PAGE)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return reply instanceof AcceptorReply.Unlearned page ? page.held() : List.of();
    }

    private static boolean isTerminal(Standing standing) {
        return switch (standing) {
            case Standing.Finished ignored -> true;
            case Standing.Open open -> open.transaction().isTerminal();
            case Standing.Absent ignored -> false;
            case Standing.Expired ignored -> false;
        };
    }

    /**
     * What the acceptor forgets it never accepts again, so the horizon must be that of the incarnation: a founding sets
     * the one after the other, and only what was seen in the round before is surely over it. A group that never had
     * acceptors is left alone.
     */
    private void forget(OwnAcceptor acceptor, GroupState state, Horizon horizon)
            throws ExecutionException, TimeoutException, InterruptedException {
        LogRecord.Founded founded = state.founded();
        if (founded == null || state.acceptors().all().isEmpty()) {
            return;
        }
        Seen before = seen.get(acceptor.group());
        if (before == null || before.incarnation() != founded.incarnation()) {
            seen.put(acceptor.group(), new Seen(founded.incarnation(), Horizon.NONE));
        } else if (horizon.compareTo(before.told()) > 0) {
            acceptor.submit(new AcceptorRequest.Forget(founded.incarnation(), horizon))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            seen.put(acceptor.group(), new Seen(founded.incarnation(), horizon));
        }
    }
}
