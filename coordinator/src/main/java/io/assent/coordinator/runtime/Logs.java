package io.assent.coordinator.runtime;

import java.util.List;
import java.util.Optional;

/** The replicated logs of this node. */
public interface Logs {

    /** The logs of the groups of which this node holds a replica, by group number; always the same objects. */
    List<Log> hosted();

    /** The log of this group, or nothing when this node holds no replica of it. */
    default Optional<Log> of(int group) {
        return hosted().stream().filter(log -> log.state().group() == group).findFirst();
    }
}
