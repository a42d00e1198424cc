package io.assent.coordinator.consultation;

import io.assent.coordinator.acceptor.AcceptorRefusedException;
import io.assent.coordinator.acceptor.AcceptorStore;
import io.assent.coordinator.acceptor.AcceptorStoreSettings;
import io.assent.coordinator.runtime.Log;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's acceptor of one group: when its storage is opened and whether it is the one that the group knows (Q1). A
 * storage that exists is opened with the node. A new one is founded only when the group's log is read to its end,
 * because before that nobody here can know that there was one.
 */
final class OwnAcceptor {

    private static final Logger LOG = LoggerFactory.getLogger(OwnAcceptor.class);

    private final Log log;
    private final AcceptorStoreSettings settings;
    private final ProcessEnding end;
    private final AcceptorMetrics metrics;
    private volatile @Nullable AcceptorStore store;
    private boolean closed;
    private boolean complained;

    OwnAcceptor(Log log, AcceptorStoreSettings settings, ProcessEnding end, AcceptorMetrics metrics) {
        this.log = log;
        this.settings = settings;
        this.end = end;
        this.metrics = metrics;
    }

    /** Number of its group. */
    int group() {
        return settings.group();
    }

    /** Id of this replica among the members of the group. */
    String replica() {
        return settings.replica();
    }

    /** The group's log on this node. */
    Log log() {
        return log;
    }

    /** Who it is; null until its storage is open. */
    @Nullable
    AcceptorId self() {
        AcceptorStore open = store;
        return open == null ? null : open.self();
    }

    /** Whether a directory of it exists. */
    boolean isFounded() {
        return AcceptorStore.isFounded(settings);
    }

    /** What the acceptors of the group were, as far as this node has applied the log. */
    KnownAcceptors known() {
        return KnownAcceptors.of(log.state());
    }

    /**
     * Refuses to go on without the storage.
     *
     * @param lost this replica as others know it: nobody here has a storage of it
     * @throws AcceptorRefusedException always
     */
    synchronized void refuse(AcceptorId lost) {
        open(lost, true);
    }

    /**
     * Opens the storage as the node starts, if there is one.
     *
     * @throws AcceptorRefusedException when it must not be used, and the group has transactions of PAXOS_COMMIT
     */
    synchronized void start() {
        KnownAcceptors known = known();
        AcceptorId own = known.of(settings.replica());
        if (isFounded() || own != null) {
            open(own, !known.isEmpty());
        }
    }

    /**
     * Opens what is not open, when it is time, and looks whether the group knows this replica as another acceptor by
     * now: then the process ends.
     */
    synchronized void watch() {
        try {
            AcceptorStore open = store;
            if (open != null) {
                open.check(known().of(settings.replica()));
            } else if (isFounded() || log.status().caughtUp()) {
                KnownAcceptors known = known();
                open(known.of(settings.replica()), !known.isEmpty());
            }
        } catch (AcceptorRefusedException e) {
            end.because(e.getMessage() + " " + e.action(), e);
        }
    }

    /** A group that never had acceptors does not need this one, so its node does without what cannot be opened. */
    private void open(@Nullable AcceptorId known, boolean needed) {
        if (closed) {
            return;
        }
        try {
            AcceptorStore opened = AcceptorStore.open(settings, known, end::because);
            store = opened;
            metrics.show(group(), opened);
            LOG.info("group={} has its acceptor here: {}", group(), opened.self());
        } catch (AcceptorRefusedException e) {
            if (needed) {
                throw e;
            }
            if (!complained) {
                complained = true;
                LOG.error(
                        "group={} has no acceptor on this node and can run no PAXOS_COMMIT: {} {}",
                        group(),
                        e.getMessage(),
                        e.action());
            }
        }
    }

    /**
     * Asks it.
     *
     * @return fails with {@link NotOpenException} before the storage is open, else as {@link AcceptorStore#submit}
     */
    CompletableFuture<AcceptorReply> submit(AcceptorId addressed, AcceptorRequest request) {
        AcceptorStore open = store;
        CompletableFuture<AcceptorReply> reply = open == null
                ? CompletableFuture.failedFuture(new NotOpenException(group()))
                : open.submit(addressed, request);
        return metrics.count(request, reply);
    }

    /** Asks it on behalf of this replica itself. */
    CompletableFuture<AcceptorReply> submit(AcceptorRequest request) {
        AcceptorId self = self();
        return self == null ? CompletableFuture.failedFuture(new NotOpenException(group())) : submit(self, request);
    }

    /** Releases the storage; what waits is answered. */
    synchronized void close() {
        closed = true;
        AcceptorStore open = store;
        if (open != null) {
            store = null;
            open.close();
        }
    }

    /** The storage is not open yet. Nothing was done. */
    static final class NotOpenException extends RuntimeException {
        NotOpenException(int group) {
            super("The acceptor of group " + group + " is not open on this node yet", null, false, false);
        }
    }
}
