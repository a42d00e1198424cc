package io.assent.benchmarks.load;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.assent.benchmarks.participant.Participants.Participant;
import io.assent.protocol.api.BeginRequest;
import io.assent.protocol.api.BranchRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.json.JsonMapper;

/** Transactions that are begun, get two branches, and stay open until they are all aborted. */
public final class OpenTransactions {

    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);

    private final HttpCalls http;
    private final URI leader;
    private final byte[] begin;
    private final List<byte[]> branches;
    private final Queue<String> locations = new ConcurrentLinkedQueue<>();

    /**
     * None yet.
     *
     * @param leader base URL of the node that leads
     */
    public OpenTransactions(HttpCalls http, URI leader, List<Participant> participants) {
        this.http = http;
        this.leader = leader;
        JsonMapper json = JsonMapper.builder()
                .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                .build();
        this.begin = json.writeValueAsBytes(new BeginRequest("TWO_PHASE", "PT30M", null, null, null));
        this.branches = participants.stream()
                .limit(2)
                .map(p -> json.writeValueAsBytes(
                        new BranchRequest(p.id(), p.endpoint().toString(), null, null, null, null, null, null)))
                .toList();
    }

    /**
     * Begins so many.
     *
     * @return how many are open now
     */
    public long begin(long count, int callers) {
        each(count, callers, number -> {
            HttpCalls.Answer begun = http.post(leader.resolve("/v1/transactions"), begin);
            String location = begun.location();
            if (location == null) {
                return;
            }
            locations.add(location);
            for (byte[] branch : branches) {
                http.post(leader.resolve(location + "/branches"), branch);
            }
        });
        return locations.size();
    }

    /**
     * Aborts all that are open.
     *
     * @return how many answered that they are aborted
     */
    public long abortAll(int callers) {
        AtomicLong aborted = new AtomicLong();
        each(locations.size(), callers, number -> {
            String location = locations.poll();
            if (location != null
                    && http.post(leader.resolve(location + "/abort"), NOTHING).status() == 200) {
                aborted.incrementAndGet();
            }
        });
        return aborted.get();
    }

    private interface Call {
        void make(long number) throws IOException;
    }

    private static void each(long count, int callers, Call call) {
        AtomicLong numbers = new AtomicLong();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < callers; i++) {
                threads.execute(() -> {
                    for (long n = numbers.getAndIncrement(); n < count; n = numbers.getAndIncrement()) {
                        quietly(call, n);
                    }
                });
            }
        }
    }

    /** A call that fails opens, or aborts, nothing: the count tells. */
    private static void quietly(Call call, long number) {
        try {
            call.make(number);
        } catch (IOException e) {
            System.err.println("A request failed: " + e.getMessage());
        }
    }
}
