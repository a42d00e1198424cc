package io.assent.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedSecretTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private static SharedSecret of(String secret) {
        return SharedSecret.of(new SecurityProperties(secret, null, false));
    }

    @Test
    void admitsEverybodyWhenThereIsNone() {
        SharedSecret none = SharedSecret.of(new SecurityProperties(null, null, false));

        assertThat(none.isSet()).isFalse();
        assertThat(none.admits(null)).isTrue();
        assertThat(none.authorization()).isEmpty();
    }

    @Test
    void admitsOnlyWhoKnowsIt() {
        SharedSecret secret = of(SECRET);

        assertThat(secret.admits("Bearer " + SECRET)).isTrue();
        assertThat(secret.admits("bearer  " + SECRET)).isTrue();
        assertThat(secret.admits(secret.authorization().orElseThrow())).isTrue();
        assertThat(secret.admits(null)).isFalse();
        assertThat(secret.admits(SECRET)).isFalse();
        assertThat(secret.admits("Bearer ")).isFalse();
        assertThat(secret.admits("Bearer " + SECRET.substring(1))).isFalse();
        assertThat(secret.admits("Bearer " + SECRET.toUpperCase(java.util.Locale.ROOT)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "0123456789abcdef0123456789abcde", "with space 0123456789abcdef0123456789"})
    void refusesToStartWithAWeakOneAndDoesNotShowIt(String weak) {
        assertThatThrownBy(() -> of(weak))
                .isInstanceOf(StartupRefusedException.class)
                .satisfies(e -> assertThat(weak.isEmpty() || !e.getMessage().contains(weak))
                        .isTrue());
    }

    @Test
    void readsItFromAFile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), SECRET + "\n");

        SharedSecret secret = SharedSecret.of(new SecurityProperties(null, file, false));

        assertThat(secret.admits("Bearer " + SECRET)).isTrue();
        assertThatThrownBy(() -> SharedSecret.of(new SecurityProperties(SECRET, file, false)))
                .isInstanceOf(StartupRefusedException.class);
        assertThatThrownBy(() -> SharedSecret.of(new SecurityProperties(null, directory.resolve("missing"), false)))
                .isInstanceOf(StartupRefusedException.class);
    }

    @Test
    void isNeverShown() {
        assertThat(of(SECRET).toString()).doesNotContain(SECRET);
        assertThat(new SecurityProperties(SECRET, null, false).toString()).doesNotContain(SECRET);
    }
}
