package io.assent.coordinator.acceptor;

import java.nio.file.Path;

/**
 * Where an acceptor keeps its records, and its limits.
 *
 * @param directory its own, one for each group and node
 * @param replica id of the replica
 * @param group number of the group
 * @param segmentBytes a file of records is ended when it is at least this long; what is forgotten goes file by file
 * @param mostWaiting how many requests may wait; more are refused at once
 * @param leastFreeBytes with less room on the disk the acceptor stops, before a write fails half way
 */
public record AcceptorStoreSettings(
        Path directory, String replica, int group, int segmentBytes, int mostWaiting, long leastFreeBytes) {

    private static final int MB = 1024 * 1024;

    public AcceptorStoreSettings {
        if (segmentBytes < 1 || mostWaiting < 1 || leastFreeBytes < 0) {
            throw new IllegalArgumentException("The limits of an acceptor's storage are positive: " + segmentBytes
                    + ", " + mostWaiting + ", " + leastFreeBytes);
        }
    }

    /** The usual limits. */
    public static AcceptorStoreSettings of(Path directory, String replica, int group) {
        return new AcceptorStoreSettings(directory, replica, group, 16 * MB, 16_384, 64L * MB);
    }
}
