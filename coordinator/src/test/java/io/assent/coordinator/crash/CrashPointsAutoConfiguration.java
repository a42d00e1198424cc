package io.assent.coordinator.crash;

import io.assent.coordinator.runtime.Delivery;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import java.nio.file.Path;
import java.util.List;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Puts crash points around the log and the delivery of a coordinator that was started with a directory for them. */
@AutoConfiguration
@ConditionalOnProperty("assent.test.crash-points")
public class CrashPointsAutoConfiguration {

    @Bean
    static BeanPostProcessor crashPoints(Environment environment) {
        CrashPoints points = new CrashPoints(Path.of(environment.getRequiredProperty("assent.test.crash-points")));
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (name.equals("logs") && bean instanceof Logs logs) {
                    List<Log> crashing = logs.hosted().stream()
                            .<Log>map(log -> new CrashingLog(log, points))
                            .toList();
                    return (Logs) () -> crashing;
                }
                return name.equals("lanes") && bean instanceof Delivery delivery
                        ? new CrashingDelivery(delivery, points)
                        : bean;
            }
        };
    }
}
