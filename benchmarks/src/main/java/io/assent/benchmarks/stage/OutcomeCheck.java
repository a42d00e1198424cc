package io.assent.benchmarks.stage;

import io.assent.benchmarks.process.Control;
import io.assent.benchmarks.process.Until;
import io.assent.protocol.api.LookupAnswer;
import io.assent.protocol.api.LookupRequest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Asks the cluster again what became of transactions whose initiators were told an outcome. */
final class OutcomeCheck {

    private static final int BATCH = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Control control;
    private final List<URI> nodes;

    OutcomeCheck(Control control, List<URI> nodes) {
        this.control = control;
        this.nodes = List.copyOf(nodes);
    }

    /** Of how many of these the branch now has another outcome than was told. */
    long otherThan(String outcome, Collection<String> transactions, String branch) {
        List<String> all = new ArrayList<>(transactions);
        long other = 0;
        for (int from = 0; from < all.size(); from += BATCH) {
            List<String> some = all.subList(from, Math.min(all.size(), from + BATCH));
            other += lookup(some, branch).outcomes().stream()
                    .filter(item -> !item.outcome().equals(outcome))
                    .count();
        }
        return other;
    }

    private LookupAnswer lookup(List<String> some, String branch) {
        List<LookupRequest.Item> items = new ArrayList<>();
        some.forEach(id -> items.add(new LookupRequest.Item(id, branch)));
        LookupRequest request = new LookupRequest(new ArrayList<>(items));
        return Until.present(
                "An answer to a lookup",
                PATIENCE,
                Duration.ofMillis(200),
                () -> nodes.stream()
                        .map(node -> control.post(node.resolve("/v1/outcomes/lookup"), request, LookupAnswer.class))
                        .flatMap(Optional::stream)
                        .findFirst());
    }
}
