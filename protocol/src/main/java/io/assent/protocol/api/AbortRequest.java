package io.assent.protocol.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/transactions/{id}/abort}; it may be left out.
 *
 * @param message the initiator's words for the abort reason
 */
public record AbortRequest(@Nullable String message) {}
