/** The acceptor of Paxos Commit on this node: its own durable log, apart from the groups' logs. */
@NullMarked
package io.assent.coordinator.acceptor;

import org.jspecify.annotations.NullMarked;
