package io.assent.participant.branch;

import io.assent.protocol.participant.Notice;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a participant shows of its branches: {@code assent.participant.branches} by state, {@code assent.indoubt.age} of
 * the oldest in doubt, {@code assent.participant.notices} by kind.
 */
public final class BranchMetrics implements MeterBinder {

    private final Branches branches;
    private final NoticeBoard notices;

    /** The metrics of one participant. */
    public BranchMetrics(Branches branches, NoticeBoard notices) {
        this.branches = branches;
        this.notices = notices;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Tags tags = Tags.of("participant", branches.participant());
        Gauge.builder("assent.participant.branches", branches, Branches::working)
                .description("Branches that this instance has in hand")
                .tags(tags.and("state", "working"))
                .register(registry);
        Gauge.builder("assent.participant.branches", branches, Branches::prepared)
                .description("Branches that this instance has in hand")
                .tags(tags.and("state", "prepared"))
                .register(registry);
        TimeGauge.builder(
                        "assent.indoubt.age",
                        branches,
                        TimeUnit.MILLISECONDS,
                        b -> b.longestInDoubt().toMillis())
                .description("How long the oldest prepared branch has waited for its outcome")
                .tags(tags)
                .register(registry);
        for (Notice notice : Notice.values()) {
            FunctionCounter.builder("assent.participant.notices", notices, board -> board.count(notice))
                    .description("Messages and outcomes that were out of the ordinary")
                    .tags(tags.and("kind", notice.name().toLowerCase(Locale.ROOT), "alert", "" + notice.isAlert()))
                    .register(registry);
        }
    }
}
