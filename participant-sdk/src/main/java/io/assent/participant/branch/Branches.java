package io.assent.participant.branch;

import io.assent.participant.BranchResource;
import io.assent.participant.Ledger;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.ParticipantBranch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The branches of one participant that this instance has in hand: those that work, those that wait for a decision, and
 * for a moment those that a message is about. Bounded by the resource's capacity, by what the resource holds prepared,
 * and by the messages at work. Safe for use by several threads.
 */
public final class Branches implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Branches.class);

    private final BranchResource resource;
    private final Ledger ledger;
    private final Notices notices;
    private final Peers peers;
    private final Duration firstLookup;
    private final Duration longestLookup;
    private final Map<TransactionId, LiveBranch> live = new ConcurrentHashMap<>();
    private final Reasons reasons = new Reasons();
    private final ExecutorService callbackThreads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("assent-callbacks-", 0).factory());

    /**
     * No branches at first.
     *
     * @param peers how other members are asked when no coordinator tells the outcome
     * @param firstLookup after which time a prepared branch asks for its outcome
     * @param longestLookup the longest pause between its questions
     */
    public Branches(
            BranchResource resource,
            Ledger ledger,
            Notices notices,
            Peers peers,
            Duration firstLookup,
            Duration longestLookup) {
        this.resource = resource;
        this.ledger = ledger;
        this.notices = notices;
        this.peers = peers;
        this.firstLookup = firstLookup;
        this.longestLookup = longestLookup;
    }

    /** The participant id. */
    public String participant() {
        return resource.participant();
    }

    /** How many messages are worth working on at once: more would only wait for connections. */
    public int usefulThreads() {
        return resource.capacity() + 8;
    }

    /** How many branches take work, running or not. */
    public long working() {
        return live.values().stream()
                .filter(branch -> branch.work().isPresent() && branch.inDoubt().isEmpty())
                .count();
    }

    /** How many branches are prepared and wait for a decision. */
    public long prepared() {
        return live.values().stream()
                .filter(branch -> branch.inDoubt().isPresent())
                .count();
    }

    /** How long the longest in doubt has been so, as far as this process knows; zero when none is. */
    public Duration longestInDoubt() {
        return live.values().stream()
                .flatMap(branch -> branch.inDoubt().stream())
                .map(LookupPace::age)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /**
     * Takes a message for this participant.
     *
     * @return completed when it is answered, with nothing when it is left without a reply
     */
    CompletableFuture<Optional<Reply>> receive(Message message) {
        return onBranch(message.transaction(), branch -> branch.receive(message));
    }

    /** Rolls the branch back, prepared or not: the caller knows that the transaction aborts. */
    void abort(TransactionId transaction) {
        Optional<Reply> reply = receive(new Message.Abort(transaction, participant(), transaction.birthTerm()))
                .getNow(Optional.empty());
        if (reply.isEmpty()) {
            LOG.info("A branch could not be rolled back at once and will be later: transaction={}", transaction);
        }
    }

    /** The branch if this instance has it in hand. */
    Optional<LiveBranch> find(TransactionId transaction) {
        return Optional.ofNullable(live.get(transaction)).filter(branch -> !branch.isDropped());
    }

    /** All branches that this instance has in hand. */
    List<LiveBranch> all() {
        return List.copyOf(live.values());
    }

    /** Tells every branch of it that the resource lists as prepared, if it is one that was prepared here before. */
    void findPrepared() {
        for (TransactionId transaction : resource.prepared()) {
            if (!ledger.knows(transaction)) {
                continue;
            }
            onBranch(transaction, branch -> {
                boolean known = branch.inDoubt().isPresent();
                branch.tell(new BranchEvent.FoundPrepared(null, null));
                Optional<LookupPace> pace = branch.inDoubt();
                if (!known) {
                    pace.ifPresent(LookupPace::hurry);
                }
                return branch;
            });
        }
    }

    /** Tells the branches at or below a horizon. */
    void horizonAdvanced() {
        for (LiveBranch branch : all()) {
            if (ledger.isForgotten(branch.transaction())) {
                tell(branch, new BranchEvent.HorizonPassed());
            }
        }
    }

    /** Tells the branches whose time is up. */
    void passDeadlines() {
        for (LiveBranch branch : all()) {
            if (branch.isOverdue()) {
                tell(branch, new BranchEvent.DeadlinePassed());
            }
        }
    }

    /** Tells the branches that have been pre-committed long enough. */
    void passPatience() {
        for (LiveBranch branch : all()) {
            if (branch.isImpatient()) {
                tell(branch, new BranchEvent.PatienceEnded());
            }
        }
    }

    private void ask(ParticipantBranch asking, BranchAction.AskPeers question) {
        for (Member peer : question.peers()) {
            TransactionId transaction = asking.transaction();
            Message.Inquire inquiry =
                    new Message.Inquire(transaction, peer.participant(), question.term(), false, asking.participant());
            peers.ask(
                    peer,
                    inquiry,
                    state -> find(transaction)
                            .ifPresent(branch -> tell(branch, new BranchEvent.PeerAnswered(question.term(), state))));
        }
    }

    /** Gives all work up that nobody has asked to prepare. */
    void abandonWork() {
        all().forEach(branch -> tell(branch, new BranchEvent.WorkAbandoned()));
    }

    /** Tells a branch something, and lets go of it when nothing is left of it. */
    void tell(LiveBranch branch, BranchEvent event) {
        branch.tell(event);
        letGo(branch);
    }

    /** Lets go of a branch of which nothing is left. */
    void letGo(LiveBranch branch) {
        if (branch.isDropped()) {
            live.remove(branch.transaction(), branch);
        }
    }

    /**
     * Does something with the branch of a transaction.
     *
     * @param work returns null when the branch has been dropped: it is done again with another object
     */
    <T> T onBranch(TransactionId transaction, Function<LiveBranch, @Nullable T> work) {
        while (true) {
            LiveBranch branch = live.computeIfAbsent(transaction, this::unknown);
            try {
                T result = work.apply(branch);
                if (result != null) {
                    return result;
                }
            } finally {
                letGo(branch);
            }
        }
    }

    private LiveBranch unknown(TransactionId transaction) {
        return new LiveBranch(
                ParticipantBranch.unknown(
                        transaction,
                        participant(),
                        ledger.isForgotten(transaction),
                        reasons.of(transaction).orElse(null)),
                resource.branch(transaction),
                new LiveBranch.Company(
                        notices,
                        reasons,
                        new Callbacks(callbackThreads),
                        new LookupPace(firstLookup, longestLookup),
                        this::ask));
    }

    /** Waits for callbacks that run, and takes no more. */
    @Override
    public void close() {
        callbackThreads.close();
    }
}
