package io.assent.protocol.group;

import static io.assent.protocol.group.GroupScript.A;
import static io.assent.protocol.group.GroupScript.B;
import static io.assent.protocol.group.GroupScript.acknowledged;
import static io.assent.protocol.group.GroupScript.decide;
import static io.assent.protocol.group.GroupScript.founded;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Births;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What stays of a finished transaction. */
class FinishedTransactionsTest {

    private static final List<MemberVote> MEMBERS = List.of(new MemberVote("a", Vote.YES));

    private final FinishedTransactions finished = new FinishedTransactions();

    @Test
    void whatIsKeptIsFoundByItsBirth() {
        long[] numbers = {0, 1, 1_023, 1_024, 1_025, Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, 0xffff_ffffL};
        for (long term : numbers) {
            for (long sequence : numbers) {
                List<MemberVote> own = List.of(new MemberVote(term + "." + sequence, Vote.YES));
                finished.put(new Horizon(term, sequence), Outcome.COMMITTED, own);
            }
        }
        for (long term : numbers) {
            for (long sequence : numbers) {
                assertThat(finished.get(Births.born(term, sequence)))
                        .isEqualTo(new Standing.Finished(
                                Outcome.COMMITTED, List.of(new MemberVote(term + "." + sequence, Vote.YES))));
            }
        }
        assertThat(finished.size()).isEqualTo(64);
        assertThat(finished.get(Births.born(2, 0))).isNull();
        assertThat(finished.get(Births.born(0, 2))).isNull();
    }

    @Test
    void anOutcomeNeverChanges() {
        finished.put(new Horizon(1, 1), Outcome.COMMITTED, MEMBERS);
        finished.put(new Horizon(1, 1), Outcome.ABORTED, List.of());
        assertThat(finished.get(Births.born(1, 1))).isEqualTo(new Standing.Finished(Outcome.COMMITTED, MEMBERS));
        assertThat(finished.size()).isEqualTo(1);
    }

    @Test
    void anythingThatIsKeptAndForgottenIsAsInASortedMap() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            FinishedTransactions tested = new FinishedTransactions();
            TreeMap<Horizon, Standing.Finished> model = new TreeMap<>();
            for (int i = 0; i < 500; i++) {
                Horizon birth = new Horizon(random.nextInt(3), random.nextInt(4_000));
                if (random.nextInt(40) == 0) {
                    tested.forget(birth);
                    model.headMap(birth, true).clear();
                } else {
                    Outcome outcome = random.nextBoolean() ? Outcome.COMMITTED : Outcome.ABORTED;
                    List<MemberVote> members = List.of(new MemberVote("p" + random.nextInt(5), Vote.YES));
                    tested.put(birth, outcome, members);
                    model.putIfAbsent(birth, new Standing.Finished(outcome, members));
                }
            }
            List<Horizon> visited = new ArrayList<>();
            tested.forEach((birth, outcome, members) -> {
                visited.add(birth);
                assertThat(new Standing.Finished(outcome, members)).isEqualTo(model.get(birth));
            });
            assertThat(visited).as("seed %d", seed).containsExactlyElementsOf(model.keySet());
            assertThat(tested.size()).isEqualTo(model.size());
        }
    }

    @Test
    void listsOfMembersThatAreNotUsedAnyMoreAreDropped() {
        for (int i = 0; i < 100; i++) {
            finished.put(new Horizon(1, i), Outcome.COMMITTED, List.of(new MemberVote("p" + i, Vote.YES)));
        }
        finished.forget(new Horizon(1, 97));
        assertThat(finished.memberLists())
                .containsExactly(List.of(new MemberVote("p98", Vote.YES)), List.of(new MemberVote("p99", Vote.YES)));
    }

    @Test
    void numbersOfListsBeginAgainWhenTheyRunOutAndAreNeverShared() {
        FinishedTransactions late = new FinishedTransactions(FinishedTransactions.MAX_LISTS - 3);
        for (int i = 0; i < 2_000; i++) {
            late.put(new Horizon(1, i), Outcome.COMMITTED, List.of(new MemberVote("p" + i, Vote.YES)));
            if (i == 1_000) {
                late.forget(new Horizon(1, 1));
            }
        }
        for (int i = 2; i < 2_000; i++) {
            assertThat(late.get(Births.born(1, i)))
                    .isEqualTo(new Standing.Finished(Outcome.COMMITTED, List.of(new MemberVote("p" + i, Vote.YES))));
        }
    }

    @Test
    void N8_aFinishedTransactionCostsAboutFourBytes() {
        int count = 1_000_000;
        GroupState state = founded();
        finishMany(state, 0, 1_000);
        long before = usedHeap();
        TransactionId last = finishMany(state, 1_000, count);
        long perTransaction = (usedHeap() - before) / (count / 1_000);
        assertThat(state.finishedCount()).isEqualTo(count + 1_000L);
        GroupScript.assertFinished(
                state, last, Outcome.COMMITTED, new MemberVote("a", Vote.YES), new MemberVote("b", Vote.YES));
        assertThat(perTransaction).as("thousandths of a byte").isBetween(3_000L, 8_000L);
    }

    private static TransactionId finishMany(GroupState state, int first, int count) {
        TransactionId id = Births.born(1, first);
        for (int i = 0; i < count; i++) {
            id = Births.born(1, first + i);
            state.apply(decide(id, A, B), 1);
            state.apply(acknowledged(id, "a", "b"), 1);
        }
        return id;
    }

    /** What is reachable, in bytes: the least of several measurements, because garbage can only add to it. */
    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
