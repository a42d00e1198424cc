package io.assent.protocol.simulation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A file of records, each behind its length and its checksum. What was written and not flushed when its writer dies
 * survives wholly, in part, or not at all; who reads stops at the first record that is not whole.
 */
final class Journal {

    private static final int HEADER = Integer.BYTES + Integer.BYTES;

    private byte[] bytes = new byte[256];
    private int length;
    private int flushed;

    void write(byte[] record) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + record.length);
        frame.putInt(record.length).putInt(checksum(record)).put(record);
        if (bytes.length - length < frame.capacity()) {
            bytes = Arrays.copyOf(bytes, 2 * (length + frame.capacity()));
        }
        System.arraycopy(frame.array(), 0, bytes, length, frame.capacity());
        length += frame.capacity();
    }

    void flush() {
        flushed = length;
    }

    /** The writer dies: all, a part or nothing of what was not flushed is on the disk; true when it is all. */
    boolean tear(Scheduler chance) {
        int loose = length - flushed;
        if (loose == 0) {
            return true;
        }
        int left = switch (chance.below(3)) {
            case 0 -> 0;
            case 1 -> loose;
            default -> (int) chance.between(1, loose - 1);
        };
        length = flushed + left;
        flushed = length;
        return left == loose;
    }

    /** The records up to the first that is not whole. */
    List<byte[]> read() {
        List<byte[]> records = new ArrayList<>();
        int at = 0;
        for (byte[] next = recordAt(0); next.length > 0; next = recordAt(at)) {
            records.add(next);
            at += HEADER + next.length;
        }
        return records;
    }

    /** The record at this place; none is empty, so that an empty one stands for what is not whole. */
    private byte[] recordAt(int at) {
        if (length - at < HEADER) {
            return new byte[0];
        }
        ByteBuffer header = ByteBuffer.wrap(bytes, at, HEADER);
        int size = header.getInt();
        int sum = header.getInt();
        int start = at + HEADER;
        if (size <= 0 || size > length - start) {
            return new byte[0];
        }
        byte[] record = Arrays.copyOfRange(bytes, start, start + size);
        return checksum(record) == sum ? record : new byte[0];
    }

    private int whole() {
        return read().stream().mapToInt(record -> HEADER + record.length).sum();
    }

    /** Whether something stands behind the last record that is whole. */
    boolean isTorn() {
        return whole() < length;
    }

    /** Cuts off what stands behind the last record that is whole. */
    void cut() {
        length = whole();
        flushed = Math.min(flushed, length);
    }

    void clear() {
        length = 0;
        flushed = 0;
    }

    private static int checksum(byte[] record) {
        CRC32C sum = new CRC32C();
        sum.update(record);
        return (int) sum.getValue();
    }
}
