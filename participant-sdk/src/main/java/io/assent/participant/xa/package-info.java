/** Branches in a database, by XA: what the application does through its {@code DataSource} is prepared and committed. */
@NullMarked
package io.assent.participant.xa;

import org.jspecify.annotations.NullMarked;
