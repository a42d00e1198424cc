package io.assent.protocol.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Wire form of a participant's answer: the replies that are ready, in any order. */
public record ReplyBatch(@Nullable List<ReplyForm> replies) {}
