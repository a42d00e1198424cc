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
import static io.assent.protocol.group.GroupScript.onePhaseResult;
import static io.assent.protocol.group.GroupScript.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Births;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The replicated state against {@link GroupModel}: every record in every standing in every term, then at random. */
class GroupModelTest {

    private static final long BIRTH = 5;
    private static final TransactionId T = Births.born(BIRTH, 3);

    private record Entry(LogRecord record, long term) {}

    private static Entry at(long term, LogRecord record) {
        return new Entry(record, term);
    }

    /** Every standing that a transaction can have, by what leads to it. */
    private static Map<String, List<Entry>> standings() {
        Map<String, List<Entry>> all = new LinkedHashMap<>();
        all.put("absent", List.of());
        all.put("absent, its term is over", List.of(at(BIRTH + 1, abort(Births.born(BIRTH + 1, 0)))));
        all.put("enrolled without members", List.of(at(BIRTH, enrollWithoutMembers(T))));
        all.put("enrolled under a key", List.of(at(BIRTH, enrollUnder("k", "d", T))));
        all.put(
                "refused its key",
                List.of(at(BIRTH, enrollUnder("k", "d", Births.born(BIRTH, 4))), at(BIRTH, enrollUnder("k", "d", T))));
        all.put("key taken", List.of(at(BIRTH, enrollUnder("k", "d", Births.born(BIRTH, 4)))));
        all.put("enrolled", List.of(at(BIRTH, enroll(T, A))));
        all.put("adopted", List.of(at(BIRTH, enroll(T, A)), at(BIRTH + 1, adopt(T))));
        all.put("adopted without members", List.of(at(BIRTH, enrollWithoutMembers(T)), at(BIRTH + 2, adopt(T))));
        all.put("one-phase", List.of(at(BIRTH, onePhase(T))));
        all.put("committed, owing", List.of(at(BIRTH, decide(T, A, B, READER)), at(BIRTH, acknowledged(T, "b"))));
        all.put(
                "committed by who adopted",
                List.of(at(BIRTH, enroll(T, A)), at(BIRTH + 1, adopt(T)), at(BIRTH + 1, decide(T, A))));
        all.put("committed, heuristic", List.of(at(BIRTH, decide(T, A)), at(BIRTH, heuristic(T, "a"))));
        all.put("committed, finished", List.of(at(BIRTH, decide(T, A)), at(BIRTH, acknowledged(T, "a"))));
        all.put("committed, empty", List.of(at(BIRTH, decide(T))));
        all.put("committed, read-only", List.of(at(BIRTH, decide(T, READER))));
        all.put("committed, opened again", List.of(at(BIRTH, decide(T)), at(BIRTH, heuristic(T, "b"))));
        all.put("aborted", List.of(at(BIRTH, abort(T))));
        all.put("aborted, heuristic", List.of(at(BIRTH + 1, heuristic(T, "a"))));
        all.put("aborted, resolved", List.of(at(BIRTH + 1, heuristic(T, "a")), at(BIRTH + 1, resolved(T, "a"))));
        all.put("below the horizon", List.of(at(BIRTH, forget(BIRTH, 3))));
        all.put("forgotten", List.of(at(BIRTH, decide(T)), at(BIRTH, forget(BIRTH, 4))));
        return all;
    }

    private static List<LogRecord> records(TransactionId id) {
        return List.of(
                enroll(id, A, B),
                enrollWithoutMembers(id),
                enrollUnder("k", "d", id),
                decide(id),
                decide(id, A, B),
                decide(id, READER),
                abort(id),
                adopt(id),
                onePhase(id),
                onePhaseResult(id, Outcome.COMMITTED),
                onePhaseResult(id, Outcome.ABORTED),
                acknowledged(id, "a"),
                acknowledged(id, "a", "b"),
                heuristic(id, "a"),
                heuristic(id, "b"),
                resolved(id, "a"),
                resolved(id, "b"));
    }

    static Stream<String> standingNames() {
        return standings().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("standingNames")
    void everyRecordInEveryTermDoesWhatTheRulesSay(String name) {
        List<LogRecord> records = Stream.concat(
                        records(T).stream(),
                        Stream.of(
                                forget(BIRTH, 2),
                                forget(BIRTH, 3),
                                forget(BIRTH + 1, 0),
                                abort(Births.bornElsewhere(5, 3))))
                .toList();
        for (LogRecord record : records) {
            for (long term : LongStream.rangeClosed(BIRTH - 1, BIRTH + 3).toArray()) {
                Pair pair = new Pair(List.of(T));
                standings().get(name).forEach(entry -> pair.apply(entry.record(), entry.term(), name));
                String when = record + " in term " + term + " when " + name;
                pair.apply(record, term, when);
                // G3: once more changes nothing, and the same stands.
                pair.apply(record, term, when + ", twice");
            }
        }
    }

    @Test
    void anySequenceOfRecordsDoesWhatTheRulesSay() {
        for (long seed : seeds(1_500)) {
            Random random = new Random(seed);
            List<TransactionId> ids = new ArrayList<>();
            for (int sequence = 0; sequence < 3; sequence++) {
                ids.add(Births.born(1, sequence));
                ids.add(Births.born(2, sequence));
            }
            Pair pair = new Pair(ids);
            long term = 1;
            for (int i = 0; i < 80; i++) {
                term += random.nextInt(15) == 0 ? 1 : 0;
                TransactionId id = ids.get(random.nextInt(ids.size()));
                List<LogRecord> possible = records(id);
                LogRecord record = random.nextInt(25) == 0
                        ? forget(1 + random.nextInt(2), random.nextInt(3))
                        : possible.get(random.nextInt(possible.size()));
                pair.apply(record, term, "seed " + seed + ", record " + i + ": " + record + " in term " + term);
            }
        }
    }

    @Test
    void G2_theSameRecordsGiveTheSameBytesOnEveryReplica() {
        for (long seed : seeds(300)) {
            List<Entry> log = randomLog(new Random(seed));
            GroupState live = founded();
            GroupState replayed = founded();
            GroupState installed = founded();
            int cut = new Random(seed).nextInt(log.size());
            for (int i = 0; i < log.size(); i++) {
                Entry entry = log.get(i);
                Fact fact = live.apply(entry.record(), entry.term());
                assertThat(installed.apply(entry.record(), entry.term())).isEqualTo(fact);
                if (i == cut) {
                    installed = GroupScript.restored(GroupScript.snapshot(installed));
                }
            }
            log.forEach(entry -> replayed.apply(entry.record(), entry.term()));
            byte[] expected = GroupScript.snapshot(live);
            assertThat(GroupScript.snapshot(replayed)).as("seed %d", seed).isEqualTo(expected);
            assertThat(GroupScript.snapshot(installed))
                    .as("seed %d, snapshot after %d", seed, cut)
                    .isEqualTo(expected);
        }
    }

    @Test
    void G3_aRecordAppliedTwiceInARowIsTheSameAsOnce() {
        for (long seed : seeds(300)) {
            GroupState once = founded();
            GroupState twice = founded();
            for (Entry entry : randomLog(new Random(seed))) {
                once.apply(entry.record(), entry.term());
                twice.apply(entry.record(), entry.term());
                if (!(entry.record() instanceof LogRecord.Forgotten)) {
                    twice.apply(entry.record(), entry.term());
                }
            }
            assertThat(GroupScript.snapshot(twice)).as("seed %d", seed).isEqualTo(GroupScript.snapshot(once));
        }
    }

    private static List<Entry> randomLog(Random random) {
        List<Entry> log = new ArrayList<>();
        long term = 1;
        for (int i = 0; i < 200; i++) {
            term += random.nextInt(40) == 0 ? 1 : 0;
            TransactionId id = Births.born(Math.max(1, term - random.nextInt(2)), random.nextInt(40));
            List<LogRecord> possible = records(id);
            boolean forgets = random.nextInt(20) == 0;
            log.add(at(
                    term, forgets ? forget(term, random.nextInt(5)) : possible.get(random.nextInt(possible.size()))));
        }
        return log;
    }

    /** A fixed number of seeds that every run tries, and one that no run tried before. */
    private static long[] seeds(int count) {
        return LongStream.concat(LongStream.range(0, count), LongStream.of(System.nanoTime()))
                .toArray();
    }

    /** The state and its model, side by side. */
    private static final class Pair {
        private final GroupState state = founded();
        private final GroupModel model = new GroupModel(Births.INCARNATION);
        private final List<TransactionId> observed;

        Pair(List<TransactionId> observed) {
            this.observed = observed;
            model.apply(abort(Births.bornElsewhere(1, 1)), 1);
        }

        void apply(LogRecord record, long term, String when) {
            assertThat(GroupModel.describe(state.apply(record, term))).as(when).isEqualTo(model.apply(record, term));
            for (TransactionId id : observed) {
                assertThat(GroupModel.describe(state.read(id))).as(when).isEqualTo(model.read(id));
            }
            GroupState.KeyedBegin begun = state.begunUnder("k");
            assertThat(String.valueOf(begun == null ? null : begun.transaction()))
                    .as(when)
                    .isEqualTo(model.begunUnder("k"));
        }
    }
}
