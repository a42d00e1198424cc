package io.assent.coordinator.runtime;

import static io.assent.coordinator.runtime.Stage.assertOverloaded;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What waits for the loop is bounded, and new work cannot crowd out what holds locks. */
class MailboxTest {

    private final Mailbox mailbox = new Mailbox(new RuntimeLimits(10, 10, 2, 1, 10, 10, Duration.ofHours(1)));

    private Request barrier() {
        Request request = new Request.Barrier(new CompletableFuture<>());
        mailbox.offer(request);
        return request;
    }

    private Request abort() {
        TransactionId id = TransactionId.issue(
                new TransactionId.Birth(0, 1, 1, 0),
                Protocol.TWO_PHASE,
                1,
                new IncarnationKey(new byte[IncarnationKey.LENGTH]));
        Request request = new Request.Abort(id, AbortReason.of(AbortReason.Code.INITIATOR), new CompletableFuture<>());
        mailbox.offer(request);
        return request;
    }

    @Test
    void endingsHavePlacesOfTheirOwnAndComeFirst() {
        List<Request> taken = List.of(barrier(), barrier());
        assertOverloaded(barrier().answer());
        Request ending = abort();
        assertOverloaded(abort().answer());

        List<Request> drained = new ArrayList<>();
        mailbox.drain(notification -> {}, drained::add);

        assertThat(drained).containsExactly(ending, taken.get(0), taken.get(1));
        assertThat(taken).noneMatch(request -> request.answer().isDone());
    }

    @Test
    void whatLogAndDeliveryTellIsNeverRefusedAndComesBeforeRequests() {
        List<Object> drained = new ArrayList<>();
        Request request = barrier();
        for (int i = 0; i < 1_000; i++) {
            mailbox.post(new Notification.Gained(i));
        }

        mailbox.drain(drained::add, drained::add);

        assertThat(drained).hasSize(1_001).last().isEqualTo(request);
    }
}
