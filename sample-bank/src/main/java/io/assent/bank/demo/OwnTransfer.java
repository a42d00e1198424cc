package io.assent.bank.demo;

import io.assent.participant.CoordinatorClient;
import io.assent.participant.LocalBranches;
import io.assent.participant.TransactionAbortedException;
import io.assent.participant.initiator.DistributedTransactionTemplate;
import io.assent.participant.initiator.DistributedTransactions;
import io.assent.protocol.Protocol;
import io.assent.protocol.api.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** Transfers that the demonstration initiates itself, so that it can kill a bank at an exact point of them. */
final class OwnTransfer {

    private static final String PAYER = "own-payer";
    private static final String PAYEE = "own-payee";

    /** Accounts at each bank that nobody else uses. */
    static final List<String> ACCOUNTS = List.of(PAYER, PAYEE);

    private final DistributedTransactionTemplate template;
    private final RestClient http;
    private final List<Traffic.Attempt> attempts = new ArrayList<>();

    OwnTransfer(CoordinatorClient coordinators, Protocol protocol) {
        Duration timeout = Duration.ofSeconds(90);
        template = new DistributedTransactionTemplate(
                        new DistributedTransactions(coordinators, LocalBranches.NONE, timeout, "demo"))
                .withName("demo")
                .withProtocol(protocol);
        http = Questions.propagating(Duration.ofSeconds(15), coordinators.coordinators());
    }

    /** Something done within the transaction. */
    @FunctionalInterface
    interface Step {

        /** Does it; the transaction has this id. */
        void run(String transaction);
    }

    /**
     * Runs the steps in one transaction and commits it.
     *
     * @return the id of the transaction
     */
    String make(List<Step> steps) {
        Course course = new Course();
        try {
            template.executeWithoutResult(context -> course.run(context.id().toString(), steps));
            course.told = Traffic.Told.COMMITTED;
            return Objects.requireNonNull(course.id);
        } catch (TransactionAbortedException e) {
            course.told = Traffic.Told.ABORTED;
            throw e;
        } finally {
            attempts.add(new Traffic.Attempt(course.id, course.told));
        }
    }

    /** How far a transfer has come, and what is known of its outcome. */
    private static final class Course {

        private @Nullable String id;

        /** Until the work is done nobody asks for commit; from then on only the coordinator's word counts. */
        private Traffic.Told told = Traffic.Told.ABORTED;

        private void run(String transaction, List<Step> steps) {
            id = transaction;
            steps.forEach(step -> step.run(transaction));
            told = Traffic.Told.NOTHING;
        }
    }

    /** A call that takes money from an account of the bank. */
    Step debit(Server bank, String amount, boolean prepareNow) {
        return call(bank.url() + "/accounts/" + PAYER + "/debit", amount, prepareNow);
    }

    /** A call that gives money to another account of the bank. */
    Step credit(Server bank, String amount, boolean prepareNow) {
        return call(bank.url() + "/accounts/" + PAYEE + "/credit", amount, prepareNow);
    }

    private Step call(String url, String amount, boolean prepareNow) {
        return id -> http.post()
                .uri(url)
                .contentType(MediaType.APPLICATION_JSON)
                .headers(headers -> {
                    headers.set("Call-Id", UUID.randomUUID().toString());
                    if (prepareNow) {
                        headers.set(Headers.PREPARE, "now");
                    }
                })
                .body(Map.of("amount", amount))
                .retrieve()
                .toBodilessEntity();
    }

    /** All transfers made here, and what they came to. */
    List<Traffic.Attempt> attempts() {
        return List.copyOf(attempts);
    }
}
