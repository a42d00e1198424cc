package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.abort;
import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.QueryTimeoutException;

/** Which of Spring's propagations put work into the branch, and which beside it. */
class PropagationInBranchTest {

    @RegisterExtension
    static final RunningBank RUNNING = new RunningBank(131);

    private final FakeCoordinator coordinator = RUNNING.coordinator();
    private final Bank bank = RUNNING.bank();
    private final TransactionId transaction = coordinator.transaction();
    private final String account = UUID.randomUUID().toString();

    private Object insert(String suffix) {
        return bank.accounts().insert(account + suffix);
    }

    private Bank.Answer callInBranch(Callable<?> work) {
        return bank.call(transaction, () -> bank.work().branch(work));
    }

    private Member workOfAllThatJoins() {
        return callInBranch(() -> {
                    bank.work().supports(() -> insert("-supports"));
                    bank.work().mandatory(() -> insert("-mandatory"));
                    return insert("");
                })
                .member();
    }

    private long there() {
        return bank.count("account WHERE id LIKE '" + account + "%'");
    }

    @Test
    void supportsAndMandatoryJoinTheBranchAndCommitWithIt() {
        Member member = workOfAllThatJoins();
        assertThat(there()).isZero();

        coordinator.send(bank.endpoint(), prepare(transaction, member));
        coordinator.send(bank.endpoint(), commit(transaction, member));

        assertThat(there()).isEqualTo(3);
    }

    @Test
    void supportsAndMandatoryJoinTheBranchAndRollBackWithIt() {
        workOfAllThatJoins();

        coordinator.send(bank.endpoint(), abort(transaction, Bank.ID));

        assertThat(there()).isZero();
    }

    @Test
    void requiresNewThatNeedsARowOfItsOwnBranchFailsAfterTheLockTimeOut() {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();

        Bank.Answer answer = callInBranch(() -> {
            insert("");
            assertThatThrownBy(() -> bank.work().requiresNew(() -> insert(""))).satisfies(failure::complete);
            return 0;
        });

        assertThat(failure.getNow(new AssertionError("nothing was thrown"))).isInstanceOf(QueryTimeoutException.class);
        assertThat(answer.member().vote()).as("the branch itself is whole").isNotEqualTo(Vote.NO);
        coordinator.send(bank.endpoint(), prepare(transaction, answer.member()));
        coordinator.send(bank.endpoint(), commit(transaction, answer.member()));
        assertThat(there()).isEqualTo(1);
    }
}
