/** The replicated log on Apache Ratis: the only package that sees the engine. */
@NullMarked
package io.assent.coordinator.log;

import org.jspecify.annotations.NullMarked;
