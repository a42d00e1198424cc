package io.assent.coordinator.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Taking part needs no SDK: what the documentation says about the size of such a participant stays true. */
class ParticipantSizeTest {

    @Test
    void aParticipantWithoutTheSdkHasAtMostSixtyLines() throws IOException {
        Path participant = Path.of("..", "docs", "examples", "participant.py");

        assertThat(Files.readAllLines(participant))
                .filteredOn(line -> !line.isBlank())
                .hasSizeLessThanOrEqualTo(60);
    }
}
