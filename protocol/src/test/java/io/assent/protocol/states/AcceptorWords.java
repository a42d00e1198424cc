package io.assent.protocol.states;

import io.assent.protocol.TransactionId;
import io.assent.protocol.paxoscommit.Acceptor;
import io.assent.protocol.paxoscommit.AcceptorRecord;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.AcceptorState;
import io.assent.protocol.paxoscommit.Ballot;

/** The steps of an acceptor in words, as far as they are about one transaction. */
final class AcceptorWords {

    private AcceptorWords() {}

    /** Whether the request may change, or tell, what is held of the transaction. */
    static boolean isAbout(AcceptorRequest request, TransactionId id) {
        return switch (request) {
            case AcceptorRequest.OfTransaction r -> r.transaction().equals(id);
            case AcceptorRequest.Seal r -> covers(r, id);
            case AcceptorRequest.Forget r ->
                r.incarnation() == id.incarnation() && r.horizon().covers(id);
            case AcceptorRequest.ListUnlearned r -> r.after() == null;
            case AcceptorRequest.TakeRounds r -> false;
        };
    }

    static Arrow arrow(Acceptor before, TransactionId id, AcceptorRequest request, Acceptor.Step step) {
        AcceptorRecord record = step.record();
        Acceptor after = before;
        if (record != null) {
            after = AcceptorWorld.of(before, id).live(before, id);
            after.apply(record);
        }
        return new Arrow(
                state(before, id),
                event(before, id, request, step.reply()),
                answer(id, step.reply()),
                state(after, id));
    }

    private static String state(Acceptor acceptor, TransactionId id) {
        AcceptorState state = acceptor.state(id);
        if (acceptor.isForgotten(id)) {
            return acceptor.kept(id) == null ? "FORGOTTEN" : "FORGOTTEN, not LEARNED";
        }
        return held(state) + (floor(acceptor, id).isZero() ? "" : ", sealed");
    }

    private static String held(AcceptorState state) {
        if (state.learned()) {
            return "LEARNED";
        }
        var registrar = state.registrar();
        if (registrar == null) {
            return state.promised().isZero() ? "UNKNOWN" : "PROMISED";
        }
        return (registrar.ballot().isZero() ? "VOTED" : "ACCEPTED")
                + (state.promised().isAbove(registrar.ballot()) ? ", promised" : "");
    }

    private static String event(Acceptor before, TransactionId id, AcceptorRequest request, AcceptorReply reply) {
        if (reply instanceof AcceptorReply.Misaddressed) {
            return "request to another storage";
        }
        Ballot floor = floor(before, id);
        return switch (request) {
            case AcceptorRequest.VoteBundle r -> "votes";
            case AcceptorRequest.Phase1a r -> "phase 1a" + (r.ballot().equals(floor) ? " of the seal" : "");
            case AcceptorRequest.Phase2a r -> "phase 2a" + (r.ballot().equals(floor) ? " of the seal" : "");
            case AcceptorRequest.Learned r -> "LEARNED";
            case AcceptorRequest.Seal r -> "seal";
            case AcceptorRequest.ListUnlearned r -> "list";
            case AcceptorRequest.Forget r -> "horizon";
            case AcceptorRequest.TakeRounds r -> "rounds";
        };
    }

    private static String answer(TransactionId id, AcceptorReply reply) {
        return switch (reply) {
            case AcceptorReply.VotesAccepted r -> "accepted";
            case AcceptorReply.Phase1b r -> r.registrar() == null ? "promised" : "promised with what is accepted";
            case AcceptorReply.Phase2b r -> "accepted";
            case AcceptorReply.Refused r -> "refused";
            case AcceptorReply.Rejected r -> r.reason().name();
            case AcceptorReply.Sealed r -> r.held().contains(id) ? "reports it" : "reports nothing of it";
            case AcceptorReply.SealRefused r -> "refused";
            case AcceptorReply.Unlearned r -> r.held().contains(id) ? "names it" : "does not name it";
            case AcceptorReply.Misaddressed r -> "";
            case AcceptorReply.Noted r -> "";
            case AcceptorReply.Forgotten r -> "";
            case AcceptorReply.RoundsTaken r -> "";
        };
    }

    /** The ballot that seals promise for the transaction, 0 when none covers it. */
    private static Ballot floor(Acceptor acceptor, TransactionId id) {
        Ballot floor = Ballot.ZERO;
        for (AcceptorRecord record : acceptor.groupRecords()) {
            if (record instanceof AcceptorRecord.SealSet set && covers(set.seal(), id)) {
                Ballot ballot = set.seal().ballot();
                floor = ballot.isAbove(floor) ? ballot : floor;
            }
        }
        return floor;
    }

    private static boolean covers(AcceptorRequest.Seal seal, TransactionId id) {
        return seal.incarnation() == id.incarnation()
                && id.birthTerm() >= seal.fromTerm()
                && seal.horizon().covers(id);
    }
}
