/** A bank as a service: its own accounts in its own database, and transfers between banks. */
@NullMarked
package io.assent.bank;

import org.jspecify.annotations.NullMarked;
