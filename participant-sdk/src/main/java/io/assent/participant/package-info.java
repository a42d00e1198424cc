/** What services import to begin distributed transactions and to take part in them. */
@NullMarked
package io.assent.participant;

import org.jspecify.annotations.NullMarked;
