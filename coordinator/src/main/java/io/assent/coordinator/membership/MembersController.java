package io.assent.coordinator.membership;

import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.coordinator.cluster.IncomingRequest;
import io.assent.coordinator.cluster.LeaderRouting;
import io.assent.coordinator.cluster.RefusedRequestException;
import io.assent.coordinator.runtime.Logs;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What a node that has lost its data asks of the leaders of its groups. */
@RestController
@Tag(name = "cluster")
final class MembersController {

    static final String PATH = "/v1/cluster/members";

    private final ClusterLayout layout;
    private final Logs logs;
    private final LeaderRouting routing;

    MembersController(ClusterLayout layout, Logs logs, LeaderRouting routing) {
        this.layout = layout;
        this.logs = logs;
        this.routing = routing;
    }

    @PostMapping(PATH)
    @Operation(
            summary = "Between nodes: which replica a node has in a group",
            description =
                    "A replica that was lost leaves when its leader has not heard of it for 5 s; a new one comes in"
                            + " when it has caught up. While that is not done, the answer says what is in the way.")
    @ApiResponse(
            responseCode = "200",
            description = "The members now",
            content = @Content(schema = @Schema(implementation = MembersForm.class)))
    ResponseEntity<?> settle(@RequestBody(required = false) @Nullable ReplicaForm body, HttpServletRequest request) {
        Integer group = body == null ? null : body.group();
        String node = body == null ? null : body.node();
        ClusterLayout.Group placed = layout.group(group == null ? -1 : group)
                .orElseThrow(() -> RefusedRequestException.ofField("group", "must be a group of the cluster"));
        if (node == null
                || placed.replicas().stream().noneMatch(holder -> holder.id().equals(node))) {
            throw RefusedRequestException.ofField("node", "must be a node that holds a replica of the group");
        }
        String replica = body == null ? null : body.replica();
        return routing.atLeader(
                placed.id(),
                IncomingRequest.of(request),
                Duration.ZERO,
                led -> logs.of(placed.id())
                        .map(log -> ResponseEntity.ok(MembersForm.of(
                                placed.id(),
                                log.settle(node, replica).toCompletableFuture().join()))));
    }
}
