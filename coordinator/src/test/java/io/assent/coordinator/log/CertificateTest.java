package io.assent.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;

class CertificateTest {

    private static final String PASSWORD = "not-a-secret";

    @TempDir
    private Path directory;

    @Test
    void nodesHearEachOtherByCertificateAndNobodyElse() throws Exception {
        SslBundle certificates = selfSigned();
        try (LogCluster cluster = new LogCluster(directory, 3, 1, Map.of(), certificates).startAll()) {
            Recorder.Applied applied = cluster.commit(0, Records.founded());
            cluster.awaitSameState(0, applied.index());

            RaftPeer peer = RaftPeer.newBuilder()
                    .setId("n1")
                    .setAddress(cluster.peers().getFirst().address())
                    .build();
            try (RaftClient stranger = RaftClient.newBuilder()
                    .setProperties(new RaftProperties())
                    .setRetryPolicy(RetryPolicies.noRetry())
                    .setRaftGroup(RaftGroup.valueOf(GroupLog.idOf(0), peer))
                    .build()) {
                assertThatThrownBy(() -> stranger.getGroupManagementApi(RaftPeerId.valueOf("n1"))
                                .list())
                        .hasMessageContaining("UNAVAILABLE");
            }
        }
    }

    private SslBundle selfSigned() throws IOException, InterruptedException {
        Path store = directory.resolve("nodes.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=node",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        JksSslStoreDetails details =
                new JksSslStoreDetails("PKCS12", null, store.toUri().toString(), PASSWORD);
        return SslBundle.of(new JksSslStoreBundle(details, details));
    }
}
