package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.PaxosScript.born;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Births;
import io.assent.protocol.group.Horizon;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A bit for each transaction that is learned, as long as it may be asked for. */
class LearnedTransactionsTest {

    private static final List<Long> SEQUENCES = List.of(0L, 1L, 65_535L, 65_536L, 131_071L, 4_294_967_295L);

    private final LearnedTransactions learned = new LearnedTransactions();

    @Test
    void eachBirthIsItsOwn() {
        for (long sequence : SEQUENCES) {
            assertThat(learned.contains(born(5, sequence))).isFalse();
            learned.add(born(5, sequence));
        }
        for (long sequence : SEQUENCES) {
            assertThat(learned.contains(born(5, sequence))).as("%d", sequence).isTrue();
            assertThat(learned.contains(born(6, sequence))).as("%d", sequence).isFalse();
        }
        assertThat(learned.contains(born(5, 2))).isFalse();
        assertThat(learned.contains(born(5, 65_537))).isFalse();
    }

    @Test
    void whatIsAboveTheHorizonStays() {
        SEQUENCES.forEach(sequence -> learned.add(born(5, sequence)));
        learned.add(born(6, 0));

        learned.forget(Births.INCARNATION, new Horizon(5, 65_534));
        assertThat(learned.contains(born(5, 65_535))).isTrue();
        learned.forget(Births.INCARNATION, new Horizon(5, 131_070));
        assertThat(learned.contains(born(5, 65_535))).isFalse();
        assertThat(learned.contains(born(5, 131_071))).isTrue();
        learned.forget(Births.INCARNATION + 1, new Horizon(7, 0));
        assertThat(learned.contains(born(6, 0))).isTrue();
        learned.forget(Births.INCARNATION, new Horizon(6, 0));
        assertThat(learned.contains(born(5, 131_071))).isFalse();
        assertThat(learned.contains(born(6, 0))).isTrue();
    }

    @Test
    void whatIsForgottenCostsNothing() {
        IntStream.range(1, 100)
                .forEach(term ->
                        LongStream.range(0, 3).forEach(sequence -> learned.add(born(term, sequence * 65_536))));
        assertThat(learned.chunks()).isEqualTo(99 * 3);

        learned.forget(Births.INCARNATION, new Horizon(100, 0));

        assertThat(learned.chunks()).isZero();
    }
}
