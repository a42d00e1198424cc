package io.assent.coordinator.operations;

import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up once every hosted group has replayed its log and had a leader since the start of the node. */
final class ReplayHealth implements HealthIndicator {

    private final Logs logs;

    ReplayHealth(Logs logs) {
        this.logs = logs;
    }

    @Override
    public Health health() {
        List<Integer> behind = logs.hosted().stream()
                .filter(log -> !log.status().caughtUp())
                .map((Log log) -> log.state().group())
                .toList();
        return behind.isEmpty()
                ? Health.up().build()
                : Health.outOfService().withDetail("replaying", behind).build();
    }
}
