/** The acceptors of Paxos Commit on the network: how this node's are asked, and how it asks those of other nodes. */
@NullMarked
package io.assent.coordinator.consultation;

import org.jspecify.annotations.NullMarked;
