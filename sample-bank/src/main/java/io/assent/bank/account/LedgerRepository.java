package io.assent.bank.account;

import java.util.UUID;
import org.springframework.data.repository.Repository;

/** The ledger of this bank: entries are added, and nothing else. */
interface LedgerRepository extends Repository<LedgerEntry, UUID> {

    /** Adds an entry. */
    LedgerEntry save(LedgerEntry entry);
}
