package io.assent.bank.account;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;

/** An account. Its balance is its opening balance and the sum of its ledger entries, and never below zero. */
@Entity
@Table(name = "account")
class Account {

    @Id
    private String id;

    @Column(name = "opening_balance")
    private BigDecimal openingBalance;

    private BigDecimal balance;

    /** For JPA only, which sets the fields afterwards. */
    @SuppressWarnings("NullAway.Init")
    protected Account() {}

    Account(String id, BigDecimal openingBalance) {
        this.id = id;
        this.openingBalance = openingBalance;
        this.balance = openingBalance;
    }

    String id() {
        return id;
    }

    BigDecimal openingBalance() {
        return openingBalance;
    }

    BigDecimal balance() {
        return balance;
    }
}
