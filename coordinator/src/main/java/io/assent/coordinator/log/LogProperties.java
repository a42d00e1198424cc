package io.assent.coordinator.log;

import io.assent.coordinator.runtime.Log;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The replicated log. The defaults are right for a LAN; what decides about durability cannot be set.
 *
 * @param election How leaders are elected.
 * @param append How batches are handed to the log.
 * @param segment How the log is kept on disk and in memory, for each group.
 * @param snapshot How the state is written, so that the log before it can go.
 * @param space What happens when the disk becomes full.
 * @param stagingTimeout How long a new replica may take to catch up.
 * @param transferTimeout How long handing over the leadership of a group may take when the node stops.
 * @param closeTimeout How long closing the log may take when the node stops.
 * @param marker File that says which node and groups the data belong to; in the data directory when not set. On
 *     another volume than the data it also notices that the whole data directory was lost.
 * @param sslBundle Name of the SSL bundle (spring.ssl.bundle) with this node's certificate and the authority of all
 *     nodes; nodes then accept each other only by certificate.
 * @param open Whether to replicate without certificates on an address that is not loopback: who reaches it can change
 *     the log.
 */
@ConfigurationProperties("assent.raft")
public record LogProperties(
        @DefaultValue Election election,
        @DefaultValue Append append,
        @DefaultValue Segment segment,
        @DefaultValue Snapshot snapshot,
        @DefaultValue Space space,
        @DefaultValue("30s") Duration stagingTimeout,
        @DefaultValue("2s") Duration transferTimeout,
        @DefaultValue("10s") Duration closeTimeout,
        @Nullable Path marker,
        @Nullable String sslBundle,
        @DefaultValue("false") boolean open) {

    /**
     * How leaders are elected. Shorter times find a dead leader earlier and depose a busy one more often.
     *
     * @param timeoutMin A follower stands for election when it hears nothing of a leader for a random time; the shortest.
     * @param timeoutMax The longest such time.
     * @param stepDownWait How long a leader that lost its majority does not stand again.
     */
    public record Election(
            @DefaultValue("500ms") Duration timeoutMin,
            @DefaultValue("1000ms") Duration timeoutMax,
            @DefaultValue("2s") Duration stepDownWait) {

        public Election {
            require(timeoutMin.toMillis() >= 50, "assent.raft.election.timeout-min must be at least 50ms");
            require(
                    timeoutMax.compareTo(timeoutMin) > 0,
                    "assent.raft.election.timeout-max must be more than assent.raft.election.timeout-min");
            require(stepDownWait.isPositive(), "assent.raft.election.step-down-wait must be more than nothing");
        }
    }

    /**
     * How batches are handed to the log.
     *
     * @param timeout After which nobody waits for a batch any more: its fate is unknown then.
     * @param pendingBatches How many batches of a group may be under way before more are refused.
     * @param pendingSize How many bytes of a group may be under way in the engine before more are refused.
     * @param bufferSize How many bytes one message to a follower carries at most.
     * @param retryCacheExpiry How long the engine remembers answers; batches are never sent twice, so it needs none.
     */
    public record Append(
            @DefaultValue("10s") Duration timeout,
            @DefaultValue("64") int pendingBatches,
            @DefaultValue("16MB") DataSize pendingSize,
            @DefaultValue("1MB") DataSize bufferSize,
            @DefaultValue("10s") Duration retryCacheExpiry) {

        public Append {
            require(timeout.toMillis() >= 100, "assent.raft.append.timeout must be at least 100ms");
            require(pendingBatches >= 1, "assent.raft.append.pending-batches must be at least 1");
            require(pendingSize.toMegabytes() >= 1, "assent.raft.append.pending-size must be at least 1MB");
            require(
                    bufferSize.toBytes() >= 2L * Log.MAX_ENTRY_BYTES,
                    "assent.raft.append.buffer-size must be at least 1MB");
            require(retryCacheExpiry.isPositive(), "assent.raft.append.retry-cache-expiry must be more than nothing");
        }
    }

    /**
     * How the log is kept on disk and in memory, for each group.
     *
     * @param size Size of a file of the log.
     * @param preallocated How much of a file is allocated at a time.
     * @param writeBuffer Size of the buffer in front of a file.
     * @param cachedSegments How many files are kept in memory beside the one that is written.
     * @param cachedSize How many bytes of files are kept in memory.
     */
    public record Segment(
            @DefaultValue("8MB") DataSize size,
            @DefaultValue("1MB") DataSize preallocated,
            @DefaultValue("2MB") DataSize writeBuffer,
            @DefaultValue("2") int cachedSegments,
            @DefaultValue("32MB") DataSize cachedSize) {

        public Segment {
            require(size.toBytes() >= 4096, "assent.raft.segment.size must be at least 4KB");
            require(
                    preallocated.toBytes() >= 1024 && preallocated.compareTo(size) <= 0,
                    "assent.raft.segment.preallocated must be 1KB to assent.raft.segment.size");
            require(
                    writeBuffer.toBytes() >= 2L * Log.MAX_ENTRY_BYTES,
                    "assent.raft.segment.write-buffer must be at least 1MB");
            require(cachedSegments >= 2, "assent.raft.segment.cached-segments must be at least 2");
            require(cachedSize.toBytes() > 0, "assent.raft.segment.cached-size must be more than nothing");
        }
    }

    /**
     * How the state is written, so that the log before it can go.
     *
     * @param threshold After how many entries a snapshot is taken.
     * @param interval After how much time a snapshot is taken when there were entries at all; 0 for never.
     * @param retained How many snapshots are kept; 2 at least, as one may be on its way to a follower.
     * @param onStop Whether to take a snapshot when the node stops: a slower stop for a faster start.
     */
    public record Snapshot(
            @DefaultValue("20000") long threshold,
            @DefaultValue("1h") Duration interval,
            @DefaultValue("2") int retained,
            @DefaultValue("false") boolean onStop) {

        public Snapshot {
            require(threshold >= 1, "assent.raft.snapshot.threshold must be at least 1");
            require(!interval.isNegative(), "assent.raft.snapshot.interval must not be negative");
            require(retained >= 2, "assent.raft.snapshot.retained must be at least 2");
        }
    }

    /**
     * What happens when the disk becomes full.
     *
     * @param low With less free space than this the node leads no group if another can, and takes no batches.
     * @param ballast Size of a file that is deleted when the disk is full, so that the vote can still be written; the
     *     node stops then. 0 for none.
     * @param checkInterval How often the free space is looked at.
     */
    public record Space(
            @DefaultValue("256MB") DataSize low,
            @DefaultValue("16MB") DataSize ballast,
            @DefaultValue("1s") Duration checkInterval) {

        public Space {
            require(!low.isNegative(), "assent.raft.space.low must not be negative");
            require(!ballast.isNegative(), "assent.raft.space.ballast must not be negative");
            require(checkInterval.toMillis() >= 10, "assent.raft.space.check-interval must be at least 10ms");
        }
    }

    public LogProperties {
        require(stagingTimeout.isPositive(), "assent.raft.staging-timeout must be more than nothing");
        require(!transferTimeout.isNegative(), "assent.raft.transfer-timeout must not be negative");
        require(closeTimeout.isPositive(), "assent.raft.close-timeout must be more than nothing");
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence + ".");
        }
    }
}
