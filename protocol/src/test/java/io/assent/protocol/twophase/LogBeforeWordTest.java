package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.A;
import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.T;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Rules L3, L4, L6 and L7 over anything that may happen to a transaction: random events in any order, with any fact
 * that a log may answer, and what the leader says after each.
 */
class LogBeforeWordTest {

    private static final long TERM = 5;
    private static final Member C = new Member("c", "http://c", null, Member.DEFAULT_PROTOCOLS, true, null, null, null);

    @Test
    void noWordIsSaidThatTheLogDoesNotKnow() {
        Set<String> seen = new LinkedHashSet<>();
        for (long seed = 0; seed < 20_000; seed++) {
            seen.addAll(new Walk(seed).run());
        }
        // The walk must have been everywhere, or it shows nothing.
        assertThat(seen)
                .contains("Prepare", "Commit", "Abort", "CommitOnePhase", "Inquire")
                .contains("Decided", "Aborted", "OnePhase", "OnePhaseResult", "Enrolled", "Acknowledged")
                .contains("HeuristicReported", "COMMITTED", "ABORTED", "DEPOSED", "EXPIRED");
    }

    /** One transaction, driven at random; what is known of it is noted here, not taken from the role. */
    private static final class Walk {
        private final long seed;
        private final Random random;
        private final List<LogRecord.OfTransaction> dispatched = new ArrayList<>();
        private final List<Message> sent = new ArrayList<>();
        private final Set<String> seen = new LinkedHashSet<>();
        private final Set<String> yes = new LinkedHashSet<>();
        private final Set<String> answeredWithNo = new LinkedHashSet<>();
        private CoordinatorRole role;
        private boolean everDispatched;
        private boolean decideDispatched;
        private boolean abortWanted;
        private @Nullable Fact outcome;

        Walk(long seed) {
            this.seed = seed;
            random = new Random(seed);
            IntentLog intent = any(List.of(IntentLog.values()));
            Step begun = TwoPhaseCoordinator.begin(CoordinatorScript.origin(TERM, intent, null));
            role = begun.next();
            check(begun, "begin");
        }

        Set<String> run() {
            for (int i = 0; i < 25 && !role.settled(); i++) {
                CoordinatorEvent event = event();
                note(event);
                Step step = role.on(event, i);
                role = step.next();
                check(step, "seed " + seed + ", event " + i + ": " + event);
            }
            seen.add(role.phase().name());
            return seen;
        }

        private CoordinatorEvent event() {
            int kind = random.nextInt(20);
            if (kind < 6 && !dispatched.isEmpty()) {
                return applied();
            }
            if (kind < 14 && !sent.isEmpty()) {
                return new CoordinatorEvent.Replied(any(sent), reply(any(sent)));
            }
            return switch (kind % 5) {
                case 0 -> new CoordinatorEvent.Enlisted(any(List.of(A, B, C)));
                case 1, 2 -> new CoordinatorEvent.CommitRequested(branches());
                case 3 ->
                    random.nextInt(4) > 0
                            ? new CoordinatorEvent.CommitRequested(null)
                            : new CoordinatorEvent.AbortRequested(AbortReason.of(AbortReason.Code.INITIATOR));
                default ->
                    random.nextInt(4) > 0
                            ? new CoordinatorEvent.CommitRequested(null)
                            : new CoordinatorEvent.TimerFired();
            };
        }

        private @Nullable List<CommitMember> branches() {
            List<CommitMember> all = new ArrayList<>();
            role.members().forEach(m -> all.add(CommitMember.of(random.nextInt(3) == 0 ? m.withVote(Vote.YES) : m)));
            if (random.nextInt(10) == 0) {
                all.add(CommitMember.of(C.withVote(any(List.of(Vote.values())))));
            }
            return all;
        }

        private Reply reply(Message message) {
            String branch = message.branch();
            return switch (random.nextInt(9)) {
                case 0 -> new Reply.Heuristic(T, branch, HeuristicKind.HAZARD);
                case 1 -> new Reply.OutcomeReported(T, branch, any(List.of(Outcome.values())));
                case 2 -> new Reply.StateReported(T, branch, any(List.of(BranchState.values())), List.of());
                case 3 -> new Reply.Expired(T, branch);
                case 4, 5 -> new Reply.Acknowledged(T, branch);
                default -> new Reply.Voted(T, branch, any(List.of(Vote.YES, Vote.YES, Vote.READ_ONLY, Vote.NO)), null);
            };
        }

        /** A dispatched record comes back, with a fact that a log may answer; an outcome that stands never changes. */
        private CoordinatorEvent applied() {
            LogRecord.OfTransaction record = dispatched.remove(random.nextInt(dispatched.size()));
            Fact fact = outcome != null && (outcome != Known.ONE_PHASE || !(record instanceof LogRecord.OnePhaseResult))
                    ? outcome
                    : fact(record);
            return new CoordinatorEvent.Applied(record, fact, null);
        }

        private Fact fact(LogRecord.OfTransaction record) {
            if (random.nextInt(12) == 0) {
                return any(List.of(new Fact.OwnedBy(TERM + 1), Known.EXPIRED, Known.DEAD, Known.ABORTED));
            }
            return switch (record) {
                case LogRecord.Enrolled r -> Known.APPLIED;
                case LogRecord.Adopted r -> Known.APPLIED;
                case LogRecord.HeuristicReported r -> Known.APPLIED;
                case LogRecord.HeuristicResolved r -> Known.APPLIED;
                case LogRecord.Decided r -> Known.COMMITTED;
                case LogRecord.Acknowledged r -> Known.COMMITTED;
                case LogRecord.Learned r -> throw new AssertionError(r);
                case LogRecord.Aborted r -> random.nextInt(5) == 0 ? Known.ONE_PHASE : Known.ABORTED;
                case LogRecord.OnePhase r -> Known.ONE_PHASE;
                case LogRecord.OnePhaseResult r -> r.outcome() == Outcome.COMMITTED ? Known.COMMITTED : Known.ABORTED;
            };
        }

        private void note(CoordinatorEvent event) {
            if (event instanceof CoordinatorEvent.Applied applied && applied.fact() instanceof Known known) {
                switch (known) {
                    case COMMITTED, ABORTED, ONE_PHASE, DEAD -> outcome = known;
                    case APPLIED, EXPIRED, SLOT_ELSEWHERE -> {}
                }
            }
            if (event instanceof CoordinatorEvent.Replied replied
                    && replied.reply() instanceof Reply.Voted voted
                    && role.phase() == Phase.PREPARING) {
                if (voted.vote() == Vote.NO && !yes.contains(voted.branch())) {
                    answeredWithNo.add(voted.branch());
                } else if (voted.vote() != Vote.NO) {
                    yes.add(voted.branch());
                }
            }
        }

        private void check(Step step, String when) {
            for (LogRecord.OfTransaction record : step.append()) {
                check(record, when);
                dispatched.add(record);
                everDispatched |= !(record instanceof LogRecord.Aborted);
            }
            for (Message message : step.send()) {
                check(message, when);
                sent.add(message);
            }
            role.owed().forEach(message -> check(message, when + ", owed"));
            checkOutcome(when);
            seen.add(role.phase().name());
        }

        private void check(LogRecord record, String when) {
            seen.add(record.getClass().getSimpleName());
            if (record instanceof LogRecord.Decided decided) {
                assertThat(abortWanted).as("L3 %s", when).isFalse();
                assertThat(answeredWithNo).as("L3 %s", when).isEmpty();
                assertThat(decided.members()).as("L3 %s", when).noneMatch(m -> m.vote() == null || m.vote() == Vote.NO);
                decideDispatched = true;
            }
            if (record instanceof LogRecord.OnePhase) {
                assertThat(abortWanted).as("L3 %s", when).isFalse();
                decideDispatched = true;
            }
            if (record instanceof LogRecord.Aborted) {
                assertThat(decideDispatched).as("L4 %s", when).isFalse();
                abortWanted = true;
            }
        }

        private void check(Message message, String when) {
            seen.add(message.getClass().getSimpleName());
            switch (message) {
                case Message.Commit m -> assertThat(outcome).as("L6 %s", when).isEqualTo(Known.COMMITTED);
                case Message.CommitOnePhase m ->
                    assertThat(outcome).as("L6 %s", when).isEqualTo(Known.ONE_PHASE);
                case Message.Inquire m -> assertThat(outcome).as("L6 %s", when).isEqualTo(Known.ONE_PHASE);
                case Message.Abort m -> {
                    abortWanted = true;
                    boolean said = outcome == Known.ABORTED || outcome == Known.DEAD;
                    assertThat(said || !everDispatchedBefore())
                            .as("M26 %s", when)
                            .isTrue();
                }
                case Message.Prepare m ->
                    assertThat(abortWanted).as("L3 %s", when).isFalse();
                case Message.PreCommit m -> throw new AssertionError(when);
            }
            assertThat(message.term()).isEqualTo(TERM);
        }

        /** A HEURISTIC may follow an abort from memory; it is no reason to have waited. */
        private boolean everDispatchedBefore() {
            return everDispatched && !onlyHeuristics();
        }

        private boolean onlyHeuristics() {
            return seen.stream().noneMatch(s -> s.equals("Enrolled") || s.equals("Decided") || s.equals("OnePhase"));
        }

        private void checkOutcome(String when) {
            Outcome told = role.outcome();
            if (told == Outcome.COMMITTED) {
                boolean reported = seen.contains("OnePhaseResult");
                assertThat(outcome == Known.COMMITTED || reported)
                        .as("L6 %s", when)
                        .isTrue();
            }
            if (told == Outcome.ABORTED) {
                boolean said = outcome == Known.ABORTED || outcome == Known.DEAD || seen.contains("OnePhaseResult");
                assertThat(said || !everDispatchedBefore()).as("M26 %s", when).isTrue();
            }
            if (role.settled() && everDispatchedBefore()) {
                boolean saysNothing = role.outcome() == null;
                boolean stands = outcome == Known.COMMITTED || outcome == Known.ABORTED || outcome == Known.DEAD;
                assertThat(saysNothing || stands).as("L7 %s", when).isTrue();
            }
        }

        private <X> X any(List<X> list) {
            return list.get(random.nextInt(list.size()));
        }
    }
}
