package io.assent.coordinator.delivery;

import static io.assent.coordinator.delivery.Station.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.runtime.Delivery;
import io.assent.coordinator.runtime.SteadyClock;
import io.github.resilience4j.springboot.bulkhead.autoconfigure.BulkheadAutoConfiguration;
import io.github.resilience4j.springboot.bulkhead.autoconfigure.BulkheadMetricsAutoConfiguration;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerMetricsAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;

class DeliveryConfigurationTest {

    private final ApplicationContextRunner node = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    BulkheadAutoConfiguration.class,
                    BulkheadMetricsAutoConfiguration.class,
                    CircuitBreakerAutoConfiguration.class,
                    CircuitBreakerMetricsAutoConfiguration.class,
                    SslAutoConfiguration.class))
            .withUserConfiguration(DeliveryConfiguration.class, Others.class)
            .withPropertyValues("assent.delivery.lane-idle=1s");

    @EnableConfigurationProperties(DeliveryProperties.class)
    static class Others {
        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }

        @Bean
        SteadyClock clock() {
            return new SteadyClock();
        }

        @Bean
        Horizons horizons() {
            return List::of;
        }

        @Bean
        ParticipantAccess access() {
            return new ParticipantAccess() {
                @Override
                public Optional<String> refuses(String endpoint) {
                    return Optional.empty();
                }

                @Override
                public Optional<String> authorization() {
                    return Optional.empty();
                }
            };
        }
    }

    @Test
    void breakersAndBulkheadsOfEndpointsAppearInMicrometerAndGo() {
        node.run(context -> {
            try (FakeParticipant participant = new FakeParticipant()) {
                Recorder listener = new Recorder();
                Delivery delivery = context.getBean(Delivery.class);
                delivery.offer(
                        participant.endpoint(), List.of(Mail.to(participant.endpoint(), Mail.commit(1))), listener);
                await().until(() -> listener.replies.size() == 1);

                MeterRegistry meters = context.getBean(MeterRegistry.class);
                String name = participant.endpoint();
                assertThat(meters.find("resilience4j.circuitbreaker.state")
                                .tag("name", name)
                                .gauges())
                        .isNotEmpty();
                assertThat(meters.find("resilience4j.bulkhead.available.concurrent.calls")
                                .tag("name", name)
                                .gauge())
                        .isNotNull();
                await().until(() -> meters.getMeters().stream()
                        .noneMatch(meter -> name.equals(meter.getId().getTag("name"))));
            }
        });
    }

    @Test
    void itsThreadsAreNotTakenForThoseOfTheApplication() {
        node.run(context -> {
            context.getBean(Delivery.class);
            assertThat(context.getBeansOfType(Executor.class)).isEmpty();
        });
    }

    @Test
    void itsThreadsEndWithIt() {
        node.run(context -> context.getBean(Delivery.class));
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("assent-delivery")));
    }
}
