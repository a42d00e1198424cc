package io.assent.coordinator.runtime;

import io.assent.protocol.coordinator.Phase;

/** Who counts what happens, for metrics; called by the loop, must return at once. */
public interface Observer {

    /** Counts nothing. */
    Observer NONE = new Observer() {
        @Override
        public void ended(Transaction transaction) {}

        @Override
        public void left(Phase phase, long nanos) {}

        @Override
        public void adopted(Transaction transaction) {}
    };

    /** A transaction left the leader's table with this outcome. */
    void ended(Transaction transaction);

    /** A transaction was in this phase for so long. */
    void left(Phase phase, long nanos);

    /** This leader took over a transaction that another one began. */
    void adopted(Transaction transaction);
}
