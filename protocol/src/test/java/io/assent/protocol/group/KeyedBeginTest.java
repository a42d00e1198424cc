package io.assent.protocol.group;

import static io.assent.protocol.group.GroupScript.A;
import static io.assent.protocol.group.GroupScript.abort;
import static io.assent.protocol.group.GroupScript.adopt;
import static io.assent.protocol.group.GroupScript.assertFinished;
import static io.assent.protocol.group.GroupScript.decide;
import static io.assent.protocol.group.GroupScript.enrollUnder;
import static io.assent.protocol.group.GroupScript.forget;
import static io.assent.protocol.group.GroupScript.founded;
import static io.assent.protocol.group.GroupScript.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.assent.protocol.Births;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.GroupState.KeyedBegin;
import java.util.List;
import org.junit.jupiter.api.Test;

/** D2: idempotency keys and the slots that own them. */
class KeyedBeginTest {

    private static final TransactionId T = Births.born(5, 0);
    private static final TransactionId LATER = Births.born(5, 1);

    private final GroupState state = founded();

    @Test
    void D2_slotOfAKeyIsCrc16OfIt() {
        // The check value of CRC-16/XMODEM.
        assertThat(SlotRange.slotOf("123456789")).isEqualTo(0x31C3);
    }

    @Test
    void D2_slotOfAKeyIsTakenModulo16384() {
        // CRC-16/XMODEM("foo") = 0xaf96, ("a") = 0x7c87, of nothing 0.
        assertThat(SlotRange.slotOf("foo")).isEqualTo(0xaf96 % 16_384);
        assertThat(SlotRange.slotOf("a")).isEqualTo(0x7c87 % 16_384);
        assertThat(SlotRange.slotOf("")).isZero();
    }

    @Test
    void D2_aSlotRangeContainsBothItsEnds() {
        SlotRange range = new SlotRange(5, 7);
        assertThat(range.contains(4)).isFalse();
        assertThat(range.contains(5)).isTrue();
        assertThat(range.contains(7)).isTrue();
        assertThat(range.contains(8)).isFalse();
    }

    @Test
    void D2_whatIsNotARangeOf16384SlotsIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SlotRange(-1, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> new SlotRange(6, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> new SlotRange(0, 16_384));
    }

    @Test
    void D2_aFreeKeyIsTaken() {
        assertThat(state.apply(enrollUnder("k", "digest", T), 5)).isEqualTo(Known.APPLIED);
        assertThat(state.begunUnder("k")).isEqualTo(new KeyedBegin(T, "digest"));
        assertThat(open(state, T).members()).isNull();
    }

    @Test
    void D2_aTakenKeyNamesItsTransactionAndTheNewOneIsAborted_L7() {
        state.apply(enrollUnder("k", "digest", T), 5);
        assertThat(state.apply(enrollUnder("k", "digest", LATER), 5)).isEqualTo(new Fact.KeyOf(T, true));
        assertThat(state.apply(enrollUnder("k", "other", LATER), 5)).isEqualTo(new Fact.KeyOf(T, false));
        assertThat(state.begunUnder("k")).isEqualTo(new KeyedBegin(T, "digest"));
        assertFinished(state, LATER, Outcome.ABORTED);
    }

    @Test
    void D2_aCopyOfARefusedBeginDoesNothingWhenTheKeyIsFreeAgain_L7() {
        state.apply(enrollUnder("k", "digest", T), 5);
        state.apply(decide(T), 5);
        state.apply(enrollUnder("k", "digest", LATER), 5);
        state.apply(forget(5, 0), 5);
        assertThat(state.begunUnder("k")).isNull();

        assertThat(state.apply(enrollUnder("k", "digest", LATER), 5)).isEqualTo(Known.ABORTED);
        assertThat(state.open()).isEmpty();
        assertThat(state.begunUnder("k")).isNull();
        assertThat(state.apply(decide(LATER, A), 5)).isEqualTo(Known.ABORTED);
        assertThat(state.apply(adopt(LATER), 6)).isEqualTo(Known.ABORTED);
    }

    @Test
    void D2_aRefusedBeginIsToldWhoseTheKeyIsInEveryTerm_G5() {
        state.apply(enrollUnder("k", "digest", T), 5);
        state.apply(enrollUnder("k", "digest", LATER), 5);
        assertThat(state.apply(enrollUnder("k", "digest", LATER), 6)).isEqualTo(new Fact.KeyOf(T, true));
        // One of which the log holds nothing may not apply, and tells nothing of a key.
        assertThat(state.apply(enrollUnder("k", "digest", Births.born(5, 2)), 6))
                .isEqualTo(Known.DEAD);
    }

    @Test
    void D2_aRefusedBeginStaysAbortedInASnapshotAndGoesWithTheHorizon() {
        state.apply(enrollUnder("k", "digest", T), 5);
        state.apply(enrollUnder("k", "digest", LATER), 5);
        GroupState installed = GroupScript.restored(GroupScript.snapshot(state));
        assertFinished(installed, LATER, Outcome.ABORTED);
        assertThat(installed.apply(enrollUnder("k", "digest", LATER), 5)).isEqualTo(new Fact.KeyOf(T, true));
        installed.apply(abort(T), 5);
        assertThat(installed.finishedCount()).isEqualTo(2);
        installed.apply(forget(5, 1), 5);
        assertThat(installed.finishedCount()).isZero();
        assertThat(installed.apply(enrollUnder("k", "digest", LATER), 5)).isEqualTo(Known.EXPIRED);
    }

    @Test
    void D2_anAbortedBeginTakesNoKey() {
        state.apply(abort(T), 5);
        assertThat(state.apply(enrollUnder("k", "digest", T), 5)).isEqualTo(Known.ABORTED);
        assertThat(state.begunUnder("k")).isNull();
    }

    @Test
    void D2_aTakenKeyStaysTakenWhenItsTransactionIsOver() {
        state.apply(enrollUnder("k", "digest", T), 5);
        state.apply(abort(T), 5);
        assertThat(state.apply(enrollUnder("k", "digest", LATER), 5)).isEqualTo(new Fact.KeyOf(T, true));
    }

    @Test
    void D2_theSameBeginTwiceIsTheSameAsOnce_G3() {
        state.apply(enrollUnder("k", "digest", T), 5);
        assertThat(state.apply(enrollUnder("k", "digest", T), 5)).isEqualTo(Known.APPLIED);
        assertThat(state.begunUnder("k")).isEqualTo(new KeyedBegin(T, "digest"));
    }

    @Test
    void D2_aKeyOfASlotThatTheGroupDoesNotOwnIsElsewhere() {
        GroupState half = new GroupState(Births.GROUP);
        half.apply(GroupScript.founding(List.of(new SlotRange(0, 100), new SlotRange(0x31C3 + 1, 16_383))), 1);
        assertThat(half.apply(enrollUnder("123456789", "", T), 5)).isEqualTo(Known.SLOT_ELSEWHERE);
        assertThat(half.begunUnder("123456789")).isNull();
        assertFinished(half, T, Outcome.ABORTED);
        assertThat(half.apply(enrollUnder("123456789", "", T), 5)).isEqualTo(Known.SLOT_ELSEWHERE);
    }

    @Test
    void D2_aKeyOfAnySlotThatTheGroupOwnsIsTaken() {
        GroupState half = new GroupState(Births.GROUP);
        half.apply(GroupScript.founding(List.of(new SlotRange(0, 100), new SlotRange(0x31C3, 0x31C3))), 1);
        assertThat(half.apply(enrollUnder("123456789", "", T), 5)).isEqualTo(Known.APPLIED);
    }

    @Test
    void G1_aKeyedEnrollOfAnotherTermThanTheBirthTakesNoKey() {
        assertThat(state.apply(enrollUnder("k", "digest", T), 6)).isEqualTo(Known.DEAD);
        assertThat(state.begunUnder("k")).isNull();
    }

    @Test
    void D2_aKeyIsDroppedWhenItsTransactionExpires() {
        state.apply(enrollUnder("k", "digest", T), 5);
        state.apply(enrollUnder("l", "digest", LATER), 5);
        state.apply(decide(T), 5);
        state.apply(forget(5, 0), 5);
        assertThat(state.begunUnder("k")).isNull();
        assertThat(state.begunUnder("l")).isEqualTo(new KeyedBegin(LATER, "digest"));
        TransactionId again = Births.born(5, 2);
        assertThat(state.apply(enrollUnder("k", "digest", again), 5)).isEqualTo(Known.APPLIED);
        assertThat(state.begunUnder("k")).isEqualTo(new KeyedBegin(again, "digest"));
    }

    @Test
    void D2_aKeyIsKeptThroughTheCommitOfItsTransaction() {
        state.apply(enrollUnder("k", "digest", T), 5);
        state.apply(decide(T, A), 5);
        assertThat(state.begunUnder("k")).isEqualTo(new KeyedBegin(T, "digest"));
    }
}
