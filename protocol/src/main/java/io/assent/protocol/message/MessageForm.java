package io.assent.protocol.message;

import io.assent.protocol.AcceptorList;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Wire form of a {@link Message}: its component names are the JSON names; absent fields are null. */
public record MessageForm(
        @Nullable String transaction,
        @Nullable String branch,
        @Nullable String type,
        @Nullable String protocol,
        @Nullable Long term,
        @Nullable List<ParticipantAddress> participants,
        @Nullable String timeout,
        @Nullable String token,
        @Nullable Integer calls,
        @Nullable Boolean fence,
        @Nullable String from,
        @Nullable List<AcceptorAddress> acceptors) {

    /**
     * The form of a message sent at {@code now}.
     *
     * @param now milliseconds of the clock that gave the deadline of a PREPARE
     */
    public static MessageForm of(Message message, long now) {
        return switch (message) {
            case Message.Prepare m ->
                form(m, "PREPARE", m.members())
                        .withWork(
                                Duration.ofMillis(Math.max(1, m.deadline() - now))
                                        .toString(),
                                m.token(),
                                m.calls())
                        .withAcceptors(m.acceptors());
            case Message.PreCommit m -> form(m, "PRE_COMMIT", m.members());
            case Message.Commit m -> form(m, "COMMIT", m.members());
            case Message.CommitOnePhase m -> form(m, "COMMIT_ONE_PHASE", null).withWork(null, m.token(), m.calls());
            case Message.Abort m -> form(m, "ABORT", null);
            case Message.Inquire m -> form(m, "INQUIRE", null).withInquiry(m.fence(), m.from());
        };
    }

    private static MessageForm form(Message message, String type, @Nullable List<Member> members) {
        List<ParticipantAddress> addresses = members == null
                ? null
                : members.stream()
                        .map(m -> new ParticipantAddress(m.participant(), m.endpoint()))
                        .toList();
        return new MessageForm(
                message.transaction().toString(),
                message.branch(),
                type,
                message.protocol().name(),
                message.term(),
                addresses,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private MessageForm withWork(@Nullable String newTimeout, @Nullable String newToken, @Nullable Integer newCalls) {
        return new MessageForm(
                transaction,
                branch,
                type,
                protocol,
                term,
                participants,
                newTimeout,
                newToken,
                newCalls,
                fence,
                from,
                acceptors);
    }

    private MessageForm withInquiry(boolean newFence, @Nullable String newFrom) {
        return new MessageForm(
                transaction,
                branch,
                type,
                protocol,
                term,
                participants,
                timeout,
                token,
                calls,
                newFence,
                newFrom,
                acceptors);
    }

    private MessageForm withAcceptors(List<AcceptorList.Entry> addressed) {
        List<AcceptorAddress> addresses = addressed.isEmpty()
                ? null
                : addressed.stream().map(AcceptorAddress::of).toList();
        return new MessageForm(
                transaction, branch, type, protocol, term, participants, timeout, token, calls, fence, from, addresses);
    }

    /**
     * The message that this form holds, or nothing when it is of an unknown type or lacks what its type needs: such a
     * message gets no reply (rule P5).
     *
     * @param now milliseconds of the receiver's steady clock, from which a timeout is counted
     */
    public Optional<Message> toMessage(long now) {
        if (transaction == null || branch == null || type == null) {
            return Optional.empty();
        }
        TransactionId id;
        try {
            id = TransactionId.parse(transaction);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (protocol != null && !protocol.equals(id.protocol().name())) {
            return Optional.empty();
        }
        long sentIn = term == null ? id.birthTerm() : term;
        return switch (type) {
            case "PREPARE" ->
                Optional.of(new Message.Prepare(
                        id, branch, sentIn, members(), now + timeoutMillis(), token, calls, readAcceptors()));
            case "PRE_COMMIT" -> Optional.of(new Message.PreCommit(id, branch, sentIn, members()));
            case "COMMIT" -> Optional.of(new Message.Commit(id, branch, sentIn, members()));
            case "COMMIT_ONE_PHASE" -> Optional.of(new Message.CommitOnePhase(id, branch, sentIn, token, calls));
            case "ABORT" -> Optional.of(new Message.Abort(id, branch, sentIn));
            case "INQUIRE" -> Optional.of(new Message.Inquire(id, branch, sentIn, Boolean.TRUE.equals(fence), from));
            default -> Optional.empty();
        };
    }

    private List<Member> members() {
        if (participants == null) {
            return List.of();
        }
        return participants.stream()
                .filter(address -> address.participant() != null)
                .map(address -> Member.of(
                        String.valueOf(address.participant()), address.endpoint() == null ? "" : address.endpoint()))
                .toList();
    }

    private List<AcceptorList.Entry> readAcceptors() {
        return acceptors == null
                ? List.of()
                : acceptors.stream()
                        .flatMap(address -> address.toEntry().stream())
                        .toList();
    }

    private long timeoutMillis() {
        try {
            return timeout == null ? 10_000 : Duration.parse(timeout).toMillis();
        } catch (DateTimeException | ArithmeticException e) {
            return 10_000;
        }
    }
}
