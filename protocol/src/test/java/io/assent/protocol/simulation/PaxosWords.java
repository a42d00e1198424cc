package io.assent.protocol.simulation;

import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.paxoscommit.Acceptance;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.BranchValue;
import io.assent.protocol.paxoscommit.RegistrarValue;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What acceptors are asked and answer, in a line of a trace: 1a and 1b ask for a promise and give it, 2a and 2b for
 * acceptance; votes are 2a of ballot 0; r0 is the instance of the registrar, whose value are the participants.
 */
final class PaxosWords {

    private PaxosWords() {}

    static String acceptor(int place) {
        return "acceptor-" + (place + 1);
    }

    /** Whether the request is told as well, where its answer says enough or nothing. */
    static boolean tells(AcceptorRequest request) {
        return !(request instanceof AcceptorRequest.TakeRounds) && !(request instanceof AcceptorRequest.ListUnlearned);
    }

    /** An acceptor's answer leaves it. */
    static void trace(Simulation world, int place, AcceptorRequest request, AcceptorReply reply) {
        if (!(reply instanceof AcceptorReply.Unlearned list && list.held().isEmpty())) {
            world.trace().line(acceptor(place), () -> of(world, request, reply));
        }
    }

    static String of(Simulation world, AcceptorRequest request) {
        return switch (request) {
            case AcceptorRequest.VoteBundle r ->
                "2a " + world.name(r.transaction()) + " at ballot 0: "
                        + values(r.registered(), r.prepared().stream().map(name -> name + "=PREPARED"));
            case AcceptorRequest.Phase1a r -> "1a " + world.name(r.transaction()) + " at ballot " + r.ballot();
            case AcceptorRequest.Phase2a r ->
                "2a " + world.name(r.transaction()) + " at ballot " + r.ballot() + ": "
                        + values(
                                r.proposal().registrar(),
                                r.proposal().branches().entrySet().stream().map(Map.Entry::toString));
            case AcceptorRequest.Learned r -> "LEARNED " + world.name(r.transaction());
            case AcceptorRequest.Seal r -> "SEAL " + upTo(r.horizon()) + " at ballot " + r.ballot();
            case AcceptorRequest.ListUnlearned r -> "LIST of what is not LEARNED";
            case AcceptorRequest.Forget r -> "FORGET " + upTo(r.horizon());
            case AcceptorRequest.TakeRounds r -> "TAKE ROUND from " + r.atLeast() + " on";
        };
    }

    private static String of(Simulation world, AcceptorRequest request, AcceptorReply reply) {
        return switch (reply) {
            case AcceptorReply.VotesAccepted r ->
                "says 2b " + world.name(r.transaction()) + " at ballot 0: "
                        + r.prepared().stream().map(name -> name + "=PREPARED").collect(Collectors.joining(", "));
            case AcceptorReply.Phase1b r ->
                "says 1b " + world.name(r.transaction()) + " at ballot " + r.ballot() + ": " + accepted(r);
            case AcceptorReply.Phase2b r -> "says 2b " + world.name(r.transaction()) + " at ballot " + r.ballot();
            case AcceptorReply.Refused r ->
                "says REFUSED for " + world.name(r.transaction()) + ": ballot " + r.promised() + " is promised";
            case AcceptorReply.Rejected r -> "says " + r.reason() + " for " + world.name(r.transaction());
            case AcceptorReply.Misaddressed r -> "says that it is another one";
            case AcceptorReply.Sealed r ->
                "says SEALED " + upTo(r.seal().horizon()) + ", not LEARNED here: " + names(world, r.held());
            case AcceptorReply.SealRefused r -> "says REFUSED: ballot " + r.promised() + " is promised";
            case AcceptorReply.Unlearned r -> "says what is not LEARNED here: " + names(world, r.held());
            case AcceptorReply.Noted r -> "has noted " + of(world, request);
            case AcceptorReply.Forgotten r -> "has forgotten all " + upTo(r.horizon());
            case AcceptorReply.RoundsTaken r -> "has taken round " + r.first();
        };
    }

    private static String accepted(AcceptorReply.Phase1b promise) {
        Acceptance<RegistrarValue> registrar = promise.registrar();
        if (registrar == null) {
            return "nothing accepted";
        }
        Stream<String> branches = promise.branches().entrySet().stream().map(entry -> {
            Acceptance<BranchValue> of = entry.getValue();
            return entry.getKey() + "=" + of.value() + " at " + of.ballot();
        });
        return "accepted r0=" + of(registrar.value()) + " at " + registrar.ballot()
                + branches.map(", "::concat).collect(Collectors.joining());
    }

    private static String values(RegistrarValue registrar, Stream<String> branches) {
        return "r0=" + of(registrar) + branches.map(", "::concat).collect(Collectors.joining());
    }

    private static String of(RegistrarValue registrar) {
        return switch (registrar) {
            case Registered r ->
                r.participants().stream()
                        .map(RegistrarValue.Address::participant)
                        .toList()
                        .toString();
            case RegistrarValue.Aborted r -> "ABORTED";
        };
    }

    private static List<String> names(Simulation world, Collection<TransactionId> all) {
        return all.stream().map(world::name).toList();
    }

    private static String upTo(Horizon horizon) {
        return "up to " + horizon.term() + "/" + horizon.sequence();
    }
}
