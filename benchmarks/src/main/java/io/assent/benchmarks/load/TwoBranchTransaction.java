package io.assent.benchmarks.load;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.assent.benchmarks.participant.Participants.Participant;
import io.assent.protocol.api.BeginRequest;
import io.assent.protocol.api.CommitBranch;
import io.assent.protocol.api.CommitRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One transaction over the wire, as an initiator does it: begin, and commit with its two branches; the answer comes
 * when both have acknowledged. Requests go to the leader, which answers name, and to the next node when one fails.
 */
public final class TwoBranchTransaction implements Workload {

    private static final long PAUSE_NANOS = 20_000_000;

    private final HttpCalls http;
    private final List<URI> nodes;
    private final Duration patience;
    private final byte[] begin;
    private final List<byte[]> commits = new ArrayList<>();
    private final AtomicInteger node = new AtomicInteger();

    /**
     * Transactions between neighbours in a list of participants.
     *
     * @param nodes base URLs of the coordinators
     * @param patience for how long a begin or a commit that found no leader is repeated; zero: never
     */
    public TwoBranchTransaction(HttpCalls http, List<URI> nodes, List<Participant> participants, Duration patience) {
        this.http = http;
        this.nodes = List.copyOf(nodes);
        this.patience = patience;
        JsonMapper json = JsonMapper.builder()
                .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                .build();
        this.begin = json.writeValueAsBytes(new BeginRequest("TWO_PHASE", "PT30S", null, null, null));
        for (int i = 0; i < participants.size(); i++) {
            Participant next = participants.get((i + 1) % participants.size());
            commits.add(json.writeValueAsBytes(
                    new CommitRequest(List.of(branch(participants.get(i)), branch(next)), null, null)));
        }
    }

    private static CommitBranch branch(Participant participant) {
        return new CommitBranch(
                participant.id(), participant.endpoint().toString(), null, null, null, null, null, null);
    }

    @Override
    public Attempt attempt(long number) {
        long patientUntil = System.nanoTime() + patience.toNanos();
        Step begun = step("/v1/transactions", begin, patientUntil);
        String location = begun.answer() == null ? null : begun.answer().location();
        if (location == null) {
            return new Attempt(begun.failure(), null, 0);
        }
        long since = System.nanoTime();
        byte[] commit = commits.get((int) (number % commits.size()));
        Step committed = step(location + "/commit", commit, patientUntil);
        String id = location.substring(location.lastIndexOf('/') + 1);
        return new Attempt(committed.failure(), id, System.nanoTime() - since);
    }

    /** An answer, or none; and in a word what is wrong with it, {@link Attempt#COMMITTED} when nothing is. */
    private record Step(HttpCalls.@Nullable Answer answer, String failure) {}

    private Step step(String path, byte[] body, long patientUntil) {
        Step last = once(path, body);
        while (!isSettled(last) && System.nanoTime() - patientUntil < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
            last = once(path, body);
        }
        return last;
    }

    private static boolean isSettled(Step step) {
        return step.answer() != null
                && step.answer().status() / 100 != 5
                && step.answer().status() != 202;
    }

    private Step once(String path, byte[] body) {
        int asked = node.get();
        try {
            HttpCalls.Answer answer = http.post(nodes.get(asked).resolve(path), body);
            follow(asked, answer);
            boolean good = answer.status() == 200 || answer.status() == 201;
            return new Step(answer, good ? Attempt.COMMITTED : Endings.of(answer));
        } catch (IOException e) {
            next(asked);
            return new Step(null, Endings.of(e));
        }
    }

    private void follow(int asked, HttpCalls.Answer answer) {
        String leader = answer.leader();
        int index = leader == null ? -1 : nodes.indexOf(URI.create(leader));
        if (index >= 0 && index != asked) {
            node.compareAndSet(asked, index);
        } else if (answer.status() == 503) {
            next(asked);
        }
    }

    private void next(int asked) {
        node.compareAndSet(asked, (asked + 1) % nodes.size());
    }
}
