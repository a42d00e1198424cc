package io.assent.benchmarks.micro;

import io.assent.protocol.CommitMember;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.SlotRange;
import java.util.List;
import java.util.stream.Stream;

/** The transfers of money that every benchmark measures: two banks, one leader, one term. */
public final class Transfers {

    /** The only term of these benchmarks. */
    static final long TERM = 1;

    /** The key under which the ids are issued. */
    static final IncarnationKey KEY = new IncarnationKey(new byte[IncarnationKey.LENGTH]);

    /** The two branches of a transfer, without votes. */
    static final List<Member> MEMBERS = List.of(
            Member.of("bank-a", "http://127.0.0.1:8091/assent/v1/branches").withWork("k3v9q1c7", 2),
            Member.of("bank-b", "http://127.0.0.1:8092/assent/v1/branches").withWork("m8t2x5d4", 2));

    /** The same branches as the initiator names them. */
    static final List<CommitMember> BRANCHES =
            MEMBERS.stream().map(CommitMember::of).toList();

    private static final int GROUP = 0;
    private static final long INCARNATION = 0x0123_4567_89ab_cdefL;
    private static final long CREATED_AT = 1_800_000_000_000L;
    private static final long DEADLINE = CREATED_AT + 30_000;
    private static final List<Member> VOTED =
            MEMBERS.stream().map(m -> m.withVote(Vote.YES)).toList();

    private Transfers() {}

    static TransactionId id(long sequence) {
        return id(new TransactionId.Birth(GROUP, INCARNATION, TERM, sequence), KEY);
    }

    /** The id of a transfer that is born elsewhere. */
    public static TransactionId id(TransactionId.Birth birth, IncarnationKey key) {
        return TransactionId.issue(birth, Protocol.TWO_PHASE, (int) (birth.sequence() * 0x9e3779b1L), key);
    }

    static Origin origin(TransactionId id) {
        return new Origin(id, TERM, IntentLog.PREPARE, CREATED_AT, DEADLINE, null, null);
    }

    static LogRecord.Founded founded() {
        return founded(INCARNATION, KEY);
    }

    /** The record that creates a group with all slots. */
    public static LogRecord.Founded founded(long incarnation, IncarnationKey key) {
        return new LogRecord.Founded(incarnation, key, 0, List.of(new SlotRange(0, SlotRange.SLOTS - 1)));
    }

    /** A group that has just been created. */
    public static GroupState emptyGroup() {
        GroupState state = new GroupState(GROUP);
        state.apply(founded(), TERM);
        return state;
    }

    /** Applies all records of the transfer with this number. */
    public static void finish(GroupState state, long sequence) {
        records(id(sequence)).forEach(record -> state.apply(record, TERM));
    }

    /** What the log learns of one transfer, in its order: intent, decision, acknowledgement. */
    public static List<LogRecord> records(TransactionId id) {
        return List.of(enrolled(id), decided(id), acknowledged(id));
    }

    static LogRecord.Enrolled enrolled(TransactionId id) {
        return new LogRecord.Enrolled(id, MEMBERS, CREATED_AT, DEADLINE, null, null);
    }

    static LogRecord.Decided decided(TransactionId id) {
        return new LogRecord.Decided(id, VOTED, CREATED_AT + 5);
    }

    static LogRecord.Acknowledged acknowledged(TransactionId id) {
        return new LogRecord.Acknowledged(
                id, MEMBERS.stream().map(Member::participant).toList());
    }

    /** A batch of records as a busy leader hands it over: each kind of a third of the transfers. */
    static List<LogRecord> batch(int size) {
        return Stream.iterate(0L, n -> n + 1)
                .flatMap(n -> records(id(n)).stream())
                .limit(size)
                .toList();
    }
}
