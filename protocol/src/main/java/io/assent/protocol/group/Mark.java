package io.assent.protocol.group;

/**
 * What had been born at a time.
 *
 * @param at milliseconds since 1970, of the leader's clock
 * @param born the latest birth then
 */
public record Mark(long at, Horizon born) {}
