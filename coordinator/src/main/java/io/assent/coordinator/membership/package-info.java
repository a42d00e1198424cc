/** How a node that has lost its data comes back into its groups, as a new replica. */
@org.jspecify.annotations.NullMarked
package io.assent.coordinator.membership;
