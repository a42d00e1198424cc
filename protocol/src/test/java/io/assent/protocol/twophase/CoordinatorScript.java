package io.assent.protocol.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason;
import io.assent.protocol.Births;
import io.assent.protocol.CommitMember;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.SlotRange;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.states.Visits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One transaction at its leader, told step by step; the log behind it is the real replicated state. What a step does is
 * compared as text: {@code log DECIDE}, {@code send PREPARE a}.
 */
final class CoordinatorScript {

    static final TransactionId T = Births.born(5, 0);
    static final long BIRTH_TERM = 5;
    static final long DEADLINE = 30_000;
    static final long NOW = 20_000;
    static final Member A = Member.of("a", "http://a");
    static final Member B = Member.of("b", "http://b");

    private final GroupState log;
    private final long term;
    private final Deque<LogRecord.OfTransaction> dispatched = new ArrayDeque<>();
    private final Map<String, Message> sent = new LinkedHashMap<>();
    private Step step;

    private CoordinatorScript(GroupState log, long term, Step first) {
        this.log = log;
        this.term = term;
        step = first;
        took(first);
    }

    /** A transaction without key and intent: volatile until it is decided. */
    static CoordinatorScript begun() {
        return begun(IntentLog.OFF);
    }

    static CoordinatorScript begun(IntentLog intent) {
        return begun(origin(BIRTH_TERM, intent, null));
    }

    static CoordinatorScript begunUnder(String key) {
        return begun(origin(BIRTH_TERM, IntentLog.OFF, key));
    }

    private static CoordinatorScript begun(Origin origin) {
        Step first = TwoPhaseCoordinator.begin(origin);
        Visits.begun(first);
        return new CoordinatorScript(founded(), BIRTH_TERM, first);
    }

    /** One whose votes are asked for: {@code a} and {@code b} are members, and nothing of it is dispatched. */
    static CoordinatorScript preparing() {
        return begun().enlist(A)
                .enlist(B)
                .commit()
                .does("send PREPARE a", "send PREPARE b")
                .is(Phase.PREPARING);
    }

    /** One whose members both voted YES and whose decision is dispatched. */
    static CoordinatorScript deciding() {
        return preparing()
                .votes("a", Vote.YES)
                .does()
                .votes("b", Vote.YES)
                .does("log DECIDE")
                .is(Phase.DECIDING);
    }

    static CoordinatorScript committing() {
        return deciding().logApplies().does("send COMMIT a", "send COMMIT b").is(Phase.COMMITTING);
    }

    /** The new leader of this term, which finds in its log what these records of the birth term left. */
    static CoordinatorScript takenOver(long term, LogRecord... records) {
        GroupState log = founded();
        for (LogRecord record : records) {
            log.apply(record, BIRTH_TERM);
        }
        log.advance(term);
        OpenTransaction found = open(log);
        Step first = TwoPhaseCoordinator.takeOver(found, origin(term, IntentLog.PREPARE, null));
        Visits.tookOver(found, first);
        return new CoordinatorScript(log, term, first);
    }

    private static OpenTransaction open(GroupState log) {
        OpenTransaction open = log.open(T);
        assertThat(open).isNotNull();
        return open;
    }

    private static GroupState founded() {
        GroupState state = new GroupState(Births.GROUP);
        state.apply(
                new LogRecord.Founded(
                        Births.INCARNATION, Births.KEY, 0, List.of(new SlotRange(0, SlotRange.SLOTS - 1))),
                1);
        return state;
    }

    static Origin origin(long term, IntentLog intent, @Nullable String key) {
        return new Origin(T, term, intent, 1_000, DEADLINE, key, key == null ? null : "digest");
    }

    private CoordinatorScript on(CoordinatorEvent event) {
        CoordinatorRole before = step.next();
        step = before.on(event, NOW);
        Visits.step(before, event, step);
        if (step.refusal() != null) {
            assertThat(step.next()).as("a refused request changes nothing").isEqualTo(before);
            assertThat(describe(step)).as("a refused request does nothing").isEmpty();
        }
        took(step);
        return this;
    }

    private void took(Step taken) {
        dispatched.addAll(taken.append());
        taken.send().forEach(message -> sent.put(message.branch(), message));
    }

    // Events

    CoordinatorScript enlist(Member member) {
        return on(new CoordinatorEvent.Enlisted(member));
    }

    /** Commit is asked for what is enlisted. */
    CoordinatorScript commit() {
        return on(new CoordinatorEvent.CommitRequested(null));
    }

    /** Commit is asked for these, and no others. */
    CoordinatorScript commit(CommitMember... branches) {
        return on(new CoordinatorEvent.CommitRequested(List.of(branches)));
    }

    CoordinatorScript commitNothing() {
        return on(new CoordinatorEvent.CommitRequested(List.of()));
    }

    CoordinatorScript abort() {
        return on(new CoordinatorEvent.AbortRequested(AbortReason.of(AbortReason.Code.INITIATOR)));
    }

    CoordinatorScript timer() {
        return on(new CoordinatorEvent.TimerFired());
    }

    /** A reply to the last message to the branch that it names. */
    CoordinatorScript hears(Reply reply) {
        Message message = sent.get(reply.branch());
        assertThat(message).as("nothing was sent to %s", reply.branch()).isNotNull();
        return on(new CoordinatorEvent.Replied(message, reply));
    }

    /** A reply to this message, whoever sent it. */
    CoordinatorScript hears(Message message, Reply reply) {
        return on(new CoordinatorEvent.Replied(message, reply));
    }

    CoordinatorScript votes(String participant, Vote vote) {
        return hears(new Reply.Voted(T, participant, vote, vote == Vote.NO ? "no money" : null));
    }

    CoordinatorScript acknowledges(String participant) {
        return hears(new Reply.Acknowledged(T, participant));
    }

    CoordinatorScript reportsHeuristic(String participant, HeuristicKind kind) {
        return hears(new Reply.Heuristic(T, participant, kind));
    }

    CoordinatorScript reportsOutcome(String participant, Outcome outcome) {
        return hears(new Reply.OutcomeReported(T, participant, outcome));
    }

    CoordinatorScript reportsState(String participant, BranchState state) {
        return hears(new Reply.StateReported(T, participant, state, List.of()));
    }

    /** The oldest dispatched record that was not applied yet is applied, in this leader's term. */
    CoordinatorScript logApplies() {
        return logAppliesInTerm(term);
    }

    /** The oldest dispatched record is applied, in an entry of this term. */
    CoordinatorScript logAppliesInTerm(long entryTerm) {
        LogRecord.OfTransaction record = dispatched.remove();
        Fact fact = log.apply(record, entryTerm);
        return on(new CoordinatorEvent.Applied(record, fact, log.open(T)));
    }

    /** The newest dispatched record overtakes the others (rule G4). */
    CoordinatorScript newestApplies() {
        dispatched.addFirst(dispatched.removeLast());
        return logApplies();
    }

    /** The oldest dispatched record comes back with this fact, whatever the log behind would say. */
    CoordinatorScript logAnswers(Fact fact) {
        return on(new CoordinatorEvent.Applied(dispatched.remove(), fact, log.open(T)));
    }

    /** Somebody else's record is applied, of which this leader is not told. */
    CoordinatorScript elsewhere(LogRecord record, long entryTerm) {
        log.apply(record, entryTerm);
        return this;
    }

    /** The leader looks at its applied state. */
    CoordinatorScript looks() {
        return on(new CoordinatorEvent.Looked(log.read(T)));
    }

    // What is seen

    /** What the last step did: all of it, in this order, records first. */
    CoordinatorScript does(String... expected) {
        assertThat(describe(step)).containsExactly(expected);
        return this;
    }

    CoordinatorScript is(Phase phase) {
        assertThat(role().phase()).isEqualTo(phase);
        return this;
    }

    CoordinatorScript refuses(RequestRefusal refusal) {
        assertThat(step.refusal()).isEqualTo(refusal);
        return this;
    }

    CoordinatorScript accepts() {
        assertThat(step.refusal()).isNull();
        return this;
    }

    CoordinatorScript tells(@Nullable Outcome outcome) {
        assertThat(role().outcome()).isEqualTo(outcome);
        return this;
    }

    CoordinatorScript mayLeave(boolean settled) {
        assertThat(role().settled()).as("may leave the table").isEqualTo(settled);
        return this;
    }

    CoordinatorScript because(AbortReason.Code code) {
        assertThat(role().reason()).isNotNull().extracting(AbortReason::code).isEqualTo(code);
        return this;
    }

    /** What would be sent again now. */
    CoordinatorScript owes(String... messages) {
        assertThat(role().owed().stream().map(CoordinatorScript::describe).toList())
                .containsExactly(messages);
        return this;
    }

    CoordinatorScript hasMembers(Member... members) {
        assertThat(role().members()).containsExactly(members);
        return this;
    }

    CoordinatorRole role() {
        return step.next();
    }

    GroupState log() {
        return log;
    }

    /** The message of the last step to this branch. */
    Message messageTo(String branch) {
        return step.send().stream()
                .filter(message -> message.branch().equals(branch))
                .findFirst()
                .orElseThrow();
    }

    /** The record of the last step. */
    LogRecord record() {
        assertThat(step.append()).hasSize(1);
        return step.append().get(0);
    }

    static List<String> describe(Step step) {
        List<String> all = new ArrayList<>();
        step.append().forEach(record -> all.add("log " + describe(record)));
        step.send().forEach(message -> all.add("send " + describe(message)));
        return all;
    }

    private static String describe(LogRecord.OfTransaction record) {
        return switch (record) {
            case LogRecord.Enrolled r -> r.members() == null ? "ENROLL" : "ENROLL with members";
            case LogRecord.Decided r -> "DECIDE";
            case LogRecord.Aborted r -> "ABORTED";
            case LogRecord.Adopted r -> "ADOPT";
            case LogRecord.OnePhase r -> "ONE_PHASE";
            case LogRecord.Learned r -> "LEARNED " + r.outcome();
            case LogRecord.OnePhaseResult r -> "ONE_PHASE_RESULT " + r.outcome();
            case LogRecord.Acknowledged r -> "ACKED " + String.join(",", r.participants());
            case LogRecord.HeuristicReported r -> "HEURISTIC " + r.participant() + " " + r.kind();
            case LogRecord.HeuristicResolved r -> "RESOLVED " + r.participant();
        };
    }

    private static String describe(Message message) {
        String kind = switch (message) {
            case Message.Prepare m -> "PREPARE ";
            case Message.PreCommit m -> "PRE_COMMIT ";
            case Message.Commit m -> "COMMIT ";
            case Message.CommitOnePhase m -> "COMMIT_ONE_PHASE ";
            case Message.Abort m -> "ABORT ";
            case Message.Inquire m -> m.fence() ? "INQUIRE with fence " : "INQUIRE ";
        };
        return kind + message.branch();
    }

    // Words of the commit request

    static CommitMember named(String participant) {
        return new CommitMember(participant, null, null, null, false, null, null, null);
    }

    static CommitMember at(Member member) {
        return CommitMember.of(member);
    }
}
