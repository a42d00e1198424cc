package io.assent.participant.branch;

import io.assent.participant.CoordinatorClient;
import io.assent.participant.CoordinatorRefusedException;
import io.assent.participant.CoordinatorUnavailableException;
import io.assent.participant.Deadline;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.LookupAnswer;
import io.assent.protocol.api.LookupRequest;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Finds prepared branches in the resource, at start and now and then, and asks any coordinator what became of those in
 * doubt, again and again: a prepared branch never decides alone. Also lets branches know when their time is up.
 */
public final class BranchRecovery implements SmartLifecycle {

    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LOOKUP_LIMIT = 1000;

    /** How long a shutdown waits for what is being done: longer than a look-up takes, and what is then carried out. */
    private static final Duration END_PATIENCE = PATIENCE.plusSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(BranchRecovery.class);

    private final Branches branches;
    private final Horizons horizons;
    private final Incarnations incarnations;
    private final CoordinatorClient coordinators;
    private final Duration scanInterval;
    private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
    private volatile boolean running;

    /**
     * Recovery of one participant's branches.
     *
     * @param scanInterval the pause between two listings of prepared branches
     */
    public BranchRecovery(
            Branches branches,
            Horizons horizons,
            Incarnations incarnations,
            CoordinatorClient coordinators,
            Duration scanInterval) {
        this.branches = branches;
        this.horizons = horizons;
        this.incarnations = incarnations;
        this.coordinators = coordinators;
        this.scanInterval = scanInterval;
        scheduler.setPoolSize(4); // Deadlines wait neither for a slow database nor for a slow coordinator.
        scheduler.setDaemon(true);
        // Never interrupted: H2 closes the file of the whole database when a thread that reads or writes it is.
        scheduler.setWaitForTasksToCompleteOnShutdown(true);
        scheduler.setAwaitTerminationMillis(END_PATIENCE.toMillis());
        scheduler.setThreadNamePrefix("assent-recovery-");
        scheduler.setErrorHandler(failure -> LOG.warn("Recovery will try again", failure));
    }

    @Override
    public void start() {
        running = true;
        scheduler.initialize();
        scheduler.execute(incarnations::ask);
        every(scanInterval, branches::findPrepared);
        every(TICK, branches::passDeadlines);
        every(TICK, branches::passPatience);
        every(TICK, this::lookUp);
    }

    private void every(Duration pause, Runnable task) {
        // It ends with the scheduler; failures go to the error handler.
        ScheduledFuture<?> unused = scheduler.scheduleWithFixedDelay(task, pause);
    }

    private void lookUp() {
        List<LiveBranch> due = branches.all().stream()
                .filter(branch -> branch.inDoubt().map(LookupPace::isDue).orElse(false))
                .limit(LOOKUP_LIMIT)
                .toList();
        if (due.isEmpty()) {
            return;
        }
        List<LookupRequest.Item> items = due.stream()
                .map(branch -> new LookupRequest.Item(branch.transaction().toString(), branches.participant()))
                .toList();
        LookupAnswer answer;
        try {
            answer = coordinators.lookup(items, Deadline.in(PATIENCE));
        } catch (CoordinatorUnavailableException e) {
            LOG.warn("{} branches are in doubt, and no coordinator answers: {}", due.size(), e.getMessage());
            due.forEach(branch -> branches.tell(branch, new BranchEvent.NoFactLearned(false)));
            return;
        } catch (CoordinatorRefusedException e) {
            LOG.error(
                    "{} branches are in doubt, and a coordinator refuses to tell their outcome: {}",
                    due.size(),
                    e.getMessage());
            due.forEach(branch -> branches.tell(branch, new BranchEvent.NoFactLearned(true)));
            return;
        } catch (RuntimeException e) {
            LOG.warn(
                    "{} branches are in doubt, and no coordinator tells their outcome: {}", due.size(), e.getMessage());
            return;
        }
        answer.outcomes().forEach(this::learn);
        horizons.note(answer.horizons());
    }

    private void learn(LookupAnswer.Item item) {
        Optional<LookupOutcome> outcome = Arrays.stream(LookupOutcome.values())
                .filter(known -> known.name().equals(item.outcome()))
                .findFirst();
        if (outcome.isEmpty() || !item.branch().equals(branches.participant())) {
            return;
        }
        LOG.info("Outcome of a branch in doubt: transaction={} outcome={}", item.transaction(), item.outcome());
        BranchEvent event = outcome.get() == LookupOutcome.PENDING
                ? new BranchEvent.NoFactLearned(true)
                : new BranchEvent.OutcomeLearned(outcome.get());
        branches.find(TransactionId.parse(item.transaction())).ifPresent(branch -> branches.tell(branch, event));
    }

    /** No new round begins; what is being done ends by itself, and is waited for some seconds. */
    @Override
    public void stop() {
        running = false;
        scheduler.shutdown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** It runs as long as branches may be in doubt: longer than {@link BranchDrain} waits for their outcome. */
    @Override
    public int getPhase() {
        return BranchDrain.PHASE - 1;
    }
}
