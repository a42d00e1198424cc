/** The facts of branches, and the databases that hold them. */
@NullMarked
package io.assent.participant.facts;

import org.jspecify.annotations.NullMarked;
