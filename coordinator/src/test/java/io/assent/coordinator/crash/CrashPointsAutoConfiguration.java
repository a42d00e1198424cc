package io.assent.coordinator.crash;

import io.assent.coordinator.runtime.Delivery;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import java.nio.file.Path;
import java.util.List;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Puts crash points around the log, the delivery and the answers of a coordinator. They are armed by files in the directory that
 * {@code assent.test.crash-points} names; without it, in one beside the data directory.
 */
@AutoConfiguration
public class CrashPointsAutoConfiguration {

    @Bean
    static CrashPoints crashPoints(Environment environment) {
        String beside = environment.getProperty("assent.node.data-dir", "data") + "-crash-points";
        return new CrashPoints(Path.of(environment.getProperty("assent.test.crash-points", beside)));
    }

    @Bean
    static BeanPostProcessor crashingSeams(CrashPoints points) {
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

    @Bean
    FilterRegistrationBean<CrashingAnswers> crashingAnswers(CrashPoints points) {
        FilterRegistrationBean<CrashingAnswers> registration =
                new FilterRegistrationBean<>(new CrashingAnswers(points));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }
}
