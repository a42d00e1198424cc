package io.assent.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Standing;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupStateMachineTest {

    private static final Entry.Origin SOMEBODY = new Entry.Origin("n2", 9);
    private static final TransactionId ID = Records.id(0, 3, 1);

    private final List<String> told = new ArrayList<>();
    private final GroupStateMachine machine = new GroupStateMachine(0, new ToldHooks());

    @Test
    void anEntryIsAppliedInItsTermWhoeverProposedIt() {
        apply(1, 3, new Entry(SOMEBODY, 1, 3, List.of(Records.founded(), Records.decided(ID))).toByteArray());

        assertThat(machine.state().read(ID)).isInstanceOf(Standing.Open.class);
        assertThat(machine.state().lastTerm()).isEqualTo(3);
        assertThat(told).containsExactly("applied 1 [APPLIED, COMMITTED]");
    }

    @Test
    void anEntryThatLandsInAnotherTermThanItsLeadersChangesNothing_G1() {
        apply(1, 3, new Entry(SOMEBODY, 1, 3, List.of(Records.founded())).toByteArray());
        apply(2, 5, new Entry(SOMEBODY, 2, 3, List.of(Records.decided(ID))).toByteArray());

        assertThat(machine.state().read(ID)).isInstanceOf(Standing.Absent.class);
        assertThat(machine.state().lastTerm()).isEqualTo(5);
        assertThat(told).containsExactly("applied 1 [APPLIED]", "applied 2 [OwnedBy[term=5]]");
    }

    @Test
    void anEntryThatCannotBeReadFreezesTheStateAndThrowsNothingAtTheEngine() {
        apply(1, 3, new Entry(SOMEBODY, 1, 3, List.of(Records.founded())).toByteArray());
        apply(2, 3, new byte[] {99});
        apply(3, 4, new Entry(SOMEBODY, 2, 4, List.of(Records.decided(ID))).toByteArray());
        machine.notifyTermIndexUpdated(5, 4);

        assertThat(told).containsExactly("applied 1 [APPLIED]", "frozen 2");
        assertThat(machine.state().read(ID)).isNotInstanceOf(Standing.Open.class);
        assertThat(machine.state().lastTerm()).isEqualTo(3);
        assertThat(machine.getLastAppliedTermIndex()).isEqualTo(TermIndex.valueOf(3, 1));
        assertThat(machine.takeSnapshot()).isNegative();
    }

    @Test
    void aLeaderIsReadyInTheTermOfItsOwnEntryAfterThatIsVisible() {
        machine.notifyTermIndexUpdated(4, 1);
        machine.notifyLeaderReady();
        machine.notifyTermIndexUpdated(6, 2);

        assertThat(told).containsExactly("ready 6 at 6");
    }

    private void apply(long index, long term, byte[] content) {
        LogEntryProto entry = LogEntryProto.newBuilder()
                .setTerm(term)
                .setIndex(index)
                .setStateMachineLogEntry(StateMachineLogEntryProto.newBuilder()
                        .setClientId(ByteString.copyFrom(new byte[16]))
                        .setLogData(ByteString.copyFrom(content)))
                .build();
        TransactionContext context = TransactionContext.newBuilder()
                .setStateMachine(machine)
                .setServerRole(RaftPeerRole.FOLLOWER)
                .setLogEntry(entry)
                .build();
        assertThat(machine.applyTransaction(context)).isCompleted();
    }

    private final class ToldHooks implements GroupStateMachine.Hooks {
        @Override
        public @Nullable PendingBatch requested(RaftClientRequest request) {
            return null;
        }

        @Override
        public void applied(Entry entry, TermIndex at, List<Fact> facts) {
            told.add("applied " + at.getIndex() + " " + facts);
        }

        @Override
        public void ready(long term) {
            told.add("ready " + term + " at " + machine.state().lastTerm());
        }

        @Override
        public void notLeading() {
            told.add("not leading");
        }

        @Override
        public void frozen(TermIndex at, Throwable cause) {
            told.add("frozen " + at.getIndex());
        }

        @Override
        public void logFailed(@Nullable Throwable cause) {
            told.add("failed");
        }

        @Override
        public void closed() {
            told.add("closed");
        }
    }
}
