package io.assent.protocol.participant;

import static org.assertj.core.api.Assertions.fail;

import io.assent.protocol.Outcome;
import io.assent.protocol.Vote;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.BranchEvent.Obstacle;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import io.assent.protocol.participant.BranchEvent.TombstoneResult;
import io.assent.protocol.states.Visits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Any order of messages, work, time and restarts, with a resource that fails and loses answers: what a branch says is
 * true of the resource when it says it, and what it does to a prepared branch somebody told it to do. The model knows
 * facts only, nothing of the role. A failure names its seed and everything that happened up to it;
 * {@code -Dassent.property.seed} and {@code -Dassent.property.runs} choose others.
 */
class ParticipantPropertyTest {

    private static final long FIRST = Long.getLong("assent.property.seed", 1);
    private static final long RUNS = Long.getLong("assent.property.runs", 3_000);
    private static final int STEPS = 60;
    private static final List<LookupOutcome> OUTCOMES = List.of(LookupOutcome.values());

    @Test
    void whatABranchSaysIsTrueAndWhatItDoesItWasTold() {
        for (long seed = FIRST; seed < FIRST + RUNS; seed++) {
            new Run(seed).play();
        }
    }

    /** One branch, its resource, and who talks to it. */
    private static final class Run {
        private final long seed;
        private final Random random;
        private final List<Object> story = new ArrayList<>();
        private ParticipantBranch branch = ParticipantBranch.unknown(BranchScript.T, BranchScript.BANK, false);

        // The resource.
        private boolean live;
        private boolean prepared;
        private boolean committed;
        private boolean buried;

        // What was said.
        private boolean toldCommit;
        private boolean toldOnePhase;
        private boolean toldAbort;
        private Message last = BranchScript.inquire(false);

        Run(long seed) {
            this.seed = seed;
            random = new Random(seed);
        }

        void play() {
            if (random.nextInt(4) > 0) {
                prepared();
            }
            for (int step = 0; step < STEPS; step++) {
                BranchEvent event = next();
                if (event == null) {
                    restart();
                } else {
                    happen(event);
                }
            }
        }

        /** Most runs start behind a vote: what comes before it ends most branches. */
        private void prepared() {
            happen(new BranchEvent.WorkRequested(null, true, true));
            Work work = branch.work();
            if (work != null && work.running()) {
                happen(new BranchEvent.UnitEnded(true));
                last = BranchScript.prepare();
                happen(new BranchEvent.MessageReceived(last));
            }
        }

        /** Something from outside, or null for a restart. */
        private BranchEvent next() {
            Work work = branch.work();
            if (work != null && work.running() && random.nextInt(3) > 0) {
                return new BranchEvent.UnitEnded(random.nextInt(5) > 0);
            }
            return switch (random.nextInt(16)) {
                case 0, 1, 2 -> work != null && work.running() ? new BranchEvent.DeadlinePassed() : work();
                case 3 -> new BranchEvent.DeadlinePassed();
                case 4 ->
                    work != null && work.running() ? new BranchEvent.DeadlinePassed() : new BranchEvent.VoteRequested();
                case 5 -> learned();
                case 6 -> prepared ? new BranchEvent.FoundPrepared(null, null) : new BranchEvent.DeadlinePassed();
                case 7 -> null;
                default -> message();
            };
        }

        private BranchEvent work() {
            String token = random.nextInt(3) == 0 ? BranchScript.TOKEN : null;
            return new BranchEvent.WorkRequested(token, random.nextBoolean(), random.nextInt(4) > 0);
        }

        private BranchEvent learned() {
            LookupOutcome outcome = OUTCOMES.get(random.nextInt(OUTCOMES.size()));
            toldCommit |= outcome == LookupOutcome.COMMITTED;
            toldAbort |= outcome == LookupOutcome.ABORTED;
            return new BranchEvent.OutcomeLearned(outcome);
        }

        private BranchEvent message() {
            Message message = switch (random.nextInt(8)) {
                case 0, 1 -> BranchScript.prepare(BranchScript.TOKEN, 1 + random.nextInt(2));
                case 2 -> BranchScript.prepareOfTerm(4 + random.nextInt(3), null, null);
                case 3 -> BranchScript.commit();
                case 4 -> BranchScript.onePhase();
                case 5 -> BranchScript.abort();
                case 6 -> BranchScript.inquire(random.nextBoolean());
                default -> BranchScript.commit("bank-b");
            };
            toldCommit |= message.equals(BranchScript.commit());
            toldOnePhase |= message instanceof Message.CommitOnePhase;
            toldAbort |= message instanceof Message.Abort || message.equals(BranchScript.commit("bank-b"));
            last = message;
            return new BranchEvent.MessageReceived(message);
        }

        private void restart() {
            story.add("restart");
            live = false;
            branch = ParticipantBranch.unknown(BranchScript.T, BranchScript.BANK, false);
        }

        private void happen(BranchEvent first) {
            BranchEvent event = first;
            while (event != null) {
                story.add(event);
                Step step = branch.on(event);
                Visits.step(branch, event, step);
                branch = step.next();
                event = carryOut(step.actions());
            }
        }

        /** The report of the last action, or null when there is none to wait for, or the process died over it. */
        private BranchEvent carryOut(List<BranchAction> actions) {
            BranchEvent report = null;
            for (BranchAction action : actions) {
                check(report == null, "an action follows one that reports");
                story.add(action);
                switch (action) {
                    case BranchAction.Reporting reporting -> report = resource(reporting);
                    case BranchAction.Reply reply -> said(reply.reply());
                    case BranchAction.ReportVote vote -> check(vote.vote() != Vote.YES || prepared, "a vote of YES");
                    default -> {}
                }
            }
            if (report != null && random.nextInt(12) == 0) {
                restart();
                return null;
            }
            return report;
        }

        // The resource.

        private BranchEvent resource(BranchAction.Reporting action) {
            boolean happens = random.nextInt(8) > 0;
            boolean heard = random.nextInt(8) > 0;
            return switch (action) {
                case BranchAction.BeginWork a -> begin(happens);
                case BranchAction.EndAndPrepare a -> prepare(happens, heard);
                case BranchAction.CommitPrepared a -> new BranchEvent.CommitEnded(commit(happens) && heard);
                case BranchAction.CommitOnePhase a -> new BranchEvent.CommitEnded(commitOnePhase(happens) && heard);
                case BranchAction.RollBackLive a -> {
                    live = false;
                    yield new BranchEvent.RollbackEnded();
                }
                case BranchAction.RollBack a -> {
                    live = false;
                    check(!prepared || toldAbort || toldOnePhase, "a prepared branch is rolled back unasked");
                    prepared &= !happens;
                    yield new BranchEvent.RollbackEnded();
                }
                case BranchAction.WriteTombstone a -> new BranchEvent.TombstoneEnded(bury(happens, heard));
                case BranchAction.WriteKnown a -> throw new AssertionError("not in two-phase commit: " + a);
                case BranchAction.ReadFacts a -> BranchEvent.FactsRead.of(heard ? facts() : Facts.UNREADABLE);
            };
        }

        private BranchEvent begin(boolean happens) {
            Obstacle obstacle = happens ? null : Obstacle.FAILED;
            if (committed || buried || prepared) {
                obstacle = committed ? Obstacle.COMMITTED : buried ? Obstacle.TOMBSTONE : Obstacle.KEY_HELD;
            }
            live |= obstacle == null;
            return obstacle == null
                    ? new BranchEvent.WorkBegan(BranchScript.TOKEN, 0)
                    : new BranchEvent.WorkNotBegun(obstacle);
        }

        private BranchEvent prepare(boolean happens, boolean heard) {
            check(live, "a branch is prepared that does not live");
            live = false;
            prepared = happens;
            PrepareResult certain = happens ? PrepareResult.PREPARED : PrepareResult.FAILED;
            return new BranchEvent.PrepareEnded(heard ? certain : PrepareResult.UNKNOWN);
        }

        private boolean commit(boolean happens) {
            check(toldCommit || toldOnePhase, "a prepared branch commits unasked");
            boolean commits = prepared && happens;
            prepared &= !commits;
            committed |= commits;
            return commits;
        }

        private boolean commitOnePhase(boolean happens) {
            check(toldOnePhase && live, "a branch commits in one phase unasked");
            live = false;
            committed |= happens;
            return happens;
        }

        private TombstoneResult bury(boolean happens, boolean heard) {
            if (committed || prepared || live) {
                return committed ? TombstoneResult.COMMITTED : TombstoneResult.KEY_HELD;
            }
            buried |= happens;
            return happens && heard ? TombstoneResult.STANDS : TombstoneResult.UNKNOWN;
        }

        private Facts facts() {
            if (prepared) {
                return Facts.PREPARED;
            }
            return committed ? Facts.COMMITTED : buried ? Facts.ABORTED : Facts.NONE;
        }

        // What is said.

        private void said(Reply reply) {
            check(!(committed && buried), "the branch is committed and aborted");
            switch (reply) {
                case Reply.Voted r -> check(r.vote() == Vote.YES ? prepared : buried || prepared, "the vote");
                case Reply.Acknowledged r ->
                    check(last instanceof Message.Commit ? committed || buried : buried, "ACK");
                case Reply.OutcomeReported r ->
                    check(r.outcome() == Outcome.COMMITTED ? committed : buried, "the outcome");
                case Reply.StateReported r -> check(isTrue(r.state()), "the state");
                case Reply.Heuristic r -> check(committed || buried || !prepared, "the heuristic outcome");
                case Reply.Expired r -> check(false, "EXPIRED above every horizon");
            }
        }

        private boolean isTrue(BranchState state) {
            boolean fence = last instanceof Message.Inquire inquire && inquire.fence();
            return switch (state) {
                case NOT_VOTED -> !fence;
                case PREPARED -> prepared;
                case PRE_COMMITTED -> false;
                case COMMITTED -> committed;
                case ABORTED -> buried;
                case UNKNOWN -> true;
            };
        }

        private void check(boolean holds, String what) {
            if (!holds) {
                String lines = story.stream().map(Object::toString).collect(Collectors.joining("\n"));
                fail("seed %s: %s is not true, after%n%s", seed, what, lines);
            }
        }
    }
}
