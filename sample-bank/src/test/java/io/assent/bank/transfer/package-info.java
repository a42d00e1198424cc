/** What a transfer's answer proves. */
@NullMarked
package io.assent.bank.transfer;

import org.jspecify.annotations.NullMarked;
