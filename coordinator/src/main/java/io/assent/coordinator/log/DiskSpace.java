package io.assent.coordinator.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the free space of the data directory, and keeps a file of ballast there. On a disk that is really full the
 * engine would replace the file with its vote by an empty one, and the node could never come back: the ballast goes
 * first, so that there is room for the vote while the node stops.
 */
final class DiskSpace {

    private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);
    private static final int BLOCK_BYTES = 64 * 1024;

    private final Path directory;
    private final Path ballast;
    private final long lowBytes;
    private final long ballastBytes;
    private boolean low;

    /** How much room there is. */
    enum Level {
        AMPLE,
        LOW,
        FULL
    }

    DiskSpace(Path directory, LogProperties.Space limits) {
        this.directory = directory;
        this.ballast = directory.resolve("ballast");
        this.lowBytes = limits.low().toBytes();
        this.ballastBytes = limits.ballast().toBytes();
    }

    /**
     * Looks at the disk, and puts the ballast on it when there is room and none yet.
     *
     * @throws IOException when the free space cannot be read
     */
    synchronized Level look() throws IOException {
        long free = free();
        // More than the bound to leave the state, or a file that is written and deleted would end it at every turn.
        low = free < lowBytes || (low && free < lowBytes + lowBytes / 10);
        if (free < fullBytes()) {
            return Level.FULL;
        }
        if (!low && ballastBytes > 0 && free > lowBytes + 2 * ballastBytes && size() != ballastBytes) {
            fill();
        }
        return low ? Level.LOW : Level.AMPLE;
    }

    /** Deletes the ballast; true when there was any. */
    synchronized boolean release() {
        try {
            return Files.deleteIfExists(ballast);
        } catch (IOException e) {
            LOG.error("The ballast {} cannot be deleted", ballast, e);
            return false;
        }
    }

    /** Below this the disk counts as full; with ballast that is a part of it, so that all of it is left for the end. */
    private long fullBytes() {
        return Math.max(64 * 1024, ballastBytes / 4);
    }

    private long free() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    private long size() throws IOException {
        return Files.exists(ballast) ? Files.size(ballast) : 0;
    }

    private void fill() {
        byte[] block = new byte[BLOCK_BYTES];
        try {
            try (OutputStream out = Files.newOutputStream(ballast)) {
                for (long rest = ballastBytes; rest > 0; rest -= block.length) {
                    out.write(block, 0, (int) Math.min(block.length, rest));
                }
            }
            DurableFiles.force(ballast);
        } catch (IOException e) {
            LOG.warn("The ballast {} could not be written", ballast, e);
            release();
        }
    }
}
