/** Three-phase commit over a decision in the replicated log: the leader's role for one transaction. */
@NullMarked
package io.assent.protocol.threephase;

import org.jspecify.annotations.NullMarked;
