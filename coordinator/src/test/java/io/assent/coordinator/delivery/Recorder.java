package io.assent.coordinator.delivery;

import io.assent.coordinator.runtime.Delivery;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that keeps what it is told. */
final class Recorder implements Delivery.Listener {

    final List<Reply> replies = new CopyOnWriteArrayList<>();
    final List<Message> repliedTo = new CopyOnWriteArrayList<>();
    final List<Message> failed = new CopyOnWriteArrayList<>();
    final List<String> errors = new CopyOnWriteArrayList<>();
    final List<String> free = new CopyOnWriteArrayList<>();

    @Override
    public void replied(Message message, Reply reply) {
        repliedTo.add(message);
        replies.add(reply);
    }

    @Override
    public void failed(Message message, String error) {
        failed.add(message);
        errors.add(error);
    }

    @Override
    public void laneFree(String endpoint) {
        free.add(endpoint);
    }
}
