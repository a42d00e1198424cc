package io.assent.coordinator.log;

import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.SlotRange;
import java.util.List;

/** Records of a group with a fixed incarnation. */
final class Records {

    private static final long INCARNATION = 0x0123_4567_89ab_cdefL;
    private static final IncarnationKey KEY = new IncarnationKey(new byte[IncarnationKey.LENGTH]);

    private Records() {}

    static LogRecord founded() {
        return new LogRecord.Founded(INCARNATION, KEY, 0, List.of(new SlotRange(0, SlotRange.SLOTS - 1)));
    }

    static TransactionId id(int group, long term, long sequence) {
        return TransactionId.issue(
                new TransactionId.Birth(group, INCARNATION, term, sequence), Protocol.TWO_PHASE, 7, KEY);
    }

    static List<Member> members() {
        return List.of(
                Member.of("bank-a", "http://127.0.0.1:1/assent").withVote(Vote.YES),
                Member.of("bank-b", "http://127.0.0.1:2/assent").withVote(Vote.YES));
    }

    static LogRecord decided(TransactionId id) {
        return new LogRecord.Decided(id, members(), 1_000);
    }

    static LogRecord enrolled(TransactionId id) {
        return new LogRecord.Enrolled(id, members(), 1_000, 31_000, null, null);
    }

    static LogRecord aborted(TransactionId id) {
        return new LogRecord.Aborted(id);
    }
}
