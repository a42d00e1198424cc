package io.assent.coordinator.operations;

import io.assent.coordinator.runtime.Log;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Whether a group has a leader, as this node knows it. */
final class GroupHealth implements HealthIndicator {

    private static final String NOBODY = "(none)";

    private final Log log;

    GroupHealth(Log log) {
        this.log = log;
    }

    @Override
    public Health health() {
        Log.Status status = log.status();
        Log.Leadership leadership = status.leadership();
        String leader = leadership.leader();
        Health.Builder health = leader != null && status.accepting() ? Health.up() : Health.down();
        return health.withDetail("leader", leader == null ? NOBODY : leader)
                .withDetail("leads", leadership.ready())
                .withDetail("term", leadership.term())
                .withDetail("appliedIndex", log.appliedIndex())
                .withDetail("openTransactions", log.state().open().size())
                .withDetail("diskHasRoom", status.accepting())
                .build();
    }
}
