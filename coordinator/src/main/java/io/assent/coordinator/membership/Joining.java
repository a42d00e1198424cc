package io.assent.coordinator.membership;

import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.coordinator.consultation.Identities;
import io.assent.coordinator.consultation.NodeClient;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Brings a node that has lost its data back into its groups, as a new replica (Q1): the lost one would vote again in
 * terms in which it has voted. Before the logs start, what the node was leaves its groups; when they run, the new
 * replica comes in. Each step may be asked for again, so that a node that stops in between goes on at its next start.
 */
@Component
public final class Joining {

    private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
    private static final Duration PAUSE = Duration.ofMillis(500);

    /** Long enough for a large snapshot; then the node ends, and whoever starts it again lets it go on. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final String WAIT_AND_START =
            "Look at GET /v1/cluster of another node: the group needs a leader there,"
                    + " and so a majority of its replicas without this one. Then start this node again; it goes on where it was.";

    private static final String JOIN =
            "If a volume is not mounted, mount it. If the data are lost, start this node with"
                    + " assent.cluster.join, the URL of another node: it comes back as a new replica.";

    private final ClusterLayout layout;
    private final Logs logs;
    private final NodeClient client;
    private final Identities identities;

    /** Nodes of the next version may tell more. */
    private final JsonMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    Joining(ClusterLayout layout, Logs logs, NodeClient client, Identities identities) {
        this.layout = layout;
        this.logs = logs;
        this.client = client;
        this.identities = identities;
    }

    /**
     * For a node without data: asks the others, briefly, whether it has had some; whoever answers counts. It would vote
     * in terms in which it has voted, and acknowledged entries could be lost.
     *
     * @throws NotAdmittedException when one of its replicas is lost
     */
    public void refuseWhatIsLost() {
        List<CompletableFuture<Map<Integer, List<String>>>> asked =
                others().stream().map(identities::holders).toList();
        for (Log log : logs.hosted()) {
            int group = log.state().group();
            if (asked.stream()
                    .anyMatch(told -> told.join().getOrDefault(group, List.of()).contains(log.replica()))) {
                throw new NotAdmittedException(
                        "The other nodes know that replica " + log.replica() + " has had data of group " + group
                                + ", and there are none here.",
                        JOIN,
                        null);
            }
        }
    }

    /**
     * Has what this node was leave its groups.
     *
     * @throws NotAdmittedException when that was not possible for a long time
     */
    public void leave() {
        LOG.info("this node has no data and joins its groups as a new replica; what it was there leaves them first");
        logs.hosted().forEach(log -> settle(log, null));
    }

    /**
     * Has this node's replica come into these groups.
     *
     * @throws NotAdmittedException when that was not possible for a long time
     */
    public void enter(Collection<Log> outside) {
        outside.forEach(log -> settle(log, log.replica()));
    }

    private void settle(Log log, @Nullable String replica) {
        Step step = new Step(log.state().group(), replica);
        RetryTemplate attempts = new RetryTemplate(RetryPolicy.builder()
                .maxRetries(Long.MAX_VALUE)
                .timeout(PATIENCE)
                .delay(PAUSE)
                .build());
        try {
            MembersForm settled = attempts.execute(step::take);
            LOG.info("group={} has the replicas {}", step.group, settled == null ? List.of() : settled.members());
        } catch (RetryException e) {
            throw new NotAdmittedException(
                    "This node could not " + (replica == null ? "leave" : "come into") + " group " + step.group + ": "
                            + step.obstacle + ".",
                    WAIT_AND_START,
                    e);
        }
    }

    /** One thing to have done, by whichever node answers. */
    private final class Step {
        private final int group;
        private final byte[] question;
        private Iterator<String> urls = List.<String>of().iterator();
        private String obstacle = "it was not asked";

        Step(int group, @Nullable String replica) {
            this.group = group;
            this.question =
                    json.writeValueAsBytes(new ReplicaForm(group, layout.self().id(), replica));
        }

        MembersForm take() throws IOException {
            if (!urls.hasNext()) {
                urls = others().iterator();
            }
            String url = urls.next();
            try {
                MembersForm answer = json.readValue(
                        client.post(url, MembersController.PATH, question).join(), MembersForm.class);
                if (answer.obstacle() == null) {
                    return answer;
                }
                hinder(answer.obstacle());
            } catch (CompletionException e) {
                hinder(url + " gave no answer: "
                        + Optional.ofNullable(e.getCause()).orElse(e));
            }
            throw new IOException(obstacle);
        }

        private void hinder(String present) {
            if (!present.equals(obstacle)) {
                obstacle = present;
                LOG.info("group={} waits: {}", group, obstacle);
            }
        }
    }

    /** Those to ask, the one that was named first. */
    private List<String> others() {
        Stream<String> named = Optional.ofNullable(layout.joinedThrough()).stream();
        return Stream.concat(named, layout.others(layout.nodes()).stream())
                .distinct()
                .toList();
    }
}
