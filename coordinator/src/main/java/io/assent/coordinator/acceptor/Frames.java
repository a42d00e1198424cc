package io.assent.coordinator.acceptor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The form of a segment: frames one after another, each {@code magic32 | length32 | sequence64 | crc32 | payload}. A frame
 * is what one fsync covers: the records of many callers together, so a write that a loss of power has torn, in whatever
 * order its pages reached the disk, is one bad frame with nothing behind it. Frames are numbered without gaps over all
 * segments. The CRC32C covers length, sequence and payload, and begins with the storage's incarnation, so that bytes of
 * another storage are never valid here.
 */
final class Frames {

    /** Bytes before the payload. */
    static final int HEADER = 20;

    private static final int MAGIC = 0x4146_524d;

    private final long incarnation;

    Frames(long incarnation) {
        this.incarnation = incarnation;
    }

    /**
     * What a segment holds.
     *
     * @param payloads of the frames, in order
     * @param end where the last good frame ends
     * @param goodFollows whether beyond the end, after something bad, there is a good frame again
     */
    record Scan(List<byte[]> payloads, int end, boolean goodFollows) {}

    /** The bytes of a frame. */
    ByteBuffer frame(long sequence, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + payload.length);
        frame.putInt(MAGIC).putInt(payload.length).putLong(sequence).putInt(0).put(payload);
        frame.putInt(16, crc(frame, 0, payload.length));
        return frame.flip();
    }

    /** Reads a segment whose first frame must have this number. */
    Scan scan(byte[] bytes, long firstSequence) {
        ByteBuffer segment = ByteBuffer.wrap(bytes);
        List<byte[]> payloads = new ArrayList<>();
        int at = 0;
        while (true) {
            byte[] payload = payload(segment, at, firstSequence + payloads.size());
            if (payload == null) {
                break;
            }
            payloads.add(payload);
            at += HEADER + payload.length;
        }
        return new Scan(payloads, at, goodFollows(segment, at + 1, firstSequence + payloads.size()));
    }

    private byte @Nullable [] payload(ByteBuffer segment, int at, long sequence) {
        int length = lengthOfGood(segment, at);
        if (length < 0 || segment.getLong(at + 8) != sequence) {
            return null;
        }
        byte[] payload = new byte[length];
        segment.get(at + HEADER, payload);
        return payload;
    }

    /** A later number is enough: the frame between is lost, whatever it was. */
    private boolean goodFollows(ByteBuffer segment, int from, long sequence) {
        for (int at = from; at <= segment.limit() - HEADER; at++) {
            if (segment.getInt(at) == MAGIC && segment.getLong(at + 8) >= sequence && lengthOfGood(segment, at) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** The length of the payload of the frame at a position, or -1 when there is no good one. */
    private int lengthOfGood(ByteBuffer segment, int at) {
        int rest = segment.limit() - at - HEADER;
        if (rest < 0 || segment.getInt(at) != MAGIC) {
            return -1;
        }
        int length = segment.getInt(at + 4);
        if (length < 0 || length > rest || segment.getInt(at + 16) != crc(segment, at, length)) {
            return -1;
        }
        return length;
    }

    private int crc(ByteBuffer buffer, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(incarnation).flip());
        crc.update(buffer.slice(at + 4, 12));
        crc.update(buffer.slice(at + HEADER, length));
        return (int) crc.getValue();
    }
}
