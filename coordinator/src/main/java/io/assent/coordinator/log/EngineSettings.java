package io.assent.coordinator.log;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.springframework.util.unit.DataSize;

/** The engine's settings: what the properties say, and what must not be a choice. */
final class EngineSettings {

    /** A longer pause of the JVM would close the engine silently. */
    private static final TimeDuration NEVER = TimeDuration.valueOf(3_650, TimeUnit.DAYS);

    private static final int PURGE_GAP = 1_024;

    /**
     * Of a group at a follower. What runs there waits for nothing that runs there: it adds to the log, one after the
     * other, or tells the leader that something was added. The only long step is the call that hands leadership over,
     * once at a time and with a time limit of its own.
     */
    private static final int THREADS = 4;

    private EngineSettings() {}

    static RaftProperties of(LogProperties properties, Topology.Peer own) {
        RaftProperties settings = new RaftProperties();
        GrpcConfigKeys.Server.setHost(settings, own.host());
        GrpcConfigKeys.Server.setPort(settings, own.port());
        election(settings, properties.election());
        durability(settings);
        append(settings, properties.append());
        segments(settings, properties.segment());
        snapshots(settings, properties.snapshot());
        RaftServerConfigKeys.setStagingTimeout(settings, time(properties.stagingTimeout()));
        RaftServerConfigKeys.setCloseThreshold(settings, NEVER);
        threads(settings);
        return settings;
    }

    /** Where the groups are; apart, because the engine reads it at two moments, see {@link RaftNode}. */
    static void directories(RaftProperties settings, Path groups, Path removed) {
        RaftServerConfigKeys.setStorageDir(settings, List.of(groups.toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(settings, removed.toFile());
    }

    private static void election(RaftProperties settings, LogProperties.Election election) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(settings, time(election.timeoutMin()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(settings, time(election.timeoutMax()));
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(settings, time(election.stepDownWait()));
    }

    /**
     * Without a bound each burst of entries makes as many threads as are added at the same time. A cached pool with a
     * bound would have one thread only, however large the bound: it makes another one when its queue is full, and its
     * queue never is.
     */
    private static void threads(RaftProperties settings) {
        RaftServerConfigKeys.ThreadPool.setServerCached(settings, false);
        RaftServerConfigKeys.ThreadPool.setServerSize(settings, THREADS);
        // For clients that come over the network: there are none, and whoever is none gets no more threads than this.
        RaftServerConfigKeys.ThreadPool.setClientCached(settings, false);
        RaftServerConfigKeys.ThreadPool.setClientSize(settings, THREADS);
    }

    private static void durability(RaftProperties settings) {
        RaftServerConfigKeys.Log.setCorruptionPolicy(settings, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(settings, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(settings, false);
        // The engine's reads are not linearizable and are not used.
        RaftServerConfigKeys.Read.setOption(settings, RaftServerConfigKeys.Read.Option.DEFAULT);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(settings, false);
    }

    private static void append(RaftProperties settings, LogProperties.Append append) {
        RaftServerConfigKeys.Log.setLogMetadataEnabled(settings, false);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(settings, size(append.bufferSize()));
        RaftServerConfigKeys.Write.setByteLimit(settings, size(append.pendingSize()));
        RaftServerConfigKeys.RetryCache.setExpiryTime(settings, time(append.retryCacheExpiry()));
    }

    private static void segments(RaftProperties settings, LogProperties.Segment segment) {
        RaftServerConfigKeys.Log.setSegmentSizeMax(settings, size(segment.size()));
        RaftServerConfigKeys.Log.setPreallocatedSize(settings, size(segment.preallocated()));
        RaftServerConfigKeys.Log.setWriteBufferSize(settings, size(segment.writeBuffer()));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(settings, segment.cachedSegments());
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(settings, size(segment.cachedSize()));
    }

    private static void snapshots(RaftProperties settings, LogProperties.Snapshot snapshot) {
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(settings, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(settings, snapshot.threshold());
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(settings, snapshot.onStop());
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(settings, snapshot.retained());
        // A replica that is away gets a snapshot when it comes back; its absence must not fill the others' disks.
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(settings, true);
        RaftServerConfigKeys.Log.setPurgeGap(settings, (int) Math.min(PURGE_GAP, snapshot.threshold()));
    }

    private static TimeDuration time(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static SizeInBytes size(DataSize size) {
        return SizeInBytes.valueOf(size.toBytes());
    }
}
