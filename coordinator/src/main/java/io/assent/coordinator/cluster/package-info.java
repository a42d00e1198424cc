/** Nodes, groups and slots: who holds and leads what, and how a request gets to the node that can answer it. */
@NullMarked
package io.assent.coordinator.cluster;

import org.jspecify.annotations.NullMarked;
