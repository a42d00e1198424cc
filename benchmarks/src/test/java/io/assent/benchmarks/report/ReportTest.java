package io.assent.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    @Test
    void numbers_keep_about_three_digits() {
        assertThat(Table.number(12_345.6)).isEqualTo("12,346");
        assertThat(Table.number(45.67)).isEqualTo("45.7");
        assertThat(Table.number(1.234)).isEqualTo("1.23");
        assertThat(Table.number(Double.NaN)).isEqualTo("?");
    }

    @Test
    void a_row_has_as_many_cells_as_the_header() {
        Table table = new Table("callers", "tx/s");
        table.row(64, 1234.5);

        assertThat(table).hasToString("""
                | callers | tx/s |
                | --- | --- |
                | 64 | 1,235 |""");
        assertThatThrownBy(() -> table.row(64)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void figures_take_the_place_between_their_marks() {
        String document = """
                before
                <!-- figures: begin -->
                old
                <!-- figures: end -->
                between
                <!-- protocols: begin -->
                old
                <!-- protocols: end -->
                """;

        assertThat(Report.replaced(document, Report.Marks.PROTOCOLS, "new")).isEqualTo("""
                before
                <!-- figures: begin -->
                old
                <!-- figures: end -->
                between
                <!-- protocols: begin -->
                new
                <!-- protocols: end -->
                """);
        assertThat(Report.replaced(document, Report.Marks.FIGURES, "new"))
                .startsWith("before\n<!-- figures: begin -->\nnew\n<!-- figures: end -->\nbetween\n");
        assertThatThrownBy(() -> Report.replaced("no marks", Report.Marks.FIGURES, "new"))
                .hasMessageContaining("<!-- figures: begin -->");
    }

    @Test
    void a_target_that_is_missed_is_told_and_what_is_demanded_fails_the_run(@TempDir Path directory)
            throws IOException {
        Report report = new Report(sink(), sink());
        report.target("N1", "cost", Limit.atMost(300, " us"), 301);
        report.target("N5", "share", Limit.atLeast(50, " %"), 50);
        report.demand("soak", "attempts that failed", 0);
        assertThat(report.hasFailed()).isFalse();

        report.demand("N7", "lost", 1);
        assertThat(report.hasFailed()).isTrue();

        report.targets();
        Path figures = directory.resolve("new").resolve("figures.md");
        report.writeTo(figures);
        assertThat(figures).content().isEqualTo("""
                ### Against the targets

                | target | what | wanted | measured | met |
                | --- | --- | --- | --- | --- |
                | N1 | cost | <= 300 us | 301 us | **no** |
                | N5 | share | >= 50.0 % | 50.0 % | yes |
                | soak | attempts that failed | 0 | 0 | yes |
                | N7 | lost | 0 | 1 | **no** |
                """);
    }

    @Test
    void a_figure_that_is_no_number_meets_nothing() {
        assertThat(Limit.atMost(1, "").isMetBy(Double.NaN)).isFalse();
        assertThat(Limit.atLeast(1, "").isMetBy(Double.NaN)).isFalse();
    }

    private static PrintStream sink() {
        return new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }

    @Test
    void a_stack_is_charged_to_the_innermost_layer_that_is_known() {
        assertThat(Layers.of(List.of(
                        "java.util.HashMap",
                        "tools.jackson.databind.ObjectMapper",
                        "io.assent.coordinator.delivery.Lane")))
                .isEqualTo("Jackson");
        assertThat(Layers.of(List.of("sun.nio.ch.Net", "io.assent.coordinator.cluster.Forwarder")))
                .isEqualTo("Assent: REST, routing, security, health");
        assertThat(Layers.of(List.of("java.lang.Thread"))).isEqualTo(Layers.NONE);
    }
}
