package io.assent.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TimelineTest {

    private static Timeline of(long... moments) {
        Timeline timeline = new Timeline();
        LongStream.of(moments).forEach(timeline::add);
        return timeline;
    }

    @Test
    void the_longest_gap_lies_between_two_moments() {
        assertThat(of(0, 10, 90, 100).longestGap(0, 100)).isEqualTo(80);
    }

    @Test
    void the_order_in_which_moments_are_added_does_not_matter() {
        assertThat(of(90, 100, 0, 10).longestGap(0, 100)).isEqualTo(80);
    }

    @Test
    void a_gap_may_lie_at_either_end_of_the_window() {
        assertThat(of(70, 80, 90, 100).longestGap(0, 100)).isEqualTo(70);
        assertThat(of(5, 10).longestGap(0, 100)).isEqualTo(90);
        assertThat(of().longestGap(0, 100)).isEqualTo(100);
    }

    @Test
    void moments_outside_the_window_do_not_count() {
        Timeline timeline = of(-50, 20, 120);

        assertThat(timeline.longestGap(0, 100)).isEqualTo(80);
        assertThat(timeline.countBetween(0, 100)).isEqualTo(1);
        assertThat(timeline.lastBetween(0, 100)).isEqualTo(20);
        assertThat(of().lastBetween(0, 100)).isZero();
    }

    @Test
    void the_clock_may_overflow() {
        long begin = Long.MAX_VALUE - 10;

        assertThat(of(begin + 5, begin + 90).longestGap(begin, begin + 100)).isEqualTo(85);
        assertThat(of(begin + 5, begin + 90).countBetween(begin, begin + 100)).isEqualTo(2);
    }
}
