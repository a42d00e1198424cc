package io.assent.coordinator.acceptor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The number of the last frame that was answered for, beside the segments: a tail that ends below it was not torn, it was
 * lost. Written after every fsync of a segment and not forced itself, so that it costs a microsecond; after a loss of
 * power it may be old, and then shows less, but it is never ahead of what is on the disk. Two places in turn, on two
 * pages: one of them is always whole.
 */
final class Watermark implements AutoCloseable {

    private static final int PLACE = 4096;
    private static final int BYTES = 12;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
    private long sequence;

    private Watermark(FileChannel channel, long sequence) {
        this.channel = channel;
        this.sequence = sequence;
    }

    /** Begins with no frame. */
    static Watermark create(Path file, StorageFiles files) throws IOException {
        Watermark watermark = new Watermark(
                files.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE),
                0);
        watermark.write(0, 0);
        watermark.write(0, PLACE);
        watermark.channel.force(true);
        return watermark;
    }

    /**
     * Reads it.
     *
     * @throws IOException when neither place can be read
     */
    static Watermark open(Path file, StorageFiles files) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        long sequence = Math.max(read(bytes, 0), read(bytes, PLACE));
        if (sequence < 0) {
            throw new IOException("Neither place of " + file + " can be read");
        }
        return new Watermark(files.open(file, StandardOpenOption.WRITE), sequence);
    }

    private static long read(ByteBuffer bytes, int at) {
        if (bytes.limit() < at + BYTES || bytes.getInt(at + Long.BYTES) != crc(bytes.getLong(at))) {
            return -1;
        }
        return bytes.getLong(at);
    }

    long sequence() {
        return sequence;
    }

    /** Every frame until this one is on the disk. */
    void set(long newSequence) throws IOException {
        write(newSequence, newSequence % 2 == 0 ? 0 : PLACE);
        sequence = newSequence;
    }

    private void write(long value, long at) throws IOException {
        buffer.clear().putLong(value).putInt(crc(value)).flip();
        channel.write(buffer, at);
    }

    private static int crc(long value) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.force(false);
        channel.close();
    }
}
