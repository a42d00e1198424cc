package io.assent.coordinator.consultation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.TransactionId;
import io.assent.protocol.message.ParticipantAddress;
import io.assent.protocol.paxoscommit.Acceptance;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.BranchValue;
import io.assent.protocol.paxoscommit.RegistrarValue;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Wire form of what an acceptor answers another node. What the question says is not repeated.
 *
 * @param type which answer it is, and so what else there is
 * @param promised the ballot that stands in the way
 * @param reason why it is rejected
 * @param registrar what was accepted in the instance of the registrar
 * @param branches what was accepted in the instances of participants
 * @param held transactions
 * @param acceptor who answers, when it is another one than was meant
 * @param incarnation of its storage
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReplyForm(
        @Nullable Type type,
        @Nullable Long promised,
        AcceptorReply.@Nullable Reason reason,
        @Nullable Registrar registrar,
        @Nullable SortedMap<String, Branch> branches,
        @Nullable List<String> held,
        @Nullable String acceptor,
        @Nullable String incarnation) {

    /** The answers there are. */
    enum Type {
        VOTES_ACCEPTED,
        PROMISED,
        ACCEPTED,
        REFUSED,
        REJECTED,
        MISADDRESSED,
        SEALED,
        SEAL_REFUSED,
        UNLEARNED
    }

    /**
     * What was accepted in the instance of the registrar.
     *
     * @param participants J, or null: ABORTED
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Registrar(@Nullable Long ballot, @Nullable List<ParticipantAddress> participants) {}

    /** What was accepted in the instance of a participant. */
    record Branch(@Nullable Long ballot, @Nullable BranchValue value) {}

    /**
     * The form of a reply.
     *
     * @throws IllegalArgumentException when it answers nothing that another node may ask
     */
    static ReplyForm of(AcceptorReply reply) {
        return switch (reply) {
            case AcceptorReply.VotesAccepted ignored -> ofType(Type.VOTES_ACCEPTED);
            case AcceptorReply.Phase1b r -> ofPromise(r);
            case AcceptorReply.Phase2b ignored -> ofType(Type.ACCEPTED);
            case AcceptorReply.Refused r -> ofBallot(Type.REFUSED, r.promised());
            case AcceptorReply.Rejected r ->
                new ReplyForm(Type.REJECTED, null, r.reason(), null, null, null, null, null);
            case AcceptorReply.Misaddressed r ->
                new ReplyForm(
                        Type.MISADDRESSED,
                        null,
                        null,
                        null,
                        null,
                        null,
                        r.self().replica(),
                        r.self().incarnationText());
            case AcceptorReply.Sealed r -> ofHeld(Type.SEALED, r.held());
            case AcceptorReply.SealRefused r -> ofBallot(Type.SEAL_REFUSED, r.promised());
            case AcceptorReply.Unlearned r -> ofHeld(Type.UNLEARNED, r.held());
            case AcceptorReply.Noted r -> throw local(r);
            case AcceptorReply.Forgotten r -> throw local(r);
            case AcceptorReply.RoundsTaken r -> throw local(r);
        };
    }

    private static IllegalArgumentException local(AcceptorReply reply) {
        return new IllegalArgumentException("Only its own replica is answered " + reply);
    }

    private static ReplyForm ofType(Type type) {
        return new ReplyForm(type, null, null, null, null, null, null, null);
    }

    private static ReplyForm ofBallot(Type type, Ballot promised) {
        return new ReplyForm(type, promised.number(), null, null, null, null, null, null);
    }

    private static ReplyForm ofHeld(Type type, List<TransactionId> held) {
        return new ReplyForm(
                type,
                null,
                null,
                null,
                null,
                held.stream().map(TransactionId::toString).toList(),
                null,
                null);
    }

    private static ReplyForm ofPromise(AcceptorReply.Phase1b promise) {
        Acceptance<RegistrarValue> accepted = promise.registrar();
        SortedMap<String, Branch> branches = new TreeMap<>();
        promise.branches()
                .forEach((participant, branch) ->
                        branches.put(participant, new Branch(branch.ballot().number(), branch.value())));
        return new ReplyForm(
                Type.PROMISED,
                null,
                null,
                accepted == null
                        ? null
                        : new Registrar(
                                accepted.ballot().number(),
                                accepted.value() instanceof Registered registered ? Addresses.of(registered) : null),
                branches,
                null,
                null,
                null);
    }

    /**
     * The reply that this form holds.
     *
     * @param asked what it answers
     * @throws IllegalArgumentException when it is malformed, or answers something else
     */
    AcceptorReply toReply(AcceptorRequest asked) {
        Type answered = required(type);
        if (answered == Type.MISADDRESSED) {
            return new AcceptorReply.Misaddressed(AcceptorId.of(required(acceptor), required(incarnation)));
        }
        AcceptorReply reply = switch (asked) {
            case AcceptorRequest.OfTransaction r -> toReplyOf(r, answered);
            case AcceptorRequest.Seal seal -> toReplyOf(seal, answered);
            case AcceptorRequest.ListUnlearned ignored ->
                answered == Type.UNLEARNED ? new AcceptorReply.Unlearned(ids(required(held))) : null;
            case AcceptorRequest.Forget ignored -> null;
            case AcceptorRequest.TakeRounds ignored -> null;
        };
        if (reply == null) {
            throw new IllegalArgumentException(answered + " is no answer to " + asked);
        }
        return reply;
    }

    private @Nullable AcceptorReply toReplyOf(AcceptorRequest.Seal seal, Type answered) {
        if (answered == Type.SEALED) {
            return new AcceptorReply.Sealed(seal, ids(required(held)));
        }
        return answered == Type.SEAL_REFUSED
                ? new AcceptorReply.SealRefused(seal, new Ballot(required(promised)))
                : null;
    }

    private @Nullable AcceptorReply toReplyOf(AcceptorRequest.OfTransaction asked, Type answered) {
        TransactionId id = asked.transaction();
        if (answered == Type.REFUSED) {
            return new AcceptorReply.Refused(id, new Ballot(required(promised)));
        }
        if (answered == Type.REJECTED) {
            return new AcceptorReply.Rejected(id, required(reason));
        }
        return switch (asked) {
            case AcceptorRequest.VoteBundle r ->
                answered == Type.VOTES_ACCEPTED
                        ? new AcceptorReply.VotesAccepted(id, r.registered(), r.prepared())
                        : null;
            case AcceptorRequest.Phase1a r -> answered == Type.PROMISED ? toPromise(id, r.ballot()) : null;
            case AcceptorRequest.Phase2a r ->
                answered == Type.ACCEPTED ? new AcceptorReply.Phase2b(id, r.ballot()) : null;
            case AcceptorRequest.Learned ignored -> null;
        };
    }

    private AcceptorReply toPromise(TransactionId id, Ballot ballot) {
        Acceptance<RegistrarValue> accepted = null;
        if (registrar != null) {
            List<ParticipantAddress> participants = registrar.participants();
            accepted = new Acceptance<>(
                    new Ballot(required(registrar.ballot())),
                    participants == null ? new RegistrarValue.Aborted() : Addresses.read(participants));
        }
        SortedMap<String, Acceptance<BranchValue>> read = new TreeMap<>();
        for (Map.Entry<String, Branch> entry : required(branches).entrySet()) {
            Branch branch = required(entry.getValue());
            read.put(entry.getKey(), new Acceptance<>(new Ballot(required(branch.ballot())), required(branch.value())));
        }
        return new AcceptorReply.Phase1b(id, ballot, accepted, read);
    }

    private static List<TransactionId> ids(List<String> texts) {
        return texts.stream().map(TransactionId::parse).toList();
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("An acceptor's reply lacks a field that its type has");
        }
        return value;
    }
}
