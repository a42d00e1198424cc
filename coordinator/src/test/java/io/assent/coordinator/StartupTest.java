package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.coordinator.security.StartupRefusedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** With which settings a node starts, and what it says when it does not. */
@ExtendWith(OutputCaptureExtension.class)
class StartupTest {

    private static final String SECRET = "--assent.security.secret=0123456789abcdef0123456789abcdef";

    private static ConfigurableApplicationContext start(String... settings) {
        List<String> all = new ArrayList<>(List.of("--server.port=0"));
        all.addAll(List.of(settings));
        return new SpringApplicationBuilder(FakeCoordinator.class).run(all.toArray(String[]::new));
    }

    private static void assertRefused(CapturedOutput output, String sentence, String... settings) {
        assertThatThrownBy(() -> start(settings).close()).isNotNull();

        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START")
                .contains(sentence)
                .doesNotContain("\tat io.assent");
    }

    @Test
    void listensOnLoopbackUnlessToldOtherwise() {
        try (ConfigurableApplicationContext context = start()) {
            assertThat(context.getEnvironment().getProperty("server.address")).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void refusesToServeOthersWithoutASecret(CapturedOutput output) {
        assertRefused(output, "without a shared secret", "--server.address=0.0.0.0");
        assertThat(output.getAll()).contains("assent.security.open=true");
    }

    @Test
    void refusesToServeOthersWithoutAnAllowList(CapturedOutput output) {
        assertRefused(output, "assent.delivery.allowed-hosts", "--server.address=0.0.0.0", SECRET);
        assertThat(output.getAll()).doesNotContain("0123456789abcdef");
    }

    @Test
    void refusesAnEmptyAddressToo(CapturedOutput output) {
        assertRefused(output, "every interface", "--server.address=");
    }

    @Test
    void servesOthersWithBoth() {
        start("--server.address=0.0.0.0", SECRET, "--assent.delivery.allowed-hosts=*.internal")
                .close();
    }

    @Test
    void servesOthersOpenlyWhenToldSo() {
        start(
                        "--server.address=0.0.0.0",
                        "--assent.security.open=true",
                        "--assent.delivery.allowed-hosts=10.0.0.0/8,bank")
                .close();
    }

    @Test
    void refusesAShortSecretAndDoesNotShowIt(CapturedOutput output) {
        assertRefused(output, "The shared secret", "--assent.security.secret=hunter2hunter2");
        assertThat(output.getAll()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--assent.delivery.allowed-hosts=10.0.0.0/99|assent.delivery.allowed-hosts cannot be read",
                "--assent.node.id=a b|assent.node.id must be",
                "--assent.cluster.groups=0|assent.cluster.groups must be",
                "--assent.cluster.nodes[0].id=n9|assent.cluster.nodes[0].url must be",
                "--assent.limits.timeout=1ms|assent.limits.timeout must lie",
                "--assent.reads.bounded=0s|assent.reads.bounded must be",
                "--assent.limits.body=none|assent.limits.body",
                "--assent.limits.branches=1024|assent.limits.branches must be at most 221 while assent.limits.endpoint"
            })
    void saysWhichSettingIsWrong(String setting, String sentence, CapturedOutput output) {
        assertRefused(output, sentence, setting);
    }

    @Test
    void refusesANodeThatIsNotOfTheCluster(CapturedOutput output) {
        assertRefused(
                output,
                "assent.node.id",
                "--assent.cluster.nodes[0].id=n7",
                "--assent.cluster.nodes[0].url=http://127.0.0.1:1",
                "--assent.cluster.nodes[0].raft=127.0.0.1:2");
        assertThat(output.getAll()).contains("No node of assent.cluster.nodes has this id");
    }

    @Test
    void refusesToJoinThroughANodeThatIsNotOfTheCluster(CapturedOutput output) {
        assertRefused(
                output,
                "assent.cluster.join",
                "--assent.cluster.join=http://127.0.0.1:9",
                "--assent.cluster.nodes[0].id=n1",
                "--assent.cluster.nodes[0].url=http://127.0.0.1:1",
                "--assent.cluster.nodes[0].raft=127.0.0.1:2",
                "--assent.cluster.nodes[1].id=n2",
                "--assent.cluster.nodes[1].url=http://127.0.0.1:3",
                "--assent.cluster.nodes[1].raft=127.0.0.1:4");
        assertThat(output.getAll()).contains("URL of another one of assent.cluster.nodes");
    }

    @Test
    void refusalsAreOfOneKind() {
        assertThatThrownBy(() -> start("--server.address=0.0.0.0").close())
                .hasRootCauseInstanceOf(StartupRefusedException.class);
    }
}
