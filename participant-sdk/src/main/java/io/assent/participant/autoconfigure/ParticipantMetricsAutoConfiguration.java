package io.assent.participant.autoconfigure;

import io.assent.participant.branch.BranchMetrics;
import io.assent.participant.branch.Branches;
import io.assent.participant.branch.NoticeBoard;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Shows the branches of a participant as metrics. */
@AutoConfiguration(after = ParticipantAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(Branches.class)
public final class ParticipantMetricsAutoConfiguration {

    @Bean
    BranchMetrics branchMetrics(Branches branches, NoticeBoard notices) {
        return new BranchMetrics(branches, notices);
    }
}
