package io.assent.protocol.group;

import static io.assent.protocol.group.GroupScript.A;
import static io.assent.protocol.group.GroupScript.abort;
import static io.assent.protocol.group.GroupScript.acknowledged;
import static io.assent.protocol.group.GroupScript.adopt;
import static io.assent.protocol.group.GroupScript.assertFinished;
import static io.assent.protocol.group.GroupScript.decide;
import static io.assent.protocol.group.GroupScript.enroll;
import static io.assent.protocol.group.GroupScript.forget;
import static io.assent.protocol.group.GroupScript.founded;
import static io.assent.protocol.group.GroupScript.founding;
import static io.assent.protocol.group.GroupScript.heuristic;
import static io.assent.protocol.group.GroupScript.onePhase;
import static io.assent.protocol.group.GroupScript.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Births;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.Fact.Known;
import org.junit.jupiter.api.Test;

/** FORGET (section 1.4) and FOUNDED (D3): what is not known any more. */
class HorizonTest {

    private static final TransactionId T = Births.born(5, 10);
    private static final Standing EXPIRED = new Standing.Expired();

    private final GroupState state = founded();

    @Test
    void forget_aTransactionAtOrBelowTheHorizonIsExpired() {
        state.apply(decide(T), 5);
        assertThat(state.apply(forget(5, 10), 6)).isEqualTo(Known.APPLIED);
        assertThat(state.read(T)).isEqualTo(EXPIRED);
        assertThat(state.read(Births.born(5, 9))).isEqualTo(EXPIRED);
        assertThat(state.read(Births.born(4, 4_000_000_000L))).isEqualTo(EXPIRED);
        assertThat(state.read(Births.born(5, 11))).isInstanceOf(Standing.Absent.class);
        assertThat(state.read(Births.born(6, 0))).isInstanceOf(Standing.Absent.class);
    }

    @Test
    void forget_outcomesBelowTheHorizonAreDroppedAndThoseAboveStay() {
        for (int sequence = 0; sequence < 3_000; sequence++) {
            state.apply(decide(Births.born(5, sequence)), 5);
        }
        state.apply(forget(5, 1_500), 5);
        assertThat(state.finishedCount()).isEqualTo(1_499);
        assertFinished(state, Births.born(5, 1_501), Outcome.COMMITTED);
        assertThat(state.read(Births.born(5, 1_500))).isEqualTo(EXPIRED);
        state.apply(forget(6, 0), 6);
        assertThat(state.finishedCount()).isZero();
    }

    @Test
    void forget_noRecordOfATransactionBelowTheHorizonApplies_G1() {
        state.apply(forget(5, 10), 5);
        for (LogRecord record : new LogRecord[] {
            decide(T, A), enroll(T, A), onePhase(T), abort(T), adopt(T), acknowledged(T, "a"), heuristic(T, "a")
        }) {
            assertThat(state.apply(record, 5)).as("%s", record).isEqualTo(Known.EXPIRED);
        }
        assertThat(state.open()).isEmpty();
        assertThat(state.finishedCount()).isZero();
    }

    @Test
    void forget_aLowerHorizonChangesNothing() {
        state.apply(forget(5, 10), 5);
        state.apply(forget(4, 20), 5);
        state.apply(forget(5, 9), 5);
        assertThat(state.horizon()).isEqualTo(new Horizon(5, 10));
    }

    @Test
    void forget_theOldestUnfinishedTransactionBlocksTheHorizon_I13() {
        TransactionId[] unfinished = {
            Births.born(5, 1), Births.born(5, 2), Births.born(5, 3), Births.born(5, 4), Births.born(5, 5)
        };
        state.apply(enroll(unfinished[0], A), 5);
        state.apply(onePhase(unfinished[1]), 5);
        state.apply(decide(unfinished[2], A), 5);
        state.apply(heuristic(unfinished[3], "a"), 5);
        state.apply(decide(unfinished[4], A), 5);
        state.apply(heuristic(unfinished[4], "a"), 5);
        LogRecord[] endings = {
            abort(unfinished[0]),
            GroupScript.onePhaseResult(unfinished[1], Outcome.COMMITTED),
            acknowledged(unfinished[2], "a"),
            resolved(unfinished[3], "a"),
            resolved(unfinished[4], "a")
        };
        for (int i = 0; i < unfinished.length; i++) {
            state.apply(forget(5, i + 1), 5);
            assertThat(state.horizon()).as("%d unfinished", i).isLessThan(Horizon.of(unfinished[i]));
            assertThat(state.read(unfinished[i])).isInstanceOf(Standing.Open.class);
            state.apply(endings[i], 5);
            state.apply(forget(5, i + 1), 5);
            assertThat(state.horizon()).isEqualTo(Horizon.of(unfinished[i]));
        }
    }

    @Test
    void forget_anUnfinishedTransactionAboveTheHorizonBlocksNothing() {
        state.apply(decide(T, A), 5);
        state.apply(forget(5, 9), 5);
        assertThat(state.horizon()).isEqualTo(new Horizon(5, 9));
    }

    @Test
    void forget_keepsTheMarksThatAreAboveTheHorizon() {
        state.apply(new LogRecord.Forgotten(Horizon.NONE, new Mark(100, new Horizon(5, 3))), 5);
        state.apply(new LogRecord.Forgotten(Horizon.NONE, new Mark(200, new Horizon(5, 6))), 5);
        assertThat(state.marks()).containsExactly(new Mark(100, new Horizon(5, 3)), new Mark(200, new Horizon(5, 6)));
        state.apply(new LogRecord.Forgotten(new Horizon(5, 3), new Mark(300, new Horizon(5, 9))), 5);
        assertThat(state.marks()).containsExactly(new Mark(200, new Horizon(5, 6)), new Mark(300, new Horizon(5, 9)));
    }

    @Test
    void forget_theNumberOfMarksIsBounded() {
        for (int i = 0; i < 5_000; i++) {
            state.apply(new LogRecord.Forgotten(Horizon.NONE, new Mark(i, new Horizon(5, i))), 5);
        }
        assertThat(state.marks()).hasSizeLessThanOrEqualTo(2_048).endsWith(new Mark(4_999, new Horizon(5, 4_999)));
    }

    @Test
    void D3_aNewIncarnationExpiresEverythingOfTheOldOne() {
        state.apply(decide(T, A), 5);
        state.apply(GroupScript.enrollUnder("k", "d", Births.born(5, 11)), 5);
        state.apply(forget(5, 9), 5);
        assertThat(state.apply(founding(Births.INCARNATION + 1, Births.INCARNATION), 6))
                .isEqualTo(Known.APPLIED);
        assertThat(state.read(T)).isEqualTo(EXPIRED);
        assertThat(state.apply(decide(T, A), 6)).isEqualTo(Known.EXPIRED);
        assertThat(state.open()).isEmpty();
        assertThat(state.begunUnder("k")).isNull();
        assertThat(state.horizon()).isEqualTo(Horizon.NONE);
        assertThat(state.marks()).isEmpty();
        TransactionId young = Births.bornElsewhere(6, 0);
        assertThat(state.apply(decide(young, A), 6)).isEqualTo(Known.COMMITTED);
    }

    @Test
    void D3_foundingAppliesOnlyIfTheIncarnationThatItReplacesStands() {
        state.apply(decide(T), 5);
        assertThat(state.apply(founding(77, 0), 6)).isEqualTo(Known.EXPIRED);
        assertThat(state.apply(founding(77, Births.INCARNATION + 5), 6)).isEqualTo(Known.EXPIRED);
        assertThat(state.apply(founding(Births.INCARNATION, 0), 6)).isEqualTo(Known.EXPIRED);
        assertFinished(state, T, Outcome.COMMITTED);
        assertThat(state.founded()).isEqualTo(founding(Births.INCARNATION, 0));
    }

    @Test
    void D3_anotherGroupsTransactionIsNoneOfThisGroup() {
        GroupState other = new GroupState(Births.GROUP + 1);
        other.apply(founding(Births.INCARNATION, 0), 1);
        assertThat(other.apply(decide(T, A), 5)).isEqualTo(Known.EXPIRED);
        assertThat(other.read(T)).isEqualTo(EXPIRED);
    }

    @Test
    void U5_aReplicaThatHasAppliedNothingYetDoesNotCallATransactionExpired() {
        GroupState empty = new GroupState(Births.GROUP);
        assertThat(empty.read(T)).isEqualTo(new Standing.Absent(0, false));
        empty.advance(9);
        // The term alone proves nothing before the founding is known: the id may be of any incarnation.
        assertThat(empty.read(T)).isEqualTo(new Standing.Absent(0, false));
        assertThat(OutcomeReader.read(empty, null, T).status()).isEqualTo(OutcomeReader.Status.PENDING);
    }

    @Test
    void finishedMembersOfDifferentTransactionsAreKeptApart() {
        TransactionId other = Births.born(5, 11);
        state.apply(decide(T, GroupScript.READER), 5);
        state.apply(decide(other, GroupScript.member("x", Vote.READ_ONLY)), 5);
        assertFinished(state, T, Outcome.COMMITTED, new MemberVote("reader", Vote.READ_ONLY));
        assertFinished(state, other, Outcome.COMMITTED, new MemberVote("x", Vote.READ_ONLY));
        state.apply(forget(5, 10), 5);
        assertFinished(state, other, Outcome.COMMITTED, new MemberVote("x", Vote.READ_ONLY));
    }
}
