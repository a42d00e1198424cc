package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.PaxosScript.A;
import static io.assent.protocol.paxoscommit.PaxosScript.B;
import static io.assent.protocol.paxoscommit.PaxosScript.C;
import static io.assent.protocol.paxoscommit.PaxosScript.J;
import static io.assent.protocol.paxoscommit.PaxosScript.T;
import static io.assent.protocol.paxoscommit.PaxosScript.THREE;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Births;
import io.assent.protocol.CommitMember;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.Consultation;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.SlotRange;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Place;
import io.assent.protocol.states.Visits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One transaction at its leader, whose acceptors are {@code A} (its own), {@code B} and {@code C}: real ones, to which a
 * test brings what the leader asks. The log behind it is the real replicated state. What a step does is compared as text.
 */
final class CoordinatorScript {

    static final long TERM = 5;
    static final long NOW = 20_000;
    static final Member BANK_A = member("bank-a");
    static final Member BANK_B = member("bank-b");

    private static final AcceptorList ACCEPTORS = THREE;
    private static final Place PLACE = new Place(ACCEPTORS, A);

    private final GroupState log;
    private final long term;
    private final Map<AcceptorId, Acceptor> acceptors = new TreeMap<>();
    private final Deque<LogRecord.OfTransaction> dispatched = new ArrayDeque<>();
    private final Map<String, Message> sent = new LinkedHashMap<>();
    private Step step;

    private CoordinatorScript(GroupState log, long term, Step first) {
        this.log = log;
        this.term = term;
        ACCEPTORS.acceptors().forEach(entry -> acceptors.put(entry.id(), new Acceptor(entry.id(), Births.GROUP)));
        step = first;
        took(first);
    }

    private static Member member(String name) {
        return new Member(name, "http://" + name, null, List.of(Protocol.PAXOS_COMMIT), false, null, null, null);
    }

    private static Origin origin(long term, @Nullable String key) {
        return new Origin(T, term, IntentLog.OFF, 1_000, 30_000, key, key == null ? null : "digest");
    }

    // Where it begins

    static CoordinatorScript begun() {
        return begun((String) null);
    }

    static CoordinatorScript begun(@Nullable String key) {
        Step first = PaxosCommitCoordinator.begin(origin(TERM, key), PLACE);
        Visits.begun(first);
        return new CoordinatorScript(founded(), TERM, first);
    }

    /** PREPARE is sent to both banks. */
    static CoordinatorScript preparing() {
        return begun().enlists(BANK_A)
                .enlists(BANK_B)
                .commit()
                .does("send PREPARE bank-a", "send PREPARE bank-b")
                .is(Phase.PREPARING);
    }

    /** Both banks have voted YES, and acceptors are asked to take that. */
    static CoordinatorScript voted() {
        return preparing().votes(BANK_A, Vote.YES).votes(BANK_B, Vote.YES).is(Phase.PREPARING);
    }

    static CoordinatorScript committing() {
        return voted().consults(A)
                .is(Phase.PREPARING)
                .tells(null)
                .consults(B)
                .is(Phase.COMMITTING)
                .tells(Outcome.COMMITTED);
    }

    /** A NO has come, and a ballot begins. */
    static CoordinatorScript takingARound() {
        return preparing().votes(BANK_A, Vote.NO).does().asks("a round from 1").is(Phase.DECIDING);
    }

    static CoordinatorScript promising() {
        return takingARound().consults(A).asks("promise of 3");
    }

    static CoordinatorScript proposing() {
        return promising().consults(A).consults(B).asks("acceptance of 3: ABORTED");
    }

    static CoordinatorScript aborting() {
        return proposing()
                .consults(A)
                .tells(null)
                .consults(C)
                .is(Phase.ABORTING)
                .tells(Outcome.ABORTED);
    }

    static List<CoordinatorScript> whileBallotsAreOpen() {
        return List.of(preparing(), voted(), takingARound(), promising(), proposing());
    }

    /** A later leader finds in its log what these records of the birth term left. */
    static CoordinatorScript takenOver(LogRecord... records) {
        GroupState log = founded();
        for (LogRecord record : records) {
            log.apply(record, TERM);
        }
        log.advance(TERM + 1);
        OpenTransaction found = log.open(T);
        assertThat(found).isNotNull();
        Step first = PaxosCommitCoordinator.takeOver(found, origin(TERM + 1, null), PLACE);
        Visits.tookOver(found, first);
        return new CoordinatorScript(log, TERM + 1, first);
    }

    /** A later leader finds it among what acceptors hold; they have answered these requests before. */
    static CoordinatorScript recovering() {
        GroupState log = founded();
        log.advance(TERM + 1);
        Step first = PaxosCommitCoordinator.recover(origin(TERM + 1, null), PLACE);
        Visits.recovers(first);
        return new CoordinatorScript(log, TERM + 1, first).is(Phase.DECIDING);
    }

    private static GroupState founded() {
        GroupState state = new GroupState(Births.GROUP);
        state.apply(
                new LogRecord.Founded(
                        Births.INCARNATION, Births.KEY, 0, List.of(new SlotRange(0, SlotRange.SLOTS - 1))),
                TERM);
        state.apply(new LogRecord.Acceptors(ACCEPTORS), TERM);
        return state;
    }

    // Events

    CoordinatorScript on(CoordinatorEvent event) {
        PaxosCommitCoordinator before = role();
        step = before.on(event, NOW);
        Visits.step(before, event, step);
        if (step.refusal() != null) {
            assertThat(step.next()).as("a refused request changes nothing").isEqualTo(before);
        }
        took(step);
        return this;
    }

    private void took(Step taken) {
        dispatched.addAll(taken.append());
        taken.send().forEach(message -> sent.put(message.branch(), message));
    }

    CoordinatorScript enlists(Member member) {
        return on(new CoordinatorEvent.Enlisted(member));
    }

    CoordinatorScript commit() {
        return on(new CoordinatorEvent.CommitRequested(null));
    }

    CoordinatorScript commit(Member... members) {
        return on(new CoordinatorEvent.CommitRequested(
                List.of(members).stream().map(CommitMember::of).toList()));
    }

    CoordinatorScript abort() {
        return on(new CoordinatorEvent.AbortRequested(AbortReason.of(AbortReason.Code.INITIATOR)));
    }

    CoordinatorScript timer() {
        return on(new CoordinatorEvent.TimerFired());
    }

    CoordinatorScript hears(Reply reply) {
        Message message = sent.get(reply.branch());
        assertThat(message).as("nothing was sent to %s", reply.branch()).isNotNull();
        return on(new CoordinatorEvent.Replied(message, reply));
    }

    CoordinatorScript votes(Member member, Vote vote) {
        return hears(new Reply.Voted(T, member.participant(), vote, null));
    }

    CoordinatorScript acknowledges(Member member) {
        return hears(new Reply.Acknowledged(T, member.participant()));
    }

    CoordinatorScript reportsHeuristic(Member member, HeuristicKind kind) {
        return hears(new Reply.Heuristic(T, member.participant(), kind));
    }

    /** The oldest dispatched record is applied in this leader's term. */
    CoordinatorScript logApplies() {
        return logAppliesIn(term);
    }

    /** The oldest dispatched record lands in an entry of this term. */
    CoordinatorScript logAppliesIn(long entryTerm) {
        LogRecord.OfTransaction record = dispatched.remove();
        Fact fact = log.apply(List.of(record), term, entryTerm).get(0);
        return on(new CoordinatorEvent.Applied(record, fact, log.open(T)));
    }

    /** A copy of this record, which was handed over before, gets this answer. */
    CoordinatorScript logAnswers(LogRecord.OfTransaction record, Fact fact) {
        return on(new CoordinatorEvent.Applied(record, fact, log.open(T)));
    }

    CoordinatorScript elsewhere(LogRecord record, long entryTerm) {
        log.apply(record, entryTerm);
        return this;
    }

    CoordinatorScript looks() {
        return on(new CoordinatorEvent.Looked(log.read(T)));
    }

    CoordinatorScript looks(Standing standing) {
        return on(new CoordinatorEvent.Looked(standing));
    }

    // Acceptors

    /** Others have asked these of an acceptor. */
    CoordinatorScript heldBy(AcceptorId acceptor, AcceptorRequest... requests) {
        for (AcceptorRequest request : requests) {
            answer(acceptor, request);
        }
        return this;
    }

    /** A vote has reached these, by the participant itself, and the leader has not heard of it. */
    CoordinatorScript votesAt(Member member, AcceptorId... by) {
        for (AcceptorId acceptor : by) {
            answer(acceptor, vote(member));
        }
        return this;
    }

    static AcceptorRequest vote(Member member) {
        return new AcceptorRequest.VoteBundle(T, J, List.of(member.participant()));
    }

    private AcceptorReply answer(AcceptorId acceptor, AcceptorRequest request) {
        return PaxosScript.reply(Objects.requireNonNull(acceptors.get(acceptor)), request);
    }

    /** This acceptor gets all that it is asked now, and its answers arrive. */
    CoordinatorScript consults(AcceptorId acceptor) {
        for (AcceptorCall call : asked(acceptor)) {
            consulted(call, answer(acceptor, call.request()));
        }
        return this;
    }

    /** It gets what it is asked now; its answers are on their way still, and are returned to be told later. */
    List<CoordinatorEvent> asksInVain(AcceptorId acceptor) {
        List<CoordinatorEvent> late = new ArrayList<>();
        for (AcceptorCall call : asked(acceptor)) {
            late.add(new CoordinatorEvent.Consulted(call, answer(acceptor, call.request())));
        }
        assertThat(late).as("asked of %s", acceptor).isNotEmpty();
        return late;
    }

    CoordinatorScript hearsLate(List<CoordinatorEvent> late) {
        late.forEach(this::on);
        return this;
    }

    /** It answers this to what it is asked now. */
    CoordinatorScript answers(AcceptorId acceptor, AcceptorReply reply) {
        return consulted(asked(acceptor).get(0), reply);
    }

    private CoordinatorScript consulted(AcceptorCall call, AcceptorReply reply) {
        return on(new CoordinatorEvent.Consulted(call, reply));
    }

    private List<AcceptorCall> asked(AcceptorId acceptor) {
        return role().asked().stream()
                .map(AcceptorCall.class::cast)
                .filter(call -> call.to().equals(acceptor))
                .toList();
    }

    /** The ballot of a seal is tried. */
    CoordinatorScript underSeal(Ballot ballot) {
        PaxosCommitCoordinator before = role();
        step = before.underSeal(ballot);
        Visits.underSeal(before, step);
        return this;
    }

    // What is seen

    CoordinatorScript does(String... expected) {
        assertThat(describe(step)).containsExactly(expected);
        return this;
    }

    CoordinatorScript asks(String... expected) {
        assertThat(role().asked().stream()
                        .map(CoordinatorScript::describe)
                        .distinct()
                        .toList())
                .containsExactly(expected);
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

    PaxosCommitCoordinator role() {
        return (PaxosCommitCoordinator) step.next();
    }

    private static List<String> describe(Step step) {
        List<String> all = new ArrayList<>();
        step.append().forEach(record -> all.add("log " + describe(record)));
        step.send()
                .forEach(message -> all.add("send "
                        + message.getClass().getSimpleName().toUpperCase(Locale.ROOT) + " " + message.branch()));
        return all;
    }

    private static String describe(LogRecord.OfTransaction record) {
        return switch (record) {
            case LogRecord.Enrolled r -> "ENROLL";
            case LogRecord.Learned r -> "LEARNED " + r.outcome();
            case LogRecord.Acknowledged r -> "ACKED " + String.join(",", r.participants());
            case LogRecord.HeuristicReported r -> "HEURISTIC " + r.participant() + " " + r.kind();
            default -> throw new AssertionError("No record of Paxos Commit: " + record);
        };
    }

    private static String describe(Consultation asked) {
        return switch (((AcceptorCall) asked).request()) {
            case AcceptorRequest.TakeRounds r -> "a round from " + r.atLeast();
            case AcceptorRequest.Phase1a r -> "promise of " + r.ballot();
            case AcceptorRequest.Phase2a r ->
                "acceptance of " + r.ballot() + ": "
                        + (r.proposal().equals(Proposal.ABORT)
                                ? "ABORTED"
                                : r.proposal().branches().toString());
            case AcceptorRequest.VoteBundle r -> "votes of " + String.join(",", r.prepared());
            default -> throw new AssertionError("No request of a leader: " + asked);
        };
    }
}
