package io.assent.protocol.group;

import io.assent.protocol.AcceptorList;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a group's log holds. Records are idempotent by transaction (G3); whether one applies is decided by
 * {@link GroupState#apply} alone, from the term of the entry that carries it. Times are milliseconds since 1970 of the
 * leader that wrote the record; they inform, and decide nothing.
 */
public sealed interface LogRecord {

    /** A record of one transaction. */
    sealed interface OfTransaction extends LogRecord {
        /** The transaction. */
        TransactionId transaction();

        /**
         * Whether it means anything for a transaction of this protocol: what acceptors decide, the log only keeps, and
         * nobody else's outcome is learned from them (Q7).
         */
        default boolean concerns(Protocol protocol) {
            boolean ofAcceptors = protocol == Protocol.PAXOS_COMMIT;
            return switch (this) {
                case Learned r -> ofAcceptors;
                case Enrolled r -> !ofAcceptors || r.key() != null;
                case Acknowledged r -> true;
                case HeuristicReported r -> true;
                case HeuristicResolved r -> true;
                case Decided r -> !ofAcceptors;
                case Aborted r -> !ofAcceptors;
                case Adopted r -> !ofAcceptors;
                case OnePhase r -> !ofAcceptors;
                case OnePhaseResult r -> !ofAcceptors;
            };
        }
    }

    /**
     * The group was created, or restored from a backup.
     *
     * @param incarnation 64 secure random bits, never 0
     * @param key the secret under which ids of this incarnation are coded
     * @param replaces the incarnation that this one follows, 0 for a new group; the record applies only if it stands
     * @param slots the hash slots of keys that the group owns
     */
    record Founded(long incarnation, IncarnationKey key, long replaces, List<SlotRange> slots) implements LogRecord {
        public Founded {
            slots = List.copyOf(slots);
        }
    }

    /**
     * The intent log: a transaction exists, and perhaps its frozen members.
     *
     * @param members the frozen set, or null while it is not frozen
     * @param key idempotency key of its begin, or null
     * @param digest digest of the body of a keyed begin, as text, or null
     */
    record Enrolled(
            TransactionId transaction,
            @Nullable List<Member> members,
            long createdAt,
            long deadline,
            @Nullable String key,
            @Nullable String digest)
            implements OfTransaction {}

    /** The commit point: applied, the transaction is committed with these members and their votes. */
    record Decided(TransactionId transaction, List<Member> members, long decidedAt) implements OfTransaction {
        public Decided {
            members = List.copyOf(members);
        }
    }

    /** A dispatched transaction aborts. */
    record Aborted(TransactionId transaction) implements OfTransaction {}

    /** A new leader takes over an enrolled transaction. */
    record Adopted(TransactionId transaction) implements OfTransaction {}

    /** The outcome is left to the only member. */
    record OnePhase(TransactionId transaction, Member member, long createdAt, long deadline) implements OfTransaction {}

    /** What the only member said. */
    record OnePhaseResult(TransactionId transaction, Outcome outcome, long decidedAt) implements OfTransaction {}

    /**
     * The outcome that the acceptors of a PAXOS_COMMIT transaction chose; the log keeps it, and decides nothing (Q7).
     *
     * @param members J with its votes; empty for an abort of which no list is known
     */
    record Learned(TransactionId transaction, List<Member> members, Outcome outcome, long decidedAt)
            implements OfTransaction {
        public Learned {
            members = List.copyOf(members);
        }
    }

    /** These participants acknowledged the commit, durably on their side. */
    record Acknowledged(TransactionId transaction, List<String> participants) implements OfTransaction {
        public Acknowledged {
            participants = List.copyOf(participants);
        }
    }

    /** A participant reported an outcome of its own. */
    record HeuristicReported(TransactionId transaction, String participant, HeuristicKind kind)
            implements OfTransaction {}

    /** An operator settled what a participant reported. */
    record HeuristicResolved(TransactionId transaction, String participant, String operator) implements OfTransaction {}

    /**
     * The acceptors of every PAXOS_COMMIT transaction that is born in the term of the entry: written once, before the
     * first of them begins (Q2).
     */
    record Acceptors(AcceptorList acceptors) implements LogRecord {}

    /**
     * These replicas have acknowledged entries of the group. Whoever comes under one of their names without data has
     * lost them, and may have forgotten a vote.
     */
    record Holders(List<String> replicas) implements LogRecord {
        public Holders {
            replicas = List.copyOf(replicas);
        }
    }

    /**
     * Everything born at or below the horizon is finished and forgotten.
     *
     * @param horizon the new horizon; a lower one than the standing changes nothing
     * @param mark what was born when this record was written, so that a later leader knows the age of what it finds
     */
    record Forgotten(Horizon horizon, Mark mark) implements LogRecord {}
}
