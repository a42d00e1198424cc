/**
 * A deterministic simulator of a whole system in one thread: the production classes of protocol, replicated state and
 * participant, driven by a seed through a network, a log, databases and processes that fail.
 */
package io.assent.protocol.simulation;
