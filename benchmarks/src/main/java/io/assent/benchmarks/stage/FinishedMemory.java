package io.assent.benchmarks.stage;

import io.assent.benchmarks.micro.Transfers;
import io.assent.protocol.group.GroupState;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;

/** What the replicated state holds for a finished transaction, measured in this process. */
final class FinishedMemory {

    private FinishedMemory() {}

    /** Bytes for each of so many finished transactions. */
    static double bytesPerTransaction(int count) {
        GroupState state = Transfers.emptyGroup();
        long before = liveBytes();
        try {
            for (int i = 0; i < count; i++) {
                Transfers.finish(state, i);
            }
            return (double) (liveBytes() - before) / count;
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
