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
     * What the initiator asks for.
     *
     * @param variant by which protocol, and how
     * @param await what its commit waits for, or null for the acknowledgement of both branches
     * @param patience for how long a begin or a commit that found no leader is repeated; zero: never
     */
    public record Terms(ProtocolVariant variant, @Nullable String await, Duration patience) {

        /** The protocol that is used when none is named; each commit waits for both branches. */
        public static Terms twoPhase(Duration patience) {
            return new Terms(ProtocolVariant.TWO_PHASE, null, patience);
        }
    }

    /**
     * Transactions between neighbours in a list of participants.
     *
     * @param nodes base URLs of the coordinators
     */
    public TwoBranchTransaction(HttpCalls http, List<URI> nodes, List<Participant> participants, Terms terms) {
        this.http = http;
        this.nodes = List.copyOf(nodes);
        this.patience = terms.patience();
        JsonMapper json = JsonMapper.builder()
                .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                .build();
        this.begin = json.writeValueAsBytes(new BeginRequest(terms.variant().protocol(), "PT30S", null, null, null));
        for (int i = 0; i < participants.size(); i++) {
            Participant next = participants.get((i + 1) % participants.size());
            CommitBranch one = branch(participants.get(i), terms.variant());
            CommitBranch other = branch(next, terms.variant());
            commits.add(json.writeValueAsBytes(new CommitRequest(List.of(one, other), terms.await(), null)));
        }
    }

    private static CommitBranch branch(Participant participant, ProtocolVariant variant) {
        return new CommitBranch(
                participant.id(),
                participant.endpoint().toString(),
                null,
                // What is named changes the bytes of a request; two-phase is spoken by whoever names nothing.
                variant.protocol().equals("TWO_PHASE") ? null : List.of(variant.protocol()),
                null,
                null,
                null,
                variant.handsVotesOver() ? "YES" : null);
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
