package io.assent.bank.demo;

import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestHeadersSpec.ConvertibleClientHttpResponse;
import org.springframework.web.client.RestClientException;

/** Transfers in both directions between two banks, several at once, until it is stopped. */
final class Traffic {

    /** Accounts at each bank, named from account-0 on. */
    static final int ACCOUNTS = 16;

    private static final int WORKERS = 8;
    private static final int LARGEST_CENTS = 500;
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);

    private final RestClient http = Questions.client(Duration.ofSeconds(40)).build();
    private final List<Server> banks;
    private final List<Protocol> protocols;
    private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
    private final AtomicInteger committed = new AtomicInteger();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS);

    /** What a client was told about a transfer. */
    enum Told {
        COMMITTED,
        ABORTED,
        /** Nothing, or that nobody knows. */
        NOTHING,
        /** It could not even be asked for: nobody listened. */
        NOT_ASKED
    }

    /**
     * One transfer that was asked for.
     *
     * @param transaction its transaction, or null where the answer did not name one
     * @param told what the answer said
     */
    record Attempt(@Nullable String transaction, Told told) {}

    /** Transfers that run one of these protocols each. */
    Traffic(Town town, List<Protocol> protocols) {
        this.banks = town.banks();
        this.protocols = protocols;
    }

    static String account(int number) {
        return "account-" + number;
    }

    void start() {
        for (int worker = 0; worker < WORKERS; worker++) {
            Random random = new Random(worker);
            workers.execute(() -> work(random));
        }
    }

    private void work(Random random) {
        try {
            while (stopped.getCount() > 0) {
                Attempt attempt = transfer(random);
                attempts.add(attempt);
                if (attempt.told() == Told.COMMITTED) {
                    committed.incrementAndGet();
                } else {
                    stopped.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Attempt transfer(Random random) {
        int from = random.nextInt(banks.size());
        Map<String, Object> body = Map.of(
                "from", place(banks.get(from), random),
                "to", place(banks.get(1 - from), random),
                "amount", BigDecimal.valueOf(1 + random.nextInt(LARGEST_CENTS), 2),
                "protocol", protocols.get(random.nextInt(protocols.size())).name());
        try {
            return http.post()
                    .uri(banks.get(random.nextInt(banks.size())).url() + "/transfers")
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(body)
                    .exchangeForRequiredValue((request, response) -> read(response));
        } catch (ResourceAccessException e) {
            return new Attempt(null, e.getCause() instanceof ConnectException ? Told.NOT_ASKED : Told.NOTHING);
        } catch (RestClientException e) {
            return new Attempt(null, Told.NOTHING);
        }
    }

    private static Map<String, String> place(Server bank, Random random) {
        return Map.of("bank", bank.url().toString(), "account", account(random.nextInt(ACCOUNTS)));
    }

    /**
     * What a bank answers to a transfer.
     *
     * @param transaction its transaction, or null
     * @param outcome what became of it; null where the bank does not know, or somebody else answered
     */
    record Answer(@Nullable String transaction, @Nullable String outcome) {

        /** What it tells. The status tells nothing: a 503 may come after the commit. */
        Attempt read() {
            Told told = Outcome.COMMITTED.name().equals(outcome)
                    ? Told.COMMITTED
                    : Outcome.ABORTED.name().equals(outcome) ? Told.ABORTED : Told.NOTHING;
            return new Attempt(transaction, told);
        }
    }

    private static Attempt read(ConvertibleClientHttpResponse response) throws IOException {
        Answer answer = response.bodyTo(Answer.class);
        return answer == null ? new Attempt(null, Told.NOTHING) : answer.read();
    }

    /** How many transfers were told to be committed so far. */
    int committed() {
        return committed.get();
    }

    /** All transfers that were asked for so far. */
    List<Attempt> attempts() {
        return List.copyOf(attempts);
    }

    /** Stops asking for transfers and waits for the last answers. */
    void stop() {
        stopped.countDown();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(60, TimeUnit.SECONDS)) {
                throw new DemoException("A transfer has not been answered within a minute");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
