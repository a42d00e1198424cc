package io.assent.protocol.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wire form of one request to a participant's endpoint.
 *
 * @param messages at most 256 messages, of any transactions
 * @param horizons upper bounds of forgotten ids, one for each incarnation the sender speaks for, or null
 */
public record MessageBatch(
        @Nullable List<MessageForm> messages, @Nullable List<String> horizons) {}
