package io.assent.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.coordinator.runtime.Log.BatchId;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftClientReply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever happens, one thing is told of a batch, and "refused" only if it is surely not in the log. */
class SubmitterTest {

    private static final Entry.Origin THIS_RUN = new Entry.Origin("n1", 1);
    private static final BatchId BATCH = new BatchId(1_001);

    private final FakeEngine engine = new FakeEngine();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Submitter submitter = new Submitter("0", THIS_RUN, 2, engine, new Submitter.Verdicts() {
        @Override
        public void refused(BatchId id) {
            told.add("refused " + id.number());
        }

        @Override
        public void unknown(BatchId id) {
            told.add("unknown " + id.number());
        }
    });

    @AfterEach
    void close() {
        submitter.close();
    }

    @Test
    void aBatchThatFailsBeforeItIsAppendedIsRefused() {
        submitter.start();
        submitter.append(BATCH, 1, List.of());
        engine.submitted().answer.completeExceptionally(new IOException("not the leader"));

        await().untilAsserted(() -> assertThat(told).containsExactly("refused 1001"));
        assertThat(submitter.size()).isZero();
    }

    @Test
    void aBatchThatFailsAfterItIsAppendedIsUnknown() {
        submitter.start();
        submitter.append(BATCH, 1, List.of());
        Submitted submitted = engine.submitted();
        assertThat(submitter.underWay(submitted.number).append()).isTrue();
        submitted.answer.completeExceptionally(new IOException("not the leader"));

        await().untilAsserted(() -> assertThat(told).containsExactly("unknown 1001"));
    }

    @Test
    void aBatchWhoseTimeIsOverInTheQueueIsRefusedAndNeverSubmitted() {
        submitter.append(BATCH, 1, List.of());
        submitter.giveUpOlderThan(-1);
        submitter.start();
        submitter.append(new BatchId(1_002), 1, List.of());

        assertThat(told).containsExactly("refused 1001");
        assertThat(engine.submitted().number).isEqualTo(2);
    }

    @Test
    void aBatchWhoseTimeIsOverInTheEngineIsNeverAppendedAfterItWasRefused() {
        submitter.start();
        submitter.append(BATCH, 1, List.of());
        PendingBatch batch = submitter.underWay(engine.submitted().number);
        submitter.giveUpOlderThan(-1);

        assertThat(told).containsExactly("refused 1001");
        assertThat(batch.append()).isFalse();
    }

    @Test
    void aBatchWhoseTimeIsOverInTheLogIsUnknownAndNotToldAsAppliedLater() {
        submitter.start();
        submitter.append(BATCH, 1, List.of());
        Submitted submitted = engine.submitted();
        submitter.underWay(submitted.number).append();
        submitter.giveUpOlderThan(-1);

        assertThat(told).containsExactly("unknown 1001");
        assertThat(submitter.settle(submitted.entry)).isNull();
    }

    @Test
    void anEntryOfAnotherRunIsNotTakenForOurs() {
        submitter.start();
        submitter.append(BATCH, 1, List.of());
        Submitted submitted = engine.submitted();
        submitter.underWay(submitted.number).append();

        assertThat(submitter.settle(new Entry(new Entry.Origin("n1", 2), submitted.number, 1, List.of())))
                .isNull();
        assertThat(submitter.settle(new Entry(new Entry.Origin("n2", 1), submitted.number, 1, List.of())))
                .isNull();
        assertThat(submitter.settle(submitted.entry).id()).isEqualTo(BATCH);
        submitted.answer.completeExceptionally(new IOException("too late"));
        assertThat(told).isEmpty();
    }

    @Test
    void moreThanTheBoundIsRefused() {
        submitter.append(new BatchId(1), 1, List.of());
        submitter.append(new BatchId(2), 1, List.of());
        submitter.append(new BatchId(3), 1, List.of());

        assertThat(told).containsExactly("refused 3");
    }

    @Test
    void closingGivesUpWhatIsUnderWay() {
        submitter.append(new BatchId(1), 1, List.of());
        submitter.close();
        submitter.append(new BatchId(2), 1, List.of());

        assertThat(told).containsExactly("refused 1", "refused 2");
    }

    private record Submitted(long number, Entry entry, CompletableFuture<RaftClientReply> answer) {}

    private static final class FakeEngine implements Submitter.Engine {

        private final BlockingQueue<Submitted> all = new LinkedBlockingQueue<>();

        @Override
        public CompletableFuture<RaftClientReply> submit(long number, byte[] entry) {
            Submitted submitted = new Submitted(number, Entry.ofBytes(entry), new CompletableFuture<>());
            all.add(submitted);
            return submitted.answer;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        Submitted submitted() {
            try {
                Submitted next = all.poll(60, TimeUnit.SECONDS);
                assertThat(next).as("a submitted batch").isNotNull();
                return next;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
