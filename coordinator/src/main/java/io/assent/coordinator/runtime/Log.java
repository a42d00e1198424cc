package io.assent.coordinator.runtime;

import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The replicated log of one group, as the runtime sees it. What becomes of a batch is told to the {@link Listener} as
 * an event; no method waits for the disk or the network.
 */
public interface Log {

    /** What an encoded batch may have in bytes, the header of its entry included. */
    int MAX_ENTRY_BYTES = 512 * 1024;

    /** A number of a batch that this process handed to the log, to tell results apart; unique in the process. */
    record BatchId(long number) {}

    /**
     * Hands over one batch, which becomes one entry; exactly one of {@link Listener#applied}, {@link Listener#refused}
     * and {@link Listener#unknown} follows for it.
     *
     * <p>A refusal may be told before this method returns, on the caller's thread.
     *
     * @param term the term of the leader that wrote the records: they change nothing in an entry of another one
     * @param batch at most 128 records and {@link #MAX_ENTRY_BYTES}; may be empty: an entry without records, as a read barrier
     */
    void append(BatchId id, long term, List<LogRecord> batch);

    /**
     * Names the only one who is told, before the first {@link #append}. If this replica leads already, {@link
     * Listener#gained} is told at once.
     */
    void listen(Listener listener);

    /** The state that is applied on this replica. It changes to another object only at a snapshot install. */
    GroupState state();

    /** The index of the last applied entry. */
    long appliedIndex();

    /**
     * How long ago this replica received the last entry of the present leader that it has applied, in milliseconds of
     * its own clock; a large number when there is none.
     */
    long staleMillis();

    /** Who leads, as this replica knows it. */
    Leadership leadership();

    /** How the group's replication stands, as this replica knows it: for operators, nothing is decided by it. */
    Status status();

    /** The id of this replica among the members of the group; the same as long as its data are. */
    String replica();

    /**
     * Asks that another replica leads from now on, if this one does: then there is another term. Nothing happens where
     * none of those that are asked for answers.
     *
     * @param to which replicas may, by their id
     */
    void handOver(Predicate<String> to);

    /**
     * At the leader: takes one step towards a group in which a node has this replica and no other one. A replica that was
     * lost leaves the group when it has been silent for some seconds; one that comes in has to be reachable, and is a
     * member when it has caught up.
     *
     * @param node id of the node; the group is placed on it
     * @param replica what it is to have, or null for none
     * @return the members then, and what is in the way if they are not yet what was asked for: the same call again goes
     *     on. Completes within about a second, and never fails
     */
    CompletionStage<Members> settle(String node, @Nullable String replica);

    /**
     * The members of a group.
     *
     * @param replicas their ids
     * @param obstacle why they are not what was asked for, as part of a sentence; null when they are
     */
    record Members(SortedSet<String> replicas, @Nullable String obstacle) {
        public Members {
            replicas = Collections.unmodifiableSortedSet(new TreeSet<>(replicas));
        }
    }

    /**
     * Waits for nothing: what the runtime is told, on threads of the log, in the order of the log.
     *
     * <p>Implementations return at once and never throw.
     */
    interface Listener {
        /** An own batch was applied on this replica; facts are in the order of its records. */
        void applied(BatchId id, long index, long term, List<Fact> facts);

        /** An own batch was surely not appended. */
        void refused(BatchId id);

        /** Nobody knows whether an own batch was appended: a later entry, or a change of leader, will tell. */
        void unknown(BatchId id);

        /** This replica leads: its own first entry of the term, and with it every older one, is applied. */
        void gained(long term);

        /** This replica does not lead any more, or not yet again. */
        void lost();
    }

    /**
     * Who leads a group.
     *
     * @param term the term as far as it is known, 0 before the first
     * @param leader the node id of its leader, or null while there is none
     * @param ready whether this node leads and has applied its own first entry of the term
     */
    record Leadership(long term, @Nullable String leader, boolean ready) {}

    /** What a replica is to its group. */
    enum Role {
        LEADER,
        FOLLOWER,
        CANDIDATE,
        /** Not known here, or silent for longer than an election. */
        UNKNOWN
    }

    /**
     * How a group's replication stands.
     *
     * @param caughtUp whether this replica has, at least once since its start, followed a leader and applied all that
     *     this leader had committed
     * @param accepting whether this replica takes batches when it leads; not while its disk is nearly full
     * @param replicas all replicas of the group, this one included
     */
    record Status(Leadership leadership, boolean caughtUp, boolean accepting, List<Replica> replicas) {
        public Status {
            replicas = List.copyOf(replicas);
        }
    }

    /**
     * One replica of a group.
     *
     * @param node the id of the node that holds it
     * @param id its own id among the members of the group, or null while the node has none there
     * @param lastIndex the index up to which it is known to have the log, or null
     * @param lag how many entries it is behind the leader, or null when that is not known here
     */
    record Replica(
            String node,
            @Nullable String id,
            Role role,
            @Nullable Long lastIndex,
            @Nullable Long lag) {}
}
