package io.assent.coordinator.acceptor;

import io.assent.protocol.paxoscommit.AcceptorRecord;
import io.assent.protocol.paxoscommit.AcceptorRecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The records of an acceptor in segments, of which only the newest is written and only the oldest is deleted. What
 * {@link #append} returned from is on the disk. After an exception of any method nothing may be written any more: what an
 * fsync that failed has left is not known. Not for several threads.
 */
final class SegmentLog implements AutoCloseable {

    private final StorageDirectory directory;
    private final StorageFiles files;
    private final Frames frames;
    private final Watermark watermark;
    private @Nullable FileChannel channel;
    private long sequence;
    private long size;

    private SegmentLog(StorageDirectory directory, StorageFiles files, Watermark watermark) {
        this.directory = directory;
        this.files = files;
        this.frames = new Frames(directory.self().incarnation());
        this.watermark = watermark;
    }

    /**
     * Reads all segments, and cuts off what is torn at the end, if nobody was answered for it.
     *
     * @param to takes each record with the number of its segment
     * @throws AcceptorRefusedException when something is damaged that was answered for
     */
    static SegmentLog open(StorageDirectory directory, StorageFiles files, BiConsumer<Integer, AcceptorRecord> to) {
        try {
            SegmentLog log = new SegmentLog(directory, files, Watermark.open(directory.watermark(), files));
            try {
                log.replay(to);
            } catch (IOException | RuntimeException e) {
                log.close();
                throw e;
            }
            return log;
        } catch (IOException e) {
            throw StorageDirectory.unusable(directory.watermark().resolveSibling("."), e);
        }
    }

    private void replay(BiConsumer<Integer, AcceptorRecord> to) throws IOException {
        for (int number = directory.oldest(); number <= directory.newest(); number++) {
            byte[] bytes = Files.readAllBytes(directory.segment(number));
            if (number == directory.oldest() && number > 1) {
                // The segments before it are gone: its first frame says how many frames they had.
                sequence = sequenceOfFirst(bytes) - 1;
            }
            Frames.Scan scan = frames.scan(bytes, sequence + 1);
            if (number > 1 && scan.payloads().isEmpty()) {
                throw damaged(number, 0, "where it has had a record since it was begun", null);
            }
            for (byte[] payload : scan.payloads()) {
                sequence++;
                apply(number, payload, to);
            }
            if (scan.end() < bytes.length && (number < directory.newest() || scan.goodFollows())) {
                throw damaged(number, scan.end(), "and good records follow", null);
            }
            size = scan.end();
        }
        if (sequence < watermark.sequence()) {
            throw damaged(
                    directory.newest(),
                    size,
                    "and it ends at frame " + sequence + ", while frame " + watermark.sequence() + " was answered for",
                    null);
        }
        FileChannel newest = files.open(directory.segment(directory.newest()), StandardOpenOption.WRITE);
        channel = newest;
        newest.truncate(size);
        // What was written before a crash but not forced is part of the state now, and answers will rely on it.
        newest.force(true);
        watermark.set(sequence);
    }

    private void apply(int number, byte[] payload, BiConsumer<Integer, AcceptorRecord> to) {
        try {
            AcceptorRecordCodec.decode(payload).forEach(record -> to.accept(number, record));
        } catch (RuntimeException e) {
            throw new AcceptorRefusedException(
                    "A record in " + directory.segment(number) + " cannot be taken: " + e.getMessage() + ".",
                    "If a newer version wrote it, run that one. Do not change the file.",
                    e);
        }
    }

    private static long sequenceOfFirst(byte[] bytes) {
        return bytes.length < Frames.HEADER ? 0 : ByteBuffer.wrap(bytes).getLong(Integer.BYTES + Integer.BYTES);
    }

    private AcceptorRefusedException damaged(int number, long at, String why, @Nullable Throwable cause) {
        Path segment = directory.segment(number);
        return new AcceptorRefusedException(
                "The acceptor's records in " + segment + " are damaged at byte " + at + ", " + why
                        + ": this is not a write that was cut short, promises may be lost.",
                "Do not change the file. Restore the disk if that can be done without going back in time; else leave"
                        + " this replica stopped, let the others go on, move all that is left out of the data directory,"
                        + " and start the node with assent.cluster.join: it comes back as a new replica.",
                cause);
    }

    /** Puts records into the newest segment, as one frame; they are on the disk when this returns. */
    void append(List<AcceptorRecord> records) throws IOException {
        FileChannel newest = channel();
        size += write(newest, size, records);
        newest.force(false);
        watermark.set(sequence);
    }

    private int write(FileChannel to, long at, List<AcceptorRecord> records) throws IOException {
        ByteBuffer frame = frames.frame(++sequence, AcceptorRecordCodec.encode(records));
        int length = frame.remaining();
        long position = at;
        while (frame.hasRemaining()) {
            position += to.write(frame, position);
        }
        return length;
    }

    /** Begins a new segment with these records. */
    void roll(List<AcceptorRecord> first) throws IOException {
        int next = directory.newest() + 1;
        Path file = directory.segment(next);
        FileChannel fresh = files.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            size = write(fresh, 0, first);
            fresh.force(true);
            files.forceDirectory(file.resolveSibling("."));
            directory.set(directory.oldest(), next);
            watermark.set(sequence);
        } finally {
            channel().close();
            channel = fresh;
        }
    }

    private FileChannel channel() {
        FileChannel open = channel;
        if (open == null) {
            throw new IllegalStateException("The acceptor's log is not open");
        }
        return open;
    }

    /** The records of the oldest segment. */
    List<AcceptorRecord> readOldest() throws IOException {
        byte[] bytes = Files.readAllBytes(directory.segment(directory.oldest()));
        Frames.Scan scan = frames.scan(bytes, sequenceOfFirst(bytes));
        if (scan.end() < bytes.length) {
            throw new IOException("The segment " + directory.segment(directory.oldest()) + " is damaged at byte "
                    + scan.end() + " since it was read last");
        }
        return scan.payloads().stream()
                .flatMap(payload -> AcceptorRecordCodec.decode(payload).stream())
                .toList();
    }

    /** Deletes the oldest segment; whatever in it still matters must have been appended anew. */
    void dropOldest() throws IOException {
        int oldest = directory.oldest();
        directory.set(oldest + 1, directory.newest());
        Files.delete(directory.segment(oldest));
    }

    int oldest() {
        return directory.oldest();
    }

    int newest() {
        return directory.newest();
    }

    /** Bytes in the newest segment. */
    long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        try (watermark) {
            FileChannel open = channel;
            channel = null;
            if (open != null) {
                open.close();
            }
        }
    }
}
