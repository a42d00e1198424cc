package io.assent.coordinator.transaction;

import java.util.concurrent.ThreadLocalRandom;
import org.springframework.stereotype.Component;

/** When a refused caller should try again: about a second, spread so that refused callers do not come back at once. */
@Component
final class RetryAfter {

    /** The value of Retry-After, which counts whole seconds: 1 or 2. */
    String seconds() {
        return ThreadLocalRandom.current().nextBoolean() ? "1" : "2";
    }
}
