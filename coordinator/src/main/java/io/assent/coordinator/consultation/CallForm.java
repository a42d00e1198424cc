package io.assent.coordinator.consultation;

import io.assent.protocol.TransactionId;
import io.assent.protocol.message.ParticipantAddress;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.BranchValue;
import io.assent.protocol.paxoscommit.Proposal;
import io.assent.protocol.paxoscommit.RegistrarValue;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Wire form of what another node asks an acceptor: its component names are the JSON names; which of them there are is
 * told by the {@link CallKind}.
 *
 * @param participants J with endpoints; null in an acceptance: the registrar is ABORTED
 * @param prepared participants whose votes are relayed
 * @param branches a value for each participant
 * @param incarnation of the group in the range of a seal, 16 hexadecimal digits
 * @param leaderTerm term of the leader that seals
 * @param after the last transaction of the page before
 */
record CallForm(
        @Nullable String transaction,
        @Nullable Long ballot,
        @Nullable List<ParticipantAddress> participants,
        @Nullable List<String> prepared,
        @Nullable SortedMap<String, String> branches,
        @Nullable String incarnation,
        @Nullable Long fromTerm,
        @Nullable Long term,
        @Nullable Long sequence,
        @Nullable Long leaderTerm,
        @Nullable String after,
        @Nullable Integer limit) {

    /**
     * The form of a request.
     *
     * @throws IllegalArgumentException when it is none that another node may ask
     */
    static CallForm of(AcceptorRequest request) {
        return switch (request) {
            case AcceptorRequest.VoteBundle r -> ofVotes(r.transaction(), r.registered(), r.prepared());
            case AcceptorRequest.Phase1a r ->
                ofBallot(r.transaction(), r.ballot().number(), null, null);
            case AcceptorRequest.Phase2a r -> {
                SortedMap<String, String> values = new TreeMap<>();
                r.proposal().branches().forEach((participant, value) -> values.put(participant, value.name()));
                yield ofBallot(
                        r.transaction(),
                        r.ballot().number(),
                        r.proposal().registrar() instanceof Registered registered ? Addresses.of(registered) : null,
                        values);
            }
            case AcceptorRequest.Seal r ->
                new CallForm(
                        null,
                        r.ballot().number(),
                        null,
                        null,
                        null,
                        HexFormat.of().toHexDigits(r.incarnation()),
                        r.fromTerm(),
                        r.horizon().term(),
                        r.horizon().sequence(),
                        r.leaderTerm(),
                        null,
                        null);
            case AcceptorRequest.ListUnlearned r -> {
                TransactionId after = r.after();
                yield new CallForm(
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        after == null ? null : after.toString(),
                        r.limit());
            }
            case AcceptorRequest.Learned r -> throw local(r);
            case AcceptorRequest.Forget r -> throw local(r);
            case AcceptorRequest.TakeRounds r -> throw local(r);
        };
    }

    private static IllegalArgumentException local(AcceptorRequest request) {
        return new IllegalArgumentException("Only its own replica asks an acceptor for " + request);
    }

    /** The form of votes, asked or accepted. */
    static CallForm ofVotes(TransactionId transaction, Registered registered, List<String> prepared) {
        return new CallForm(
                transaction.toString(),
                null,
                Addresses.of(registered),
                prepared,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static CallForm ofBallot(
            TransactionId transaction,
            long ballot,
            @Nullable List<ParticipantAddress> participants,
            @Nullable SortedMap<String, String> branches) {
        return new CallForm(
                transaction.toString(), ballot, participants, null, branches, null, null, null, null, null, null, null);
    }

    /**
     * What is proposed.
     *
     * @throws IllegalArgumentException when it is not a proposal
     */
    Proposal proposal() {
        SortedMap<String, BranchValue> values = new TreeMap<>();
        if (branches != null) {
            branches.forEach((participant, value) -> values.put(participant, BranchValue.valueOf(value)));
        }
        RegistrarValue registrar = participants == null ? new RegistrarValue.Aborted() : Addresses.read(participants);
        return new Proposal(registrar, values);
    }
}
