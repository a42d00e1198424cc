package io.assent.bank.account;

import java.math.BigDecimal;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/** The accounts of this bank. */
interface AccountRepository extends JpaRepository<Account, String> {

    /**
     * Adds to the balance unless it would fall below zero; one statement, so that it needs no lock of its own before.
     *
     * @param amount may be negative
     * @return how many accounts changed: 1, or 0 when there is no such account or too little on it
     */
    @Modifying(flushAutomatically = true, clearAutomatically = true)
    @Query("update Account a set a.balance = a.balance + :amount where a.id = :id and a.balance + :amount >= 0")
    int add(String id, BigDecimal amount);
}
