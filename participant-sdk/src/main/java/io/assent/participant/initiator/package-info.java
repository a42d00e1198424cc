/** The initiator: begins transactions, carries them along with outgoing calls and asks for their commit. */
@NullMarked
package io.assent.participant.initiator;

import org.jspecify.annotations.NullMarked;
