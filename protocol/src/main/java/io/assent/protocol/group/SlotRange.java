package io.assent.protocol.group;

import java.nio.charset.StandardCharsets;

/**
 * A range of hash slots.
 *
 * @param from first slot, 0 to 16,383
 * @param to last slot, inclusive, not below {@code from}
 */
public record SlotRange(int from, int to) {

    /** How many slots there are in all. */
    public static final int SLOTS = 16_384;

    public SlotRange {
        if (from < 0 || to < from || to >= SLOTS) {
            throw new IllegalArgumentException("Not a range of slots: " + from + " to " + to);
        }
    }

    /** Whether the slot lies in the range. */
    public boolean contains(int slot) {
        return from <= slot && slot <= to;
    }

    /** The slot of an idempotency key: CRC-16/XMODEM of its UTF-8 bytes, modulo {@value #SLOTS}. */
    public static int slotOf(String key) {
        int crc = 0;
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            crc ^= (b & 0xff) << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
            }
        }
        return (crc & 0xffff) % SLOTS;
    }
}
