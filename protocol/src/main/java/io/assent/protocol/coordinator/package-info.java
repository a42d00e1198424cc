/** What the leader's roles of all commit protocols share: what happens to a transaction, and what follows from it. */
@NullMarked
package io.assent.protocol.coordinator;

import org.jspecify.annotations.NullMarked;
