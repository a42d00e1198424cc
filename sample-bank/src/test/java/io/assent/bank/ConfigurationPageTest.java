package io.assent.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page of all settings is what the compiler finds in the code. {@code -Dassent.docs=write} writes it anew; a setting
 * without a description fails.
 */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final String METADATA = "target/classes/META-INF/spring-configuration-metadata.json";

    /** One setting. */
    private record Setting(String name, String type, String byDefault, String description) {

        static Setting of(JsonNode property) {
            JsonNode value = property.path("defaultValue");
            return new Setting(
                    property.path("name").asString(),
                    simple(property.path("type").asString()),
                    value.isMissingNode() ? "" : value.isString() ? value.asString() : value.toString(),
                    property.path("description").asString(""));
        }

        private static String simple(String type) {
            return type.replaceAll("[A-Za-z0-9_]+[.$]", "");
        }

        String row() {
            String shown = byDefault.isEmpty() ? "" : "`" + byDefault + "`";
            return "| `" + name + "` | " + cell(type) + " | " + cell(shown) + " | " + cell(description) + " |";
        }

        private static String cell(String text) {
            return text.replace("|", "\\|").replace("<", "&lt;");
        }
    }

    @Test
    void thePageNamesEverySettingWithWhatTheCodeSaysOfIt() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "# Settings",
                "",
                "Written by `ConfigurationPageTest` from the code; `-Dassent.docs=write` writes it anew. Each is a property of"
                        + " Spring Boot: a file, an argument",
                "(`--assent.node.id=n1`) or a variable of the environment (`ASSENT_NODE_ID`) sets it. A value out of its"
                        + " range keeps the process from starting, and is named."));
        section(lines, "A coordinator", Path.of("..", "coordinator", METADATA));
        section(lines, "A service with the SDK", Path.of("..", "participant-sdk", METADATA));
        String page = String.join("\n", lines) + "\n";
        if ("write".equals(System.getProperty("assent.docs"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    private static void section(List<String> lines, String title, Path metadata) throws IOException {
        JsonNode all = JsonMapper.builder().build().readTree(Files.readString(metadata));
        List<Setting> settings = all.path("properties")
                .valueStream()
                .map(Setting::of)
                .filter(setting -> setting.name().startsWith("assent."))
                .sorted(Comparator.comparing(Setting::name))
                .toList();
        assertThat(settings)
                .isNotEmpty()
                .allSatisfy(setting ->
                        assertThat(setting.description()).as(setting.name()).isNotBlank());
        lines.addAll(List.of("", "## " + title, "", "| setting | type | default | what it does |"));
        lines.add("| --- | --- | --- | --- |");
        settings.forEach(setting -> lines.add(setting.row()));
    }
}
