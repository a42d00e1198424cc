package io.assent.protocol.participant;

import io.assent.protocol.Member;
import io.assent.protocol.Vote;
import java.util.List;

/** What the owner of the resource does for a branch. */
public sealed interface BranchAction {

    /**
     * An action whose end is reported by exactly one event. If the process dies first, the next one starts from
     * {@link ParticipantBranch#unknown}.
     */
    sealed interface Reporting extends BranchAction {}

    /**
     * Begin work. Reported by {@link BranchEvent.WorkBegan} or {@link BranchEvent.WorkNotBegun}.
     *
     * @param open take a connection and start the branch on it; false: it is started
     * @param insertRow insert the row of the branch (F2) inside the branch, waiting for its key at most 1 s
     */
    record BeginWork(boolean open, boolean insertRow) implements Reporting {}

    /**
     * End the branch and prepare it. The connection is kept, on engines that need it until the decision (rule P8).
     * Reported by {@link BranchEvent.PrepareEnded}.
     */
    record EndAndPrepare() implements Reporting {}

    /** Commit the prepared branch. Reported by {@link BranchEvent.CommitEnded}. */
    record CommitPrepared() implements Reporting {}

    /** End the live branch and commit it, its row included, in one phase. Reported by {@link BranchEvent.CommitEnded}. */
    record CommitOnePhase() implements Reporting {}

    /**
     * End and roll back the branch on the connection that this instance holds for it, if it holds one, and give the
     * connection back. Never rolls back by id: another instance may have promised to commit the same branch. Reported by
     * {@link BranchEvent.RollbackEnded}.
     */
    record RollBackLive() implements Reporting {}

    /**
     * The same as {@link RollBackLive}, then roll back the prepared branch by its id; that there is none is fine.
     * Reported by {@link BranchEvent.RollbackEnded}.
     */
    record RollBack() implements Reporting {}

    /**
     * Insert the tombstone (F3) in a local transaction of its own, waiting for its key at most 1 s, durable before the
     * report. At or below a horizon that the participant has stored, perhaps by another instance, nothing is written,
     * and that is reported as unknown: the row it may have had is deleted. Reported by
     * {@link BranchEvent.TombstoneEnded}.
     */
    record WriteTombstone() implements Reporting {}

    /**
     * Write down that the decision is commit (F4), in a local transaction of its own, durable before the report; that it
     * is written already is fine, and members are added where none were written. Reported by {@link BranchEvent.KnownWritten}.
     *
     * @param members the members of the decision, to be kept with it; empty where they are not known
     */
    record WriteKnown(List<Member> members) implements Reporting {
        public WriteKnown {
            members = List.copyOf(members);
        }
    }

    /**
     * Read the facts in the order that {@link Facts} tells. Reported by {@link BranchEvent.FactsRead}.
     *
     * @param again whether an earlier reading found nothing certain, so that it is worth a pause (a tenth of a second)
     */
    record ReadFacts(boolean again) implements Reporting {}

    /** The unit may run: the branch waits for {@link BranchEvent.UnitEnded}. */
    record GrantWork() implements BranchAction {}

    /** The unit may not run, and nothing was executed for it. */
    record RefuseWork(Refusal reason) implements BranchAction {}

    /** Cancel the statement that runs in the current unit, so that the unit ends soon; it will be rolled back. */
    record CancelUnit() implements BranchAction {}

    /** Answer to {@link BranchEvent.VoteRequested}, for the answer of the business call. */
    record ReportVote(Vote vote) implements BranchAction {}

    /** Send this reply to whoever sent the message; if it can no longer be sent, the message will come again. */
    record Reply(io.assent.protocol.message.Reply reply) implements BranchAction {}

    /**
     * Ask each of these what it knows of the transaction, with an INQUIRE that names this branch, if peers may be asked
     * at all. What they say comes back as {@link BranchEvent.PeerAnswered}; nothing waits for it.
     *
     * @param term the term whose members these are; what they say counts only while no other one is known
     */
    record AskPeers(List<Member> peers, long term) implements BranchAction {
        public AskPeers {
            peers = List.copyOf(peers);
        }
    }

    /** Count this, and raise an alert if it is one. */
    record Note(Notice notice) implements BranchAction {}
}
