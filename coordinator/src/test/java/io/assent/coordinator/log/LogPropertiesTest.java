package io.assent.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.util.unit.DataSize;

class LogPropertiesTest {

    @Test
    void theDefaultsKeepWhatIsAcknowledged() {
        var settings = EngineSettings.of(LogCluster.properties(Map.of()), new Topology.Peer("n1", "127.0.0.1:0"));

        assertThat(RaftServerConfigKeys.Log.unsafeFlushEnabled(settings)).isFalse();
        assertThat(RaftServerConfigKeys.Log.asyncFlushEnabled(settings)).isFalse();
        assertThat(RaftServerConfigKeys.Log.corruptionPolicy(settings))
                .isEqualTo(RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        assertThat(RaftServerConfigKeys.Read.leaderLeaseEnabled(settings)).isFalse();
        assertThat(RaftServerConfigKeys.Snapshot.retentionFileNum(settings)).isEqualTo(2);
        assertThat(RaftServerConfigKeys.Log.purgeUptoSnapshotIndex(settings)).isTrue();
        assertThat(RaftServerConfigKeys.closeThreshold(settings).toLong(TimeUnit.DAYS))
                .isEqualTo(3_650);
    }

    @Test
    void settingsAreBound() {
        LogProperties properties =
                LogCluster.properties(Map.of("election.timeout-max", "3s", "segment.size", "1MB", "space.low", "1GB"));

        assertThat(properties.election().timeoutMin()).isEqualTo(Duration.ofMillis(500));
        assertThat(properties.election().timeoutMax()).isEqualTo(Duration.ofSeconds(3));
        assertThat(properties.segment().size()).isEqualTo(DataSize.ofMegabytes(1));
        assertThat(properties.space().low()).isEqualTo(DataSize.ofGigabytes(1));
    }

    @Test
    void aSettingThatCannotWorkIsNamed() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> LogCluster.properties(Map.of("election.timeout-max", "100ms")))
                .havingRootCause()
                .withMessageContaining("assent.raft.election.timeout-max");
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> LogCluster.properties(Map.of("snapshot.retained", "1")))
                .havingRootCause()
                .withMessageContaining("assent.raft.snapshot.retained");
    }
}
