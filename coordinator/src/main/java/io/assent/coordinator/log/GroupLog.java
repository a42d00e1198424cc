package io.assent.coordinator.log;

import io.assent.coordinator.runtime.Log;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of one group on this node. */
final class GroupLog implements Log {

    /** The high half of every group's id in the engine, "assent" in ASCII; the low half is the group's number. */
    private static final long ID_PREFIX = 0x6173_7365_6e74_0000L;

    private static final Logger LOG = LoggerFactory.getLogger(GroupLog.class);

    private final Topology.Group group;
    private final RaftPeerId self;
    private final RaftGroupId id;
    private final Alarms alarms;
    private final GroupStateMachine machine;
    private final Submitter submitter;
    private final Timer appends;
    private final ClientId client = ClientId.randomId();
    private final Freshness freshness = new Freshness();
    private final Object leadership = new Object();
    private volatile RaftServer.@Nullable Division division;
    private volatile @Nullable Listener listener;
    private volatile boolean accepting = true;
    private volatile boolean caughtUp;
    private final Progress progress = new Progress();
    /** The term in which this replica leads and is ready, 0 when it does not; changed under {@code leadership}. */
    private volatile long leads;

    /** What concerns the whole node. */
    interface Alarms {
        /** The log cannot go on. */
        void failed(String reason, @Nullable Throwable cause);

        /** The engine closed the group; on purpose when the node is closing. */
        void closed(int group);

        /** Another replica, one of these, should lead the group. */
        void handOver(GroupLog log, Predicate<String> to);

        /** See {@link Log#settle}. */
        CompletionStage<Members> settle(GroupLog log, String node, @Nullable String replica);
    }

    GroupLog(
            Topology.Group group,
            Entry.Origin origin,
            LogProperties.Append limits,
            Alarms alarms,
            MeterRegistry meters) {
        this.group = group;
        this.self = RaftPeerId.valueOf(origin.node());
        this.id = idOf(group.number());
        this.alarms = alarms;
        this.machine = new GroupStateMachine(group.number(), new MachineHooks());
        String number = Integer.toString(group.number());
        this.submitter = new Submitter(number, origin, limits.pendingBatches(), new DivisionEngine(), new Told());
        this.appends = Timer.builder("assent.log.append")
                .description("Time from handing a batch over to its application")
                .tag("group", number)
                .register(meters);
        LogMetrics.register(this, meters);
    }

    static RaftGroupId idOf(int group) {
        return RaftGroupId.valueOf(new UUID(ID_PREFIX, group));
    }

    /** The group's number in this id of the engine, or -1 when it is not one of ours. */
    static int numberOf(UUID id) {
        return id.getMostSignificantBits() == ID_PREFIX && id.getLeastSignificantBits() >>> 16 == 0
                ? (int) id.getLeastSignificantBits()
                : -1;
    }

    Topology.Group group() {
        return group;
    }

    RaftGroupId id() {
        return id;
    }

    GroupStateMachine machine() {
        return machine;
    }

    int pendingBatches() {
        return submitter.size();
    }

    RaftServer.@Nullable Division division() {
        return division;
    }

    /** Begins to take batches: the engine runs the group. */
    void open(RaftServer.Division opened) {
        division = opened;
        submitter.start();
        verify(opened);
    }

    /** Whether batches are taken when this replica leads. */
    void accept(boolean now) {
        accepting = now;
    }

    /** Looks at what nobody tells: deadlines, and how far the log has come. */
    void watch(long appendTimeoutNanos) {
        submitter.giveUpOlderThan(appendTimeoutNanos);
        RaftServer.Division present = division;
        if (present == null || !present.getInfo().isAlive()) {
            return;
        }
        verify(present);
        freshness.sample(lastIndex(present));
        TermIndex applied = machine.getLastAppliedTermIndex();
        long committed = present.getRaftLog().getLastCommittedIndex();
        boolean follows = present.getInfo().getLeaderId() != null
                && applied.getTerm() == present.getInfo().getCurrentTerm();
        caughtUp = progress.look(applied.getIndex(), committed, follows);
        if (progress.isStuck()) {
            LOG.error(
                    "group={} applies nothing: it stands at entry {} and {} are committed",
                    group.number(),
                    applied.getIndex(),
                    committed);
        }
    }

    /** Takes no more batches and gives up those under way; this replica does not lead any more. */
    void close() {
        accepting = false;
        submitter.close();
        lose(leads);
    }

    @Override
    public void append(BatchId batch, long term, List<LogRecord> records) {
        submitter.append(batch, term, records);
    }

    @Override
    public void listen(Listener newListener) {
        synchronized (leadership) {
            listener = newListener;
            if (leads != 0) {
                newListener.gained(leads);
            }
        }
    }

    @Override
    public GroupState state() {
        return machine.state();
    }

    @Override
    public long appliedIndex() {
        return machine.getLastAppliedTermIndex().getIndex();
    }

    @Override
    public long staleMillis() {
        TermIndex applied = machine.getLastAppliedTermIndex();
        Leadership present = leadership();
        return present.leader() == null || present.term() != applied.getTerm()
                ? Freshness.UNKNOWN
                : freshness.millisSince(applied.getIndex());
    }

    @Override
    public Leadership leadership() {
        RaftServer.Division present = division;
        if (present == null) {
            return new Leadership(0, null, false);
        }
        RaftPeerId leader = present.getInfo().getLeaderId();
        long term = present.getInfo().getCurrentTerm();
        return new Leadership(
                term, leader == null ? null : ReplicaId.nodeOf(leader.toString()), leads != 0 && leads == term);
    }

    @Override
    public String replica() {
        return self.toString();
    }

    @Override
    public void handOver(Predicate<String> to) {
        alarms.handOver(this, to);
    }

    @Override
    public CompletionStage<Members> settle(String node, @Nullable String replica) {
        return alarms.settle(this, node, replica);
    }

    /** Whether this replica is a member of the group, as far as it knows. */
    boolean isMember() {
        RaftServer.Division present = division;
        return present != null
                && present.getRaftConf().getCurrentPeers().stream()
                        .anyMatch(peer -> peer.getId().equals(self));
    }

    @Override
    public Status status() {
        return new Status(leadership(), caughtUp, accepting, Replicas.of(group, self.toString(), division));
    }

    /** How many committed entries this replica has not applied. */
    long lag() {
        RaftServer.Division present = division;
        return present == null ? 0 : Math.max(0, present.getRaftLog().getLastCommittedIndex() - appliedIndex());
    }

    private static long lastIndex(RaftServer.Division division) {
        return Math.max(
                division.getRaftLog().getNextIndex() - 1, division.getRaftLog().getLastCommittedIndex());
    }

    private void ready(long term) {
        synchronized (leadership) {
            leads = term;
            Listener told = listener;
            if (told != null) {
                told.gained(term);
            }
        }
        RaftServer.Division present = division;
        if (present != null) {
            verify(present);
        }
    }

    /** The engine may tell the loss of a leadership before its gain: then nobody would tell it again. */
    private void verify(RaftServer.Division present) {
        DivisionInfo info = present.getInfo();
        long term = leads;
        boolean holds = info.getLifeCycleState().isRunning() && info.isLeader() && info.getCurrentTerm() == term;
        if (term != 0 && !holds) {
            lose(term);
        }
    }

    private void lose(long term) {
        synchronized (leadership) {
            Listener told = listener;
            if (leads == term && term != 0) {
                leads = 0;
                if (told != null) {
                    told.lost();
                }
            }
        }
    }

    /** Submits at the group itself: the node's entrance would make the caller wait for a thread of its pool. */
    private final class DivisionEngine implements Submitter.Engine {
        @Override
        public CompletableFuture<RaftClientReply> submit(long number, byte[] entry) throws IOException {
            if (!(division instanceof RaftClientAsynchronousProtocol present)) {
                throw new IOException("The group is not open");
            }
            return present.submitClientRequestAsync(RaftClientRequest.newBuilder()
                    .setClientId(client)
                    .setServerId(self)
                    .setGroupId(id)
                    .setCallId(number)
                    .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
                    .setType(RaftClientRequest.writeRequestType())
                    .build());
        }

        @Override
        public boolean isOpen() {
            return accepting && division != null;
        }
    }

    private final class Told implements Submitter.Verdicts {
        @Override
        public void refused(BatchId batch) {
            Listener told = listener;
            if (told != null) {
                told.refused(batch);
            }
        }

        @Override
        public void unknown(BatchId batch) {
            Listener told = listener;
            if (told != null) {
                told.unknown(batch);
            }
        }
    }

    private final class MachineHooks implements GroupStateMachine.Hooks {
        @Override
        public @Nullable PendingBatch requested(RaftClientRequest request) {
            return request.getClientId().equals(client) ? submitter.underWay(request.getCallId()) : null;
        }

        @Override
        public void applied(Entry entry, TermIndex at, List<Fact> facts) {
            PendingBatch batch = submitter.settle(entry);
            if (batch != null) {
                appends.record(System.nanoTime() - batch.since(), TimeUnit.NANOSECONDS);
                Listener told = listener;
                if (told != null) {
                    told.applied(batch.id(), at.getIndex(), at.getTerm(), facts);
                }
            }
        }

        @Override
        public void ready(long term) {
            GroupLog.this.ready(term);
        }

        @Override
        public void notLeading() {
            lose(leads);
        }

        @Override
        public void frozen(TermIndex at, Throwable cause) {
            alarms.failed(
                    "Entry " + at + " of the log of group " + group.number() + " cannot be applied by this version.",
                    cause);
        }

        @Override
        public void logFailed(@Nullable Throwable cause) {
            alarms.failed("The log of group " + group.number() + " cannot be written any more.", cause);
        }

        @Override
        public void closed() {
            alarms.closed(group.number());
        }
    }
}
