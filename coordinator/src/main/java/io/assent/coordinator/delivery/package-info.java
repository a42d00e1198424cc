/** Delivery to participants: one lane for each endpoint, batches over HTTP, and the replies back. */
@NullMarked
package io.assent.coordinator.delivery;

import org.jspecify.annotations.NullMarked;
