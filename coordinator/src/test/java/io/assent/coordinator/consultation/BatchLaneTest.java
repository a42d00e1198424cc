package io.assent.coordinator.consultation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Few requests at once, and what waits meanwhile goes together. */
class BatchLaneTest {

    private final List<List<Integer>> sent = new ArrayList<>();
    private final List<CompletableFuture<Void>> underWay = new ArrayList<>();
    private final Set<Integer> unwanted = new HashSet<>();
    private final BatchLane<String, Integer> lane = new BatchLane<>(
            (kind, items) -> {
                sent.add(items);
                CompletableFuture<Void> request = new CompletableFuture<>();
                underWay.add(request);
                return request;
            },
            unwanted::contains);

    private void fill() {
        for (int i = 0; i < 4; i++) {
            assertThat(lane.offer("a", -i, 1)).isTrue();
        }
        sent.clear();
    }

    private void answerOne() {
        underWay.removeFirst().complete(null);
    }

    @Test
    void atMostFourRequestsAreUnderWay() {
        fill();

        lane.offer("a", 1, 1);

        assertThat(sent).isEmpty();
        answerOne();
        assertThat(sent).containsExactly(List.of(1));
    }

    @Test
    void whatWaitsLeavesByKindTheOldestFirst() {
        fill();
        lane.offer("a", 1, 1);
        lane.offer("b", 2, 1);
        lane.offer("a", 3, 1);

        answerOne();
        answerOne();

        assertThat(sent).containsExactly(List.of(1, 3), List.of(2));
    }

    @Test
    void aBatchHasAtMost256ItemsAnd480Kilobytes() {
        fill();
        for (int i = 0; i < 300; i++) {
            lane.offer("a", i, 1);
        }
        lane.offer("b", 1_000, 400 * 1024);
        lane.offer("b", 1_001, 100 * 1024);
        lane.offer("b", 1_002, 600 * 1024);

        for (int i = 0; i < 5; i++) {
            answerOne();
        }

        assertThat(sent).extracting(List::size).containsExactly(256, 44, 1, 1, 1);
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsNotSent() {
        fill();
        lane.offer("a", 1, 1);
        lane.offer("a", 2, 1);
        unwanted.add(1);

        answerOne();

        assertThat(sent).containsExactly(List.of(2));
    }

    @Test
    void aRequestThatFailedMakesRoomToo() {
        fill();
        lane.offer("a", 1, 1);

        underWay.removeFirst().completeExceptionally(new IllegalStateException("lost"));

        assertThat(sent).containsExactly(List.of(1));
    }

    @Test
    void tooMuchIsRefusedUnlessSomeOfItIsNotWantedAnyMore() {
        fill();
        for (int i = 0; i < 4_096; i++) {
            assertThat(lane.offer("a", i, 1)).isTrue();
        }

        assertThat(lane.offer("a", 5_000, 1)).isFalse();
        unwanted.add(17);
        assertThat(lane.offer("a", 5_000, 1)).isTrue();
    }
}
