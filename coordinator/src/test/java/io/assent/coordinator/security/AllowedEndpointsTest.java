package io.assent.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedEndpointsTest {

    @ParameterizedTest
    @CsvSource({
        "bank, http://bank:8091/x",
        "bank, HTTPS://BANK/x",
        "bank, http://bank./x",
        "*.bank.internal, http://a.bank.internal/x",
        "bank-*, http://bank-17/x",
        "*, http://anything.example/",
        "10.1.0.0/16, http://10.1.255.7/",
        "10.1.2.3, http://10.1.2.3/",
        "0.0.0.0/0, http://8.8.8.8/",
        "2001:db8::/32, http://[2001:db8:1::9]/",
        "2001:db8::1, http://[2001:0db8:0:0::1]:80/",
        "10.0.0.0/31, http://10.0.0.1/"
    })
    void allowsWhatARuleNames(String rule, String url) {
        assertThat(new AllowedEndpoints(List.of("other", rule)).refuses(url)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bank, http://bank.example/",
        "bank, http://mybank/",
        "*.bank.internal, http://bank.internal/",
        "*.bank.internal, http://bank.internal.evil.example/",
        "bank.internal, http://bankxinternal/",
        "10.1.0.0/16, http://10.2.0.1/",
        "10.0.0.0/31, http://10.0.0.2/",
        "10.1.0.0/16, http://10.1.0.1.example/",
        "0.0.0.0/0, http://localhost/",
        "0.0.0.0/0, http://[::1]/",
        "127.0.0.0/8, http://2130706433/",
        "127.0.0.0/8, http://127.1/",
        "127.0.0.0/8, http://0x7f.0.0.1/",
        "127.0.0.0/8, http://0177.0.0.1/",
        "::/0, http://10.0.0.1/"
    })
    void refusesEveryOtherHost(String rule, String url) {
        assertThat(new AllowedEndpoints(List.of(rule)).refuses(url)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:1/", "http://127.0.0.1/", "http://127.9.9.9/", "http://[::1]/x"})
    void loopbackIsLoopback(String url) {
        assertThat(AllowedEndpoints.loopbackOnly().refuses(url)).isEmpty();
    }

    @Test
    void anIpv4AddressInsideIpv6IsTheIpv4Address() {
        assertThat(AllowedEndpoints.loopbackOnly().refuses("http://[::ffff:10.0.0.1]/"))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://u@bank/", "http://u:p@bank/", "http://bank/#f", "file:///etc/passwd", "jar:http://bank!/"
            })
    void refusesWhatIsNoPlainHttpUrl(String url) {
        assertThat(new AllowedEndpoints(List.of("*")).refuses(url)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/", "bank/8", "a b", "", "http://bank", "::1/129"})
    void refusesARuleThatItCannotRead(String rule) {
        assertThatThrownBy(() -> new AllowedEndpoints(List.of(rule))).isInstanceOf(IllegalArgumentException.class);
    }
}
