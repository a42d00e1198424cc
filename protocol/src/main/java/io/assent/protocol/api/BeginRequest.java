package io.assent.protocol.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/transactions}; every field, and the body itself, may be left out.
 *
 * @param protocol name of a {@link io.assent.protocol.Protocol}, default TWO_PHASE
 * @param timeout ISO-8601 duration until commit must be asked for and every vote given, 100 ms to 24 h, default 30 s
 * @param name what the transaction does, for people, at most 128 characters
 * @param initiator who begins it, at most 64 characters
 * @param labels at most 16 pairs of at most 64 and 256 characters
 */
public record BeginRequest(
        @Nullable String protocol,
        @Nullable String timeout,
        @Nullable String name,
        @Nullable String initiator,
        @Nullable Map<String, @Nullable String> labels) {}
