package io.assent.protocol.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Births;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The words in which the tests of the replicated state are written. */
final class GroupScript {

    static final List<SlotRange> ALL_SLOTS = List.of(new SlotRange(0, SlotRange.SLOTS - 1));

    /** Two members that voted YES, and one that left with READ_ONLY. */
    static final Member A = member("a", Vote.YES);

    static final Member B = member("b", Vote.YES);
    static final Member READER = member("reader", Vote.READ_ONLY);

    private GroupScript() {}

    static Member member(String participant, @Nullable Vote vote) {
        return Member.of(participant, "http://" + participant).withVote(vote);
    }

    /** A founded group of which nothing but that is in the log. */
    static GroupState founded() {
        GroupState state = new GroupState(Births.GROUP);
        assertThat(state.apply(founding(Births.INCARNATION, 0), 1)).isEqualTo(Fact.Known.APPLIED);
        return state;
    }

    static LogRecord.Founded founding(long incarnation, long replaces) {
        return new LogRecord.Founded(incarnation, Births.KEY, replaces, ALL_SLOTS);
    }

    static LogRecord.Founded founding(List<SlotRange> slots) {
        return new LogRecord.Founded(Births.INCARNATION, new IncarnationKey(new byte[32]), 0, slots);
    }

    static LogRecord.Enrolled enroll(TransactionId id, Member... members) {
        return new LogRecord.Enrolled(id, List.of(members), 1_000, 2_000, null, null);
    }

    static LogRecord.Enrolled enrollWithoutMembers(TransactionId id) {
        return new LogRecord.Enrolled(id, null, 1_000, 2_000, null, null);
    }

    static LogRecord.Enrolled enrollUnder(String key, String digest, TransactionId id) {
        return new LogRecord.Enrolled(id, null, 1_000, 2_000, key, digest);
    }

    static LogRecord.Decided decide(TransactionId id, Member... members) {
        return new LogRecord.Decided(id, List.of(members), 3_000);
    }

    static LogRecord.Aborted abort(TransactionId id) {
        return new LogRecord.Aborted(id);
    }

    static LogRecord.Adopted adopt(TransactionId id) {
        return new LogRecord.Adopted(id);
    }

    static LogRecord.OnePhase onePhase(TransactionId id) {
        return new LogRecord.OnePhase(id, member("a", null), 1_000, 2_000);
    }

    static LogRecord.OnePhaseResult onePhaseResult(TransactionId id, Outcome outcome) {
        return new LogRecord.OnePhaseResult(id, outcome, 3_000);
    }

    static LogRecord.Acknowledged acknowledged(TransactionId id, String... participants) {
        return new LogRecord.Acknowledged(id, List.of(participants));
    }

    static LogRecord.HeuristicReported heuristic(TransactionId id, String participant) {
        return new LogRecord.HeuristicReported(id, participant, HeuristicKind.HAZARD);
    }

    static LogRecord.HeuristicResolved resolved(TransactionId id, String participant) {
        return new LogRecord.HeuristicResolved(id, participant, "olga");
    }

    /** The records of a term's acceptors n1, n2 and so on, with these incarnations of their storages. */
    static LogRecord.Acceptors acceptors(long... incarnations) {
        List<AcceptorList.Entry> entries = new ArrayList<>();
        for (long incarnation : incarnations) {
            String replica = "n" + (entries.size() + 1);
            entries.add(new AcceptorList.Entry(new AcceptorId(replica, incarnation), "http://" + replica));
        }
        return new LogRecord.Acceptors(new AcceptorList(entries));
    }

    static LogRecord.Forgotten forget(long term, long sequence) {
        return new LogRecord.Forgotten(
                new Horizon(term, sequence), new Mark(4_000, new Horizon(term, sequence + 1_000)));
    }

    /** The transaction is finished with this outcome. */
    static void assertFinished(GroupState state, TransactionId id, Outcome outcome, MemberVote... members) {
        assertThat(state.read(id)).isEqualTo(new Standing.Finished(outcome, List.of(members)));
    }

    /** The transaction is open, and this is what the log knows of it. */
    static OpenTransaction open(GroupState state, TransactionId id) {
        assertThat(state.read(id)).isInstanceOf(Standing.Open.class);
        return ((Standing.Open) state.read(id)).transaction();
    }

    static byte[] snapshot(GroupState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            GroupStateCodec.write(state, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static GroupState restored(byte[] snapshot) {
        try {
            return GroupStateCodec.read(new DataInputStream(new ByteArrayInputStream(snapshot)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
