package io.assent.protocol.message;

import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Wire form of a {@link Reply}: its component names are the JSON names; absent fields are null. */
public record ReplyForm(
        @Nullable String transaction,
        @Nullable String branch,
        @Nullable String type,
        @Nullable String vote,
        @Nullable String reason,
        @Nullable String outcome,
        @Nullable String state,
        @Nullable String kind,
        @Nullable List<ParticipantAddress> participants,
        @Nullable Boolean direct) {

    /** The form of a reply. */
    public static ReplyForm of(Reply reply) {
        ReplyForm form = new ReplyForm(
                reply.transaction().toString(),
                reply.branch(),
                typeOf(reply),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        return switch (reply) {
            case Reply.Voted r -> form.withVote(r.vote().name(), r.reason(), r.direct());
            case Reply.Acknowledged r -> form;
            case Reply.OutcomeReported r -> form.withOutcome(r.outcome().name(), r.reason());
            case Reply.StateReported r ->
                form.withState(
                        r.state().name(),
                        r.participants().stream()
                                .map(name -> new ParticipantAddress(name, null))
                                .toList());
            case Reply.Heuristic r -> form.withKind(r.kind().name());
            case Reply.Expired r -> form;
        };
    }

    private static String typeOf(Reply reply) {
        return switch (reply) {
            case Reply.Voted r -> "VOTE";
            case Reply.Acknowledged r -> "ACK";
            case Reply.OutcomeReported r -> "OUTCOME";
            case Reply.StateReported r -> "STATE";
            case Reply.Heuristic r -> "HEURISTIC";
            case Reply.Expired r -> "EXPIRED";
        };
    }

    private ReplyForm withVote(String newVote, @Nullable String newReason, boolean isDirect) {
        return new ReplyForm(
                transaction, branch, type, newVote, newReason, null, null, null, null, isDirect ? true : null);
    }

    private ReplyForm withOutcome(String newOutcome, @Nullable String newReason) {
        return new ReplyForm(transaction, branch, type, null, newReason, newOutcome, null, null, null, null);
    }

    private ReplyForm withState(String newState, List<ParticipantAddress> known) {
        return new ReplyForm(
                transaction, branch, type, null, null, null, newState, null, known.isEmpty() ? null : known, null);
    }

    private ReplyForm withKind(String newKind) {
        return new ReplyForm(transaction, branch, type, null, null, null, null, newKind, null, null);
    }

    /** The reply that this form holds, or nothing when it is malformed or of an unknown type. */
    public Optional<Reply> toReply() {
        if (transaction == null || branch == null || type == null) {
            return Optional.empty();
        }
        try {
            return read(TransactionId.parse(transaction), branch, type);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<Reply> read(TransactionId id, String from, String kindOfReply) {
        return switch (kindOfReply) {
            case "VOTE" ->
                Optional.of(
                        new Reply.Voted(id, from, Vote.valueOf(required(vote)), reason, Boolean.TRUE.equals(direct)));
            case "ACK" -> Optional.of(new Reply.Acknowledged(id, from));
            case "OUTCOME" ->
                Optional.of(new Reply.OutcomeReported(id, from, Outcome.valueOf(required(outcome)), reason));
            case "STATE" ->
                Optional.of(new Reply.StateReported(id, from, BranchState.valueOf(required(state)), names()));
            case "HEURISTIC" -> Optional.of(new Reply.Heuristic(id, from, HeuristicKind.valueOf(required(kind))));
            case "EXPIRED" -> Optional.of(new Reply.Expired(id, from));
            default -> Optional.empty();
        };
    }

    private List<String> names() {
        return participants == null
                ? List.of()
                : participants.stream()
                        .flatMap(address -> Optional.ofNullable(address.participant()).stream())
                        .toList();
    }

    private static String required(@Nullable String field) {
        if (field == null) {
            throw new IllegalArgumentException("The reply lacks the field that its type needs");
        }
        return field;
    }
}
