/** Identifiers, votes, outcomes and members: the words that every commit protocol of Assent shares. */
@NullMarked
package io.assent.protocol;

import org.jspecify.annotations.NullMarked;
