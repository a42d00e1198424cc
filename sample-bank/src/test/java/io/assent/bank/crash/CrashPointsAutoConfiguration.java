package io.assent.bank.crash;

import io.assent.participant.BranchResource;
import io.assent.participant.CoordinatorClient;
import io.assent.participant.Ledger;
import io.assent.participant.branch.DirectVotes;
import io.assent.participant.branch.ParticipantMessages;
import java.nio.file.Path;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Puts crash points around what a participant does: to its resource, to its facts, with the messages and calls that it
 * gets, and with what it asks the coordinators. They are armed by files in the directory that
 * {@code assent.test.crash-points} names; without it, in one beside the data directory.
 */
@AutoConfiguration
public class CrashPointsAutoConfiguration {

    @Bean
    static CrashPoints crashPoints(Environment environment) {
        String beside = environment.getProperty("bank.data-dir", "data") + "-crash-points";
        return new CrashPoints(Path.of(environment.getProperty("assent.test.crash-points", beside)));
    }

    @Bean
    static BeanPostProcessor crashingSeams(CrashPoints points) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return switch (bean) {
                    case BranchResource resource -> new CrashingResource(resource, points);
                    case Ledger ledger -> new CrashingLedger(ledger, points);
                    case ParticipantMessages messages -> new CrashingMessages(messages, points);
                    case DirectVotes votes -> crashing(votes, points);
                    case CoordinatorClient coordinators -> new CrashingCoordinators(coordinators, points);
                    default -> bean;
                };
            }
        };
    }

    private static DirectVotes crashing(DirectVotes votes, CrashPoints points) {
        return prepare -> points.around("direct-vote", () -> votes.cast(prepare));
    }

    @Bean
    FilterRegistrationBean<CrashingAnswers> crashingAnswers(CrashPoints points) {
        FilterRegistrationBean<CrashingAnswers> registration =
                new FilterRegistrationBean<>(new CrashingAnswers(points));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }
}
