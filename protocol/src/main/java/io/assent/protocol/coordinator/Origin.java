package io.assent.protocol.coordinator;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.LogRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is fixed for a transaction at its leader.
 *
 * @param id its id
 * @param term the term of this leader: the birth term, or a later one after adoption
 * @param intent from when on the log is to know it
 * @param createdAt milliseconds since 1970, or 0 when it is not known
 * @param deadline milliseconds since 1970
 * @param key idempotency key of its begin, or null
 * @param digest digest of the body of a keyed begin, or null
 */
public record Origin(
        TransactionId id,
        long term,
        IntentLog intent,
        long createdAt,
        long deadline,
        @Nullable String key,
        @Nullable String digest) {

    /** The record by which the log learns of the transaction; {@code frozen} is null while members may be added. */
    public LogRecord.Enrolled enrolled(@Nullable List<Member> frozen) {
        return new LogRecord.Enrolled(id, frozen, createdAt, deadline, key, digest);
    }
}
