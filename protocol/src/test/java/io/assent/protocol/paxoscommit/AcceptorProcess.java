package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.PaxosScript.T;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.Births;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** An acceptor with a disk: replies wait for it, and a crash leaves nothing but what is on it. */
final class AcceptorProcess {

    private final AcceptorId id;
    private final Rules rules;
    private final Truth truth;
    private final List<byte[]> disk = new ArrayList<>();
    private final List<AcceptorRecord> written = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private Acceptor acceptor;
    private Ballot told = Ballot.ZERO;
    private boolean toldVotes;

    AcceptorProcess(AcceptorId id, Rules rules, Truth truth) {
        this.id = id;
        this.rules = rules;
        this.truth = truth;
        this.acceptor = new Acceptor(id, Births.GROUP);
    }

    AcceptorId id() {
        return id;
    }

    /** Whether it ever said that it accepted votes. */
    boolean toldVotes() {
        return toldVotes;
    }

    void on(AcceptorRequest request, Consumer<AcceptorReply> replyTo) {
        Acceptor.Step step = rules.on(acceptor, request);
        if (step.record() != null) {
            acceptor.apply(step.record());
            written.add(step.record());
            check(step.record());
        }
        Runnable reply = () -> tell(step.reply(), replyTo);
        if (rules.awaitsDisk()) {
            waiting.add(reply);
        } else {
            reply.run();
        }
    }

    /** I17: what is accepted is not below what was ever told as promised. */
    private void check(AcceptorRecord record) {
        switch (record) {
            case AcceptorRecord.Accepted r -> {
                checkNotBelow(r.ballot());
                truth.accepted("r0", r.ballot(), r.proposal().registrar());
                r.proposal().branches().forEach((p, value) -> truth.accepted(p, r.ballot(), value));
            }
            case AcceptorRecord.Voted r -> {
                checkNotBelow(Ballot.ZERO);
                if (r.registered() != null) {
                    truth.accepted("r0", Ballot.ZERO, r.registered());
                }
                r.prepared().forEach(p -> truth.accepted(p, Ballot.ZERO, BranchValue.PREPARED));
            }
            case AcceptorRecord.Kept r -> {
                if (r.state().registrar() != null) {
                    truth.accepted(
                            "r0",
                            r.state().registrar().ballot(),
                            r.state().registrar().value());
                }
                r.state().branches().forEach((p, it) -> truth.accepted(p, it.ballot(), it.value()));
            }
            default -> {}
        }
    }

    private void checkNotBelow(Ballot ballot) {
        if (told.isAbove(ballot)) {
            throw new Truth.Broken("I17", id + " accepts " + ballot + " after it told " + told);
        }
    }

    private void tell(AcceptorReply reply, Consumer<AcceptorReply> replyTo) {
        switch (reply) {
            case AcceptorReply.Phase1b r -> told = Ballot.max(told, r.ballot());
            case AcceptorReply.Phase2b r -> told = Ballot.max(told, r.ballot());
            case AcceptorReply.VotesAccepted ignored -> toldVotes = true;
            default -> {}
        }
        replyTo.accept(reply);
    }

    /** A NO at ballot 0, which no request of production code can express. */
    void onRelayedNo(String participant, Runnable accepted) {
        AcceptorState state = acceptor.state(T);
        if (state.promised().isZero() && !state.branches().containsKey(participant)) {
            var branches = new java.util.TreeMap<>(state.branches());
            branches.put(participant, new Acceptance<>(Ballot.ZERO, BranchValue.ABORTED));
            AcceptorRecord record = new AcceptorRecord.Kept(
                    new AcceptorState(T, Ballot.ZERO, state.registrar(), branches, state.learned()));
            acceptor.apply(record);
            written.add(record);
            waiting.add(accepted);
        }
    }

    /** The disk has everything; what waited is told. */
    void sync() {
        if (!written.isEmpty()) {
            disk.add(AcceptorRecordCodec.encode(written));
            written.clear();
        }
        List<Runnable> replies = List.copyOf(waiting);
        waiting.clear();
        replies.forEach(Runnable::run);
    }

    void crash() {
        written.clear();
        waiting.clear();
        if (!rules.keepsDisk()) {
            disk.clear();
        }
        acceptor = new Acceptor(id, Births.GROUP);
        disk.forEach(batch -> AcceptorRecordCodec.decode(batch).forEach(acceptor::apply));
        boolean deleted = acceptor.state(T).learned() || acceptor.isForgotten(T) && acceptor.kept(T) == null;
        if (!deleted && told.isAbove(acceptor.state(T).promised())) {
            throw new Truth.Broken(
                    "I17",
                    id + " told " + told + " and knows " + acceptor.state(T).promised() + " after a restart");
        }
    }
}
