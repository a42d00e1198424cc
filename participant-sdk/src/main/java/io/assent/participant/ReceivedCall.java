package io.assent.participant;

import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import java.time.Duration;
import java.util.Map;

/**
 * What the propagation headers of a request say.
 *
 * @param transaction the transaction in which the caller works
 * @param protocol the protocol it runs
 * @param timeLeft time that was left for it when the call was sent
 * @param prepareNow whether this is the last call to this service in the transaction, so that its branch is to be
 *     prepared before the answer
 * @param tokens the live branches that the caller knows at this service, token by participant id
 */
public record ReceivedCall(
        TransactionId transaction,
        Protocol protocol,
        Duration timeLeft,
        boolean prepareNow,
        Map<String, String> tokens) {

    public ReceivedCall {
        tokens = Map.copyOf(tokens);
    }
}
