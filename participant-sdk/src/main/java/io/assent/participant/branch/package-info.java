/** The branches of a participant: work inside them, messages about them, and their recovery. */
@NullMarked
package io.assent.participant.branch;

import org.jspecify.annotations.NullMarked;
