package io.assent.coordinator.delivery;

import io.assent.coordinator.runtime.Delivery.Address;
import io.assent.coordinator.runtime.Delivery.Outbound;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.message.Message;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Messages of numbered transactions, for the participant "bank-a". */
final class Mail {

    static final String PARTICIPANT = "bank-a";

    private static final IncarnationKey KEY = new IncarnationKey(new byte[IncarnationKey.LENGTH]);

    private Mail() {}

    static TransactionId id(int number) {
        return TransactionId.issue(new TransactionId.Birth(0, 7, 1, number), Protocol.TWO_PHASE, number, KEY);
    }

    static Message prepare(int number, long deadline) {
        return new Message.Prepare(
                id(number), PARTICIPANT, 1, List.of(Member.of(PARTICIPANT, "http://127.0.0.1:1/")), deadline, "t", 1);
    }

    static Message commit(int number) {
        return new Message.Commit(id(number), PARTICIPANT, 1, List.of(Member.of(PARTICIPANT, "http://127.0.0.1:1/")));
    }

    static Message preCommit(int number) {
        return new Message.PreCommit(
                id(number), PARTICIPANT, 1, List.of(Member.of(PARTICIPANT, "http://127.0.0.1:1/")));
    }

    static Message abort(int number) {
        return new Message.Abort(id(number), PARTICIPANT, 1);
    }

    static Message inquire(int number) {
        return new Message.Inquire(id(number), PARTICIPANT, 1, true, null);
    }

    static Outbound to(String endpoint, Message message) {
        return to(endpoint, null, message);
    }

    static Outbound to(String endpoint, @Nullable String fallback, Message message) {
        return new Outbound(new Address(message.branch(), endpoint, fallback), message);
    }

    /** One message of each transaction from {@code first} on. */
    static List<Outbound> many(String endpoint, int first, int count, Function<Integer, Message> message) {
        return IntStream.range(first, first + count)
                .mapToObj(number -> to(endpoint, message.apply(number)))
                .toList();
    }
}
