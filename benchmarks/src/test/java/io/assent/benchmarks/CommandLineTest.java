package io.assent.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.stage.ClosedStage;
import io.assent.benchmarks.stage.KillStage;
import io.assent.benchmarks.stage.ProtocolStage;
import io.assent.benchmarks.stage.Settings;
import io.assent.benchmarks.stage.SoakStage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTest {

    @Test
    void without_words_everything_is_measured() {
        CommandLine line = CommandLine.parse();

        assertThat(line.stages()).hasSize(8);
        assertThat(line.wants(CommandLine.ENGINE)).isTrue();
        assertThat(line.settings().callers()).containsExactly(1, 16, 64, 256);
        assertThat(line.settings().write()).isNull();
    }

    @Test
    void words_choose_stages_which_keep_their_order() {
        CommandLine line = CommandLine.parse("kill", "closed", "soak");

        assertThat(line.stages()).hasExactlyElementsOfTypes(SoakStage.class, ClosedStage.class, KillStage.class);
        assertThat(line.wants(CommandLine.ENGINE)).isFalse();
    }

    @Test
    void protocols_are_compared_only_when_that_is_asked_for_and_have_their_own_place() {
        CommandLine line = CommandLine.parse("delays", "protocols");

        assertThat(line.stages()).hasExactlyElementsOfTypes(ProtocolStage.class);
        assertThat(line.wants(CommandLine.DELAYS)).isTrue();
        assertThat(line.marks()).isEqualTo(Report.Marks.PROTOCOLS);
        assertThat(CommandLine.parse("delays", "closed").marks()).isEqualTo(Report.Marks.FIGURES);
        assertThat(CommandLine.parse().marks()).isEqualTo(Report.Marks.FIGURES);
        assertThat(CommandLine.parse().wants(CommandLine.DELAYS)).isFalse();
    }

    @Test
    void an_option_stands_above_what_quick_changes() {
        Settings settings = CommandLine.parse("--quick", "--window=7s", "--write=docs/performance.md")
                .settings();

        assertThat(settings.quick()).isTrue();
        assertThat(settings.window()).isEqualTo(Duration.ofSeconds(7));
        assertThat(settings.rates()).containsExactly(80);
        assertThat(settings.write()).isEqualTo(Path.of("docs/performance.md"));
    }

    @Test
    void a_list_is_separated_by_commas() {
        assertThat(CommandLine.parse("--jvm=-Xmx2g,-XX:+UseParallelGC")
                        .settings()
                        .jvm())
                .isEqualTo(List.of("-Xmx2g", "-XX:+UseParallelGC"));
    }

    @Test
    void what_cannot_be_used_is_named() {
        assertThatThrownBy(() -> CommandLine.parse("everything")).hasMessageContaining("everything");
        assertThatThrownBy(() -> CommandLine.parse("--windows=3s")).hasMessageContaining("windows");
        assertThatThrownBy(() -> CommandLine.parse("--nodes=0")).hasMessageContaining("--nodes");
        assertThatThrownBy(() -> CommandLine.parse("--delay=0ms")).hasMessageContaining("--delay");
    }
}
