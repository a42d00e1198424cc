package io.assent.protocol.simulation;

import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.MemberVote;
import io.assent.protocol.group.OutcomeReader;
import io.assent.protocol.group.OutcomeReader.Status;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One coordinator: its replica of the log, the leader that runs on it, and what it answers to anybody who asks. */
final class CoordinatorNode {

    private final Replica replica;
    private final Simulation world;
    private final Clock clock;
    private @Nullable LeaderProcess leader;
    private final List<LeaderProcess> lingering = new ArrayList<>();

    CoordinatorNode(Replica replica, Simulation world, Clock clock) {
        this.replica = replica;
        this.world = world;
        this.clock = clock;
    }

    int id() {
        return replica.id;
    }

    String name() {
        return "node-" + (replica.id + 1);
    }

    Replica replica() {
        return replica;
    }

    GroupState state() {
        return replica.state();
    }

    Clock clock() {
        return clock;
    }

    boolean leads() {
        return replica.up && replica.leading;
    }

    boolean isReady() {
        LeaderProcess present = leader;
        return replica.up && present != null && present.isAlive() && replica.ready && present.term == replica.term;
    }

    /** Whether a leader of an earlier term goes on here, because it has not noticed yet. */
    boolean isHaunted() {
        return replica.up && !replica.leading && !lingering.isEmpty();
    }

    @Nullable
    LeaderProcess leader() {
        return leader;
    }

    boolean isIdle() {
        LeaderProcess present = leader;
        return present == null || !present.isAlive() || present.isIdle();
    }

    /** What its leader has in hand, in words. */
    String busyWith() {
        LeaderProcess present = leader;
        return present == null ? "" : present.toString();
    }

    // The log.

    boolean submit(byte[] payload, Replica.Submission submission) {
        world.writerMayDie(id());
        return world.raft().submit(replica, payload, submission);
    }

    void apply(int index, Replica.Entry entry) {
        GroupState state = replica.state();
        Payload payload = Payload.of(entry.payload(), entry.term());
        List<LogRecord> records = payload.records();
        Horizon horizon = state.horizon();
        List<Fact> facts = world.seams().apply(state, records, payload.term(), entry.term());
        if (!state.horizon().equals(horizon)) {
            world.trace().moment("horizon moved");
            forgetAtAcceptor(state);
        }
        boolean first = world.checker().applied(state, index, entry.term(), records, facts);
        world.scheduler().note(index * 31L + Arrays.hashCode(entry.payload()));
        if (index % 16 == 0) {
            world.checker().stateAt(index, Replica.write(state));
        }
        for (int i = 0; i < records.size(); i++) {
            int at = i;
            if (first) {
                world.trace()
                        .line(
                                name(),
                                () -> "applies " + index + ": " + world.describe(records.get(at)) + " = "
                                        + Words.of(facts.get(at)));
                reached(records.get(i), entry.term());
            }
            if (records.get(i) instanceof LogRecord.Learned learned && facts.get(i) instanceof Fact.Known) {
                AcceptorProcess acceptor = world.acceptor(id());
                acceptor.receive(acceptor.id(), new AcceptorRequest.Learned(learned.transaction()), reply -> {});
            }
            if (facts.get(i) instanceof Fact.OwnedBy || facts.get(i) == Fact.Known.DEAD) {
                world.trace().moment("record fenced by its term");
            }
        }
        Replica.Submission submission = replica.submissionAt(index, entry.term());
        if (submission != null) {
            submission.applied(entry.term(), facts);
        }
    }

    private void forgetAtAcceptor(GroupState state) {
        LogRecord.Founded founded = state.founded();
        if (founded != null && world.swarm().mix().paxos() > 0) {
            AcceptorProcess acceptor = world.acceptor(id());
            acceptor.receive(
                    acceptor.id(),
                    new AcceptorRequest.Forget(founded.incarnation(), state.horizon()),
                    reply -> world.trace().moment("an acceptor has forgotten"));
        }
    }

    private void reached(LogRecord record, long term) {
        if (record instanceof LogRecord.Decided) {
            world.trace().moment("DECIDE applied");
            if (term < replica.term) {
                world.trace().moment("DECIDE of a lost leader survived");
            }
        } else if (record instanceof LogRecord.Enrolled) {
            world.trace().moment("ENROLL applied");
        }
    }

    void gained(long term) {
        LeaderProcess old = leader;
        if (old != null) {
            leave(old);
        }
        LeaderProcess next = new LeaderProcess(this, term, world);
        leader = next;
        world.trace().line(name(), () -> "leads in term " + term);
        world.trace().moment("leader elected");
        next.start();
    }

    /** The replica does not lead any more; the leader's threads may notice later, or never. */
    void lost() {
        LeaderProcess old = leader;
        if (old != null) {
            world.trace().line(name(), () -> "leads no more");
            leave(old);
            world.askSoon(this);
        }
    }

    private void leave(LeaderProcess old) {
        old.deposed();
        long linger = world.lingering();
        if (linger == 0) {
            old.retire();
            if (leader == old) {
                leader = null;
            }
            return;
        }
        lingering.add(old);
        world.scheduler().after(world.scheduler().between(0, linger), "leader notices", () -> replaced(old));
    }

    /** A leader has learned that it leads no more: its table is replaced as a whole. */
    void replaced(LeaderProcess old) {
        old.retire();
        lingering.remove(old);
        if (leader == old) {
            leader = null;
        }
    }

    /** Dies, and of what it had not flushed {@code kept} entries survive, or, where writes tear, as many as chance has. */
    void crash(int kept) {
        world.trace().line(name(), () -> "is killed");
        LeaderProcess present = leader;
        if (present != null) {
            present.retire();
        }
        new ArrayList<>(lingering).forEach(LeaderProcess::retire);
        lingering.clear();
        leader = null;
        replica.crash(world.swarm().faults().torn() ? survivors() : kept);
        world.acceptor(id()).crash();
    }

    /** How many of the entries that were not flushed are whole on the disk; the first that is not may be there in part. */
    private int survivors() {
        Journal tail = new Journal();
        replica.unflushed().forEach(entry -> tail.write(entry.toByteArray()));
        tail.tear(world.scheduler());
        int whole = tail.read().size();
        if (tail.isTorn()) {
            world.trace().moment("a torn entry of the log is read as not written");
        } else if (whole > 0) {
            world.trace().moment("entries of the log survived that were not flushed");
        }
        return whole;
    }

    // Answers.

    void begin(@Nullable String key, Protocol protocol, Consumer<@Nullable TransactionId> answer) {
        LeaderProcess present = leader;
        if (!replica.up || present == null || !present.isAlive()) {
            answer.accept(null);
        } else {
            present.begin(key, protocol, answer);
        }
    }

    /** Hands a request to the leader that this node believes in. */
    void ask(Consumer<LeaderProcess> request, TransactionId id, Consumer<Answer> answer) {
        LeaderProcess present = leader;
        if (!replica.up) {
            return;
        }
        if (present == null || !present.isAlive()) {
            answer.accept(answerFromState(id));
        } else {
            request.accept(present);
        }
    }

    /** What this node can prove, from the leader's table if it has one, and its applied state. */
    OutcomeReader.Answer outcome(TransactionId id) {
        LeaderProcess present = leader;
        LeaderProcess.Entry entry = present == null ? null : present.entry(id);
        Outcome outcome = entry == null ? null : entry.role().outcome();
        if (entry == null || outcome == null) {
            return world.seams().read(state(), present, id);
        }
        return outcome == Outcome.COMMITTED
                ? new OutcomeReader.Answer(
                        Status.COMMITTED, null, MemberVote.of(entry.role().members()))
                : new OutcomeReader.Answer(Status.ABORTED, entry.role().reason(), List.of());
    }

    /** Answers what came of a transaction; nothing when the node is down. */
    @Nullable
    Status read(TransactionId id) {
        if (!replica.up) {
            return null;
        }
        Status status = outcome(id).status();
        world.checker().answered(name(), state(), id, status);
        note(status, id);
        return status;
    }

    private void note(Status status, TransactionId id) {
        LeaderProcess present = leader;
        boolean born = present != null && present.term == id.birthTerm();
        if (status == Status.ABORTED && state().open(id) == null && state().lastTerm() > id.birthTerm() && !born) {
            world.trace().moment(leads() ? "U1 answered by a leader" : "U1 or U3 answered ABORTED by a follower");
        }
        if (status == Status.ABORTED && born) {
            world.trace().moment(leads() ? "U2 or the table answered ABORTED" : "deposed leader answered ABORTED");
        }
        if (status == Status.ABORTED && world.isInMinority(this)) {
            world.trace().moment("ABORTED answered on the minority side");
        }
        if (status == Status.EXPIRED) {
            world.trace().moment("EXPIRED answered");
        }
    }

    /** Answers what a branch is to do. */
    @Nullable
    Status lookUp(TransactionId id, String participant) {
        if (!replica.up) {
            return null;
        }
        OutcomeReader.Answer answer = outcome(id);
        Status status = world.seams().forBranch(answer, participant);
        if (answer.status() == Status.COMMITTED && status == Status.ABORTED) {
            world.trace().moment("look-up of a branch outside the decision answered ABORTED");
        }
        world.checker().answeredBranch(name(), id, participant, status);
        LeaderProcess present = leader;
        if (status == Status.PENDING && present != null && present.isAlive()) {
            present.consultations().recoverIfLost(id);
        }
        note(status, id);
        return status;
    }

    Answer answerFromState(TransactionId id) {
        Status status = outcome(id).status();
        world.checker().answered(name(), state(), id, status);
        return switch (status) {
            case COMMITTED -> Answer.COMMITTED;
            case ABORTED -> Answer.ABORTED;
            case EXPIRED -> Answer.EXPIRED;
            case PENDING, NEVER_ISSUED -> Answer.AGAIN;
        };
    }

    /** An answer leaves this node. */
    void says(TransactionId id, Answer answer) {
        if (answer == Answer.COMMITTED) {
            world.checker().answered(name(), state(), id, Status.COMMITTED);
        } else if (answer == Answer.ABORTED) {
            world.checker().answered(name(), state(), id, Status.ABORTED);
        }
    }

    /** The horizon that this node knows, or null while there is none. */
    @Nullable
    Horizon horizon() {
        return state().horizon().equals(Horizon.NONE) ? null : state().horizon();
    }
}
