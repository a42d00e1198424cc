/** Transfers of money from an account at one bank to an account at the same or another one. */
@NullMarked
package io.assent.bank.transfer;

import org.jspecify.annotations.NullMarked;
