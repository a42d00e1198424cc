package io.assent.protocol.states;

import io.assent.protocol.Births;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.BranchEvent.Obstacle;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import io.assent.protocol.participant.BranchEvent.TombstoneResult;
import io.assent.protocol.participant.Facts;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.participant.Step;
import io.assent.protocol.participant.Work;
import io.assent.protocol.states.BranchWorld.Verdict;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that can happen to a branch with at most two calls, whatever its database held before. */
final class BranchExploration extends Exploration<BranchWorld> {

    private static final String SELF = "a";
    private static final String TOKEN = "token";
    private static final long TERM = 5;
    private static final int MOST_CALLS = 1;

    private final Protocol protocol;
    private final TransactionId id;
    private final List<Member> members = List.of(Member.of(SELF, "http://a"), Member.of("b", "http://b"));

    BranchExploration(Protocol protocol) {
        this.protocol = protocol;
        id = Births.born(TERM, 1, protocol);
    }

    @Override
    protected void start() {
        for (boolean below : new boolean[] {false, true}) {
            ParticipantBranch branch = ParticipantBranch.unknown(id, SELF, below);
            reach(new BranchWorld(branch, null, Resource.EMPTY, Verdict.OPEN));
            reach(new BranchWorld(branch, null, Resource.PREPARED, Verdict.OPEN));
            reach(new BranchWorld(branch, null, Resource.COMMITTED, Verdict.COMMIT));
            reach(new BranchWorld(branch, null, Resource.ABORTED, Verdict.ABORT));
            reach(new BranchWorld(branch, null, Resource.FORGOTTEN, Verdict.COMMIT));
            reach(new BranchWorld(branch, null, Resource.FORGOTTEN, Verdict.ABORT));
        }
    }

    @Override
    protected void leave(BranchWorld world) {
        world.decisions().forEach(verdict -> reach(world.decided(verdict)));
        world.resource()
                .elsewhere(protocol == Protocol.THREE_PHASE, world.verdict())
                .forEach(now -> reach(world.with(now)));
        messages().forEach(message -> told(world, world.verdictOf(message), new BranchEvent.MessageReceived(message)));
        happen(world, new BranchEvent.DeadlinePassed());
        happen(world, new BranchEvent.HorizonPassed());
        if (world.busy() != null) {
            ended(world, world.busy());
            return;
        }
        learned(world);
        Work work = world.branch().work();
        if (work != null && work.running()) {
            happen(world, new BranchEvent.UnitEnded(true));
            happen(world, new BranchEvent.UnitEnded(false));
        } else {
            boolean more = work == null || work.calls() < MOST_CALLS;
            work(more).forEach(event -> happen(world, event));
        }
    }

    /** What is not true is not said. */
    private void told(BranchWorld world, @Nullable Verdict verdict, BranchEvent event) {
        if (verdict != null) {
            happen(world.decided(verdict), event);
        }
    }

    private void happen(BranchWorld world, BranchEvent event) {
        Step step = world.branch().on(event);
        took(BranchWords.arrow(world.branch(), event, step));
        reach(world.after(step));
    }

    // What comes from outside.

    private Stream<Message> messages() {
        return Stream.concat(
                switch (protocol) {
                    case TWO_PHASE -> onePhase();
                    case THREE_PHASE -> preCommit();
                    case PAXOS_COMMIT -> Stream.of();
                },
                Stream.of(
                        new Message.Prepare(id, SELF, TERM, members, 0, TOKEN, 1),
                        new Message.Prepare(id, SELF, TERM, members, 0, "other", 1),
                        new Message.Commit(id, SELF, TERM, members),
                        new Message.Commit(id, SELF, TERM, members.subList(1, 2)),
                        new Message.Abort(id, SELF, TERM),
                        new Message.Inquire(id, SELF, TERM, true, null),
                        new Message.Inquire(id, SELF, TERM, false, null)));
    }

    private Stream<Message> onePhase() {
        return Stream.of(
                new Message.CommitOnePhase(id, SELF, TERM, TOKEN, 1),
                new Message.CommitOnePhase(id, SELF, TERM, "other", 1));
    }

    private Stream<Message> preCommit() {
        return Stream.of(
                new Message.PreCommit(id, SELF, TERM, members), new Message.Inquire(id, SELF, TERM, false, "b"));
    }

    private void learned(BranchWorld world) {
        Verdict committed = world.verdictOf(Outcome.COMMITTED);
        Verdict aborted = world.verdictOf(Outcome.ABORTED);
        told(world, committed, new BranchEvent.OutcomeLearned(LookupOutcome.COMMITTED));
        told(world, aborted, new BranchEvent.OutcomeLearned(LookupOutcome.ABORTED));
        happen(world, new BranchEvent.OutcomeLearned(LookupOutcome.PENDING));
        if (world.branch().belowHorizon() || world.resource().forgotten()) {
            happen(world, new BranchEvent.OutcomeLearned(LookupOutcome.EXPIRED));
        }
        happen(world, new BranchEvent.VoteRequested());
        happen(world, new BranchEvent.WorkAbandoned());
        happen(world, new BranchEvent.FoundPrepared(null, null));
        happen(world, new BranchEvent.NoFactLearned(true));
        happen(world, new BranchEvent.NoFactLearned(false));
        if (protocol == Protocol.THREE_PHASE) {
            happen(world, new BranchEvent.PatienceEnded());
            told(world, committed, peer(BranchState.COMMITTED));
            told(world, committed, peer(BranchState.PRE_COMMITTED));
            told(world, aborted, peer(BranchState.ABORTED));
            Stream.of(BranchState.NOT_VOTED, BranchState.PREPARED, BranchState.UNKNOWN)
                    .forEach(state -> happen(world, peer(state)));
        }
    }

    private BranchEvent peer(BranchState state) {
        return new BranchEvent.PeerAnswered(TERM, new Reply.StateReported(id, "b", state, List.of(SELF, "b")));
    }

    private static Stream<BranchEvent> work(boolean newCall) {
        return Stream.of(
                new BranchEvent.WorkRequested(null, newCall, true),
                new BranchEvent.WorkRequested(null, newCall, false),
                new BranchEvent.WorkRequested("other", newCall, true));
    }

    // What the database does.

    private void ended(BranchWorld world, BranchAction.Reporting action) {
        Resource r = world.resource();
        Consumer<BranchEvent> certain = event -> report(world, event, r);
        switch (action) {
            case BranchAction.BeginWork a -> begun(world, a.insertRow());
            case BranchAction.EndAndPrepare a -> {
                if (r.isFree()) {
                    report(world, new BranchEvent.PrepareEnded(PrepareResult.PREPARED), r.prepares());
                    report(world, new BranchEvent.PrepareEnded(PrepareResult.UNKNOWN), r.prepares());
                }
                report(world, new BranchEvent.PrepareEnded(PrepareResult.READ_ONLY), r.closed());
                report(world, new BranchEvent.PrepareEnded(PrepareResult.FAILED), r.closed());
                report(world, new BranchEvent.PrepareEnded(PrepareResult.UNKNOWN), r.closed());
            }
            case BranchAction.CommitPrepared a -> {
                if (r.prepared()) {
                    report(world, new BranchEvent.CommitEnded(true), r.commits());
                    report(world, new BranchEvent.CommitEnded(false), r.commits());
                }
                certain.accept(new BranchEvent.CommitEnded(false));
            }
            case BranchAction.CommitOnePhase a -> {
                report(world, new BranchEvent.CommitEnded(true), r.commits());
                report(world, new BranchEvent.CommitEnded(false), r.commits());
                report(world, new BranchEvent.CommitEnded(false), r.closed());
            }
            case BranchAction.RollBackLive a -> report(world, new BranchEvent.RollbackEnded(), r.closed());
            case BranchAction.RollBack a -> {
                report(world, new BranchEvent.RollbackEnded(), r.rollsBack());
                report(world, new BranchEvent.RollbackEnded(), r.closed());
            }
            case BranchAction.WriteTombstone a -> buried(world);
            case BranchAction.WriteKnown a -> {
                report(world, new BranchEvent.KnownWritten(true), r.learns());
                report(world, new BranchEvent.KnownWritten(false), r.learns());
                certain.accept(new BranchEvent.KnownWritten(false));
            }
            case BranchAction.ReadFacts a -> {
                certain.accept(BranchEvent.FactsRead.of(Facts.UNREADABLE));
                certain.accept(BranchEvent.FactsRead.of(r.facts()));
            }
        }
    }

    private void begun(BranchWorld world, boolean insertRow) {
        Resource r = world.resource();
        report(world, new BranchEvent.WorkNotBegun(Obstacle.FAILED), r);
        if (!insertRow || r.isBlank()) {
            report(world, new BranchEvent.WorkBegan(TOKEN, 0), r.opened(insertRow));
            report(world, new BranchEvent.WorkNotBegun(Obstacle.KEY_HELD), r);
        } else if (r.row() || r.tombstone()) {
            Obstacle obstacle = r.row() ? Obstacle.COMMITTED : Obstacle.TOMBSTONE;
            report(world, new BranchEvent.WorkNotBegun(obstacle), r);
        } else if (r.forgotten() && !r.key()) {
            report(world, new BranchEvent.WorkNotBegun(Obstacle.FORGOTTEN), r);
        } else {
            report(world, new BranchEvent.WorkNotBegun(Obstacle.KEY_HELD), r);
        }
    }

    private void buried(BranchWorld world) {
        Resource r = world.resource();
        report(world, new BranchEvent.TombstoneEnded(TombstoneResult.UNKNOWN), r);
        if (r.row()) {
            report(world, new BranchEvent.TombstoneEnded(TombstoneResult.COMMITTED), r);
        } else if (r.prepared() || r.key()) {
            report(world, new BranchEvent.TombstoneEnded(TombstoneResult.KEY_HELD), r);
        } else if (!r.forgotten()) {
            // Where it does not stand yet, another instance may hold the key.
            report(world, new BranchEvent.TombstoneEnded(TombstoneResult.KEY_HELD), r);
            report(world, new BranchEvent.TombstoneEnded(TombstoneResult.UNKNOWN), r.buries());
            report(world, new BranchEvent.TombstoneEnded(TombstoneResult.STANDS), r.buries());
        }
    }

    private void report(BranchWorld world, BranchEvent event, Resource now) {
        happen(world.idle(now), event);
    }
}
