package io.assent.coordinator.consultation;

import io.assent.protocol.AcceptorId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Asks other nodes who their acceptors are, and what they know of the other replicas. */
@Component
public final class Identities {

    static final String PATH = "/v1/acceptor";

    private static final Logger LOG = LoggerFactory.getLogger(Identities.class);

    private final NodeClient client;

    /** Nodes of the next version may tell more. */
    private final JsonMapper lenient = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    Identities(NodeClient client) {
        this.client = client;
    }

    /** What a node says of itself. */
    record Told(IdentityForm form) {

        /** Its acceptor of a group, or nothing when it has none open. */
        Optional<AcceptorId> acceptorOf(int group) {
            return of(group)
                    .flatMap(told -> read(told.replica() == null ? form.node() : told.replica(), told.incarnation()));
        }

        /** A replica of a group as this node's log names it, or nothing when it does not. */
        Optional<AcceptorId> known(int group, String replica) {
            return of(group).stream()
                    .flatMap(told -> Optional.ofNullable(told.known()).stream())
                    .flatMap(List::stream)
                    .filter(known -> replica.equals(known.replica()))
                    .flatMap(known -> read(known.replica(), known.incarnation()).stream())
                    .findFirst();
        }

        /** Which replicas its log knows to have had data, by group. */
        Map<Integer, List<String>> holders() {
            Map<Integer, List<String>> holders = new HashMap<>();
            for (IdentityForm.Group told : Objects.requireNonNullElse(form.groups(), List.<IdentityForm.Group>of())) {
                if (told.group() != null && told.holders() != null) {
                    holders.put(told.group(), told.holders());
                }
            }
            return holders;
        }

        private Optional<IdentityForm.Group> of(int group) {
            List<IdentityForm.Group> groups = form.groups();
            return groups == null
                    ? Optional.empty()
                    : groups.stream()
                            .filter(told -> told.group() != null && told.group() == group)
                            .findFirst();
        }

        private static Optional<AcceptorId> read(@Nullable String replica, @Nullable String incarnation) {
            try {
                return replica == null || incarnation == null
                        ? Optional.empty()
                        : Optional.of(AcceptorId.of(replica, incarnation));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    /**
     * Which replicas are known to have had data, by group, as a node's log tells; none when it does not answer in time.
     * Never fails.
     */
    public CompletableFuture<Map<Integer, List<String>>> holders(String url) {
        return of(url).thenApply(told -> told.map(Told::holders).orElse(Map.of()));
    }

    /** Asks a node; nothing when it does not answer in time, or not in a way that is understood. Never fails. */
    CompletableFuture<Optional<Told>> of(String url) {
        return client.get(url, PATH)
                .thenApply(body -> Optional.of(new Told(lenient.readValue(body, IdentityForm.class))))
                .exceptionally(failure -> {
                    LOG.debug("A node did not say who its acceptors are: url={}", url, failure);
                    return Optional.empty();
                });
    }
}
