/** The leader's runtime: one loop for each group drives the protocol roles, and says nothing before the log does. */
@NullMarked
package io.assent.coordinator.runtime;

import org.jspecify.annotations.NullMarked;
