package io.assent.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.runtime.Log.Replica;
import io.assent.coordinator.runtime.Log.Role;
import io.assent.protocol.group.LogRecord;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The log tells which replicas have had data, so that one without is known to have lost them (Q1). */
class RollCallTest {

    private final Stage.ScriptedLog log = new Stage.ScriptedLog();
    private final RollCall rollCall = new RollCall(0);

    private static Replica replica(String id, Long lastIndex) {
        return new Replica(id.substring(0, 2), id, Role.FOLLOWER, lastIndex, null);
    }

    private Optional<LogRecord> due(long now) {
        Optional<LogRecord> record = rollCall.due(now, log.state, log);
        record.ifPresent(due -> log.state.apply(due, 1));
        return record;
    }

    @Test
    void whoHasAcknowledgedAnEntryIsWrittenDownOnce() {
        log.replicas =
                List.of(replica("n1", 5L), replica("n2", -1L), new Replica("n3", null, Role.UNKNOWN, null, null));
        assertThat(due(0)).isEmpty();
        assertThat(due(1_000)).contains(new LogRecord.Holders(List.of("n1")));
        assertThat(due(2_000)).isEmpty();

        log.replicas = List.of(replica("n1", 5L), replica("n2", 0L), replica("n3", 5L));
        assertThat(due(3_000)).contains(new LogRecord.Holders(List.of("n2", "n3")));
        assertThat(due(8_000)).isEmpty();
        assertThat(log.state.holders()).containsExactly("n1", "n2", "n3");
    }

    @Test
    void aReplicaThatCameForALostOneIsAddedAndTheLostOneStays() {
        log.replicas = List.of(replica("n1", 5L), replica("n2", 5L));
        assertThat(due(1_000)).isPresent();

        log.replicas = List.of(replica("n1", 9L), replica("n2~0123456789", 9L));
        assertThat(due(6_000)).contains(new LogRecord.Holders(List.of("n2~0123456789")));
        assertThat(log.state.holders()).contains("n2");
    }

    @Test
    void aReplicaAloneHasNobodyWhoCouldTellIt() {
        log.replicas = List.of(replica("n1", 5L));

        assertThat(due(1_000)).isEmpty();
        assertThat(rollCall.next()).isEqualTo(Long.MAX_VALUE);
    }
}
