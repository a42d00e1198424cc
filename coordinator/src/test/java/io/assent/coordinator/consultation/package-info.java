/** Tests of acceptors on the network, below HTTP. */
package io.assent.coordinator.consultation;
