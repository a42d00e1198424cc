package io.assent.protocol.simulation;

import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.LogRecordCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** What an entry carries: the term of the leader that wrote the records, and these. */
record Payload(long term, List<LogRecord> records) {

    byte[] toByteArray() {
        byte[] body = LogRecordCodec.encode(records);
        return ByteBuffer.allocate(Long.BYTES + body.length)
                .putLong(term)
                .put(body)
                .array();
    }

    /** Reads the payload of an entry; an empty one begins a term and carries no records. */
    static Payload of(byte[] bytes, long entryTerm) {
        return bytes.length == 0
                ? new Payload(entryTerm, List.of())
                : new Payload(
                        ByteBuffer.wrap(bytes).getLong(),
                        LogRecordCodec.decode(Arrays.copyOfRange(bytes, Long.BYTES, bytes.length)));
    }
}
