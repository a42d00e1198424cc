/** What an operator sees and does: health, metrics, and a stop in the right order. */
@NullMarked
package io.assent.coordinator.operations;

import org.jspecify.annotations.NullMarked;
