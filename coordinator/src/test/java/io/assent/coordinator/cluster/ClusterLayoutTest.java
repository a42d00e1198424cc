package io.assent.coordinator.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

class ClusterLayoutTest {

    private static List<ClusterProperties.Node> nodes(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new ClusterProperties.Node(
                        "n" + i, URI.create("http://127.0.0.1:" + (8080 + i) + "/"), "127.0.0.1:" + (9080 + i)))
                .toList();
    }

    private static ClusterLayout layout(String self, List<ClusterProperties.Node> nodes, int groups) {
        return new ClusterLayout(
                new NodeProperties(self, Path.of("data")),
                new ClusterProperties(
                        nodes,
                        null,
                        groups,
                        3,
                        Duration.ofSeconds(3),
                        10,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        10));
    }

    @Test
    void aNodeWithoutConfigurationIsAloneAndHoldsTheOnlyGroup() {
        ClusterLayout layout = layout("n1", List.of(), 1);

        assertThat(layout.isAlone()).isTrue();
        assertThat(layout.hosted()).extracting(ClusterLayout.Group::id).containsExactly(0);
        assertThat(layout.self().url()).isNull();
    }

    @Test
    void everyNodeComputesTheSameFromTheSameNodesInAnyOrder() {
        List<ClusterProperties.Node> shuffled = new ArrayList<>(nodes(5));
        Collections.reverse(shuffled);

        assertThat(layout("n1", nodes(5), 16).groups())
                .isEqualTo(layout("n4", shuffled, 16).groups());
    }

    @Test
    void spreadsReplicasAndPreferredLeadersOverTheNodes() {
        ClusterLayout layout = layout("n1", nodes(5), 20);

        Map<String, Long> leaders = layout.groups().stream()
                .collect(Collectors.groupingBy(
                        group -> group.replicas().getFirst().id(), Collectors.counting()));

        assertThat(layout.groups()).allSatisfy(group -> {
            assertThat(group.replicas()).hasSize(3);
            assertThat(new HashSet<>(group.replicas())).hasSize(3);
        });
        assertThat(leaders.values()).allSatisfy(count -> assertThat(count).isBetween(3L, 5L));
    }

    @Test
    void aNodeMoreMovesFewReplicas() {
        ClusterLayout before = layout("n1", nodes(5), 100);
        ClusterLayout after = layout("n1", nodes(6), 100);

        long kept = IntStream.range(0, 100)
                .mapToLong(g ->
                        ids(before, g).stream().filter(ids(after, g)::contains).count())
                .sum();

        assertThat(kept).isGreaterThan(200);
    }

    private static List<String> ids(ClusterLayout layout, int group) {
        return layout.groups().get(group).replicas().stream()
                .map(ClusterLayout.Node::id)
                .toList();
    }

    @Test
    void baseUrlsHaveNoSlashAtTheirEnd() {
        assertThat(layout("n1", nodes(3), 1).self().url()).isEqualTo("http://127.0.0.1:8081");
    }

    @Test
    void refusesANodeThatIsNotAmongTheNodes() {
        assertThatThrownBy(() -> layout("n9", nodes(3), 1))
                .isInstanceOf(InvalidConfigurationPropertyValueException.class);
    }

    @Test
    void refusesTwoNodesWithTheSameIdUrlOrAddress() {
        List<ClusterProperties.Node> twice = new ArrayList<>(nodes(2));
        twice.add(nodes(1).getFirst());

        assertThatThrownBy(() -> layout("n1", twice, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("assent.cluster.nodes[2].id");
    }
}
