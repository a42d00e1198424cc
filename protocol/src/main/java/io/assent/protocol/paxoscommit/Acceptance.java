package io.assent.protocol.paxoscommit;

/**
 * What an acceptor accepted last in one instance: {@code (abal, aval)}.
 *
 * @param ballot in which
 * @param value which
 */
public record Acceptance<V>(Ballot ballot, V value) {}
