package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.HostedGroups;
import io.assent.coordinator.cluster.IncomingRequest;
import io.assent.coordinator.cluster.LeaderRouting;
import io.assent.coordinator.runtime.Group;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.TransactionView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/transactions/{id}}. */
@RestController
@Tag(name = "transactions")
final class ReadController {

    private final TransactionIds ids;
    private final HostedGroups groups;
    private final LeaderRouting routing;
    private final TransactionReads reads;

    ReadController(TransactionIds ids, HostedGroups groups, LeaderRouting routing, TransactionReads reads) {
        this.ids = ids;
        this.groups = groups;
        this.routing = routing;
        this.reads = reads;
    }

    @GetMapping("/v1/transactions/{id}")
    @Operation(
            summary = "Read a transaction",
            description =
                    "200 with the transaction; 202 with state PENDING while this node cannot tell; 404 when it was"
                            + " never begun; 410 when it is older than what the cluster remembers.")
    @ApiResponse(
            responseCode = "200",
            description = "The transaction",
            content = @Content(schema = @Schema(implementation = TransactionView.class)))
    @ApiResponse(
            responseCode = "202",
            description = "This node cannot tell now; state is PENDING",
            content = @Content(schema = @Schema(implementation = TransactionView.class)))
    ResponseEntity<?> read(
            @PathVariable String id,
            @Parameter(description = "linearizable (default), bounded or local")
                    @RequestParam(required = false)
                    @Nullable
                    String consistency,
            @Parameter(description = "log index that the answer must reflect at least")
                    @RequestParam(required = false)
                    @Nullable
                    String minIndex,
            HttpServletRequest request) {
        TransactionId transaction = ids.read(id);
        ReadTerms terms = ReadTerms.of(consistency, minIndex);
        IncomingRequest incoming = IncomingRequest.of(request);
        Optional<Group> hosted = groups.group(transaction.group());
        return hosted.isPresent()
                ? reads.read(transaction, terms, hosted.get(), incoming, request.getRequestURI())
                : routing.atLeader(transaction.group(), incoming, Duration.ZERO, group -> Optional.empty());
    }
}
