package io.assent.coordinator.consultation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Wire form of an acceptor's replies to another node, in the order asked. */
record RepliesForm(@Nullable List<ReplyForm> replies) {}
