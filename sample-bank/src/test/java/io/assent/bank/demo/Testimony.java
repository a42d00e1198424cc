package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What coordinators said of transfers while they could not know everything. It may be little, but must be what the
 * transfers come to.
 */
final class Testimony {

    private static final String PENDING = "PENDING";

    private final BusyTown busy;
    private final List<Server> banks;
    private final Map<String, Set<String>> said = new TreeMap<>();

    Testimony(BusyTown busy, List<Server> banks) {
        this.busy = busy;
        this.banks = banks;
    }

    /** Asks a coordinator about transfers, as each of the banks would. */
    void hear(Server coordinator, Collection<String> transfers) {
        for (Server bank : banks) {
            answers(coordinator, transfers, bank)
                    .forEach((id, outcome) ->
                            said.computeIfAbsent(id, any -> new TreeSet<>()).add(outcome));
        }
    }

    /** Asks a coordinator about a transfer of which it cannot know anything. */
    void hearNothing(Server coordinator, String transfer) {
        for (Server bank : banks) {
            assertThat(answers(coordinator, List.of(transfer), bank))
                    .as("what %s cannot know", coordinator.name())
                    .containsExactly(Map.entry(transfer, PENDING));
        }
    }

    private Map<String, String> answers(Server coordinator, Collection<String> transfers, Server bank) {
        Map<String, String> answers = new TreeMap<>();
        Patience.until(coordinator.name() + " answers", BusyTown.HIT, () -> {
            answers.putAll(busy.lookUp(coordinator, transfers, bank));
            return answers.keySet().containsAll(transfers);
        });
        return answers;
    }

    /** Compares all of it with what the transfers came to. */
    void check() {
        assertThat(said).isNotEmpty();
        said.forEach((id, outcomes) -> {
            outcomes.remove(PENDING);
            if (!outcomes.isEmpty()) {
                assertThat(outcomes).as("outcomes of %s that were told", id).containsExactly(busy.outcome(id));
            }
        });
    }
}
