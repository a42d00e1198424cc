/** A participant on the servlet stack: its endpoint, and what requests need to work in its branches. */
@NullMarked
package io.assent.participant.web;

import org.jspecify.annotations.NullMarked;
