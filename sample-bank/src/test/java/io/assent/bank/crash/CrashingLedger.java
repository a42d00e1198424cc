package io.assent.bank.crash;

import io.assent.participant.Ledger;
import io.assent.protocol.TransactionId;

/** A ledger that passes a crash point before and after it learns something. */
final class CrashingLedger implements Ledger {

    private final Ledger ledger;
    private final CrashPoints points;

    CrashingLedger(Ledger ledger, CrashPoints points) {
        this.ledger = ledger;
        this.points = points;
    }

    @Override
    public boolean knows(TransactionId transaction) {
        return ledger.knows(transaction);
    }

    @Override
    public boolean learn(String incarnation) {
        return points.around("learn", () -> ledger.learn(incarnation));
    }

    @Override
    public boolean isForgotten(TransactionId transaction) {
        return ledger.isForgotten(transaction);
    }

    @Override
    public boolean advance(String horizon) {
        return points.around("advance", () -> ledger.advance(horizon));
    }
}
