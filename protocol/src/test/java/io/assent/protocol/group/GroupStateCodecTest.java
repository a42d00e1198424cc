package io.assent.protocol.group;

import static io.assent.protocol.group.GroupScript.A;
import static io.assent.protocol.group.GroupScript.B;
import static io.assent.protocol.group.GroupScript.READER;
import static io.assent.protocol.group.GroupScript.abort;
import static io.assent.protocol.group.GroupScript.acknowledged;
import static io.assent.protocol.group.GroupScript.adopt;
import static io.assent.protocol.group.GroupScript.decide;
import static io.assent.protocol.group.GroupScript.enroll;
import static io.assent.protocol.group.GroupScript.enrollUnder;
import static io.assent.protocol.group.GroupScript.enrollWithoutMembers;
import static io.assent.protocol.group.GroupScript.forget;
import static io.assent.protocol.group.GroupScript.founded;
import static io.assent.protocol.group.GroupScript.heuristic;
import static io.assent.protocol.group.GroupScript.onePhase;
import static io.assent.protocol.group.GroupScript.resolved;
import static io.assent.protocol.group.GroupScript.restored;
import static io.assent.protocol.group.GroupScript.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.assent.protocol.Births;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Fact.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The content of a snapshot. */
class GroupStateCodecTest {

    private static TransactionId t(long sequence) {
        return Births.born(5, sequence);
    }

    /** A state that holds something of everything. */
    private static GroupState full() {
        GroupState state = founded();
        for (LogRecord record : new LogRecord[] {
            decide(t(0)),
            forget(5, 0),
            enroll(t(1), A, B),
            enrollWithoutMembers(t(2)),
            enrollUnder("k", "digest", t(3)),
            onePhase(t(4)),
            decide(t(5), A, B, READER),
            acknowledged(t(5), "b"),
            heuristic(t(6), "a"),
            decide(t(7), A, B),
            heuristic(t(7), "b"),
            heuristic(t(7), "a"),
            resolved(t(7), "b"),
            abort(t(8)),
            decide(t(9), READER),
            decide(t(10), A),
            acknowledged(t(10), "a"),
            GroupScript.acceptors(1, 2, 3),
            decide(t(5_000), READER)
        }) {
            state.apply(record, 5);
        }
        state.apply(adopt(t(1)), 6);
        state.apply(GroupScript.acceptors(1, 2, 4), 6);
        state.apply(new LogRecord.Holders(List.of("n3", "n1")), 6);
        state.apply(new LogRecord.Holders(List.of("n1", "n2")), 6);
        state.advance(7);
        return state;
    }

    @Test
    void aSnapshotHoldsEverythingThatIsRead() {
        GroupState state = full();
        GroupState copy = restored(snapshot(state));
        for (long sequence = 0; sequence < 5_002; sequence++) {
            assertThat(copy.read(t(sequence))).as("%d", sequence).isEqualTo(state.read(t(sequence)));
        }
        assertThat(copy.open()).containsExactlyElementsOf(state.open());
        assertThat(copy.lastTerm()).isEqualTo(7);
        assertThat(copy.horizon()).isEqualTo(new Horizon(5, 0));
        assertThat(copy.acceptors().all()).isEqualTo(state.acceptors().all()).hasSize(2);
        assertThat(copy.holders()).isEqualTo(state.holders()).containsExactly("n1", "n2", "n3");
        assertThat(copy.marks()).isEqualTo(state.marks()).isNotEmpty();
        assertThat(copy.founded()).isEqualTo(state.founded());
        assertThat(copy.incarnationKey()).isEqualTo(Births.KEY);
        assertThat(copy.finishedCount()).isEqualTo(state.finishedCount()).isEqualTo(4);
        assertThat(copy.begunUnder("k")).isEqualTo(new GroupState.KeyedBegin(t(3), "digest"));
        assertThat(copy.group()).isEqualTo(Births.GROUP);
    }

    @Test
    void aSnapshotOfTheFirstFormatNamesNobodyWhoHasHadData() {
        byte[] second = snapshot(founded());
        byte[] first = Arrays.copyOf(second, second.length - Integer.BYTES);
        first[0] = 1;

        assertThat(snapshot(restored(first))).isEqualTo(second);
    }

    @Test
    void aSnapshotOfASnapshotHasTheSameBytes() {
        byte[] once = snapshot(full());
        assertThat(snapshot(restored(once))).isEqualTo(once);
    }

    @Test
    void equalStatesHaveEqualBytesWhateverTheyForgotOnTheWay() {
        GroupState straight = founded();
        GroupState detour = founded();
        detour.apply(decide(t(0), GroupScript.member("x", READER.vote())), 5);
        detour.apply(decide(t(1), READER), 5);
        straight.apply(decide(t(1), READER), 5);
        for (GroupState state : List.of(straight, detour)) {
            state.apply(forget(5, 0), 5);
            state.apply(decide(t(3)), 5);
            state.apply(decide(t(2), READER), 5);
        }
        assertThat(snapshot(detour)).isEqualTo(snapshot(straight));
    }

    @Test
    void whatIsRestoredGoesOnLikeTheOriginal() {
        GroupState state = full();
        GroupState copy = restored(snapshot(state));
        List<LogRecord> more = new ArrayList<>(List.of(
                enrollUnder("k", "digest", t(20)),
                acknowledged(t(5), "a"),
                abort(t(1)),
                resolved(t(6), "a"),
                resolved(t(7), "a"),
                abort(t(2)),
                abort(t(3)),
                GroupScript.onePhaseResult(t(4), Outcome.ABORTED),
                forget(5, 9),
                enrollUnder("k", "other", Births.born(7, 0))));
        for (LogRecord record : more) {
            assertThat(copy.apply(record, 7)).as("%s", record).isEqualTo(state.apply(record, 7));
        }
        assertThat(copy.apply(enrollUnder("k", "other", Births.born(7, 0)), 7)).isEqualTo(Known.APPLIED);
        assertThat(snapshot(copy)).isEqualTo(snapshot(state));
    }

    @Test
    void anEmptyStateHasASnapshot() {
        GroupState copy = restored(snapshot(new GroupState(65_535)));
        assertThat(copy.group()).isEqualTo(65_535);
        assertThat(copy.founded()).isNull();
        assertThat(copy.lastTerm()).isZero();
        copy.apply(GroupScript.founding(Births.INCARNATION, 0), 1);
        assertThat(copy.founded()).isNotNull();
    }

    @Test
    void aSnapshotThatIsCutShortIsNotRead() {
        byte[] whole = snapshot(full());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatException().as("%d of %d bytes", length, whole.length).isThrownBy(() -> restored(cut));
        }
    }

    @Test
    void aNewerFormatIsRefusedAndSaysWhatToDo() {
        byte[] bytes = snapshot(founded());
        bytes[0] = 3;
        assertThatIllegalArgumentException().isThrownBy(() -> restored(bytes)).withMessageContaining("newer version");
    }
}
