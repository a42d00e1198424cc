package io.assent.coordinator.cluster;

import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The cluster that this node is part of. The same on every node.
 *
 * @param nodes All nodes of the cluster, this one included, each with id, url (of its REST API) and raft (host and port of
 *     its log). None: this node alone.
 * @param join Base URL of another node, for a node that has lost its data: it comes back as a new replica. Not used by a
 *     node that has data.
 * @param groups Number of Raft groups, 1 to 1,024. It cannot be changed later.
 * @param replicas Number of nodes that hold a copy of each group; all nodes when there are fewer.
 * @param hold How long a request waits for a leader before it is answered 503.
 * @param maxHeld How many requests may wait for a leader at once; more are answered 503 at once.
 * @param connectTimeout Time to connect to another node.
 * @param peerTimeout Time that another node has for an answer, beyond what the caller asked it to wait.
 * @param maxForwarded How many requests may be with other nodes at once; more are answered 429.
 */
@ConfigurationProperties("assent.cluster")
public record ClusterProperties(
        @DefaultValue List<Node> nodes,
        @Nullable URI join,
        @DefaultValue("1") int groups,
        @DefaultValue("3") int replicas,
        @DefaultValue("3s") Duration hold,
        @DefaultValue("1024") int maxHeld,
        @DefaultValue("1s") Duration connectTimeout,
        @DefaultValue("10s") Duration peerTimeout,
        @DefaultValue("2048") int maxForwarded) {

    private static final int MAX_GROUPS = 1_024;
    private static final Pattern RAFT_ADDRESS = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+):[0-9]{1,5}");

    /**
     * A node of the cluster.
     *
     * @param id Name of the node.
     * @param url Base URL of its REST API, as other nodes and clients reach it.
     * @param raft Host and port of its replicated log, as other nodes reach it.
     */
    public record Node(
            @Nullable String id,
            @Nullable URI url,
            @Nullable String raft) {}

    public ClusterProperties {
        nodes = List.copyOf(nodes);
        require(groups >= 1 && groups <= MAX_GROUPS, "assent.cluster.groups must be 1 to " + MAX_GROUPS);
        require(replicas >= 1, "assent.cluster.replicas must be at least 1");
        require(maxHeld >= 0, "assent.cluster.max-held must not be negative");
        require(maxForwarded >= 1, "assent.cluster.max-forwarded must be at least 1");
        require(!hold.isNegative(), "assent.cluster.hold must not be negative");
        require(connectTimeout.isPositive(), "assent.cluster.connect-timeout must be more than nothing");
        require(peerTimeout.isPositive(), "assent.cluster.peer-timeout must be more than nothing");
        checkNodes(nodes);
        require(
                join == null || isBaseUrl(join) && nodes.size() > 1,
                "assent.cluster.join must be the base URL of another one of assent.cluster.nodes");
    }

    private static void checkNodes(List<Node> nodes) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            String name = "assent.cluster.nodes[" + i + "]";
            String id = node.id();
            require(
                    id != null && NodeProperties.ID.matcher(id).matches(),
                    name + ".id must be 1 to 64 letters, digits, dots, dashes or underscores");
            require(isBaseUrl(node.url()), name + ".url must be a base URL such as http://127.0.0.1:8081");
            String raft = node.raft();
            require(
                    raft != null && RAFT_ADDRESS.matcher(raft).matches(),
                    name + ".raft must be host:port such as 127.0.0.1:9081");
            require(seen.add("id " + id), name + ".id is the id of an earlier node");
            require(seen.add("url " + baseUrl(node.url())), name + ".url is the URL of an earlier node");
            require(seen.add("raft " + raft), name + ".raft is the address of an earlier node");
        }
    }

    private static boolean isBaseUrl(@Nullable URI url) {
        if (url == null || url.getScheme() == null || url.getHost() == null) {
            return false;
        }
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        return (scheme.equals("http") || scheme.equals("https"))
                && url.getRawUserInfo() == null
                && url.getRawQuery() == null
                && url.getRawFragment() == null;
    }

    /** The URL as text, without a slash at its end. */
    static String baseUrl(@Nullable URI url) {
        String text = String.valueOf(url);
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence + ".");
        }
    }
}
