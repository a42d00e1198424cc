package io.assent.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.LogRecordCodec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How records become batches. */
class AppendPipelineTest {

    private static final int MOST_IN_FLIGHT = 8;
    private static final int MOST_RECORDS = 128;

    private final Stage.ScriptedLog log = new Stage.ScriptedLog();
    private final AppendPipeline pipeline = new AppendPipeline(log, log.term);

    private static TransactionId id(long sequence) {
        return TransactionId.issue(
                new TransactionId.Birth(0, 1, 1, sequence),
                Protocol.TWO_PHASE,
                1,
                new IncarnationKey(new byte[IncarnationKey.LENGTH]));
    }

    private static LogRecord aborted(long sequence) {
        return new LogRecord.Aborted(id(sequence));
    }

    private static LogRecord large(long sequence) {
        List<Member> members = IntStream.range(0, 64)
                .mapToObj(i -> Member.of("p" + i, "http://127.0.0.1/" + "u".repeat(1_000))
                        .withVote(Vote.YES))
                .toList();
        return new LogRecord.Decided(id(sequence), members, 1);
    }

    @Test
    void aRecordGoesOutAtOnceAndOthersCollectWhileBatchesAreUnderWay() {
        for (int i = 0; i < MOST_IN_FLIGHT; i++) {
            pipeline.add(aborted(i));
            pipeline.flush(0);
        }
        assertThat(log.pending).hasSize(MOST_IN_FLIGHT);
        for (int i = 0; i < MOST_RECORDS + 1; i++) {
            pipeline.add(aborted(100 + i));
            pipeline.flush(0);
        }
        assertThat(log.pending).as("no more than this at once").hasSize(MOST_IN_FLIGHT);

        pipeline.finish(log.pending.remove().id());
        pipeline.flush(0);

        assertThat(log.pending.getLast().records()).hasSize(MOST_RECORDS);
        assertThat(pipeline.pending()).isEqualTo(1);
    }

    @Test
    void noBatchIsLargerThanAnEntry() {
        for (int i = 0; i < 40; i++) {
            pipeline.add(large(i));
        }

        pipeline.flush(0);

        assertThat(log.pending)
                .hasSize(MOST_IN_FLIGHT)
                .allSatisfy(batch -> assertThat(LogRecordCodec.encode(batch.records()))
                        .hasSizeLessThan(Log.MAX_ENTRY_BYTES - 1_024));
    }

    @Test
    void noRecordIsLargerThanItIsTakenFor() {
        Member member = new Member(
                "p".repeat(64), "u", "f", List.of(Protocol.values()), true, "t", Integer.MAX_VALUE, Vote.READ_ONLY);
        List<LogRecord> records = List.of(
                large(1),
                aborted(2),
                new LogRecord.Adopted(id(3)),
                new LogRecord.Enrolled(id(4), null, 1, 1, "k".repeat(128), "d".repeat(64)),
                new LogRecord.Enrolled(id(5), List.of(member, member), 1, 1, null, null),
                new LogRecord.OnePhase(id(6), member, 1, 1),
                new LogRecord.OnePhaseResult(id(7), Outcome.COMMITTED, 1),
                new LogRecord.Acknowledged(id(8), List.of("p".repeat(64), "q".repeat(64))),
                new LogRecord.HeuristicResolved(id(9), "p".repeat(64), "o".repeat(64)));

        assertThat(records)
                .allSatisfy(record -> assertThat(LogRecordCodec.encode(List.of(record)))
                        .hasSizeLessThanOrEqualTo(AppendPipeline.sizeOf(record)));
    }

    @Test
    void whatIsHandedOverAgainComesFirstAndInItsOrder() {
        pipeline.add(aborted(1));
        pipeline.add(aborted(2));
        pipeline.flush(0);
        pipeline.add(aborted(3));
        AppendPipeline.Batch batch = pipeline.finish(log.pending.remove().id());
        assertThat(batch).isNotNull();

        pipeline.again(batch, false, 0);
        pipeline.flush(9);
        assertThat(log.pending).isEmpty();
        pipeline.flush(10);

        assertThat(log.pending.getLast().records()).containsExactly(aborted(1), aborted(2), aborted(3));
    }
}
