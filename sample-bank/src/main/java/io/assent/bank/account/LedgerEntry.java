package io.assent.bank.account;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One effect of one call on one account, never changed: what happened can be told from the ledger alone. */
@Entity
@Table(name = "ledger")
class LedgerEntry {

    @Id
    @GeneratedValue(strategy = GenerationType.UUID)
    @Column(name = "effect_id")
    private @Nullable UUID effectId;

    @Column(name = "transaction_id")
    private String transactionId;

    @Column(name = "call_id")
    private String callId;

    @Column(name = "account")
    private String account;

    @Column(name = "amount")
    private BigDecimal amount;

    /** For JPA only, which sets the fields afterwards. */
    @SuppressWarnings("NullAway.Init")
    protected LedgerEntry() {}

    LedgerEntry(String transactionId, String callId, String account, BigDecimal amount) {
        this.transactionId = transactionId;
        this.callId = callId;
        this.account = account;
        this.amount = amount;
    }
}
