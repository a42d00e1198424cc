package io.assent.protocol.participant;

import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchCondition.Aborted;
import io.assent.protocol.participant.BranchCondition.Committed;
import io.assent.protocol.participant.BranchCondition.PreCommitted;
import io.assent.protocol.participant.BranchCondition.Prepared;
import io.assent.protocol.participant.BranchCondition.Unknown;
import io.assent.protocol.participant.BranchCondition.Working;
import io.assent.protocol.participant.Errand.Asked;
import io.assent.protocol.participant.Errand.Cause;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a message does to a branch: one method for each row of table 1.7 (what the branch is), one case for each of its
 * columns (what it is told). A row that is not known is read from the facts first.
 */
final class MessageTable {

    /** Readings of the facts that must agree before "nothing is known of this branch" is believed (rule P4). */
    static final int SCANS_TO_BELIEVE = 3;

    private final ParticipantBranch branch;
    private final ParticipantRole role;

    MessageTable(ParticipantBranch branch) {
        this.branch = branch;
        this.role = new ParticipantRole(branch);
    }

    Step receive(Message message) {
        if (!message.transaction().equals(branch.transaction())
                || !message.branch().equals(branch.participant())) {
            throw new IllegalArgumentException("The message is for another branch: " + message);
        }
        if (message instanceof Message.Prepare && message.term() < branch.seenTerm()) {
            return note(Notice.STALE_TERM);
        }
        Errand busy = branch.errand();
        boolean occupied = busy != null && !busy.awaitsUnit();
        if (occupied || isNotForUs(message)) {
            return note(Notice.UNANSWERED);
        }
        MessageTable heard = new MessageTable(
                switch (message) {
                    case Message.Prepare m -> branch.heard(m.term(), m.members());
                    case Message.PreCommit m -> branch.heard(m.term(), m.members());
                    case Message.Commit m -> branch.heard(m.term(), m.members());
                    case Message.CommitOnePhase m -> branch.heard(m.term(), List.of());
                    case Message.Abort m -> branch.heard(m.term(), List.of());
                    case Message.Inquire m -> m.from() == null ? branch.heard(m.term(), List.of()) : branch;
                });
        Errand errand = Errand.of(new Asked(meaningOf(message)));
        return isDoubted() ? heard.role.readFacts(errand, false) : heard.answer(errand, meaningOf(message));
    }

    private boolean isDoubted() {
        return switch (branch.condition()) {
            case Unknown c -> true;
            case Prepared c -> c.doubted();
            case PreCommitted c -> c.doubted();
            case Working c -> false;
            case Committed c -> false;
            case Aborted c -> false;
        };
    }

    /**
     * A peer asks only in THREE_PHASE (rule T1); a commit that names no members is malformed. Under PAXOS_COMMIT the
     * acceptors alone are the authority, never the participant (Q7).
     */
    private boolean isNotForUs(Message message) {
        return switch (message) {
            case Message.Inquire m -> m.from() != null && m.protocol() != Protocol.THREE_PHASE;
            case Message.Commit m -> m.members().isEmpty();
            case Message.Prepare m -> false;
            case Message.PreCommit m -> m.members().isEmpty() || m.protocol() != Protocol.THREE_PHASE;
            case Message.CommitOnePhase m -> m.protocol() == Protocol.PAXOS_COMMIT;
            case Message.Abort m -> false;
        };
    }

    /** To a branch that is no member, the commit of the transaction is an abort (rule L2). */
    private Message meaningOf(Message message) {
        boolean outside = switch (message) {
            case Message.Commit m -> isOutside(m.members());
            case Message.PreCommit m -> isOutside(m.members());
            case Message.Prepare m -> false;
            case Message.CommitOnePhase m -> false;
            case Message.Abort m -> false;
            case Message.Inquire m -> false;
        };
        return outside ? new Message.Abort(branch.transaction(), branch.participant(), message.term()) : message;
    }

    private boolean isOutside(List<Member> members) {
        return members.stream().noneMatch(member -> member.participant().equals(branch.participant()));
    }

    private Step answer(Errand errand, Message message) {
        return switch (branch.condition()) {
            case Unknown c -> role.readFacts(errand, true);
            case Working c -> working(errand, c.work(), message);
            case Prepared c -> prepared(errand, c, message);
            case PreCommitted c -> preCommitted(errand, c, message);
            case Committed c -> committed(c, message);
            case Aborted c -> aborted(message);
        };
    }

    // The rows.

    private Step notVoted(Errand errand, Message message) {
        return switch (message) {
            case Message.Prepare m -> role.abandon(errand, Why.NO_LIVE_BRANCH);
            case Message.PreCommit m -> note(Notice.PRE_COMMIT_BEFORE_VOTE);
            case Message.Commit m -> commitWithoutFacts(errand);
            case Message.CommitOnePhase m -> role.abandon(errand, Why.NO_LIVE_BRANCH);
            case Message.Abort m -> role.abandon(errand, Why.ABORT_WAS_TOLD);
            case Message.Inquire m -> isBinding(m) ? role.abandon(errand, Why.FENCED) : state(BranchState.NOT_VOTED);
        };
    }

    private Step working(Errand errand, Work work, Message message) {
        return switch (message) {
            case Message.Prepare m ->
                work.isMeantBy(m.token(), m.calls())
                        ? role.prepare(errand)
                        : role.abandon(errand, Why.otherWork(work, m.token(), m.calls()));
            case Message.PreCommit m -> note(Notice.PRE_COMMIT_BEFORE_VOTE);
            case Message.Commit m -> commitOfLiveWork(errand, work);
            case Message.CommitOnePhase m -> onePhase(errand, work, m);
            case Message.Abort m -> role.abandon(errand, Why.ABORT_WAS_TOLD);
            case Message.Inquire m -> isBinding(m) ? role.abandon(errand, Why.FENCED) : state(BranchState.NOT_VOTED);
        };
    }

    private Step onePhase(Errand errand, Work work, Message.CommitOnePhase message) {
        if (!work.isMeantBy(message.token(), message.calls())) {
            return role.abandon(errand, Why.otherWork(work, message.token(), message.calls()));
        }
        return work.writing() ? role.commitOnePhase(errand) : role.abandon(errand, Why.READ_ONLY_ONE_PHASE);
    }

    /**
     * Writing work holds the key of the row, so that no branch of this transaction can have voted. Work declared
     * read-only does not: a late copy of its call may have opened it beside a branch that is prepared or committed.
     * Nothing is lost with it, and the facts tell of the other one.
     */
    private Step commitOfLiveWork(Errand errand, Work work) {
        if (work.writing()) {
            return note(Notice.COMMIT_BEFORE_VOTE);
        }
        return work.running() ? note(Notice.UNANSWERED) : role.rollBackLive(errand);
    }

    private Step prepared(Errand errand, Prepared condition, Message message) {
        Work work = condition.work();
        return switch (message) {
            case Message.Prepare m ->
                isMeant(work, m.token(), m.calls())
                        ? repeatedYes(condition, m)
                        : vote(m, Vote.NO, Why.staysPrepared(work, m.token(), m.calls()));
            case Message.PreCommit m -> role.writeKnown(errand);
            case Message.Commit m -> role.obeyCommit(errand);
            case Message.CommitOnePhase m ->
                isMeant(work, m.token(), m.calls())
                        ? role.commitPrepared(errand)
                        : role.abandon(errand, Why.otherWork(work, m.token(), m.calls()));
            case Message.Abort m -> role.abandon(errand, Why.ABORT_WAS_TOLD);
            case Message.Inquire m -> state(BranchState.PREPARED);
        };
    }

    /** Who has forgotten in which terms it voted has no peers: members that an earlier leader named may not be those. */
    private Step repeatedYes(Prepared condition, Message.Prepare prepare) {
        boolean known = condition.votedTerm() != Prepared.NOBODY;
        Prepared voted = new Prepared(condition.work(), condition.doubted(), known ? prepare.term() : Prepared.NOBODY);
        return new MessageTable(branch.with(voted, branch.errand())).vote(prepare, Vote.YES, null);
    }

    /** The decision stands: whatever asks for anything else is late, or wrong. */
    private Step preCommitted(Errand errand, PreCommitted known, Message message) {
        return switch (message) {
            case Message.Prepare m -> vote(m, Vote.YES, null);
            // Learned by a look-up, the decision names nobody yet.
            case Message.PreCommit m -> known.members().isEmpty() ? role.writeKnown(errand) : acknowledge();
            case Message.Commit m -> role.commitPrepared(errand);
            case Message.CommitOnePhase m -> note(Notice.ONE_PHASE_AFTER_PRE_COMMIT);
            case Message.Abort m -> note(Notice.ABORT_AFTER_PRE_COMMIT);
            case Message.Inquire m -> state(BranchState.PRE_COMMITTED, known.members());
        };
    }

    private Step committed(Committed known, Message message) {
        return switch (message) {
            case Message.Prepare m -> note(Notice.LATE_PREPARE);
            case Message.PreCommit m -> acknowledge();
            case Message.Commit m -> acknowledge();
            case Message.CommitOnePhase m -> outcome(Outcome.COMMITTED, null);
            case Message.Abort m -> heuristic(HeuristicKind.COMMIT, Notice.ABORT_AFTER_COMMIT);
            case Message.Inquire m -> state(BranchState.COMMITTED, known.members());
        };
    }

    private Step aborted(Message message) {
        return switch (message) {
            case Message.Prepare m -> vote(m, Vote.NO, Why.rolledBack(branch.why()));
            case Message.PreCommit m -> note(Notice.PRE_COMMIT_BEFORE_VOTE);
            case Message.Commit m -> heuristic(HeuristicKind.ROLLBACK, Notice.COMMIT_AFTER_ABORT);
            case Message.CommitOnePhase m -> outcome(Outcome.ABORTED, Why.rolledBack(branch.why()));
            case Message.Abort m -> acknowledge();
            case Message.Inquire m -> state(BranchState.ABORTED);
        };
    }

    private static boolean isBinding(Message.Inquire inquiry) {
        return inquiry.fence() || inquiry.from() != null;
    }

    /**
     * A rebuilt branch that does not know its work cannot say that it is the work meant (rule L8); not even to a message
     * that names none, because it may have had a token, and then that message would have got NO from it.
     */
    private static boolean isMeant(@Nullable Work work, @Nullable String token, @Nullable Integer calls) {
        return work != null && work.isMeantBy(token, calls);
    }

    /**
     * It was prepared, and neither that nor how it ended can be seen. Who brings an outcome is obeyed; a fence asks for
     * the tombstone, whose key tells all three ways of it apart; nothing is concluded from what cannot be seen.
     */
    private Step gone(Errand errand, Message message) {
        return switch (message) {
            case Message.Commit m -> commitWithoutFacts(errand);
            case Message.CommitOnePhase m -> role.abandon(errand, Why.NO_LIVE_BRANCH);
            case Message.Abort m -> role.abandon(errand, Why.ABORT_WAS_TOLD);
            case Message.Prepare m -> unanswered(errand.cause());
            case Message.PreCommit m -> unanswered(errand.cause());
            case Message.Inquire m -> m.fence() ? role.bury(errand) : unanswered(errand.cause());
        };
    }

    private Step commitWithoutFacts(Errand errand) {
        if (branch.belowHorizon()) {
            // What is left here is of no use any more: whoever committed it has forgotten it.
            return role.rollBackLive(errand);
        }
        if (errand.emptyScans() < SCANS_TO_BELIEVE) {
            return role.readFacts(errand, true);
        }
        return errand.cause() instanceof Asked
                ? withoutFacts().heuristic(HeuristicKind.HAZARD, Notice.COMMIT_WITHOUT_FACTS)
                : withoutFacts().note(Notice.COMMIT_WITHOUT_FACTS);
    }

    // How an errand goes on after a reading of the facts, or ends.

    /** The facts hold nothing of this branch. */
    Step notVoted(Errand errand) {
        if (branch.belowHorizon() && !branch.holdsLiveWork()) {
            return expired(errand.cause());
        }
        return switch (errand.cause()) {
            case Asked asked -> branch.isInDoubt() ? gone(errand, asked.message()) : notVoted(errand, asked.message());
            case Errand.Learned learned ->
                learned.committed() ? commitWithoutFacts(errand) : role.abandon(errand, Why.ABORT_WAS_TOLD);
            case Errand.VoteAsked c -> role.abandon(errand, Why.NOT_PREPARED);
            case Errand.WorkAsked c -> role.abandon(errand, Why.COULD_NOT_GO_ON);
            case Errand.LeftAlone c -> say();
            case Errand.Alone c -> role.abandon(errand, Why.TIME_IS_UP);
            case Errand.Expired c -> withoutFacts().say();
        };
    }

    /** The condition of the branch is certain. */
    Step resume(Errand errand) {
        return switch (errand.cause()) {
            case Asked asked -> answer(errand, asked.message());
            case Errand.Learned learned -> obey(errand, learned.committed());
            case Errand.VoteAsked c -> say(new BranchAction.ReportVote(branch.isInDoubt() ? Vote.YES : Vote.NO));
            case Errand.WorkAsked c -> say();
            case Errand.LeftAlone left -> leftAlone(errand, left);
            case Errand.Alone c -> say();
            case Errand.Expired c -> branch.isInDoubt() ? note(Notice.EXPIRED_IN_DOUBT) : say();
        };
    }

    /** What is told by a look-up or a peer. */
    Step obey(Errand errand, boolean committed) {
        return switch (branch.condition()) {
            case Prepared c -> committed ? role.obeyCommit(errand) : role.abandon(errand, Why.ABORT_WAS_TOLD);
            case PreCommitted c -> preCommitted(errand, c, committed);
            case Committed c -> committed ? say() : note(Notice.ABORT_AFTER_COMMIT);
            case Aborted c -> committed ? note(Notice.COMMIT_AFTER_ABORT) : say();
            case Unknown c -> say();
            case Working c -> say();
        };
    }

    /**
     * The coordinators' word that the decision is commit is not yet the word to show it: others may not know of it. When
     * no coordinator can still be waiting for them, it is.
     */
    private Step preCommitted(Errand errand, PreCommitted known, boolean committed) {
        if (!committed) {
            return note(Notice.ABORT_AFTER_PRE_COMMIT);
        }
        return known.patienceEnded() ? role.commitPrepared(errand) : say();
    }

    /** Who knows the decision may act on it; who does not asks the peers, and decides nothing (rules T1, T2). */
    private Step leftAlone(Errand errand, Errand.LeftAlone left) {
        return switch (branch.condition()) {
            case PreCommitted c -> c.patienceEnded() || !left.anybodyAnswered() ? role.commitPrepared(errand) : say();
            case Prepared c -> branch.overdue() || !left.anybodyAnswered() ? askPeers(c.votedTerm()) : say();
            case Unknown c -> say();
            case Working c -> say();
            case Committed c -> say();
            case Aborted c -> say();
        };
    }

    private Step askPeers(long votedTerm) {
        if (votedTerm != branch.seenTerm()) {
            return say(); // A later leader is at work, or who took part when it voted is not known here.
        }
        List<Member> peers = branch.members().stream()
                .filter(member -> !member.participant().equals(branch.participant()))
                .toList();
        return peers.isEmpty() ? say() : say(new BranchAction.AskPeers(peers, votedTerm));
    }

    /** Nothing is certain now; what asked will ask again. */
    Step unanswered(Cause cause) {
        return switch (cause) {
            case Asked asked ->
                asked.message() instanceof Message.Inquire ? state(BranchState.UNKNOWN) : note(Notice.UNANSWERED);
            case Errand.VoteAsked c -> say(new BranchAction.ReportVote(Vote.NO));
            case Errand.WorkAsked c -> say();
            case Errand.Learned c -> say();
            case Errand.LeftAlone c -> say();
            case Errand.Alone c -> say();
            case Errand.Expired c -> say();
        };
    }

    /** The transaction is at or below a horizon, and nothing of it is left (rule P7). */
    Step expired(Cause cause) {
        return switch (cause) {
            case Asked a -> withoutFacts().reply(new Reply.Expired(branch.transaction(), branch.participant()));
            case Errand.VoteAsked c -> withoutFacts().say(new BranchAction.ReportVote(Vote.NO));
            case Errand.WorkAsked c -> withoutFacts().say();
            case Errand.Learned c -> withoutFacts().say();
            case Errand.LeftAlone c -> withoutFacts().say();
            case Errand.Alone c -> withoutFacts().say();
            case Errand.Expired c -> withoutFacts().say();
        };
    }

    private MessageTable withoutFacts() {
        return new MessageTable(branch.with(new Unknown(null), null));
    }

    // Answers. The branch stays as it is.

    Step vote(Message message, Vote vote, @Nullable String reason) {
        return reply(new Reply.Voted(message.transaction(), message.branch(), vote, reason));
    }

    private Step acknowledge() {
        return reply(new Reply.Acknowledged(branch.transaction(), branch.participant()));
    }

    private Step outcome(Outcome outcome, @Nullable String reason) {
        return reply(new Reply.OutcomeReported(branch.transaction(), branch.participant(), outcome, reason));
    }

    private Step state(BranchState state) {
        return state(state, List.of());
    }

    private Step state(BranchState state, List<Member> members) {
        List<String> names = members.stream().map(Member::participant).toList();
        return reply(new Reply.StateReported(branch.transaction(), branch.participant(), state, names));
    }

    private Step heuristic(HeuristicKind kind, Notice notice) {
        return say(
                new BranchAction.Reply(new Reply.Heuristic(branch.transaction(), branch.participant(), kind)),
                new BranchAction.Note(notice));
    }

    private Step note(Notice notice) {
        return say(new BranchAction.Note(notice));
    }

    private Step reply(Reply reply) {
        return say(new BranchAction.Reply(reply));
    }

    private Step say(BranchAction... actions) {
        return new Step(branch, List.of(actions));
    }
}
