package io.assent.participant.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message names whom to send votes to: it must not make a participant call whatever it likes. */
class AcceptorAccessTest {

    private static final List<URI> COORDINATORS =
            List.of(URI.create("http://coordinator-1:8080"), URI.create("https://coordinator-2"));

    private final AcceptorAccess open = new AcceptorAccess(false, () -> COORDINATORS);
    private final AcceptorAccess secured = new AcceptorAccess(true, () -> COORDINATORS);

    @Test
    void votesGoBelowTheBaseUrl() {
        assertThat(open.votes("http://127.0.0.1:8081/"))
                .contains(URI.create("http://127.0.0.1:8081/v1/acceptor/votes"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8081",
                "http://LOCALHOST:8081",
                "http://127.8.8.8:1",
                "http://[::1]:8081",
                "http://coordinator-1:8080",
                "http://Coordinator-1:8080/",
                "https://coordinator-2"
            })
    void withoutASecretCoordinatorsAndThisMachineAreCalled(String url) {
        assertThat(open.votes(url)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://coordinator-1:8081",
                "https://coordinator-1:8080",
                "http://coordinator-2",
                "http://127.0.0.1.example.com:8081",
                "http://localhost.example.com",
                "http://169.254.169.254",
                "http://coordinator-3:8080"
            })
    void withoutASecretNobodyElseIsCalled(String url) {
        assertThat(open.votes(url)).isEmpty();
        assertThat(secured.votes(url)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/relative",
                "ftp://127.0.0.1:21",
                "file:///etc/passwd",
                "http://user:word@127.0.0.1:8081",
                "http://127.0.0.1:8081/?x=",
                "http://127.0.0.1:8081/#",
                "http://127.0.0.1:99999",
                "http://127.0.0.1 :80"
            })
    void whatIsNoBaseUrlIsNeverCalled(String url) {
        assertThat(open.votes(url)).isEmpty();
        assertThat(secured.votes(url)).isEmpty();
    }
}
