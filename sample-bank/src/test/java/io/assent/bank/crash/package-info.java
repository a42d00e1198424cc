/** Named points at which a bank's process can be made to die; packed into a jar of their own, for tests only. */
@NullMarked
package io.assent.bank.crash;

import org.jspecify.annotations.NullMarked;
