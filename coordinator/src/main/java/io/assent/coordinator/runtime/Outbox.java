package io.assent.coordinator.runtime;

import io.assent.protocol.Member;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The messages of a turn, by endpoint, on their way to the lanes. What a lane has no room for is not kept: it is owed
 * by the transaction's state, and offered again when the lane has room. Used by the loop; told by the delivery.
 */
final class Outbox implements Delivery.Listener {

    // One more than a lane holds: while some are left behind, the lane refuses one, and tells again.
    private static final int OFFER_AGAIN = Delivery.LANE_CAPACITY + 1;

    private final Delivery delivery;
    private final Mailbox mailbox;
    private final TransactionTable table;
    private final Map<String, List<Delivery.Outbound>> waiting = new LinkedHashMap<>();

    Outbox(Delivery delivery, Mailbox mailbox, TransactionTable table) {
        this.delivery = delivery;
        this.mailbox = mailbox;
        this.table = table;
    }

    /** Adds a message that the transaction owes to one of its members. */
    void add(CoordinatorRole role, Message message) {
        role.member(message.branch()).filter(m -> !m.endpoint().isEmpty()).ifPresent(m -> add(m, message));
    }

    private void add(Member member, Message message) {
        waiting.computeIfAbsent(member.endpoint(), any -> new ArrayList<>())
                .add(new Delivery.Outbound(
                        new Delivery.Address(member.participant(), member.endpoint(), member.fallbackEndpoint()),
                        message));
    }

    /** Takes back all that a transaction owed: it has ended without an answer to it. */
    void withdraw(CoordinatorRole role) {
        for (Message message : role.owed()) {
            role.member(message.branch()).map(Member::endpoint).ifPresent(endpoint -> withdraw(endpoint, message));
        }
    }

    private void withdraw(String endpoint, Message message) {
        List<Delivery.Outbound> messages = waiting.get(endpoint);
        if (messages != null) {
            messages.removeIf(outbound -> outbound.message().equals(message));
        }
        delivery.withdraw(endpoint, message, this);
    }

    void flush() {
        waiting.forEach((endpoint, messages) -> {
            int taken = delivery.offer(endpoint, messages, this);
            for (Delivery.Outbound left : messages.subList(taken, messages.size())) {
                table.behind(endpoint, left.message().transaction());
            }
        });
        waiting.clear();
    }

    /** Offers what transactions owe to an endpoint whose lane was full. */
    void offerAgain(String endpoint) {
        for (TransactionTable.Entry entry : table.takeBehind(endpoint, OFFER_AGAIN)) {
            CoordinatorRole role = entry.role();
            for (Message message : role.owed()) {
                role.member(message.branch())
                        .filter(m -> m.endpoint().equals(endpoint))
                        .ifPresent(m -> add(m, message));
            }
        }
    }

    @Override
    public void replied(Message message, Reply reply) {
        mailbox.post(new Notification.Replied(table, message, reply));
    }

    @Override
    public void failed(Message message, String error) {
        mailbox.post(new Notification.Failed(table, message, error));
    }

    @Override
    public void laneFree(String endpoint) {
        mailbox.post(new Notification.LaneFree(table, endpoint));
    }
}
