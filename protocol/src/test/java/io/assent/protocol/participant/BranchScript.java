package io.assent.protocol.participant;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction.EndAndPrepare;
import io.assent.protocol.participant.BranchEvent.FactsRead;
import io.assent.protocol.participant.BranchEvent.PrepareEnded;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import io.assent.protocol.participant.BranchEvent.TombstoneEnded;
import io.assent.protocol.participant.BranchEvent.TombstoneResult;
import io.assent.protocol.states.Visits;
import java.util.List;

/** Plays events against one branch and checks every action that follows. */
final class BranchScript {

    static final String BANK = "bank-a";
    static final String TOKEN = "k3";
    static final TransactionId T = id(Protocol.TWO_PHASE);

    static final int TERM = 5;

    private ParticipantBranch branch;
    private List<BranchAction> actions = List.of();

    private BranchScript(ParticipantBranch branch) {
        this.branch = branch;
    }

    static TransactionId id(Protocol protocol) {
        return TransactionId.issue(
                new TransactionId.Birth(0, 77, TERM, 3),
                protocol,
                1,
                new IncarnationKey(new byte[IncarnationKey.LENGTH]));
    }

    // The rows of the table.

    static BranchScript unknown() {
        return new BranchScript(ParticipantBranch.unknown(T, BANK, false));
    }

    static BranchScript unknown(TransactionId transaction) {
        return new BranchScript(ParticipantBranch.unknown(transaction, BANK, false));
    }

    static BranchScript belowHorizon() {
        return new BranchScript(ParticipantBranch.unknown(T, BANK, true));
    }

    /** A live branch with one answered call. */
    static BranchScript working() {
        return running().on(new BranchEvent.UnitEnded(true)).does();
    }

    /** A live branch without a row: its one call was declared read-only, and is answered. */
    static BranchScript reading() {
        return runningReading().on(new BranchEvent.UnitEnded(true)).does();
    }

    /** A live branch without a row, in whose first call a unit runs. */
    static BranchScript runningReading() {
        return unknown()
                .on(new BranchEvent.WorkRequested(null, true, false))
                .does(new BranchAction.BeginWork(true, false))
                .on(new BranchEvent.WorkBegan(TOKEN, 0))
                .does(new BranchAction.GrantWork());
    }

    /** A live branch in whose first call a unit runs. */
    static BranchScript running() {
        return unknown()
                .on(new BranchEvent.WorkRequested(null, true, true))
                .does(new BranchAction.BeginWork(true, true))
                .on(new BranchEvent.WorkBegan(TOKEN, 0))
                .does(new BranchAction.GrantWork());
    }

    static BranchScript prepared() {
        return working()
                .hears(prepare())
                .does(new EndAndPrepare())
                .on(new PrepareEnded(PrepareResult.PREPARED))
                .does(voted(Vote.YES));
    }

    /** Prepared, found again after a restart without token and count. */
    static BranchScript rebuilt() {
        return unknown().on(new BranchEvent.FoundPrepared(null, null)).does();
    }

    static BranchScript committed() {
        return prepared()
                .hears(commit())
                .does(new BranchAction.CommitPrepared())
                .on(new BranchEvent.CommitEnded(true))
                .does(acknowledged());
    }

    static BranchScript aborted() {
        return unknown().hears(abort()).findsNothing().rollsBackAndBuries().does(acknowledged());
    }

    // What happens.

    BranchScript on(BranchEvent event) {
        Step step = branch.on(event);
        Visits.step(branch, event, step);
        branch = step.next();
        actions = step.actions();
        return this;
    }

    BranchScript hears(Message message) {
        return on(new BranchEvent.MessageReceived(message));
    }

    BranchScript does(BranchAction... expected) {
        assertThat(actions).containsExactly(expected);
        return this;
    }

    BranchScript notes(Notice notice) {
        return does(new BranchAction.Note(notice));
    }

    BranchScript finds(Facts facts) {
        does(new BranchAction.ReadFacts(false));
        return on(FactsRead.of(facts));
    }

    BranchScript findsNothing() {
        return finds(Facts.NONE);
    }

    /** RollBack, by id too, then the tombstone. */
    BranchScript rollsBackAndBuries() {
        return does(new BranchAction.RollBack())
                .on(new BranchEvent.RollbackEnded())
                .buries();
    }

    /** RollBackLive, then the tombstone. */
    BranchScript rollsBackLiveAndBuries() {
        return does(new BranchAction.RollBackLive())
                .on(new BranchEvent.RollbackEnded())
                .buries();
    }

    BranchScript buries() {
        return does(new BranchAction.WriteTombstone()).on(new TombstoneEnded(TombstoneResult.STANDS));
    }

    ParticipantBranch branch() {
        return branch;
    }

    // Messages, as a leader of the birth term sends them after one call was answered.

    static Message prepare() {
        return prepare(TOKEN, 1);
    }

    static Message prepare(String token, Integer calls) {
        return prepareOfTerm(TERM, token, calls);
    }

    static Message prepareOfTerm(long term, String token, Integer calls) {
        return new Message.Prepare(T, BANK, term, members(BANK, "bank-b"), 10_000, token, calls);
    }

    static Message commit() {
        return commit(BANK, "bank-b");
    }

    static Message commit(String... members) {
        return new Message.Commit(T, BANK, TERM, members(members));
    }

    static Message onePhase() {
        return onePhase(TOKEN, 1);
    }

    static Message onePhase(String token, Integer calls) {
        return new Message.CommitOnePhase(T, BANK, TERM, token, calls);
    }

    static Message abort() {
        return new Message.Abort(T, BANK, TERM);
    }

    static Message inquire(boolean fence) {
        return new Message.Inquire(T, BANK, TERM, fence, null);
    }

    static List<Member> members(String... names) {
        return List.of(names).stream()
                .map(name -> Member.of(name, "http://127.0.0.1/" + name))
                .toList();
    }

    // Replies.

    static BranchAction voted(Vote vote) {
        return new BranchAction.Reply(new Reply.Voted(T, BANK, vote, null));
    }

    /** NO of a branch that stays prepared. */
    static BranchAction staysPrepared(String why) {
        return new BranchAction.Reply(new Reply.Voted(
                T, BANK, Vote.NO, "The branch stays prepared, but not for the calls that were answered: " + why));
    }

    /** NO of a branch that is rolled back. */
    static BranchAction votedNo(String why) {
        return new BranchAction.Reply(new Reply.Voted(T, BANK, Vote.NO, "The branch is rolled back: " + why));
    }

    /** ABORTED in answer to a one-phase commit. */
    static BranchAction abortedInOnePhase(String why) {
        return new BranchAction.Reply(
                new Reply.OutcomeReported(T, BANK, Outcome.ABORTED, "The branch is rolled back: " + why));
    }

    static BranchAction acknowledged() {
        return new BranchAction.Reply(new Reply.Acknowledged(T, BANK));
    }

    static BranchAction outcome(Outcome outcome) {
        return new BranchAction.Reply(new Reply.OutcomeReported(T, BANK, outcome));
    }

    static BranchAction state(BranchState state) {
        return new BranchAction.Reply(new Reply.StateReported(T, BANK, state, List.of()));
    }

    static BranchAction heuristic(io.assent.protocol.HeuristicKind kind) {
        return new BranchAction.Reply(new Reply.Heuristic(T, BANK, kind));
    }

    static BranchAction expired() {
        return new BranchAction.Reply(new Reply.Expired(T, BANK));
    }
}
