package io.assent.protocol.states;

import io.assent.protocol.AbortReason;
import io.assent.protocol.Births;
import io.assent.protocol.CommitMember;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.coordinator.Timer;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Mark;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.SlotRange;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Place;
import io.assent.protocol.threephase.ThreePhaseCoordinator;
import io.assent.protocol.twophase.TwoPhaseCoordinator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that can happen to a leader with a transaction of at most two members, and one later leader. */
final class CoordinatorExploration extends Exploration<CoordinatorWorld> {

    private static final long BIRTH_TERM = 5;
    private static final long NOW = 20_000;
    private static final String KEY = "key";
    private static final Place PLACE = new Place(AcceptorGroup.LIST, AcceptorGroup.SELF);

    private final Map<Later, Set<Standing>> seen = new HashMap<>();
    private final Protocol protocol;
    private final TransactionId id;
    private final Member a;
    private final Member b;
    private final Member reader;

    /**
     * Where a later leader begins.
     *
     * @param log what it finds
     * @param term of the leader before it
     * @param learned what it may learn from acceptors, when the log knows nothing
     */
    private record Later(String log, long term, List<LogRecord> learned) {}

    CoordinatorExploration(Protocol protocol) {
        this.protocol = protocol;
        id = Births.born(BIRTH_TERM, 1, protocol);
        a = new Member("a", "http://a", null, List.of(protocol), true, null, null, null);
        b = new Member("b", "http://b", null, List.of(protocol), false, null, null, null);
        reader = b.withVote(Vote.READ_ONLY);
    }

    // Where it begins.

    @Override
    protected void start() {
        for (IntentLog intent : intents()) {
            begin(founded(SlotRange.SLOTS - 1), intent, null);
        }
        begin(founded(SlotRange.SLOTS - 1), IntentLog.OFF, KEY);
        begin(founded(SlotRange.slotOf(KEY) - 1), IntentLog.OFF, KEY);
        GroupState taken = founded(SlotRange.SLOTS - 1);
        taken.apply(new LogRecord.Enrolled(Births.born(BIRTH_TERM, 0), null, 0, 0, KEY, "digest"), BIRTH_TERM);
        begin(taken, IntentLog.OFF, KEY);
        begin(refusedAndFree(), IntentLog.OFF, KEY);
        for (String key : new String[] {null, KEY}) {
            begin(
                    forgotten(),
                    IntentLog.OFF,
                    key,
                    AcceptorGroup.unknown(id, true).forgets());
        }

        takeOver(decided(a.withVote(Vote.YES), b.withVote(Vote.YES)));
        takeOver(decided(a.withVote(Vote.YES)), new LogRecord.HeuristicReported(id, "a", HeuristicKind.ROLLBACK));
        if (protocol == Protocol.PAXOS_COMMIT) {
            takeOver(
                    new LogRecord.Learned(id, List.of(), Outcome.ABORTED, NOW),
                    new LogRecord.HeuristicReported(id, "a", HeuristicKind.COMMIT));
            recover();
            return;
        }
        takeOver(enrolled(null));
        takeOver(enrolled(List.of(a, b)));
        takeOver(enrolled(List.of(a, reader)));
        takeOver(enrolled(List.of(reader)));
        takeOver(new LogRecord.HeuristicReported(id, "a", HeuristicKind.COMMIT));
        if (protocol == Protocol.TWO_PHASE) {
            takeOver(new LogRecord.OnePhase(id, a, 0, 0));
        }
    }

    /** What acceptors keep needs no intent in the log. */
    private IntentLog[] intents() {
        return protocol == Protocol.PAXOS_COMMIT ? new IntentLog[] {IntentLog.OFF} : IntentLog.values();
    }

    private static GroupState founded(int lastSlot) {
        GroupState state = new GroupState(Births.GROUP);
        state.apply(
                new LogRecord.Founded(Births.INCARNATION, Births.KEY, 0, List.of(new SlotRange(0, lastSlot))),
                BIRTH_TERM);
        state.apply(new LogRecord.Acceptors(AcceptorGroup.LIST), BIRTH_TERM);
        return state;
    }

    /** The key was taken when the record of the begin was applied for the first time, and is free again. */
    private GroupState refusedAndFree() {
        GroupState log = founded(SlotRange.SLOTS - 1);
        TransactionId first = Births.born(BIRTH_TERM, 0);
        log.apply(new LogRecord.Enrolled(first, null, 0, 0, KEY, "digest"), BIRTH_TERM);
        log.apply(origin(BIRTH_TERM, IntentLog.OFF, KEY).enrolled(null), BIRTH_TERM);
        log.apply(new LogRecord.Aborted(first), BIRTH_TERM);
        log.apply(new LogRecord.Forgotten(Horizon.of(first), new Mark(0, Horizon.of(first))), BIRTH_TERM);
        return log;
    }

    /** The horizon is above what has just begun. */
    private GroupState forgotten() {
        GroupState log = founded(SlotRange.SLOTS - 1);
        log.apply(new LogRecord.Forgotten(Horizon.of(id), new Mark(0, Horizon.of(id))), BIRTH_TERM);
        return log;
    }

    private Origin origin(long term, IntentLog intent, @Nullable String key) {
        return new Origin(id, term, intent, 0, 0, key, key == null ? null : "digest");
    }

    private LogRecord enrolled(@Nullable List<Member> members) {
        return new LogRecord.Enrolled(id, members, 0, 0, null, null);
    }

    private LogRecord decided(Member... members) {
        return protocol == Protocol.PAXOS_COMMIT
                ? new LogRecord.Learned(id, List.of(members), Outcome.COMMITTED, NOW)
                : new LogRecord.Decided(id, List.of(members), NOW);
    }

    private void begin(GroupState log, IntentLog intent, @Nullable String key) {
        begin(log, intent, key, AcceptorGroup.unknown(id, key != null));
    }

    private void begin(GroupState log, IntentLog intent, @Nullable String key, AcceptorGroup acceptors) {
        Origin origin = origin(BIRTH_TERM, intent, key);
        Step first = switch (protocol) {
            case TWO_PHASE -> TwoPhaseCoordinator.begin(origin);
            case THREE_PHASE -> ThreePhaseCoordinator.begin(origin);
            case PAXOS_COMMIT -> PaxosCommitCoordinator.begin(origin, PLACE);
        };
        took(CoordinatorWords.begun(first));
        reach(CoordinatorWorld.of(log, first, protocol == Protocol.PAXOS_COMMIT ? acceptors : AcceptorGroup.NOT_ASKED));
    }

    private void takeOver(LogRecord... records) {
        GroupState log = founded(SlotRange.SLOTS - 1);
        for (LogRecord record : records) {
            log.apply(record, BIRTH_TERM);
        }
        log.advance(BIRTH_TERM + 1);
        OpenTransaction found = log.open().iterator().next();
        Origin origin = origin(BIRTH_TERM + 1, IntentLog.PREPARE, null);
        Step first = switch (protocol) {
            case TWO_PHASE -> TwoPhaseCoordinator.takeOver(found, origin);
            case THREE_PHASE -> ThreePhaseCoordinator.takeOver(found, origin);
            case PAXOS_COMMIT -> PaxosCommitCoordinator.takeOver(found, origin, PLACE);
        };
        took(CoordinatorWords.tookOver(found, first));
        CoordinatorWorld world = CoordinatorWorld.of(log, first, AcceptorGroup.NOT_ASKED);
        if (first.next().settled()) {
            // A request may be why it is taken over, and is answered by what is over already.
            requests(world)
                    .forEach(event -> took(CoordinatorWords.arrow(
                            world.role(), event, world.role().on(event, NOW))));
        } else {
            reach(world);
        }
    }

    /** A later leader finds out what became of a transaction whose votes may be on their way still. */
    private void recover() {
        GroupState log = founded(SlotRange.SLOTS - 1);
        log.advance(BIRTH_TERM + 1);
        Step first = PaxosCommitCoordinator.recover(origin(BIRTH_TERM + 1, IntentLog.PREPARE, null), PLACE);
        took(CoordinatorWords.recovers(first));
        for (List<Member> members : List.of(List.of(a), List.of(a, b))) {
            reach(CoordinatorWorld.of(
                    log, first, AcceptorGroup.unknown(id, false).frozen(members)));
        }
        // It has aborted the transaction before, and has told so long enough; what it has learned is on its way still.
        LogRecord.OfTransaction learned = new LogRecord.Learned(id, List.of(), Outcome.ABORTED, NOW);
        AcceptorGroup aborted = AcceptorAnswers.aborted(AcceptorGroup.unknown(id, false));
        reach(CoordinatorWorld.of(log, first, aborted).handedOver(learned));
    }

    // What can happen.

    @Override
    protected void leave(CoordinatorWorld world) {
        if (world.role().phase() == Phase.DEPOSED) {
            // It is out of office, and hears only what becomes of its last records.
            world.handedOver().forEach(record -> apply(world, record, world.term() + 1));
            return;
        }
        CoordinatorRole live = world.live();
        Stream.of(requests(world), replies(world), looks(world))
                .flatMap(events -> events)
                .forEach(event -> happen(world, live, event));
        if (world.role().timer() != Timer.NONE) {
            happen(world, live, new CoordinatorEvent.TimerFired());
        }
        for (LogRecord.OfTransaction record : world.handedOver()) {
            apply(world, record, world.term());
            apply(world, record, world.term() + 1);
            reach(applied(world, record));
        }
        new AcceptorAnswers(world).all().forEach(answer -> {
            reach(world.with(answer.unheard()));
            happen(world.with(answer.acceptors()), live, answer.event());
        });
        world.acceptors().elsewhere(world.mayVote()).forEach(now -> reach(world.with(now)));
        if (live instanceof PaxosCommitCoordinator role) {
            underSeal(world, role);
        }
    }

    /** A seal may come at any time; what follows from its ballot is tried where it is not as that of any second one. */
    private void underSeal(CoordinatorWorld world, PaxosCommitCoordinator role) {
        Step step = role.underSeal(AcceptorAnswers.OF_SEAL);
        took(CoordinatorWords.underSeal(role, step));
        boolean tries = !step.next().asked().equals(role.asked());
        if (tries && !world.acceptors().simple() && world.term() > BIRTH_TERM) {
            reach(world.with(step));
        }
    }

    private void happen(CoordinatorWorld world, CoordinatorEvent event) {
        happen(world, world.live(), event);
    }

    private void happen(CoordinatorWorld world, CoordinatorRole live, CoordinatorEvent event) {
        Step step = live.on(event, NOW);
        took(CoordinatorWords.arrow(world.role(), event, step));
        boolean stays = step.next().equals(live)
                && step.append().isEmpty()
                && step.send().isEmpty();
        if (stays) {
            reach(world);
        } else if (!step.next().settled() || step.next().phase() == Phase.DEPOSED) {
            reach(world.with(step));
        }
    }

    private Stream<CoordinatorEvent> requests(CoordinatorWorld world) {
        if (protocol == Protocol.PAXOS_COMMIT && !isTold(world)) {
            return Stream.of();
        }
        Member elsewhere = new Member("a", "http://elsewhere", null, List.of(protocol), false, null, null, null);
        Member other = new Member("u", "http://u", null, List.of(otherProtocol()), false, null, null, null);
        Stream<CoordinatorEvent> always = Stream.of(
                new CoordinatorEvent.Enlisted(a),
                new CoordinatorEvent.Enlisted(b),
                new CoordinatorEvent.Enlisted(other),
                new CoordinatorEvent.CommitRequested(null),
                commit(),
                commit(a),
                commit(other),
                commit(a.withVote(Vote.YES)),
                commit(reader),
                commit(a, b),
                commit(a, reader),
                commit(a, b.withVote(Vote.NO)),
                commit(b.withVote(Vote.NO)),
                commit(a.withVote(Vote.YES), b.withVote(Vote.YES)),
                new CoordinatorEvent.AbortRequested(AbortReason.of(AbortReason.Code.INITIATOR)));
        return world.role().member("a").isEmpty()
                ? always
                : Stream.concat(always, Stream.of(new CoordinatorEvent.Enlisted(elsewhere), commit(elsewhere)));
    }

    /** Whose begin has a key is told its id when the key is its own; the log would stop at a commit before (Q3). */
    private boolean isTold(CoordinatorWorld world) {
        String key = world.role().origin().key();
        GroupState.KeyedBegin holder = key == null ? null : world.state().begunUnder(key);
        return key == null || holder != null && holder.transaction().equals(id);
    }

    private Protocol otherProtocol() {
        return protocol == Protocol.PAXOS_COMMIT ? Protocol.TWO_PHASE : Protocol.PAXOS_COMMIT;
    }

    private static CoordinatorEvent commit(Member... members) {
        return new CoordinatorEvent.CommitRequested(
                Stream.of(members).map(CommitMember::of).toList());
    }

    private Stream<CoordinatorEvent> replies(CoordinatorWorld world) {
        Message older = new Message.Abort(id, "a", world.term() - 1);
        Message abort = new Message.Abort(id, "stranger", world.term());
        return Stream.concat(
                world.sent().stream()
                        .flatMap(message -> answers(world, message)
                                .map(reply -> (CoordinatorEvent) new CoordinatorEvent.Replied(message, reply))),
                Stream.of(
                        new CoordinatorEvent.Replied(older, new Reply.Acknowledged(id, "a")),
                        new CoordinatorEvent.Replied(abort, new Reply.Acknowledged(id, "stranger"))));
    }

    /** Whatever a participant answers to such a message. */
    private Stream<Reply> answers(CoordinatorWorld world, Message message) {
        String branch = message.branch();
        Reply expired = new Reply.Expired(id, branch);
        Reply acknowledged = new Reply.Acknowledged(id, branch);
        Reply heuristic = new Reply.Heuristic(id, branch, HeuristicKind.HAZARD);
        return switch (message) {
            case Message.Prepare m ->
                Stream.concat(
                        Stream.of(Vote.values())
                                .filter(vote ->
                                        vote != Vote.NO || !world.acceptors().holdsVoteOf(branch))
                                .map(vote -> new Reply.Voted(id, branch, vote, null)),
                        Stream.of(expired));
            case Message.PreCommit m -> Stream.of(acknowledged, expired);
            case Message.Commit m -> Stream.of(acknowledged, heuristic, expired);
            case Message.Abort m -> Stream.of(acknowledged, heuristic, expired);
            case Message.CommitOnePhase m ->
                Stream.concat(
                        Stream.of(Outcome.values()).map(outcome -> new Reply.OutcomeReported(id, branch, outcome)),
                        Stream.of(expired));
            case Message.Inquire m ->
                Stream.concat(
                        Stream.of(BranchState.values())
                                .map(state -> new Reply.StateReported(id, branch, state, List.of())),
                        Stream.of(expired));
        };
    }

    // The log.

    /** A record is applied, and its leader does not hear of it: it is handed over again. */
    private static CoordinatorWorld applied(CoordinatorWorld world, LogRecord.OfTransaction record) {
        GroupState log = world.state();
        log.apply(record, world.term());
        return world.with(log);
    }

    /** A record is applied in an entry of this term, and its leader hears of it. */
    private void apply(CoordinatorWorld world, LogRecord.OfTransaction record, long entryTerm) {
        GroupState log = world.state();
        Fact fact = log.apply(List.of(record), world.term(), entryTerm).get(0);
        happen(world.without(record, log), new CoordinatorEvent.Applied(record, fact, log.open(id)));
    }

    /**
     * What the leader may see: its own log, and all that a later leader can make of it. Nothing else shows a later leader
     * here but that records land in its term, so that the log of the world stays as it is.
     */
    private Stream<CoordinatorEvent> looks(CoordinatorWorld world) {
        List<LogRecord> learned =
                protocol == Protocol.PAXOS_COMMIT ? learned(world).toList() : List.of();
        return seen.computeIfAbsent(new Later(world.log(), world.term(), learned), this::standings).stream()
                .map(CoordinatorEvent.Looked::new);
    }

    private Set<Standing> standings(Later later) {
        Set<String> logs = new LinkedHashSet<>();
        Set<Standing> standings = new LinkedHashSet<>();
        Deque<GroupState> left = new ArrayDeque<>(List.of(Snapshots.read(later.log())));
        while (!left.isEmpty()) {
            GroupState log = left.remove();
            standings.add(log.read(id));
            later(log, later.learned()).forEach(record -> {
                GroupState next = Snapshots.copy(log);
                next.apply(record, later.term() + 1);
                if (logs.add(Snapshots.of(next))) {
                    left.add(next);
                }
            });
        }
        return standings;
    }

    /** What a later leader writes, who sees what the log says. */
    private Stream<LogRecord> later(GroupState log, List<LogRecord> learned) {
        OpenTransaction open = log.open(id);
        if (open == null && protocol == Protocol.PAXOS_COMMIT && log.read(id) instanceof Standing.Absent) {
            return learned.stream();
        }
        if (open == null) {
            return forgets(log);
        }
        List<Member> members = open.members() == null ? List.of(a) : open.members();
        return switch (open.phase()) {
            case ENROLLED ->
                Stream.of(
                        new LogRecord.Adopted(id),
                        new LogRecord.Aborted(id),
                        new LogRecord.Decided(
                                id,
                                members.stream().map(m -> m.withVote(Vote.YES)).toList(),
                                NOW));
            case ONE_PHASE ->
                Stream.of(Outcome.values()).map(outcome -> new LogRecord.OnePhaseResult(id, outcome, NOW));
            case COMMITTED ->
                Stream.of(new LogRecord.Acknowledged(
                        id, members.stream().map(Member::participant).toList()));
            case ABORTED -> Stream.of();
        };
    }

    private Stream<LogRecord> forgets(GroupState log) {
        Horizon birth = Horizon.of(id);
        return log.marks().isEmpty() ? Stream.of(new LogRecord.Forgotten(birth, new Mark(0, birth))) : Stream.of();
    }

    /** What acceptors have chosen, as far as a later leader can know; forgotten is only what nobody has heard of. */
    private Stream<LogRecord> learned(CoordinatorWorld world) {
        AcceptorGroup acceptors = world.acceptors();
        Outcome decided = world.role().outcome();
        Outcome outcome = decided != null ? decided : acceptors.chosenByRival();
        boolean unheard = decided == null && (acceptors.isUnheard() || acceptors.forgotten());
        List<Member> members =
                world.role().members().isEmpty() ? List.of(a) : world.role().members();
        List<Member> voters = members.stream().map(m -> m.withVote(Vote.YES)).toList();
        Stream<LogRecord> learned = outcome == null
                ? Stream.of()
                : Stream.of(new LogRecord.Learned(id, outcome == Outcome.COMMITTED ? voters : List.of(), outcome, NOW));
        return unheard
                ? Stream.concat(
                        learned, Stream.of(new LogRecord.Forgotten(Horizon.of(id), new Mark(0, Horizon.of(id)))))
                : learned;
    }
}
