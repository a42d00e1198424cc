package io.assent.coordinator.runtime;

/** The acceptors of each hosted group. */
@FunctionalInterface
public interface AcceptorsOfGroup {

    /**
     * Those of one group; always the same object.
     *
     * @param group number of a group of which this node holds a replica
     */
    Acceptors of(int group);
}
