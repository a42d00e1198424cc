/** Two-phase commit with presumed abort over a replicated log: the leader's role for one transaction. */
@NullMarked
package io.assent.protocol.twophase;

import org.jspecify.annotations.NullMarked;
