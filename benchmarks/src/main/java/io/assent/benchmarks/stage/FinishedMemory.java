package io.assent.benchmarks.stage;

import io.assent.benchmarks.micro.Transfers;
import io.assent.protocol.group.GroupState;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;

/** What the replicated state holds for a finished transaction, measured in this process. */
final class FinishedMemory {

    private FinishedMemory() {}

    /** Bytes for each of so many finished transactions: what is freed when they go. */
    static double bytesPerTransaction(int count) {
        long with = liveBytesWith(count);
        return (double) (with - liveBytes()) / count;
    }

    private static long liveBytesWith(int count) {
        GroupState state = Transfers.emptyGroup();
        try {
            for (int i = 0; i < count; i++) {
                Transfers.finish(state, i);
            }
            return liveBytes();
        } finally {
            Reference.reachabilityFence(state);
        }
    }

    private static long liveBytes() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
