package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.protocol.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the demonstration is asked to show. */
class DemoTest {

    private static String nameOf(Protocol protocol) {
        return protocol.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @ParameterizedTest
    @EnumSource
    void everyProtocolCanBeShown(Protocol protocol) {
        assertThat(Demo.protocol(nameOf(protocol))).isEqualTo(protocol);
    }

    @Test
    void anotherProtocolIsRefusedWithTheNamesOfAll() {
        assertThatThrownBy(() -> Demo.protocol("four-phase"))
                .isInstanceOf(DemoException.class)
                .hasMessageContainingAll(
                        Arrays.stream(Protocol.values()).map(DemoTest::nameOf).toArray(String[]::new));
    }

    @Test
    void theScriptTellsTheNamesOfAll() throws IOException {
        assertThat(Files.readString(Path.of("..", "demo")))
                .contains(Arrays.stream(Protocol.values()).map(DemoTest::nameOf).toList());
    }
}
