package io.assent.coordinator.delivery;

import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static io.assent.coordinator.delivery.Station.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;

/** Endpoints under https: trusted by the bundle or not at all. */
class TlsTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path folder;

    private static Path keys;

    private final Recorder listener = new Recorder();

    @BeforeAll
    static void makeKeys() throws IOException, InterruptedException {
        keys = folder.resolve("keys.p12");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                keys.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keyalg",
                "EC",
                "-dname",
                "CN=participant",
                "-ext",
                "SAN=ip:127.0.0.1");
        Process keytool = new ProcessBuilder(command).inheritIO().start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
    }

    private static FakeParticipant secureParticipant() {
        return new FakeParticipant(options()
                .dynamicHttpsPort()
                .httpDisabled(true)
                .keystoreType("PKCS12")
                .keystorePath(keys.toString())
                .keystorePassword(PASSWORD)
                .keyManagerPassword(PASSWORD));
    }

    @Test
    void anEndpointThatTheBundleTrustsIsCalled() {
        SslBundle bundle = SslBundle.of(new JksSslStoreBundle(
                null, JksSslStoreDetails.forLocation("file:" + keys).withPassword(PASSWORD)));
        try (FakeParticipant participant = secureParticipant();
                Station station = new Station(
                        new DefaultSslBundleRegistry("participants", bundle), "ssl-bundle", "participants")) {
            String endpoint = participant.endpoint();
            assertThat(endpoint).startsWith("https://");
            station.lanes.offer(endpoint, Mail.many(endpoint, 1, 20, Mail::commit), listener);

            await().until(() -> listener.replies.size() == 20);
            assertThat(participant.arrived()).allMatch(request -> "HTTP/2.0".equals(request.getProtocol()));
        }
    }

    @Test
    void anEndpointThatNobodyTrustsIsNotTold() {
        try (FakeParticipant participant = secureParticipant();
                Station station = new Station()) {
            station.offer(participant, Mail.commit(1), listener);

            await().until(() -> !listener.errors.isEmpty());
            assertThat(listener.errors.get(0)).contains("certificat");
            assertThat(participant.arrived()).isEmpty();
        }
    }
}
