package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.PaxosScript.T;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Births;
import io.assent.protocol.Outcome;
import io.assent.protocol.group.Horizon;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A recoverer, or the sealer of a FORGET; a simple one, because the models are about acceptors. */
final class Proposer {

    private static final Horizon HORIZON = new Horizon(5, 10);

    private final AcceptorList acceptors;
    private final int index;
    private final Rules rules;
    private final AcceptorProcess own;
    private final BiConsumer<AcceptorId, AcceptorRequest> send;
    private final Truth truth;
    private long atLeast = 1;
    private int lives;
    private @Nullable Ballot ballot;
    private long term;
    private boolean sealing;
    private Map<AcceptorId, Boolean> reports = new TreeMap<>();
    /** Whether the sealed majority reported the transaction; null while there is none. */
    private @Nullable Boolean sealed;

    private Map<AcceptorId, AcceptorReply.Phase1b> promises = new TreeMap<>();
    private @Nullable Proposal proposal;
    private Tally tally;
    private @Nullable Outcome outcome;

    Proposer(
            AcceptorList acceptors,
            int index,
            Rules rules,
            Truth truth,
            AcceptorProcess own,
            BiConsumer<AcceptorId, AcceptorRequest> send) {
        this.acceptors = acceptors;
        this.index = index;
        this.rules = rules;
        this.truth = truth;
        this.own = own;
        this.send = send;
        this.tally = Tally.of(acceptors);
    }

    private AcceptorId id(int i) {
        return acceptors.acceptors().get(i).id();
    }

    @Nullable
    Outcome outcome() {
        return outcome;
    }

    boolean sealing() {
        return sealing;
    }

    /** Whether a majority is sealed and none of it reported the transaction. */
    boolean sealedUnknown() {
        return sealed != null && !sealed;
    }

    /** The term that it leads in, or takes itself to; 0 before its first. */
    long term() {
        return term;
    }

    /** Begins a ballot as the leader of a term, after its round is on the own disk. */
    void start(boolean seal, long leaderTerm) {
        crash();
        term = leaderTerm;
        sealing = seal;
        if (!rules.keepsRounds()) {
            begin(atLeast);
            return;
        }
        int life = lives;
        own.on(new AcceptorRequest.TakeRounds(atLeast, 1), reply -> {
            if (life == lives && reply instanceof AcceptorReply.RoundsTaken taken) {
                begin(taken.first());
            }
        });
    }

    void crash() {
        lives++;
        ballot = null;
        sealing = false;
        sealed = null;
        reports = new TreeMap<>();
        promises = new TreeMap<>();
        proposal = null;
        tally = Tally.of(acceptors);
    }

    void on(AcceptorId from, AcceptorReply reply) {
        switch (reply) {
            case AcceptorReply.Phase1b r when r.ballot().equals(ballot) -> promised(from, r);
            case AcceptorReply.Sealed r
            when sealed == null && r.seal().ballot().equals(ballot) ->
                sealed(from, r.held().contains(T));
            case AcceptorReply.Phase2b r
            when r.ballot().equals(ballot) && proposal != null -> {
                tally = tally.with(from, r.ballot(), proposal);
                tell(tally.outcome());
            }
            case AcceptorReply.Refused r -> above(r.promised());
            case AcceptorReply.Rejected r when r.reason() == AcceptorReply.Reason.LEARNED -> tell(truth.outcome());
            case AcceptorReply.SealRefused r -> above(r.promised());
            default -> {}
        }
    }

    private void above(Ballot promised) {
        atLeast = Math.max(atLeast, promised.roundAbove(acceptors));
    }

    private void begin(long round) {
        Ballot mine = Ballot.of(acceptors, round, id(index));
        ballot = mine;
        AcceptorRequest request = sealing
                ? new AcceptorRequest.Seal(Births.INCARNATION, 1, HORIZON, term, mine)
                : new AcceptorRequest.Phase1a(T, mine);
        acceptors.acceptors().forEach(entry -> send.accept(entry.id(), request));
    }

    /** What a sealed majority reports is recovered; what it does not is never heard of again. */
    private void sealed(AcceptorId from, boolean reported) {
        Ballot mine = ballot;
        reports.put(from, reported);
        if (mine != null && acceptors.isMajority(reports.keySet())) {
            sealed = reports.containsValue(true);
            if (sealed && rules.takesReportForPhase1b()) {
                reports.forEach((id, reportedById) -> {
                    if (!reportedById) {
                        promises.put(id, new AcceptorReply.Phase1b(T, mine, null, new TreeMap<>()));
                    }
                });
            }
            if (sealed) {
                acceptors.acceptors().forEach(entry -> send.accept(entry.id(), new AcceptorRequest.Phase1a(T, mine)));
            }
        }
    }

    private void promised(AcceptorId from, AcceptorReply.Phase1b promise) {
        Ballot mine = ballot;
        if (proposal != null || mine == null) {
            return;
        }
        promises.put(from, promise);
        tell(rules.outcomeOf(acceptors, promises));
        Proposal next = rules.propose(acceptors, promises);
        proposal = next;
        if (next != null) {
            AcceptorRequest request = new AcceptorRequest.Phase2a(T, mine, next);
            acceptors.acceptors().forEach(entry -> send.accept(entry.id(), request));
        }
    }

    private void tell(@Nullable Outcome told) {
        if (told != null) {
            truth.told(told);
            outcome = told;
        }
    }
}
