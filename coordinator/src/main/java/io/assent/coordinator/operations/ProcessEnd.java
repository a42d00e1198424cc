package io.assent.coordinator.operations;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Ends the process when it cannot do its work any more. What is on disk is as good as before, so whoever watches over
 * the process starts it again.
 */
@Component
public final class ProcessEnd {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessEnd.class);

    /** EX_SOFTWARE of sysexits.h. */
    private static final int STATUS = 70;

    private static final Duration ORDERLY = Duration.ofSeconds(15);

    private final AtomicBoolean ending = new AtomicBoolean();

    /**
     * Ends the process: in order if that works, at once after {@code 15 s}. Returns at once, on any thread.
     *
     * @param reason a sentence for an operator
     * @param cause what it came from, or null
     */
    public void because(String reason, @Nullable Throwable cause) {
        if (ending.compareAndSet(false, true)) {
            LOG.error("This node ends: {}", reason, cause);
            Thread exit = Thread.ofPlatform().daemon().name("assent-exit").start(() -> System.exit(STATUS));
            Thread.ofPlatform().daemon().name("assent-halt").start(() -> haltUnlessEnded(exit));
        }
    }

    private static void haltUnlessEnded(Thread exit) {
        try {
            exit.join(ORDERLY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(STATUS);
    }
}
