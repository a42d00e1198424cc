package io.assent.participant.branch;

import io.assent.participant.BranchMember;
import io.assent.participant.LocalBranches;
import io.assent.participant.TransactionContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.transaction.PlatformTransactionManager;

/** The branch in which a service works that begins a transaction itself. */
public final class OwnBranches implements LocalBranches {

    private final Workshop workshop;
    private final Supplier<Optional<PlatformTransactionManager>> manager;

    /**
     * The branch of the workshop's participant.
     *
     * @param manager gives the transaction manager whose request-wide resources are taken away
     */
    public OwnBranches(Workshop workshop, Supplier<Optional<PlatformTransactionManager>> manager) {
        this.workshop = workshop;
        this.manager = manager;
    }

    @Override
    public Scope join(TransactionContext context) {
        return workshop.units().mayWork(context) ? enter(context) : () -> {};
    }

    @Override
    public Scope enter(TransactionContext context) {
        Scope entered = workshop.units().enterMethod(context);
        RequestResources aside = manager.get().map(RequestResources::takeAway).orElse(RequestResources.NONE);
        return () -> {
            aside.putBack();
            entered.close();
        };
    }

    @Override
    public List<BranchMember> prepare(TransactionContext context) {
        return workshop.prepareOwn(context).stream().toList();
    }

    @Override
    public void rollBack(TransactionContext context) {
        if (workshop.ownMember(context).isEmpty()) {
            return;
        }
        context.idIfBegun().ifPresent(workshop.branches()::abort);
    }
}
