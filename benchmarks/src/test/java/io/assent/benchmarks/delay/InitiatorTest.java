package io.assent.benchmarks.delay;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.benchmarks.load.ProtocolVariant;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InitiatorTest {

    @Test
    void an_order_is_understood_as_it_was_given() {
        Initiator.Order order = new Initiator.Order(
                URI.create("http://10.77.1.1:8080"),
                ProtocolVariant.VOTES_HANDED_OVER,
                50,
                100,
                Duration.ofMillis(110),
                List.of(URI.create("http://10.77.4.1:8090"), URI.create("http://10.77.5.1:8090")));

        assertThat(Initiator.Order.parse(List.of(order.line().split(" ", -1)))).isEqualTo(order);
    }
}
