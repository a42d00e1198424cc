/** What a participant writes into its own database: the rows of its branches, and what it knows of coordinators. */
@NullMarked
package io.assent.participant.facts;

import org.jspecify.annotations.NullMarked;
