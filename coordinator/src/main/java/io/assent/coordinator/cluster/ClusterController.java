package io.assent.coordinator.cluster;

import io.assent.protocol.api.ClusterView;
import io.assent.protocol.api.SlotsView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/cluster} and {@code GET /v1/cluster/slots}. */
@RestController
@Tag(name = "cluster")
final class ClusterController {

    private final ClusterPicture picture;
    private final SlotTable slots;

    ClusterController(ClusterPicture picture, SlotTable slots) {
        this.picture = picture;
        this.slots = slots;
    }

    @GetMapping("/v1/cluster")
    @Operation(
            summary = "Nodes, groups, leaders, terms and lag",
            description = "As this node sees them; a node that gives no answer is DOWN.")
    ClusterView cluster(HttpServletRequest request) {
        return picture.take(IncomingRequest.of(request));
    }

    @GetMapping("/v1/cluster/slots")
    @Operation(summary = "Which group begins the transactions of which hash slots")
    SlotsView slots() {
        return new SlotsView(
                slots.version(),
                slots.entries().stream()
                        .map(entry -> new SlotsView.Range(
                                entry.range().from(), entry.range().to(), entry.group()))
                        .toList());
    }
}
