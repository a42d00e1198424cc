/** What Spring Boot configures by itself for services that begin transactions and that take part in them. */
@NullMarked
package io.assent.participant.autoconfigure;

import org.jspecify.annotations.NullMarked;
