package io.assent.coordinator.delivery;

import java.util.List;

/** The horizons that travel with the messages, so that participants may forget (rule P7). */
public interface Horizons {

    /**
     * The upper bounds of forgotten ids, one for each incarnation that this node speaks for; a group that has forgotten
     * nothing has none. Answers at once, on any thread.
     */
    List<String> current();
}
