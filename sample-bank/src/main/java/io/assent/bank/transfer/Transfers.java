package io.assent.bank.transfer;

import io.assent.participant.TransactionContext;
import io.assent.participant.initiator.DistributedTransactionTemplate;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.Headers;
import java.math.BigDecimal;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Service;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Makes transfers: one transaction, one call to each bank. This bank may be one of them, or none. */
@Service
class Transfers {

    private static final String CALL_ID = "Call-Id";

    private final DistributedTransactionTemplate template;
    private final RestClient banks;
    private final boolean prepareEarly;

    Transfers(DistributedTransactionTemplate template, RestClient.Builder banks, TransferProperties properties) {
        this.template = template.withName("transfer");
        this.banks = banks.build();
        this.prepareEarly = properties.prepareEarly();
    }

    /** One call of a transfer. */
    private record Step(URI bank, String account, String verb, BigDecimal amount) {}

    /**
     * Makes the transfer.
     *
     * @throws TransferFailedException when a bank refused its part, or could not be reached; nothing was moved
     * @throws org.springframework.transaction.TransactionException when the transaction did not commit, or nobody knows
     */
    Receipt make(Transfer transfer) {
        Protocol protocol = Objects.requireNonNullElse(transfer.protocol(), Protocol.TWO_PHASE);
        TransactionId transaction = template.withProtocol(protocol).execute(context -> run(inOrder(transfer), context));
        return new Receipt(transaction.toString(), Outcome.COMMITTED);
    }

    /** Always the same order of accounts, so that two transfers in opposite directions do not wait for each other. */
    private static List<Step> inOrder(Transfer transfer) {
        return Stream.of(step(transfer.from(), "debit", transfer), step(transfer.to(), "credit", transfer))
                .sorted(Comparator.comparing(Step::bank).thenComparing(Step::account))
                .toList();
    }

    private static Step step(Transfer.Place place, String verb, Transfer transfer) {
        return new Step(place.bank(), place.account(), verb, transfer.amount());
    }

    private TransactionId run(List<Step> steps, TransactionContext context) {
        try {
            for (int i = 0; i < steps.size(); i++) {
                URI bank = steps.get(i).bank();
                boolean last = steps.subList(i + 1, steps.size()).stream()
                        .noneMatch(later -> later.bank().equals(bank));
                call(steps.get(i), last && prepareEarly);
            }
            return context.id();
        } catch (RestClientException e) {
            throw new TransferFailedException(context.idIfBegun().orElse(null), e);
        }
    }

    private void call(Step step, boolean prepareNow) {
        banks.post()
                .uri(step.bank() + "/accounts/{account}/{verb}", step.account(), step.verb())
                .contentType(MediaType.APPLICATION_JSON)
                .headers(headers -> {
                    headers.set(CALL_ID, UUID.randomUUID().toString());
                    if (prepareNow) {
                        headers.set(Headers.PREPARE, "now");
                    }
                })
                .body(Map.of("amount", step.amount()))
                .retrieve()
                .toBodilessEntity();
    }
}
