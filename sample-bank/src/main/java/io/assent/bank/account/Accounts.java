package io.assent.bank.account;

import io.assent.participant.Branch;
import io.assent.participant.BranchOutside;
import io.assent.participant.TransactionContext;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Sort;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What can be done with accounts. Money moves in the caller's distributed transaction only. */
@Service
class Accounts {

    private static final int PAGE = 1_000;

    private final AccountRepository accounts;
    private final LedgerRepository ledger;

    Accounts(AccountRepository accounts, LedgerRepository ledger) {
        this.accounts = accounts;
        this.ledger = ledger;
    }

    /**
     * Whether an account was opened.
     *
     * @param account the account
     * @param isNew false when it had been opened before, with the same balance
     */
    record Opened(AccountView account, boolean isNew) {}

    /**
     * Opens an account; the same again changes nothing.
     *
     * @throws AccountException when it was opened with another balance
     */
    @Branch(outside = BranchOutside.LOCAL)
    Opened open(String id, BigDecimal balance) {
        Account known = accounts.findById(id).orElse(null);
        if (known == null) {
            return new Opened(AccountView.of(accounts.save(new Account(id, balance))), true);
        }
        if (known.openingBalance().compareTo(balance) != 0) {
            throw AccountException.exists(id);
        }
        return new Opened(AccountView.of(known), false);
    }

    /**
     * The account.
     *
     * @throws AccountException when there is none
     */
    @Transactional(readOnly = true)
    AccountView get(String id) {
        return accounts.findById(id).map(AccountView::of).orElseThrow(() -> AccountException.unknown(id));
    }

    /** The first 1,000 accounts by id. */
    @Transactional(readOnly = true)
    List<AccountView> list() {
        return accounts.findAll(PageRequest.of(0, PAGE, Sort.by("id"))).stream()
                .map(AccountView::of)
                .toList();
    }

    /**
     * Moves money onto an account or away from it, in the caller's transaction.
     *
     * @param amount positive or negative
     * @param callId which call this is the effect of
     * @throws AccountException when there is no such account, or too little on it
     */
    @Branch
    AccountView move(String id, BigDecimal amount, String callId) {
        if (accounts.add(id, amount) == 0) {
            throw accounts.existsById(id) ? AccountException.tooLittle(id) : AccountException.unknown(id);
        }
        TransactionContext transaction =
                Objects.requireNonNull(TransactionContext.current(), "@Branch has a transaction");
        ledger.save(new LedgerEntry(transaction.id().toString(), callId, id, amount));
        return get(id);
    }
}
