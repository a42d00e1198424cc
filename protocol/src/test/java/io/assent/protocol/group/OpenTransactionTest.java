package io.assent.protocol.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Births;
import org.junit.jupiter.api.Test;

/** Until when a leader that takes a transaction over waits (1.9): clocks of two nodes may be hours apart. */
class OpenTransactionTest {

    private static final long BEGUN = 5_000_000;
    private static final long TIMEOUT = 30_000;

    private static OpenTransaction begun(long createdAt, long deadline) {
        return OpenTransaction.begun(Births.born(5, 0), 5, createdAt, deadline);
    }

    @Test
    void theDeadlineIsKeptByAClockThatAgrees() {
        assertThat(begun(BEGUN, BEGUN + TIMEOUT).deadlineAt(BEGUN + 1)).isEqualTo(BEGUN + TIMEOUT);
    }

    @Test
    void byAClockThatIsBehindItHasItsTimeoutOnceMoreAndNoLonger() {
        long behind = BEGUN - 3_600_000;
        assertThat(begun(BEGUN, BEGUN + TIMEOUT).deadlineAt(behind)).isEqualTo(behind + TIMEOUT);
    }

    @Test
    void byAClockThatIsAheadItIsOver() {
        long ahead = BEGUN + 3_600_000;
        assertThat(begun(BEGUN, BEGUN + TIMEOUT).deadlineAt(ahead)).isLessThan(ahead);
    }

    @Test
    void withoutATimeOfBeginTheDeadlineCounts() {
        assertThat(begun(0, BEGUN).deadlineAt(BEGUN - 1_000)).isEqualTo(BEGUN);
    }

    @Test
    void withoutADeadlineItsTimeIsOver() {
        assertThat(begun(0, 0).deadlineAt(BEGUN)).isEqualTo(BEGUN);
    }
}
