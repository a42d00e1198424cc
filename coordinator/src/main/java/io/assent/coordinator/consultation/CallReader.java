package io.assent.coordinator.consultation;

import io.assent.coordinator.cluster.RefusedRequestException;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.MalformedTransactionIdException;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what comes for an acceptor; what cannot be read ends the request with a problem that names the field. */
final class CallReader {

    /** How much one request may carry. */
    static final int MOST = 256;

    /** A page has at most so many transactions. */
    private static final int LONGEST_PAGE = 1_024;

    private CallReader() {}

    /** Whom a request means. */
    static AcceptorId addressed(@Nullable String acceptor, @Nullable String incarnation) {
        if (acceptor == null || acceptor.isEmpty()) {
            throw RefusedRequestException.ofField("acceptor", "is missing");
        }
        if (incarnation == null) {
            throw RefusedRequestException.ofField("incarnation", "is missing");
        }
        try {
            return AcceptorId.of(acceptor, incarnation);
        } catch (IllegalArgumentException e) {
            throw RefusedRequestException.ofField("incarnation", "must be 16 hexadecimal digits, not all of them 0");
        }
    }

    /** What a list holds; refused when it is missing or too long. */
    static <T> List<T> items(String field, @Nullable List<T> items) {
        if (items == null) {
            throw RefusedRequestException.ofField(field, "is missing");
        }
        if (items.size() > MOST) {
            throw RefusedRequestException.of(
                    ProblemType.TOO_LARGE,
                    "The request carries " + items.size() + " " + field + ", and may carry " + MOST
                            + ". Send them in several requests.");
        }
        return items;
    }

    /** The id of a transaction that has acceptors. */
    static TransactionId transaction(String field, @Nullable String text) {
        if (text == null) {
            throw RefusedRequestException.ofField(field, "is missing");
        }
        TransactionId id;
        try {
            id = TransactionId.parse(text);
        } catch (MalformedTransactionIdException e) {
            throw malformed(e.getMessage());
        }
        if (id.protocol() != Protocol.PAXOS_COMMIT) {
            throw RefusedRequestException.ofField(
                    field, "is of a transaction that runs " + id.protocol() + " and has no acceptors");
        }
        return id;
    }

    /** Not an id of ours. */
    static RefusedRequestException malformed(@Nullable String why) {
        return RefusedRequestException.of(ProblemType.MALFORMED_ID, why + ". Use the id exactly as begin gave it.");
    }

    /** The requests of one kind. */
    static List<AcceptorRequest> requests(CallKind kind, @Nullable List<CallForm> forms) {
        List<AcceptorRequest> requests = new ArrayList<>();
        int index = 0;
        for (@Nullable CallForm form : items("requests", forms)) {
            String field = "requests[" + index + "]";
            if (form == null) {
                throw RefusedRequestException.ofField(field, "is missing");
            }
            requests.add(request(kind, form, field));
            index++;
        }
        return requests;
    }

    private static AcceptorRequest request(CallKind kind, CallForm form, String field) {
        try {
            return switch (kind) {
                case RELAYS -> votes(form, field);
                case PROMISES -> new AcceptorRequest.Phase1a(transaction(form, field), ballot(form, field));
                case ACCEPTANCES ->
                    new AcceptorRequest.Phase2a(transaction(form, field), ballot(form, field), form.proposal());
                case SEALS ->
                    new AcceptorRequest.Seal(
                            HexFormat.fromHexDigitsToLong(required(form.incarnation(), field + ".incarnation")),
                            required(form.fromTerm(), field + ".fromTerm"),
                            new Horizon(
                                    required(form.term(), field + ".term"),
                                    required(form.sequence(), field + ".sequence")),
                            required(form.leaderTerm(), field + ".leaderTerm"),
                            ballot(form, field));
                case UNLEARNED -> {
                    String after = form.after();
                    yield new AcceptorRequest.ListUnlearned(
                            after == null ? null : transaction(field + ".after", after),
                            Math.min(LONGEST_PAGE, required(form.limit(), field + ".limit")));
                }
            };
        } catch (IllegalArgumentException e) {
            throw RefusedRequestException.ofField(field, "cannot be asked of an acceptor (" + e.getMessage() + ")");
        }
    }

    /** Votes of one transaction. */
    static AcceptorRequest.VoteBundle votes(CallForm form, String field) {
        try {
            return new AcceptorRequest.VoteBundle(
                    transaction(form, field),
                    Addresses.read(form.participants()),
                    required(form.prepared(), field + ".prepared"));
        } catch (IllegalArgumentException e) {
            throw RefusedRequestException.ofField(field, "has no votes that can be counted (" + e.getMessage() + ")");
        }
    }

    private static TransactionId transaction(CallForm form, String field) {
        return transaction(field + ".transaction", form.transaction());
    }

    private static Ballot ballot(CallForm form, String field) {
        return new Ballot(required(form.ballot(), field + ".ballot"));
    }

    private static <T> T required(@Nullable T value, String field) {
        if (value == null) {
            throw RefusedRequestException.ofField(field, "is missing");
        }
        return value;
    }
}
