package io.assent.protocol.message;

import org.jspecify.annotations.Nullable;

/**
 * Wire form of a member in the {@code participants} of a message.
 *
 * @param participant the participant id, or null when a sender left it out
 * @param endpoint its endpoint, or null
 */
public record ParticipantAddress(
        @Nullable String participant, @Nullable String endpoint) {}
