package io.assent.coordinator.log;

import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the log of one group to its {@link GroupState}, the same on every replica, live and in replay.
 *
 * <p>The engine applies on one thread, and only that thread changes the state and its last term. Nothing here throws at
 * the engine while it applies: that would close the group on every replica. An entry that cannot be applied freezes the
 * state instead, so that nothing is answered from a state that misses an entry, and ends the process.
 */
final class GroupStateMachine extends BaseStateMachine {

    private static final Logger LOG = LoggerFactory.getLogger(GroupStateMachine.class);
    private static final CompletableFuture<Message> APPLIED = CompletableFuture.completedFuture(Message.EMPTY);
    private static final long SNAPSHOT_RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Hooks hooks;
    private final SnapshotStore snapshots = new SnapshotStore();
    private final Object installing = new Object();
    private volatile GroupState state;
    private volatile boolean frozen;
    /** Of the applying thread only: the leader's own first entry is being applied. */
    private boolean becomesReady;
    /** Of the applying thread only: {@link System#nanoTime} before which no snapshot is tried, 0 for at once. */
    private long snapshotRetryAt;

    /** What the group is told, on threads of the engine; implementations return at once and never throw. */
    interface Hooks {

        /** The batch of this process that the engine is asked to append, or null when the request is not ours. */
        @Nullable
        PendingBatch requested(RaftClientRequest request);

        /** An entry was applied, with these facts in the order of its records. */
        void applied(Entry entry, TermIndex at, List<Fact> facts);

        /** This replica leads, and its own first entry of this term is applied. */
        void ready(long term);

        /** This replica does not lead. */
        void notLeading();

        /** An entry of the log cannot be applied. */
        void frozen(TermIndex at, Throwable cause);

        /** The log cannot be written or read. */
        void logFailed(@Nullable Throwable cause);

        /** The engine closed the group. */
        void closed();
    }

    GroupStateMachine(int group, Hooks hooks) {
        this.state = new GroupState(group);
        this.hooks = hooks;
    }

    GroupState state() {
        return state;
    }

    // Life cycle

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            super.initialize(server, groupId, storage);
                            snapshots.open(storage);
                            SingleFileSnapshotInfo latest = snapshots.latest();
                            if (latest != null) {
                                load(latest);
                            }
                        },
                        IOException.class);
    }

    private void load(SingleFileSnapshotInfo snapshot) throws IOException {
        GroupState loaded = snapshots.read(snapshot);
        if (loaded.group() != state.group()) {
            throw new IOException(
                    "The snapshot " + snapshot.getFile() + " is of group " + loaded.group() + ", not " + state.group());
        }
        state = loaded;
        setLastAppliedTermIndex(snapshot.getTermIndex());
    }

    /** Called before the received files of a snapshot are moved into place; ends PAUSED. */
    @Override
    public void pause() {
        synchronized (installing) {
            if (getLifeCycleState() == LifeCycle.State.PAUSED) {
                return;
            }
            try {
                snapshots.forceReceived();
            } catch (IOException e) {
                // The engine knows no failure of this call; the group must not drop its log for such a snapshot.
                hooks.logFailed(e);
                throw new IllegalStateException("The received snapshot cannot be forced to disk", e);
            }
            getLifeCycle().transition(LifeCycle.State.PAUSING);
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }
    }

    /** Called on the applying thread when the received files are in place; ends RUNNING. */
    @Override
    public void reinitialize() throws IOException {
        synchronized (installing) {
            SingleFileSnapshotInfo installed = snapshots.latestInstalled();
            if (installed == null) {
                throw new IOException("The installed snapshot is not there");
            }
            getLifeCycle().startAndTransition(() -> load(installed), IOException.class);
            LOG.info("group={} continues from the leader's snapshot at {}", state.group(), installed.getTermIndex());
        }
    }

    @Override
    public void close() {
        getLifeCycle().checkStateAndClose();
        hooks.closed();
    }

    // Appending

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        PendingBatch batch = hooks.requested(request);
        TransactionContext context = TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setStateMachineContext(batch)
                .build();
        if (batch == null) {
            context.setException(new IOException("Only the node that leads writes to its log"));
        }
        return context;
    }

    /** The last point before the engine appends, serial and under its locks: from here on the fate is the log's. */
    @Override
    public TransactionContext preAppendTransaction(TransactionContext context) throws IOException {
        if (!(context.getStateMachineContext() instanceof PendingBatch batch) || !batch.append()) {
            throw new StateMachineException("The batch was given up before it was appended", false);
        }
        return context;
    }

    // Applying

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext context) {
        LogEntryProto entry = context.getLogEntry();
        TermIndex at = TermIndex.valueOf(entry);
        if (!frozen) {
            try {
                apply(entry.getStateMachineLogEntry().getLogData().toByteArray(), at);
            } catch (RuntimeException | Error e) {
                frozen = true;
                hooks.frozen(at, e);
            }
        }
        return APPLIED;
    }

    private void apply(byte[] content, TermIndex at) {
        Entry entry = Entry.ofBytes(content);
        GroupState present = state;
        long author = entry.term() == Entry.UNTOLD ? at.getTerm() : entry.term();
        List<Fact> facts = present.apply(entry.records(), author, at.getTerm());
        updateLastAppliedTermIndex(at);
        hooks.applied(entry, at, Collections.unmodifiableList(facts));
    }

    /** An entry of the engine's own was applied; also called on the applying thread. */
    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        if (frozen) {
            return;
        }
        state.advance(term);
        updateLastAppliedTermIndex(term, index);
        if (becomesReady) {
            becomesReady = false;
            hooks.ready(term);
        }
    }

    /** Called just before {@link #notifyTermIndexUpdated} for the same entry, which knows its term. */
    @Override
    public void notifyLeaderReady() {
        becomesReady = true;
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pendingEntries) {
        hooks.notLeading();
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId newLeader) {
        if (!self.getPeerId().equals(newLeader)) {
            hooks.notLeading();
        }
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto failedEntry) {
        hooks.logFailed(cause);
    }

    // Snapshots

    /** Takes a snapshot on the applying thread, so the state holds still; the index of the last one, or -1. */
    @Override
    public long takeSnapshot() {
        TermIndex at = getLastAppliedTermIndex();
        if (frozen || !getLifeCycleState().isRunning() || at.getIndex() < 0 || mustWaitForSnapshot()) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        SingleFileSnapshotInfo latest = snapshots.latest();
        if (latest != null && latest.getIndex() >= at.getIndex()) {
            return latest.getIndex();
        }
        try {
            snapshots.write(state, at);
            snapshotRetryAt = 0;
            return at.getIndex();
        } catch (IOException | RuntimeException e) {
            snapshotRetryAt = System.nanoTime() + SNAPSHOT_RETRY_NANOS;
            LOG.error("group={} could not take a snapshot at {}, tries again later", state.group(), at, e);
            return RaftLog.INVALID_LOG_INDEX;
        }
    }

    private boolean mustWaitForSnapshot() {
        return snapshotRetryAt != 0 && System.nanoTime() - snapshotRetryAt < 0;
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return snapshots.engineView();
    }
}
