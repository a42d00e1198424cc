package io.assent.participant.branch;

import io.assent.participant.BranchMember;
import io.assent.participant.BranchRefusedException;
import io.assent.participant.Ledger;
import io.assent.participant.ReceivedCall;
import io.assent.participant.TransactionContext;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.participant.Work;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Where units of work begin and end: it ties what a thread does in a transaction to the branch, and the branch to what
 * the answer of the call, or the commit request, says of it (rule L8). Safe for use by several threads.
 */
public final class Workshop {

    private final Branches branches;
    private final Units units;
    private final Ledger ledger;
    private final Identity identity;
    private final Incarnations incarnations;
    private final BranchDataSource dataSource;
    private final List<Runnable> afterWork = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /**
     * A workshop for the branches of one participant.
     *
     * @param dataSource the one to which the participant is bound
     */
    public Workshop(
            Branches branches,
            Units units,
            Ledger ledger,
            Identity identity,
            Incarnations incarnations,
            BranchDataSource dataSource) {
        this.branches = branches;
        this.units = units;
        this.ledger = ledger;
        this.identity = identity;
        this.incarnations = incarnations;
        this.dataSource = dataSource;
    }

    /**
     * How a unit works.
     *
     * @param manager the transaction manager whose transaction it will be
     * @param readOnly whether it only reads
     * @param isolation isolation level of the branch, counts for its first unit
     */
    record UnitTerms(PlatformTransactionManager manager, boolean readOnly, Isolation isolation) {}

    /** Has something done whenever a unit of work has ended, and again when the outcome of its branch is known. */
    public void afterWork(Runnable action) {
        afterWork.add(action);
    }

    /** Takes no new branches from now on; calls that join a branch still may. */
    void close() {
        closed = true;
    }

    /** Whether a branch of this transaction is in hand and takes work. */
    boolean hasWork(TransactionContext context) {
        return context.idIfBegun()
                .flatMap(branches::find)
                .flatMap(LiveBranch::work)
                .isPresent();
    }

    /**
     * Begins a unit on this thread.
     *
     * @throws BranchRefusedException when the branch takes no work
     */
    Unit begin(TransactionContext context, UnitTerms terms) {
        if (!units.mayWork(context) || units.current().isPresent()) {
            throw new IllegalStateException("No unit of the transaction can begin on this thread now");
        }
        identity.requireReachable();
        TransactionId transaction = context.id();
        Optional<BranchMember> before = ownMember(context);
        refuseEarly(context, transaction, before);
        LiveBranch.Terms asked = new LiveBranch.Terms(
                token(context, before),
                context.isInitiated() || before.isEmpty(),
                !terms.readOnly(),
                terms.isolation(),
                context.deadline());
        Unit unit;
        try {
            unit = branches.onBranch(
                    transaction,
                    branch -> branch.begin(
                            asked,
                            (live, resource) -> new Unit(context, live, terms.manager(), resource.connection())));
        } catch (BranchRefusedException e) {
            if (e.type() == ProblemType.NOT_READY) {
                reportRefused(context, before);
            }
            throw e;
        }
        units.begun(unit);
        report(context, unit, before);
        return unit;
    }

    private void refuseEarly(TransactionContext context, TransactionId transaction, Optional<BranchMember> before) {
        if (units.isAnswered()) {
            reportRefused(context, before);
            throw new IllegalTransactionStateException("The answer of this request is already under way and cannot name"
                    + " the branch any more: do all work before the first byte of the answer is written");
        }
        if (before.isPresent() && before.get().member().vote() == Vote.NO) {
            throw Refusals.over(transaction, "Its branch here was rolled back in this call");
        }
        if (closed && branches.find(transaction).isEmpty()) {
            throw new BranchRefusedException(
                    ProblemType.NOT_READY,
                    transaction,
                    "This instance is shutting down and takes no new branches: repeat the call at another one");
        }
    }

    private @Nullable String token(TransactionContext context, Optional<BranchMember> before) {
        return before.isPresent()
                ? before.get().member().token()
                : context.receivedCall()
                        .map(call -> call.tokens().get(identity.participant()))
                        .orElse(null);
    }

    private void report(TransactionContext context, Unit unit, Optional<BranchMember> before) {
        Work work = unit.branch().work().orElseThrow(() -> new IllegalStateException("A branch with a unit has work"));
        int seen = context.isInitiated() ? before.map(BranchMember::seen).orElse(0) + 1 : 1;
        context.reportOwn(identity.member(work, seen, null));
        boolean prepareNow = context.protocol() == Protocol.TWO_PHASE
                && context.receivedCall().map(ReceivedCall::prepareNow).orElse(false);
        if (prepareNow && before.isEmpty()) {
            context.beforeAnswer(() -> prepareForAnswer(context));
        }
    }

    private void reportRefused(TransactionContext context, Optional<BranchMember> before) {
        BranchMember refused = before.map(member -> member.withVote(Vote.NO)).orElseGet(identity::refusing);
        context.reportOwn(refused);
        context.setRollbackOnly(reason("its participant could not take the work"));
    }

    /**
     * Checks that Spring's transaction of this unit works on the connection of the branch.
     *
     * @throws IllegalStateException when its manager is one of another data source
     */
    void requireItsConnection(Unit unit) {
        Object bound = TransactionSynchronizationManager.getResource(dataSource);
        Connection connection = bound instanceof ConnectionHolder holder ? holder.getConnection() : null;
        if (connection == null || !unit.connection().isBehind(connection)) {
            throw new IllegalStateException("The transaction manager \"" + unit.managerName()
                    + "\" does not work on the"
                    + " data source \"" + dataSource.name() + "\", to which the participant \"" + identity.participant()
                    + "\" is bound: name another one in @Branch(transactionManager = ...)");
        }
    }

    /**
     * Ends the unit of this thread.
     *
     * @return whether the branch lives on with the work of the unit; otherwise the transaction is rollback-only
     */
    boolean end(Unit unit) {
        units.ended(unit);
        if (!afterWork.isEmpty()) {
            afterWork.forEach(Runnable::run);
            unit.keep(List.of(new AfterOutcome()));
        }
        boolean alive;
        try {
            alive = unit.branch().end(unit);
        } finally {
            branches.letGo(unit.branch());
        }
        if (!alive) {
            TransactionContext context = unit.context();
            ownMember(context).ifPresent(member -> context.reportOwn(member.withVote(Vote.NO)));
            context.setRollbackOnly(
                    reason(unit.isCompletedWell() ? "its branch was rolled back meanwhile" : "its work failed"));
            Callbacks.run(unit.handOver(), TransactionSynchronization.STATUS_ROLLED_BACK);
        }
        return alive;
    }

    /** The last call to this participant asks for its vote before PREPARE. */
    private void prepareForAnswer(TransactionContext context) {
        Optional<BranchMember> member = ownMember(context);
        Optional<TransactionId> transaction = context.idIfBegun();
        if (member.isEmpty() || transaction.isEmpty() || member.get().member().vote() != null) {
            return;
        }
        if (incarnations.isOurs(transaction.get())) {
            ballot(transaction.get(), member.get())
                    .ifPresent(ballot -> context.reportOwn(member.get().withVote(ballot.vote())));
        }
    }

    /** Prepares the branch in which an initiator worked. */
    Optional<BranchMember> prepareOwn(TransactionContext context) {
        Optional<BranchMember> member = ownMember(context);
        Optional<TransactionId> transaction = context.idIfBegun();
        if (member.isEmpty() || transaction.isEmpty()) {
            return Optional.empty();
        }
        // It was begun by one of our own coordinators; if that cannot be noted, recovery would not find the branch.
        boolean noted = ledger.learn(transaction.get().incarnationText());
        Optional<Vote> vote =
                noted ? ballot(transaction.get(), member.get()).map(LiveBranch.Ballot::vote) : Optional.empty();
        return Optional.of(member.get().withVote(vote.orElse(Vote.NO)));
    }

    private Optional<LiveBranch.Ballot> ballot(TransactionId transaction, BranchMember member) {
        return branches.find(transaction).flatMap(branch -> {
            try {
                return branch.vote(member.member().token());
            } finally {
                branches.letGo(branch);
            }
        });
    }

    /** The member that this context has noted for the participant. */
    Optional<BranchMember> ownMember(TransactionContext context) {
        return context.ownMembers().stream()
                .filter(member -> Objects.equals(member.participant(), identity.participant()))
                .findFirst();
    }

    private AbortReason reason(String why) {
        return new AbortReason(AbortReason.Code.VOTE_NO, identity.participant(), why);
    }

    Branches branches() {
        return branches;
    }

    Units units() {
        return units;
    }

    private final class AfterOutcome implements TransactionSynchronization {
        @Override
        public void afterCompletion(int status) {
            afterWork.forEach(Runnable::run);
        }
    }
}
