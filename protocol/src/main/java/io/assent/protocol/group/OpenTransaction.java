package io.assent.protocol.group;

import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of which the log holds something and which is not finished.
 *
 * @param phase how far the log knows it
 * @param owner the term whose leader may still decide it
 * @param members the frozen set, or null while it is not known; with votes once it is committed
 * @param createdAt milliseconds since 1970, or 0 when the log does not tell
 * @param deadline milliseconds since 1970, or 0 when the log does not tell
 * @param decidedAt milliseconds since 1970, or 0 while undecided
 * @param acknowledged participants that acknowledged the commit
 * @param heuristics what participants reported of their own
 */
public record OpenTransaction(
        TransactionId id,
        Phase phase,
        long owner,
        @Nullable List<Member> members,
        long createdAt,
        long deadline,
        long decidedAt,
        List<String> acknowledged,
        List<HeuristicOutcome> heuristics) {

    /** How far the log knows a transaction. */
    public enum Phase {
        /** It exists; undecided. */
        ENROLLED(0),
        /** Its only member was told to commit; that member knows the outcome. */
        ONE_PHASE(1),
        /** Committed; not every YES voter has acknowledged, or a heuristic outcome is unresolved. */
        COMMITTED(2),
        /** Aborted, with an unresolved heuristic outcome. */
        ABORTED(3);

        private final int code;

        Phase(int code) {
            this.code = code;
        }

        /** The stable number that snapshots carry. */
        public int code() {
            return code;
        }

        static Phase ofCode(int code) {
            return switch (code) {
                case 0 -> ENROLLED;
                case 1 -> ONE_PHASE;
                case 2 -> COMMITTED;
                case 3 -> ABORTED;
                default -> throw new IllegalArgumentException("No phase has the code " + code);
            };
        }
    }

    public OpenTransaction {
        members = members == null ? null : List.copyOf(members);
        acknowledged = List.copyOf(acknowledged);
        heuristics = List.copyOf(heuristics);
    }

    /**
     * A transaction of which the log knows no more than that it exists.
     *
     * @param owner the term of the leader that told
     */
    static OpenTransaction begun(TransactionId id, long owner, long createdAt, long deadline) {
        return new OpenTransaction(id, Phase.ENROLLED, owner, null, createdAt, deadline, 0, List.of(), List.of());
    }

    /**
     * A finished transaction as an open one; an absent one was answered ABORT, or it would have a record.
     *
     * @param owner the term of the leader that writes about it
     */
    static OpenTransaction reopened(TransactionId id, long owner, Standing.@Nullable Finished outcome) {
        OpenTransaction fresh = begun(id, owner, 0, 0);
        if (outcome == null || outcome.outcome() == Outcome.ABORTED) {
            return fresh.withPhase(Phase.ABORTED, null, 0);
        }
        List<Member> members = outcome.members().stream()
                .map(m -> Member.of(m.participant(), "").withVote(m.vote()))
                .toList();
        return fresh.withPhase(Phase.COMMITTED, members, 0)
                .withAcknowledged(members.stream().map(Member::participant).toList());
    }

    /** Whether the outcome stands. */
    public boolean isTerminal() {
        return phase == Phase.COMMITTED || phase == Phase.ABORTED;
    }

    /** The members that voted YES and did not acknowledge yet, of a committed transaction. */
    public List<Member> owing() {
        if (phase != Phase.COMMITTED || members == null) {
            return List.of();
        }
        return members.stream()
                .filter(m -> m.vote() == Vote.YES && !acknowledged.contains(m.participant()))
                .toList();
    }

    /**
     * Until when a leader that takes it over waits for its decision. The deadline is what another clock said; were that
     * one hours ahead, whoever holds locks for the transaction would wait for hours. It never had longer than from its
     * begin to its deadline, by one and the same clock, and gets no longer than that from now on.
     *
     * @param now what the clock of that leader shows
     */
    public long deadlineAt(long now) {
        return deadline == 0 ? now : Math.min(deadline, now + (deadline - createdAt));
    }

    boolean isFinished() {
        return isTerminal() && owing().isEmpty() && heuristics.stream().allMatch(HeuristicOutcome::resolved);
    }

    OpenTransaction withPhase(Phase newPhase, @Nullable List<Member> newMembers, long at) {
        return new OpenTransaction(id, newPhase, owner, newMembers, createdAt, deadline, at, acknowledged, heuristics);
    }

    OpenTransaction withOwner(long newOwner) {
        return new OpenTransaction(
                id, phase, newOwner, members, createdAt, deadline, decidedAt, acknowledged, heuristics);
    }

    OpenTransaction withAcknowledged(List<String> participants) {
        List<String> all = Stream.concat(acknowledged.stream(), participants.stream())
                .distinct()
                .sorted()
                .toList();
        return new OpenTransaction(id, phase, owner, members, createdAt, deadline, decidedAt, all, heuristics);
    }

    OpenTransaction withHeuristic(HeuristicOutcome heuristic) {
        List<HeuristicOutcome> all = Stream.concat(
                        heuristics.stream().filter(h -> !h.participant().equals(heuristic.participant())),
                        Stream.of(heuristic))
                .toList();
        return new OpenTransaction(id, phase, owner, members, createdAt, deadline, decidedAt, acknowledged, all);
    }
}
