/** Shows an operator, and the demonstration, what is prepared in the bank's database and waits for its outcome. */
@NullMarked
package io.assent.bank.prepared;

import org.jspecify.annotations.NullMarked;
