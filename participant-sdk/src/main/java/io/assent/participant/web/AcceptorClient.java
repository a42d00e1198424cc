package io.assent.participant.web;

import io.assent.participant.branch.DirectVotes;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Member;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.ParticipantAddress;
import io.assent.protocol.message.VotesAnswerForm;
import io.assent.protocol.message.VotesForm;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends votes to the first F+1 acceptors that a PREPARE names, and to the others as soon as one of those does not accept.
 * Votes that wait for the same acceptor share a request. Nothing is sent a second time: the leader relays what acceptors
 * do not report. Safe for use by several threads.
 */
public final class AcceptorClient implements DirectVotes, AutoCloseable {

    /** How many votes may be on their way at once; what comes on top is left to the leader. */
    static final int MOST_VOTES = 512;

    static final int MOST_IN_REQUEST = 256;

    private static final int MOST_BYTES_IN_REQUEST = 400 * 1024;

    /** As many as a coordinator sends to one participant. */
    private static final int REQUESTS_AT_ONCE = 4;

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(AcceptorClient.class);

    private final AcceptorAccess access;
    private final VotePost post;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("assent-vote-", 0).factory());

    /** Guards everything below, and what votes and lanes change. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<AcceptorList.Entry, Lane> lanes = new HashMap<>();
    private int onTheirWay;
    private boolean closed;

    /**
     * A client with its own connections.
     *
     * @param secret the cluster's secret, which also proves that a PREPARE is a coordinator's; null where it has none
     * @param coordinators base URLs of the coordinators that are known: without a secret nobody else is called, except on
     *     this machine
     */
    public AcceptorClient(@Nullable String secret, Supplier<List<URI>> coordinators) {
        this(secret, coordinators, PATIENCE);
    }

    AcceptorClient(@Nullable String secret, Supplier<List<URI>> coordinators, Duration patience) {
        this.access = new AcceptorAccess(secret != null, coordinators);
        this.post = new VotePost(secret, patience);
    }

    /** A vote on its way. */
    private static final class CastVote {

        private final VotesForm.Item form;
        private final int size;

        /** Who gets it only when it is needed. */
        private List<Target> others;

        /** By how many acceptors an answer is still expected. */
        private int awaited;

        CastVote(VotesForm.Item form, List<Target> others) {
            this.form = form;
            this.others = others;
            this.size = Objects.requireNonNullElse(form.participants(), List.<ParticipantAddress>of()).stream()
                    .mapToInt(CastVote::size)
                    .sum();
        }

        private static int size(ParticipantAddress address) {
            return String.valueOf(address.participant()).length()
                    + String.valueOf(address.endpoint()).length()
                    + "{'participant':'','endpoint':''},".length();
        }

        Name name() {
            return new Name(form.transaction(), form.branch());
        }
    }

    /** What an answer calls a vote. */
    private record Name(
            @Nullable String transaction, @Nullable String branch) {}

    /** An acceptor, and where it takes votes. */
    private record Target(AcceptorList.Entry acceptor, URI votes) {}

    /** Votes for one acceptor; it exists as long as there are any. */
    private static final class Lane {
        private final Deque<CastVote> waiting = new ArrayDeque<>();
        private int requests;
    }

    @Override
    public boolean cast(Message.Prepare prepare) {
        List<Target> targets = targets(prepare.acceptors());
        int needed = prepare.acceptors().size() / 2 + 1;
        if (targets.size() < needed || !canBeRegistered(prepare)) {
            return false;
        }
        CastVote vote = new CastVote(form(prepare), targets.subList(needed, targets.size()));
        lock.lock();
        try {
            if (closed || onTheirWay >= MOST_VOTES) {
                return false;
            }
            onTheirWay++;
            targets.subList(0, needed).forEach(target -> enqueue(vote, target));
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static boolean canBeRegistered(Message.Prepare prepare) {
        return prepare.members().stream().map(Member::participant).anyMatch(prepare.branch()::equals)
                && prepare.members().stream().map(Member::endpoint).noneMatch(String::isEmpty);
    }

    private List<Target> targets(List<AcceptorList.Entry> acceptors) {
        List<Target> targets = new ArrayList<>();
        for (AcceptorList.Entry acceptor : acceptors.stream().distinct().toList()) {
            access.votes(acceptor.url()).ifPresent(votes -> targets.add(new Target(acceptor, votes)));
        }
        return targets;
    }

    /** J goes to the acceptors as the leader named it: it is the leader's proposal for the registrar. */
    private static VotesForm.Item form(Message.Prepare prepare) {
        return new VotesForm.Item(
                prepare.transaction().toString(),
                prepare.branch(),
                prepare.members().stream()
                        .map(member -> new ParticipantAddress(member.participant(), member.endpoint()))
                        .toList());
    }

    private void enqueue(CastVote vote, Target target) {
        if (closed) {
            return;
        }
        vote.awaited++;
        Lane lane = lanes.computeIfAbsent(target.acceptor(), unused -> new Lane());
        lane.waiting.add(vote);
        if (lane.requests < REQUESTS_AT_ONCE) {
            lane.requests++;
            threads.execute(() -> serve(target, lane));
        }
    }

    private void serve(Target target, Lane lane) {
        for (List<CastVote> batch = next(target, lane); !batch.isEmpty(); batch = next(target, lane)) {
            Optional<VotesAnswerForm> answer = Optional.empty();
            try {
                answer = post.send(
                        target.votes(),
                        target.acceptor(),
                        batch.stream().map(vote -> vote.form).toList());
            } catch (RuntimeException e) {
                LOG.error("Votes could not be sent: acceptor={}", target, e);
            }
            answered(lane, batch, answer);
        }
    }

    /** The votes of the next request; none when nothing waits, and then this thread's place is free. */
    private List<CastVote> next(Target target, Lane lane) {
        lock.lock();
        try {
            List<CastVote> batch = new ArrayList<>();
            int bytes = 0;
            for (CastVote vote = lane.waiting.peek();
                    vote != null
                            && batch.size() < MOST_IN_REQUEST
                            && (batch.isEmpty() || bytes + vote.size <= MOST_BYTES_IN_REQUEST);
                    vote = lane.waiting.peek()) {
                bytes += vote.size;
                batch.add(lane.waiting.remove());
            }
            if (batch.isEmpty() && --lane.requests == 0) {
                lanes.remove(target.acceptor(), lane);
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** An acceptor that gives no answer has none for those either that wait for it: they need not wait so long. */
    private void answered(Lane lane, List<CastVote> batch, Optional<VotesAnswerForm> answer) {
        Set<Name> accepted = answer.map(AcceptorClient::accepted).orElse(Set.of());
        lock.lock();
        try {
            List<CastVote> over = new ArrayList<>(batch);
            if (answer.isEmpty()) {
                over.addAll(lane.waiting);
                lane.waiting.clear();
            }
            for (CastVote vote : over) {
                if (!accepted.contains(vote.name())) {
                    List<Target> others = vote.others;
                    vote.others = List.of();
                    others.forEach(other -> enqueue(vote, other));
                }
                if (--vote.awaited == 0) {
                    onTheirWay--;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private static Set<Name> accepted(VotesAnswerForm answer) {
        return Objects.requireNonNullElse(answer.replies(), List.<VotesAnswerForm.Item>of()).stream()
                .filter(item -> Boolean.TRUE.equals(item.accepted()))
                .map(item -> new Name(item.transaction(), item.branch()))
                .collect(Collectors.toSet());
    }

    /** Takes no more votes; those that wait are still sent, once. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        threads.close();
        post.close();
    }
}
