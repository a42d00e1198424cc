package io.assent.coordinator.transaction;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Reads of transactions.
 *
 * @param bounded How old the answer of a read with consistency=bounded may be.
 */
@ConfigurationProperties("assent.reads")
public record ReadProperties(@DefaultValue("2s") Duration bounded) {

    public ReadProperties {
        if (!bounded.isPositive()) {
            throw new IllegalArgumentException("assent.reads.bounded must be more than nothing.");
        }
    }
}
