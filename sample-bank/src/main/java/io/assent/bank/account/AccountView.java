package io.assent.bank.account;

import java.math.BigDecimal;

/**
 * An account as the API shows it.
 *
 * @param id its id
 * @param balance two places after the point, never below zero
 */
public record AccountView(String id, BigDecimal balance) {

    static AccountView of(Account account) {
        return new AccountView(account.id(), account.balance());
    }
}
