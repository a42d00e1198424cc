package io.assent.coordinator.runtime;

import java.util.List;

/** The replicated logs of this node. */
public interface Logs {

    /** The logs of the groups of which this node holds a replica, by group number; always the same objects. */
    List<Log> hosted();
}
