package io.assent.bank.demo;

import io.assent.participant.BranchField;
import io.assent.protocol.Member;
import io.assent.protocol.api.BranchRequest;
import io.assent.protocol.api.CommitBranch;
import io.assent.protocol.api.CommitRequest;
import io.assent.protocol.api.Headers;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.TransactionView;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;

/**
 * Transactions at one bank, one after the other, that lead its branches to every end which they can have: committed in
 * one phase, aborted while they work, when they are prepared, by their own vote and before they ever worked, and left in
 * doubt. Every second round begins them under a key. Work on accounts of their own, so that what a dead bank keeps
 * locked does not stand in the way of all of them.
 */
final class Errands implements Runnable {

    /** Accounts at each bank, named by {@link #account}. */
    static final int ACCOUNTS = 32;

    /** The first of them are for what commits: what is left in doubt must not keep all of them locked. */
    private static final int FOR_COMMITS = 16;

    private static final String TIMEOUT = "PT6S";

    /** A branch that nobody decides holds its lock for seconds. */
    private static final int ROUNDS_PER_DOUBT = 8;

    private static final int WRONG_CALLS = 99;
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);

    private final Server bank;
    private final List<Server> coordinators;
    private final RestClient http = Questions.client(Duration.ofSeconds(10)).build();
    private final Queue<Traffic.Attempt> attempts = new ConcurrentLinkedQueue<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private boolean keyed;
    private int asked;
    private int payer;
    private int other;

    Errands(Server bank, List<Server> coordinators) {
        this.bank = bank;
        this.coordinators = coordinators;
    }

    static String account(int number) {
        return "errand-" + number;
    }

    /** One of the ways that a transaction goes; returns what was told about its end. */
    @FunctionalInterface
    private interface Errand {
        Traffic.Told run(String transaction);
    }

    @Override
    public void run() {
        for (int round = 0; over.getCount() > 0; round++) {
            keyed = round % 2 == 1;
            commitOn(2 * round % FOR_COMMITS);
            attempt(this::abortBeforeTheWork);
            attempt(this::abortTheWork);
            attempt(this::abortWhatIsPrepared);
            attempt(this::commitWhatIsRefused);
            if (round % ROUNDS_PER_DOUBT == 0) {
                attempt(this::leaveInDoubt);
            }
            transferToNobody();
        }
    }

    void end() {
        over.countDown();
    }

    /** Everything that was tried, and what was told about it. */
    List<Traffic.Attempt> attempts() {
        return List.copyOf(attempts);
    }

    /** Moves money from this account to the next one in one transaction; false when that did not succeed. */
    boolean commitOn(int account) {
        payer = account;
        return attempt(this::commitInOnePhase) == Traffic.Told.COMMITTED;
    }

    private Traffic.Told attempt(Errand errand) {
        String id = null;
        Traffic.Told told = Traffic.Told.NOTHING;
        try {
            id = begin();
            told = errand.run(id);
        } catch (RestClientException e) {
            // Somebody is down, or a row is still locked: nothing was told, and the transaction ends by its deadline.
            pause();
        }
        attempts.add(new Traffic.Attempt(id, told));
        return told;
    }

    private void pause() {
        try {
            over.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Each time the next of the coordinators: one of them may be down. */
    private String coordinator() {
        return coordinators.get(asked++ % coordinators.size()).url().toString();
    }

    private String begin() {
        TransactionView begun = http.post()
                .uri(coordinator() + "/v1/transactions")
                .contentType(MediaType.APPLICATION_JSON)
                .headers(headers -> {
                    if (keyed) {
                        headers.set(Headers.IDEMPOTENCY_KEY, UUID.randomUUID().toString());
                    }
                })
                .body(Map.of("timeout", TIMEOUT, "name", "errand"))
                .retrieve()
                .requiredBody(TransactionView.class);
        return begun.id();
    }

    private Traffic.Told commitInOnePhase(String id) {
        move(id, payer, "debit", false);
        Member member = move(id, payer + 1, "credit", false);
        return commit(id, member, true, 2);
    }

    /** A branch that counted other calls than its initiator votes NO (rule L8). */
    private Traffic.Told commitWhatIsRefused(String id) {
        return commit(id, move(id, next(), "debit", false), false, WRONG_CALLS);
    }

    private Traffic.Told commit(String id, Member member, boolean onePhase, int calls) {
        CommitRequest request = new CommitRequest(
                List.of(new CommitBranch(
                        member.participant(), member.endpoint(), null, null, onePhase, member.token(), calls, null)),
                null,
                null);
        try {
            TransactionView view = ask(id, "/commit", request);
            return view != null && "COMMITTED".equals(view.outcome()) ? Traffic.Told.COMMITTED : Traffic.Told.NOTHING;
        } catch (RestClientResponseException e) {
            return e.getResponseBodyAsString().contains(ProblemType.TRANSACTION_ABORTED.urn())
                    ? Traffic.Told.ABORTED
                    : Traffic.Told.NOTHING;
        }
    }

    private Traffic.Told abortBeforeTheWork(String id) {
        enlist(id);
        return abort(id);
    }

    private Traffic.Told abortTheWork(String id) {
        enlist(id);
        move(id, next(), "debit", false);
        return abort(id);
    }

    private Traffic.Told abortWhatIsPrepared(String id) {
        enlist(id);
        move(id, next(), "debit", true);
        return abort(id);
    }

    /** The coordinator does not know of this branch, which has to ask. */
    private Traffic.Told leaveInDoubt(String id) {
        move(id, next(), "debit", true);
        return Traffic.Told.ABORTED;
    }

    /** A transfer that the bank itself has to abort. */
    private void transferToNobody() {
        String url = bank.url().toString();
        try {
            http.post()
                    .uri(url + "/transfers")
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(Map.of(
                            "from", Map.of("bank", url, "account", "nobody"),
                            "to", Map.of("bank", url, "account", account(0)),
                            "amount", BigDecimal.ONE))
                    .retrieve()
                    .toBodilessEntity();
        } catch (RestClientException e) {
            // As it must be.
        }
    }

    private void enlist(String id) {
        ask(
                id,
                "/branches",
                new BranchRequest(bank.name(), bank.url() + "/assent/v1/branches", null, null, null, null, null, null));
    }

    private Traffic.Told abort(String id) {
        TransactionView view = ask(id, "/abort", Map.of());
        return view != null && "ABORTED".equals(view.outcome()) ? Traffic.Told.ABORTED : Traffic.Told.NOTHING;
    }

    private @Nullable TransactionView ask(String id, String what, Object body) {
        return http.post()
                .uri(coordinator() + "/v1/transactions/" + id + what)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .retrieve()
                .body(TransactionView.class);
    }

    /** An account for what does not commit. */
    private int next() {
        return FOR_COMMITS + other++ % (ACCOUNTS - FOR_COMMITS);
    }

    private Member move(String id, int account, String verb, boolean prepareNow) {
        List<String> lines = http.post()
                .uri(bank.url() + "/accounts/" + account(account) + "/" + verb)
                .contentType(MediaType.APPLICATION_JSON)
                .headers(headers -> {
                    headers.set(Headers.TRANSACTION, id);
                    headers.set(Headers.PROTOCOL, "TWO_PHASE");
                    headers.set(Headers.COORDINATOR, coordinator());
                    headers.set(Headers.TIMEOUT, TIMEOUT);
                    headers.set("Call-Id", UUID.randomUUID().toString());
                    if (prepareNow) {
                        headers.set(Headers.PREPARE, "now");
                    }
                })
                .body(Map.of("amount", "0.01"))
                .retrieve()
                .toBodilessEntity()
                .getHeaders()
                .getOrEmpty(Headers.BRANCH);
        return BranchField.read(lines).getFirst().member();
    }
}
