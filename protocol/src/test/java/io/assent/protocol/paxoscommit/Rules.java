package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Outcome;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the models call the production classes and their own disk. A mutant overrides one of these places, and so drops
 * one rule; production code has no switch for it.
 */
class Rules {

    /** What an acceptor makes of a request about one transaction. */
    AcceptorState.Step judge(AcceptorState state, AcceptorRequest.OfTransaction request) {
        return state.on(request);
    }

    /** What an acceptor makes of any request. */
    Acceptor.Step on(Acceptor acceptor, AcceptorRequest request) {
        Acceptor.Step standing = acceptor.on(acceptor.self(), request);
        if (!(request instanceof AcceptorRequest.OfTransaction r)) {
            return standing;
        }
        AcceptorState state = acceptor.state(r.transaction());
        AcceptorState.Step judged = judge(state, r);
        return judged.equals(state.on(r)) ? standing : new Acceptor.Step(judged.record(), judged.reply());
    }

    @Nullable
    Proposal propose(AcceptorList acceptors, Map<AcceptorId, AcceptorReply.Phase1b> promises) {
        return Recovery.propose(acceptors, promises);
    }

    /** An outcome that a proposer tells from promises alone. */
    @Nullable
    Outcome outcomeOf(AcceptorList acceptors, Map<AcceptorId, AcceptorReply.Phase1b> promises) {
        return null;
    }

    /** Whether what is on the disk is there after a crash. */
    boolean keepsDisk() {
        return true;
    }

    /** Whether replies wait for the disk. */
    boolean awaitsDisk() {
        return true;
    }

    /** Whether a NO of a participant, restored perhaps from a backup, is relayed at ballot 0. */
    boolean relaysNo() {
        return false;
    }

    /** Whether the rounds that a proposer has used are on its disk. */
    boolean keepsRounds() {
        return true;
    }

    /** Whether a transaction that a sealed acceptor does not report counts as one of which it accepted nothing. */
    boolean takesReportForPhase1b() {
        return false;
    }
}
