package io.assent.coordinator.cluster;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * This node.
 *
 * @param id Name of this node among assent.cluster.nodes: 1 to 64 letters, digits, dots, dashes or underscores.
 * @param dataDir Directory of the replicated log, its snapshots and the acceptors' records; created when it is missing.
 */
@ConfigurationProperties("assent.node")
public record NodeProperties(
        @DefaultValue("n1") String id,
        @DefaultValue("./data") Path dataDir) {

    static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public NodeProperties {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("assent.node.id must be 1 to 64 letters, digits, dots, dashes or"
                    + " underscores, and is \"" + id + "\".");
        }
    }
}
