package io.assent.protocol.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.assent.protocol.Births;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The content of a log entry. */
class LogRecordCodecTest {

    private static final TransactionId T = Births.born(0xffff_ffffL, 0xffff_ffffL, Protocol.PAXOS_COMMIT);
    private static final Member BARE = new Member("p", "http://p", null, List.of(), false, null, null, null);
    private static final Member FULL = new Member(
            "bank-a.files_1",
            "https://bücher.example/zweig?x=1",
            "http://fallback",
            List.of(Protocol.TWO_PHASE, Protocol.THREE_PHASE, Protocol.PAXOS_COMMIT),
            true,
            "tökén \uD83D\uDE00",
            Integer.MAX_VALUE,
            Vote.READ_ONLY);

    static Stream<LogRecord> records() {
        return Stream.of(
                GroupScript.founding(Births.INCARNATION, 7),
                GroupScript.founding(List.of()),
                GroupScript.founding(List.of(new SlotRange(0, 0), new SlotRange(5, 16_383))),
                new LogRecord.Enrolled(T, null, 1, 2, null, null),
                new LogRecord.Enrolled(T, List.of(), -1, Long.MAX_VALUE, "key", null),
                new LogRecord.Enrolled(T, List.of(BARE, FULL), 1, 2, "ключ", "digest"),
                new LogRecord.Decided(T, List.of(), 0),
                new LogRecord.Decided(
                        T, Stream.of(Vote.values()).map(FULL::withVote).toList(), 1_700_000_000_000L),
                new LogRecord.Aborted(T),
                new LogRecord.Adopted(T),
                new LogRecord.OnePhase(T, FULL.withVote(null), 3, 4),
                new LogRecord.OnePhase(T, BARE.withWork(null, 0), 0, 0),
                new LogRecord.OnePhaseResult(T, Outcome.COMMITTED, 5),
                new LogRecord.OnePhaseResult(T, Outcome.ABORTED, 5),
                new LogRecord.Learned(T, List.of(BARE, FULL), Outcome.COMMITTED, 6),
                new LogRecord.Learned(T, List.of(), Outcome.ABORTED, 0),
                GroupScript.acceptors(1),
                GroupScript.acceptors(-1, Long.MIN_VALUE, 3),
                new LogRecord.Acknowledged(T, List.of()),
                new LogRecord.Acknowledged(T, List.of("a", "b")),
                new LogRecord.HeuristicReported(T, "a", HeuristicKind.COMMIT),
                new LogRecord.HeuristicReported(T, "a", HeuristicKind.ROLLBACK),
                new LogRecord.HeuristicReported(T, "a", HeuristicKind.MIXED),
                new LogRecord.HeuristicReported(T, "a", HeuristicKind.HAZARD),
                new LogRecord.HeuristicResolved(T, "a", "olga"),
                new LogRecord.Holders(List.of("n1", "n2~0123456789")),
                new LogRecord.Forgotten(
                        new Horizon(0xffff_ffffL, 0xffff_ffffL), new Mark(99, new Horizon(0xffff_ffffL, 1))));
    }

    @ParameterizedTest
    @MethodSource("records")
    void aRecordIsReadAsItWasWritten(LogRecord record) {
        assertThat(LogRecordCodec.decode(LogRecordCodec.encode(List.of(record))))
                .containsExactly(record);
    }

    @Test
    void aBatchIsReadInItsOrder() {
        List<LogRecord> batch = records().toList();
        assertThat(LogRecordCodec.decode(LogRecordCodec.encode(batch))).isEqualTo(batch);
    }

    @Test
    void anEmptyBatchIsABarrierWithoutRecords() {
        assertThat(LogRecordCodec.decode(LogRecordCodec.encode(List.of()))).isEmpty();
    }

    @Test
    void theFormatOfTheLogDoesNotChange() {
        // These bytes are in the logs of running groups: a change of them needs a new format.
        List<LogRecord> batch = List.of(
                new LogRecord.Decided(
                        Births.born(1, 2),
                        List.of(new Member("a", "http://a", null, List.of(Protocol.TWO_PHASE), true, "t", 2, Vote.YES)),
                        3),
                new LogRecord.Aborted(Births.born(1, 2)));
        String id = HexFormat.of().formatHex(Births.born(1, 2).toByteArray());
        String member = "0001" + "61" + "0008" + hex("http://a") + "00" + "01" + "01" + "01" + "0001" + "74"
                + "00000002" + "00";
        assertThat(HexFormat.of().formatHex(LogRecordCodec.encode(batch)))
                .isEqualTo("01" + "00000002" + "03" + id + "00000001" + member + "0000000000000003" + "04" + id);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @MethodSource("records")
    void anEntryThatIsCutShortIsNotRead(LogRecord record) {
        byte[] whole = LogRecordCodec.encode(List.of(record));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(RuntimeException.class)
                    .as("%d of %d bytes", length, whole.length)
                    .isThrownBy(() -> LogRecordCodec.decode(cut))
                    .isInstanceOfAny(UncheckedIOException.class, IllegalArgumentException.class);
        }
    }

    @Test
    void aNewerFormatIsRefusedAndSaysWhatToDo() {
        byte[] bytes = LogRecordCodec.encode(List.of());
        bytes[0] = 2;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogRecordCodec.decode(bytes))
                .withMessageContaining("newer version");
    }

    @Test
    void anUnknownKindIsRefusedAndSaysWhatToDo() {
        byte[] bytes = LogRecordCodec.encode(List.of(new LogRecord.Aborted(T)));
        bytes[5] = 99;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogRecordCodec.decode(bytes))
                .withMessageContaining("newer version");
    }

    @Test
    void aCountThatNoEntryCanHoldIsRefusedBeforeItCostsMemory() {
        byte[] bytes = LogRecordCodec.encode(List.of(new LogRecord.Aborted(T)));
        bytes[1] = 0x7f;
        assertThatIllegalArgumentException().isThrownBy(() -> LogRecordCodec.decode(bytes));
    }
}
