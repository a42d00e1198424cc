package io.assent.coordinator.consultation;

import io.assent.coordinator.cluster.BufferedRequest;
import io.assent.coordinator.cluster.RefusedRequestException;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.message.VotesAnswerForm;
import io.assent.protocol.message.VotesForm;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.WebUtils;

/** {@code POST /v1/acceptor/votes}: participants bring their votes to the acceptors themselves. */
@RestController
@Tag(name = "acceptors")
final class VotesController {

    private static final Logger LOG = LoggerFactory.getLogger(VotesController.class);
    private static final int LONGEST_BODY = 512 * 1024;

    private final OwnAcceptors acceptors;
    private final VoteReports reports;

    /** Votes that were given for the same list of participants are one request to the acceptor. */
    private record Bundle(TransactionId transaction, Registered registered) {}

    private record CastVote(Bundle bundle, String branch) {}

    VotesController(OwnAcceptors acceptors, VoteReports reports) {
        this.acceptors = acceptors;
        this.reports = reports;
    }

    @PostMapping("/v1/acceptor/votes")
    @Operation(
            summary = "Bring votes to an acceptor of PAXOS_COMMIT",
            description = "Each vote is a YES of a branch that is durably prepared. One answer for each vote, in the"
                    + " order given; an accepted one is on the acceptor's disk. When another acceptor is meant than"
                    + " answers here, none is accepted.")
    VotesAnswerForm votes(@RequestBody(required = false) @Nullable VotesForm body, HttpServletRequest request) {
        @Nullable BufferedRequest buffered = WebUtils.getNativeRequest(request, BufferedRequest.class);
        if (buffered != null && buffered.body().length > LONGEST_BODY) {
            throw RefusedRequestException.of(
                    ProblemType.TOO_LARGE,
                    "The body is longer than " + LONGEST_BODY + " bytes. Send the votes in several requests.");
        }
        AcceptorId addressed =
                CallReader.addressed(body == null ? null : body.acceptor(), body == null ? null : body.incarnation());
        List<VotesForm.Item> votes = CallReader.items("votes", body == null ? null : body.votes());
        List<CastVote> cast = read(votes);
        return answer(cast, ask(addressed, bundles(cast)));
    }

    private List<CastVote> read(List<VotesForm.Item> votes) {
        List<CastVote> cast = new ArrayList<>(votes.size());
        for (int i = 0; i < votes.size(); i++) {
            VotesForm.@Nullable Item vote = votes.get(i);
            String field = "votes[" + i + "]";
            Bundle bundle = bundle(vote, field);
            String branch = vote == null ? null : vote.branch();
            if (branch == null || !bundle.registered().contains(branch)) {
                throw RefusedRequestException.ofField(field + ".branch", "must be one of the participants");
            }
            cast.add(new CastVote(bundle, branch));
        }
        return cast;
    }

    private static Map<Bundle, List<String>> bundles(List<CastVote> cast) {
        Map<Bundle, List<String>> bundles = new LinkedHashMap<>();
        cast.forEach(vote ->
                bundles.computeIfAbsent(vote.bundle(), any -> new ArrayList<>()).add(vote.branch()));
        return bundles;
    }

    private Bundle bundle(VotesForm.@Nullable Item vote, String field) {
        TransactionId id = CallReader.transaction(field + ".transaction", vote == null ? null : vote.transaction());
        if (isForged(id)) {
            throw CallReader.malformed("No coordinator of this cluster issued the id of " + field);
        }
        try {
            return new Bundle(id, Addresses.read(vote == null ? null : vote.participants()));
        } catch (IllegalArgumentException e) {
            throw RefusedRequestException.ofField(field + ".participants", String.valueOf(e.getMessage()));
        }
    }

    /** A forged id must not cost a write. */
    private boolean isForged(TransactionId id) {
        OwnAcceptor acceptor = acceptors.of(id.group());
        GroupState state = acceptor == null ? null : acceptor.log().state();
        IncarnationKey key = state == null || !state.isOfThisIncarnation(id) ? null : state.incarnationKey();
        return key != null && !id.isGenuine(key);
    }

    private Map<Bundle, AcceptorReply> ask(AcceptorId addressed, Map<Bundle, List<String>> bundles) {
        List<Bundle> asked = new ArrayList<>();
        List<CompletableFuture<AcceptorReply>> futures = new ArrayList<>();
        bundles.forEach((bundle, prepared) -> {
            OwnAcceptor acceptor = acceptors.of(bundle.transaction().group());
            if (acceptor != null) {
                asked.add(bundle);
                futures.add(acceptor.submit(
                        addressed,
                        new AcceptorRequest.VoteBundle(bundle.transaction(), bundle.registered(), prepared)));
            }
        });
        List<AcceptorReply> replies = Replies.await(futures);
        Map<Bundle, AcceptorReply> answers = new LinkedHashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            answers.put(asked.get(i), replies.get(i));
            tell(addressed, replies.get(i));
        }
        return answers;
    }

    private void tell(AcceptorId addressed, AcceptorReply reply) {
        if (reply instanceof AcceptorReply.VotesAccepted accepted) {
            reports.report(addressed, accepted);
        } else if (reply instanceof AcceptorReply.Rejected rejected
                && rejected.reason() == AcceptorReply.Reason.CONTRADICTION) {
            LOG.error(
                    "A participant votes for another list of participants than acceptor {} holds: transaction={}",
                    addressed,
                    rejected.transaction());
        }
    }

    private static VotesAnswerForm answer(List<CastVote> cast, Map<Bundle, AcceptorReply> replies) {
        List<VotesAnswerForm.Item> items = new ArrayList<>(cast.size());
        for (CastVote vote : cast) {
            AcceptorReply reply = replies.get(vote.bundle());
            items.add(new VotesAnswerForm.Item(
                    vote.bundle().transaction().toString(),
                    vote.branch(),
                    reply instanceof AcceptorReply.VotesAccepted,
                    reply instanceof AcceptorReply.Refused refused
                            ? refused.promised().number()
                            : null));
        }
        return new VotesAnswerForm(items);
    }
}
