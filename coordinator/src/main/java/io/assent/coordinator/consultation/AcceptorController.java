package io.assent.coordinator.consultation;

import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.coordinator.cluster.RefusedRequestException;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What nodes ask each other's acceptors, and tell each other of them. */
@RestController
@Tag(name = "acceptors")
final class AcceptorController {

    private final ClusterLayout layout;
    private final OwnAcceptors own;
    private final AcceptorsByGroup acceptors;

    AcceptorController(ClusterLayout layout, OwnAcceptors own, AcceptorsByGroup acceptors) {
        this.layout = layout;
        this.own = own;
        this.acceptors = acceptors;
    }

    @GetMapping(Identities.PATH)
    @Operation(
            summary = "Who the acceptors of this node are",
            description = "For each group that it hosts: the incarnation of the storage, null until it is open, which"
                    + " replicas have had data, and what its log knows of each replica's acceptor.")
    IdentityForm identity() {
        return new IdentityForm(
                layout.self().id(),
                own.all().stream().map(AcceptorController::identity).toList());
    }

    private static IdentityForm.Group identity(OwnAcceptor acceptor) {
        AcceptorId self = acceptor.self();
        return new IdentityForm.Group(
                acceptor.group(),
                acceptor.replica(),
                self == null ? null : self.incarnationText(),
                List.copyOf(acceptor.log().state().holders()),
                acceptor.known().byReplica().values().stream()
                        .map(known -> new IdentityForm.Known(known.replica(), known.incarnationText()))
                        .toList());
    }

    @PostMapping("/v1/acceptor/relays")
    @Operation(summary = "Between nodes: votes that the leader relays")
    RepliesForm relays(@RequestBody(required = false) @Nullable CallsForm body) {
        return serve(CallKind.RELAYS, body);
    }

    @PostMapping("/v1/acceptor/promises")
    @Operation(summary = "Between nodes: phase 1")
    RepliesForm promises(@RequestBody(required = false) @Nullable CallsForm body) {
        return serve(CallKind.PROMISES, body);
    }

    @PostMapping("/v1/acceptor/acceptances")
    @Operation(summary = "Between nodes: phase 2")
    RepliesForm acceptances(@RequestBody(required = false) @Nullable CallsForm body) {
        return serve(CallKind.ACCEPTANCES, body);
    }

    @PostMapping("/v1/acceptor/seals")
    @Operation(summary = "Between nodes: floors of FORGET")
    RepliesForm seals(@RequestBody(required = false) @Nullable CallsForm body) {
        return serve(CallKind.SEALS, body);
    }

    @PostMapping("/v1/acceptor/unlearned")
    @Operation(summary = "Between nodes: what is held and not known as finished, page by page")
    RepliesForm unlearned(@RequestBody(required = false) @Nullable CallsForm body) {
        return serve(CallKind.UNLEARNED, body);
    }

    @PostMapping(VoteReports.PATH)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Between nodes: votes that an acceptor accepted, for the leader")
    void reports(@RequestBody(required = false) @Nullable CallsForm body) {
        AcceptorId by = addressed(body);
        List<AcceptorRequest> votes = CallReader.requests(CallKind.RELAYS, body == null ? null : body.requests());
        for (AcceptorRequest each : votes) {
            if (each instanceof AcceptorRequest.VoteBundle bundle) {
                acceptors.reported(
                        by,
                        new AcceptorReply.VotesAccepted(bundle.transaction(), bundle.registered(), bundle.prepared()));
            }
        }
    }

    private static AcceptorId addressed(@Nullable CallsForm body) {
        return CallReader.addressed(body == null ? null : body.acceptor(), body == null ? null : body.incarnation());
    }

    private RepliesForm serve(CallKind kind, @Nullable CallsForm body) {
        AcceptorId addressed = addressed(body);
        Integer group = body == null ? null : body.group();
        OwnAcceptor acceptor = group == null ? null : own.of(group);
        if (acceptor == null) {
            throw RefusedRequestException.ofField("group", "must be a group of which this node holds a replica");
        }
        List<CompletableFuture<AcceptorReply>> futures =
                CallReader.requests(kind, body == null ? null : body.requests()).stream()
                        .map(request -> acceptor.submit(addressed, request))
                        .toList();
        return new RepliesForm(
                Replies.await(futures).stream().map(ReplyForm::of).toList());
    }
}
