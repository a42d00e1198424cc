package io.assent.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The models of the protocols in {@code docs/models}, searched exhaustively by Spin. */
class ModelsTest {

    private static final Path CHECK = Path.of("..", "docs", "models", "check");

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void theRulesHoldInEveryModelAndEveryMutantBreaksThem() throws IOException, InterruptedException {
        assumeTrue(isInstalled("spin"), "skipped: needs the Debian package spin");
        assumeTrue(isInstalled("gcc"), "skipped: needs the Debian package gcc");

        Process check =
                new ProcessBuilder(CHECK.toString()).redirectErrorStream(true).start();
        try (InputStream output = check.getInputStream()) {
            String table = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            System.out.println(table);
            assertThat(check.waitFor()).as(table).isZero();
        } finally {
            check.destroy();
        }
    }

    private static boolean isInstalled(String command) {
        String path = new ProcessBuilder().environment().getOrDefault("PATH", "");
        return Stream.of(path.split(":")).anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }
}
