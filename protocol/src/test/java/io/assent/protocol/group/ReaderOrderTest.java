package io.assent.protocol.group;

import static io.assent.protocol.group.GroupScript.A;
import static io.assent.protocol.group.GroupScript.acknowledged;
import static io.assent.protocol.group.GroupScript.decide;
import static io.assent.protocol.group.GroupScript.enroll;
import static io.assent.protocol.group.GroupScript.forget;
import static io.assent.protocol.group.GroupScript.founding;
import static io.assent.protocol.group.GroupScript.heuristic;
import static io.assent.protocol.group.GroupScript.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Births;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.OutcomeReader.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Readers beside the thread that applies. Every transaction here commits, in a term that is followed by another one: a
 * reader that takes one look in the wrong order would call it absent, and by U1 aborted.
 */
@Timeout(120)
class ReaderOrderTest {

    private static final int READERS = 3;

    private final GroupState state = GroupScript.founded();
    private final AtomicReference<TransactionId> current = new AtomicReference<>();
    private final CountDownLatch looking = new CountDownLatch(READERS);
    private volatile boolean over;

    @Test
    void aReaderNeverCallsACommittedTransactionAborted() throws Exception {
        whileReadersLook(15_000, (id, term) -> {
            state.apply(decide(id, A), term);
            state.advance(term + 1);
            state.apply(acknowledged(id, "a"), term + 1);
            state.apply(forget(term, id.sequence()), term + 1);
        });
    }

    @Test
    void aReaderNeverCallsACommittedTransactionAbortedThoughItIsOpenedAgain() throws Exception {
        whileReadersLook(15_000, (id, term) -> {
            state.apply(enroll(id, A), term);
            state.apply(decide(id, A), term);
            state.advance(term + 1);
            for (int i = 0; i < 3; i++) {
                state.apply(acknowledged(id, "a"), term + 1);
                state.apply(heuristic(id, "a"), term + 1);
                state.apply(resolved(id, "a"), term + 1);
            }
            state.apply(forget(term, id.sequence()), term + 1);
        });
    }

    @Test
    void aReaderNeverCallsACommittedTransactionAbortedThoughTheGroupIsFoundedAnew() throws Exception {
        long[] incarnation = {Births.INCARNATION};
        whileReadersLook(15_000, (id, term) -> {
            TransactionId own = TransactionId.issue(
                    new TransactionId.Birth(Births.GROUP, incarnation[0], term, 0), Protocol.TWO_PHASE, 0, Births.KEY);
            current.set(own);
            state.apply(decide(own), term);
            state.advance(term + 1);
            state.apply(founding(incarnation[0] + 1, incarnation[0]), term + 1);
            incarnation[0]++;
        });
    }

    private interface Life {
        void apply(TransactionId id, long term);
    }

    /** Lets transactions live while readers look at them, each in a term of its own. */
    private void whileReadersLook(int transactions, Life life) throws InterruptedException, ExecutionException {
        current.set(Births.born(2, 0));
        ExecutorService executor = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Long>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(executor.submit(this::look));
            }
            assertThat(looking.await(60, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < transactions && !over; i++) {
                long term = 2 + 2L * i;
                TransactionId id = Births.born(term, i % 3);
                current.set(id);
                life.apply(id, term);
            }
            over = true;
            for (Future<Long> reader : readers) {
                assertThat(reader.get()).as("looks").isPositive();
            }
        } finally {
            over = true;
            executor.shutdown();
            assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private long look() {
        long looks = 0;
        looking.countDown();
        do {
            TransactionId id = current.get();
            Status status = OutcomeReader.read(state, null, id).status();
            looks++;
            if (status == Status.ABORTED) {
                over = true;
                throw new AssertionError("A reader took committed " + id + " for aborted");
            }
        } while (!over);
        return looks;
    }
}
