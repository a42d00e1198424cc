package io.assent.coordinator.runtime;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Floor;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A leader's dealings with acceptors: it has the log name those of its own term before the first PAXOS_COMMIT
 * transaction is born in it (Q2), and looks for what acceptors hold of earlier terms. Used by the loop only; answers
 * come back to the loop through the mailbox.
 */
final class AcceptorDesk implements Floor.Desk {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptorDesk.class);
    private static final int MOST_WAITING = 1_024;
    private static final int PAGE = 1_000;
    private static final long SEARCH_AGAIN_MILLIS = 10_000;
    private static final long NAME_AGAIN_MILLIS = 5_000;

    private final Acceptors acceptors;
    private final GroupState state;
    private final TransactionTable table;
    private final Leader.Surroundings around;
    private final AppendPipeline pipeline;
    private final List<Request.Begin> waiting = new ArrayList<>();
    private long namingSince;
    private long nextSearch;

    /** Acceptors that were needed and are others than this node's own; null when there were none. */
    private @Nullable AcceptorList foreign;

    AcceptorDesk(Leader.Surroundings around, TransactionTable table, AppendPipeline pipeline) {
        this.around = around;
        this.pipeline = pipeline;
        this.acceptors = around.acceptors();
        this.state = around.log().state();
        this.table = table;
        this.nextSearch = around.now();
    }

    long now() {
        return around.now();
    }

    /** The acceptors of the term in which it was born, or null when the log names none. */
    @Nullable
    AcceptorList acceptorsOf(TransactionId id) {
        return state.acceptors().of(id.birthTerm());
    }

    /** Where the role of a transaction works; null while acceptors are not known, or this node's own is not among them. */
    @Nullable
    Place place(TransactionId id) {
        AcceptorList list = acceptorsOf(id);
        AcceptorList.Entry own = list == null ? null : own(list);
        return list == null || own == null ? null : new Place(list, own.id());
    }

    /** Where the role of a transaction works whose outcome is learned: it asks no acceptor any more. */
    @Nullable
    Place placeOfLearned(TransactionId id) {
        AcceptorList list = acceptorsOf(id);
        return list == null ? null : new Place(list, list.acceptors().getFirst().id());
    }

    /** This node's own acceptor among these, or null when it is not, or not open: then it has no ballots among them. */
    @Override
    public AcceptorList.@Nullable Entry own(AcceptorList list) {
        AcceptorId self = acceptors.self();
        int index = self == null ? -1 : list.indexOf(self);
        if (self != null && index < 0) {
            foreign = list;
        }
        return index < 0 ? null : list.acceptors().get(index);
    }

    /**
     * A replica that came in the place of a lost one is no acceptor of earlier terms (Q2). Where something of such a term
     * is to be found out, or sealed, another one must lead that is.
     */
    private void standAside() {
        AcceptorList list = foreign;
        foreign = null;
        if (list != null) {
            Set<String> listed = replicasOf(list);
            LOG.info(
                    "hands over to one of {}, if one answers: only they have ballots among the acceptors {}",
                    listed,
                    list);
            around.log().handOver(listed::contains);
        }
    }

    private static Set<String> replicasOf(AcceptorList list) {
        return list.acceptors().stream()
                .map(entry -> entry.id().replica())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether transactions may be born: the log names the acceptors of this term. */
    boolean isNamed() {
        return state.acceptors().of(table.term()) != null;
    }

    /** Asks once; who asked hears the answer in the loop, or null when none came. */
    @Override
    public void ask(AcceptorList.Entry to, AcceptorRequest request, Consumer<@Nullable AcceptorReply> answer) {
        var unused = acceptors
                .ask(to, request)
                .whenComplete((reply, error) -> around.mailbox()
                        .post(new Notification.Then(table, () -> answer.accept(error == null ? reply : null))));
    }

    // The acceptors of this term

    /** Whether this node's own acceptor is among them, so that it may propose. */
    boolean hasOwn() {
        AcceptorList list = state.acceptors().of(table.term());
        return list != null && own(list) != null;
    }

    /** Keeps a begin until the acceptors are named, and has that done. */
    void await(Request.Begin begin) {
        if (waiting.size() >= MOST_WAITING) {
            begin.answer().complete(Answer.Plain.OVERLOADED);
            return;
        }
        if (isNamed()) {
            // The own storage is not open, or not the one that the group knows.
            begin.answer().complete(Answer.Plain.ACCEPTORS_UNKNOWN);
            return;
        }
        waiting.add(begin);
        name();
    }

    /** Has the log name the acceptors of this term, if that is not under way. */
    private void name() {
        if (!isNamed() && now() - namingSince >= NAME_AGAIN_MILLIS) {
            namingSince = now();
            discover(this::named);
        }
    }

    /** Asks all replicas who they are; what they say, or nothing when one said nothing, is told in the loop. */
    private void discover(Consumer<Optional<AcceptorList>> told) {
        var unused = acceptors
                .discover()
                .whenComplete((found, error) -> around.mailbox()
                        .post(new Notification.Then(
                                table, () -> told.accept(error == null ? found : Optional.empty()))));
    }

    private void named(Optional<AcceptorList> found) {
        AcceptorList before = last();
        Optional<AcceptorList> list = before == null
                ? found
                : found.map(present -> asBefore(before, present))
                        .or(() -> Optional.of(before).filter(this::isOfAll));
        if (list.isPresent()) {
            pipeline.add(new LogRecord.Acceptors(list.get()));
        } else {
            namingSince = 0;
            takeWaiting().forEach(begin -> begin.answer().complete(Answer.Plain.ACCEPTORS_UNKNOWN));
        }
    }

    private @Nullable AcceptorList last() {
        return state.acceptors().all().isEmpty()
                ? null
                : state.acceptors().all().lastEntry().getValue();
    }

    /** A replica that was an acceptor before stays that one: in another storage its promises are lost (Q1). */
    private static AcceptorList asBefore(AcceptorList before, AcceptorList present) {
        Map<String, AcceptorId> known = new HashMap<>();
        before.acceptors().forEach(entry -> known.put(entry.id().replica(), entry.id()));
        return new AcceptorList(present.acceptors().stream()
                .map(entry -> {
                    AcceptorId id = known.getOrDefault(entry.id().replica(), entry.id());
                    if (!id.equals(entry.id())) {
                        LOG.error(
                                "the replica {} has another acceptor storage than the group knows: {} instead of {};"
                                        + " it does not count. Stop it, empty its data directory, and have it join as a new"
                                        + " replica (assent.cluster.join)",
                                id.replica(),
                                entry.id(),
                                id);
                    }
                    return new AcceptorList.Entry(id, entry.url());
                })
                .toList());
    }

    private boolean isOfAll(AcceptorList list) {
        Set<String> replicas = around.log().status().replicas().stream()
                .flatMap(replica -> Optional.ofNullable(replica.id()).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        return replicasOf(list).equals(replicas);
    }

    /**
     * Where another replica has come in the place of one that is lost, ends this term: the acceptors of a term are fixed
     * (Q2), and with one of them lost for ever the next loss would stop it.
     */
    private void renew() {
        AcceptorList list = state.acceptors().of(table.term());
        if (list == null || isOfAll(list)) {
            return;
        }
        discover(found -> found.filter(present -> !present.equals(list)).ifPresent(present -> {
            LOG.info("hands over, so that another term has the acceptors {} instead of {}", present, list);
            around.log().handOver(any -> true);
        }));
    }

    /** The begins that waited for the acceptors, oldest first; they wait no more. */
    List<Request.Begin> takeWaiting() {
        List<Request.Begin> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    // What acceptors hold of earlier terms

    long nextWork() {
        return state.acceptors().all().isEmpty() ? Long.MAX_VALUE : nextSearch;
    }

    /**
     * Now and then asks the acceptors of earlier terms what they hold and do not know as learned (1.3): who leads has to
     * find it out. A group that has not run the protocol is not asked.
     */
    void work(long now, Consumer<TransactionId> lost) {
        if (now < nextWork()) {
            return;
        }
        nextSearch = now + SEARCH_AGAIN_MILLIS;
        name();
        renew();
        standAside();
        state.acceptors().all().headMap(table.term()).values().stream()
                .flatMap(list -> list.acceptors().stream())
                .distinct()
                .forEach(acceptor -> search(acceptor, null, lost));
    }

    private void search(AcceptorList.Entry acceptor, @Nullable TransactionId after, Consumer<TransactionId> lost) {
        ask(acceptor, new AcceptorRequest.ListUnlearned(after, PAGE), reply -> {
            if (reply instanceof AcceptorReply.Unlearned page) {
                page.held().forEach(lost);
                if (page.held().size() == PAGE) {
                    search(acceptor, page.held().getLast(), lost);
                }
            }
        });
    }
}
