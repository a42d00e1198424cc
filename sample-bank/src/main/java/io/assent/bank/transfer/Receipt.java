package io.assent.bank.transfer;

import io.assent.protocol.Outcome;

/**
 * A transfer that was made.
 *
 * @param transaction id of its transaction
 * @param outcome always COMMITTED: every other end is a problem
 */
record Receipt(String transaction, Outcome outcome) {}
