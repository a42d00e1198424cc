/** Accounts and the ledger of what moved on them, the work that takes part in transactions. */
@NullMarked
package io.assent.bank.account;

import org.jspecify.annotations.NullMarked;
