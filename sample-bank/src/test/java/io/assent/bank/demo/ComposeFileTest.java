package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The compose file is valid, and starts what the demonstration starts. */
class ComposeFileTest {

    private static final Path FILE =
            Path.of("..", "docker-compose.yml").toAbsolutePath().normalize();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/assent-coordinator.jar|3|--server.port= --assent.node.id= --assent.node.data-dir=",
                "/assent-bank.jar|2|--server.port= --assent.participant.id= --bank.transfer.prepare-early= --bank.data-dir="
            })
    void startsAsManyOfEachAsTheDemonstrationWithItsOptions(String jar, int count, String options) throws IOException {
        List<String> commands = Files.readAllLines(FILE).stream()
                .filter(line -> line.contains("command:") && line.contains('"' + jar + '"'))
                .toList();

        assertThat(commands)
                .hasSize(count)
                .doesNotHaveDuplicates()
                .allSatisfy(command -> assertThat(command).contains(options.split(" ")));
    }

    @Test
    void isValid() throws IOException, InterruptedException {
        assumeTrue(isInstalled("docker-compose"), "skipped: needs the Debian package docker-compose");
        Process compose = new ProcessBuilder("docker-compose", "-f", FILE.toString(), "config", "--quiet")
                .redirectErrorStream(true)
                .start();
        String output = new String(compose.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(compose.waitFor()).as(output).isZero();
    }

    private static boolean isInstalled(String command) {
        String path = new ProcessBuilder().environment().getOrDefault("PATH", "");
        return Stream.of(path.split(":")).anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }
}
