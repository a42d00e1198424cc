/** The participant's role: what one branch does with work, messages, outcomes and a restart, as a pure function. */
@NullMarked
package io.assent.protocol.participant;

import org.jspecify.annotations.NullMarked;
