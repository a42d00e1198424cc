package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.abort;
import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.assent.participant.TransactionContext;
import io.assent.participant.WorkOutsideBranchException;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.hibernate.LazyInitializationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.ResourceHolderSupport;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Spring's ways of working inside a branch: each test is a line of the table in section 2 of the architecture. */
class SpringInBranchTest {

    @RegisterExtension
    static final RunningBank RUNNING = new RunningBank(21);

    private final FakeCoordinator coordinator = RUNNING.coordinator();
    private final Bank bank = RUNNING.bank();

    private final TransactionId transaction = coordinator.transaction();
    private final String account = UUID.randomUUID().toString();

    private BankApplication.Work work() {
        return bank.work();
    }

    private Object insert(String suffix) {
        return bank.accounts().insert(account + suffix);
    }

    private boolean committed(String suffix) {
        return bank.committed(account + suffix);
    }

    private void commitAll(Member member) {
        assertThat(coordinator
                        .send(bank.endpoint(), prepare(transaction, member))
                        .orElseThrow()
                        .vote())
                .isEqualTo("YES");
        assertThat(coordinator
                        .send(bank.endpoint(), commit(transaction, member))
                        .orElseThrow()
                        .type())
                .isEqualTo("ACK");
    }

    private void abortAll() {
        assertThat(coordinator
                        .send(bank.endpoint(), abort(transaction, Bank.ID))
                        .orElseThrow()
                        .type())
                .isEqualTo("ACK");
    }

    /** Makes the call, and hands over what the script threw on the server's thread. */
    private Throwable failureOf(Callable<?> script) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        bank.call(transaction, () -> {
            try {
                script.call();
                failure.complete(new AssertionError("nothing was thrown"));
            } catch (Throwable e) {
                failure.complete(e);
            }
            return 0;
        });
        return failure.getNow(new AssertionError("the call was not made"));
    }

    @Test
    void aTransactionalMethodJoinsTheBranch() {
        Member member = bank.call(
                        transaction,
                        () -> work().branch(() -> {
                            work().required(() -> insert("-required"));
                            return insert("");
                        }))
                .member();
        assertThat(committed("-required")).isFalse();
        commitAll(member);
        assertThat(committed("-required")).isTrue();
        assertThat(committed("")).isTrue();
    }

    @Test
    void aRollbackInsideMakesTheBranchRollbackOnly() {
        Throwable failure = failureOf(() -> work().branch(() -> {
            assertThatThrownBy(() -> work().required(() -> {
                        throw new IllegalStateException("inner");
                    }))
                    .hasMessage("inner");
            return insert("");
        }));
        assertThat(failure).isInstanceOf(UnexpectedRollbackException.class);
        assertThat(bank.fact(transaction, "A")).isTrue();
        assertThat(committed("")).isFalse();
    }

    @Test
    void requiresNewCommitsWhateverTheOutcomeIs() {
        bank.call(
                transaction,
                () -> work().branch(() -> {
                    insert("");
                    work().requiresNew(() -> insert("-new"));
                    assertThat(committed("-new")).isTrue();
                    return insert("-after");
                }));
        abortAll();
        assertThat(committed("-new")).isTrue();
        assertThat(committed("")).isFalse();
        assertThat(committed("-after")).isFalse();
    }

    @Test
    void notSupportedWorksOutsideOfTheBranch() {
        bank.call(
                transaction,
                () -> work().branch(() -> {
                    insert("");
                    work().notSupported(() -> insert("-outside"));
                    return work().notSupported(() -> work().required(() -> insert("-required")));
                }));
        assertThat(committed("-outside")).isTrue();
        assertThat(committed("-required")).isTrue();
        assertThat(committed("")).isFalse();
        abortAll();
    }

    @Test
    void aTransactionAroundABranchIsRefused() {
        assertThat(failureOf(() -> work().readOnly(() -> work().branch(() -> insert("")))))
                .isInstanceOf(IllegalTransactionStateException.class)
                .hasMessageContaining("Work.branch");
        assertThat(failureOf(() -> work().branch(() -> work().requiresNew(() -> work().branch(() -> insert(""))))))
                .isInstanceOf(IllegalTransactionStateException.class);
        assertThat(committed("")).isFalse();
    }

    @Test
    void anEntityManagerOfTheRequestDoesNotCarryWorkPastTheBranch() {
        bank.accounts().insert(account + "-before");
        Member member = bank.call(transaction, () -> {
                    EntityManager entities = bank.accounts().entities();
                    // Open-Session-In-View: this session now holds a connection of the application's pool.
                    BankApplication.Account before = entities.find(BankApplication.Account.class, account + "-before");
                    work().branch(() -> {
                        assertThat(entities.contains(before)).isFalse();
                        return bank.accounts().persist(account);
                    });
                    assertThat(entities.contains(before)).isTrue();
                    return 0;
                })
                .member();
        assertThat(committed("")).isFalse();
        commitAll(member);
        assertThat(committed("")).isTrue();
    }

    @Test
    void whatIsLoadedLazilyAfterTheUnitFailsClearly() {
        bank.accounts().insert(account + "-before");
        Throwable failure = failureOf(() -> {
            BankApplication.Account found = work().branch(
                            () -> bank.accounts().entities().find(BankApplication.Account.class, account + "-before"));
            return found.owners.size(); // As a view would, that writes the answer.
        });
        assertThat(failure).isInstanceOf(LazyInitializationException.class);
        abortAll();
    }

    @Test
    void callbacksAfterCommitRunAtTheOutcomeOnAnotherThread() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Member member = bank.call(
                        transaction,
                        () -> work().branch(() -> {
                            listen(heard);
                            return insert("");
                        }))
                .member();
        assertThat(heard).containsExactly("before commit", "before completion");
        heard.clear();
        commitAll(member);
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("after commit");
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("completed 0");
    }

    @Test
    void callbacksAfterCompletionHearOfAnAbort() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        bank.call(
                transaction,
                () -> work().branch(() -> {
                    listen(heard);
                    return insert("");
                }));
        heard.clear();
        abortAll();
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("completed 1");
        assertThat(heard).isEmpty();
    }

    private static void listen(BlockingQueue<String> heard) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void beforeCommit(boolean readOnly) {
                heard.add("before commit");
            }

            @Override
            public void beforeCompletion() {
                heard.add("before completion");
            }

            @Override
            public void afterCommit() {
                heard.add("after commit");
            }

            @Override
            public void afterCompletion(int status) {
                heard.add("completed " + status);
            }
        });
    }

    @Test
    void aResourceThatWouldCommitWithTheUnitIsRefusedByName() {
        Throwable failure = failureOf(() -> work().branch(this::insertWithQueue));
        assertThat(failure).isInstanceOf(WorkOutsideBranchException.class).hasMessageContaining("queue-17");
        assertThat(bank.fact(transaction, "A")).isTrue();
        assertThat(bank.branches().find(transaction)).isEmpty();
    }

    @Test
    void aRefusedResourceIsNotLeftOnTheThreadForTheNextRequest() {
        List<Boolean> left = new CopyOnWriteArrayList<>();
        bank.call(transaction, () -> {
            left.add(isQueueLeftBy(() -> work().branch(this::insertWithQueue)));
            return 0;
        });
        bank.call(coordinator.transaction(), () -> {
            left.add(isQueueLeftBy(() -> work().distributed(() -> work().required(this::insertWithQueue))));
            return 0;
        });
        assertThat(left).containsExactly(false, false);
    }

    private static boolean isQueueLeftBy(Callable<?> refused) {
        assertThat(catching(refused)).isInstanceOf(WorkOutsideBranchException.class);
        return TransactionSynchronizationManager.unbindResourceIfPossible("queue-17") != null;
    }

    /** Works with a resource that follows Spring's transaction, and is unbound before that completes. */
    private Object insertWithQueue() {
        ResourceHolderSupport queue = new ResourceHolderSupport() {};
        queue.setSynchronizedWithTransaction(true);
        TransactionSynchronizationManager.bindResource("queue-17", queue);
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void beforeCompletion() {
                TransactionSynchronizationManager.unbindResource("queue-17");
            }
        });
        return insert("");
    }

    @Test
    void theTransactionTravelsToOtherThreadsAndTheBranchDoesNot() {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        Member member = bank.call(
                        transaction,
                        () -> work().branch(() -> {
                            TransactionContext context = TransactionContext.current();
                            Thread other = Thread.ofPlatform().start(() -> {
                                TransactionContext.Scope bound = context.bind();
                                try {
                                    failures.add(catching(() -> work().required(() -> insert("-thread"))));
                                    failures.add(catching(() -> work().branch(() -> insert("-thread"))));
                                    failures.add(catching(() -> work().readOnly(() -> 0)));
                                } finally {
                                    bound.close();
                                }
                            });
                            other.join();
                            return insert("");
                        }))
                .member();
        assertThat(failures.get(0)).isInstanceOf(WorkOutsideBranchException.class);
        assertThat(failures.get(1)).isInstanceOf(WorkOutsideBranchException.class);
        assertThat(failures.get(2)).isNull();
        commitAll(member);
        assertThat(committed("")).isTrue();
        assertThat(committed("-thread")).isFalse();
    }

    private static @Nullable Throwable catching(Callable<?> work) {
        try {
            work.call();
        } catch (Throwable e) {
            return e;
        }
        return null;
    }

    @Test
    void workOutsideAnyBranchOfARequestIsRefusedUnlessItOnlyReads() {
        assertThat(failureOf(() -> work().required(() -> insert(""))))
                .isInstanceOf(WorkOutsideBranchException.class)
                .hasMessageContaining("@Branch");
        assertThat(committed("")).isFalse();
        Bank.Answer answer = bank.call(
                transaction, () -> work().readOnly(() -> bank.accounts().exists(account)));
        assertThat(answer.body()).isEqualTo("false");
        assertThat(answer.members()).isEmpty();
    }

    @Test
    void aMethodThatJoinsTheTransactionOfTheRequestWorksInItsBranch() {
        Member member = bank.call(transaction, () -> work().distributed(() -> work().required(() -> insert(""))))
                .member();
        assertThat(member.calls()).isEqualTo(1);
        assertThat(committed("")).isFalse();
        commitAll(member);
        assertThat(committed("")).isTrue();
    }

    @Test
    void workAfterTheAnswerIsUnderWayIsRefused() {
        coordinator.answersAborts();
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Bank.Answer answer = bank.call(transaction, () -> {
            bank.flushAnswer();
            failure.complete(catching(() -> work().branch(() -> insert(""))));
            return 0;
        });
        assertThat(answer.members()).isEmpty();
        assertThat(failure.getNow(null)).isInstanceOf(IllegalTransactionStateException.class);
        assertThat(coordinator.abortsAsked(transaction)).isEqualTo(1);
        assertThat(committed("")).isFalse();
    }

    @Test
    void aSwallowedErrorLeavesTheRestOfTheWorkWhole() {
        Member member = bank.call(
                        transaction,
                        () -> work().branch(() -> {
                            insert("");
                            assertThatThrownBy(() -> insert("")).isNotNull();
                            return insert("-2");
                        }))
                .member();
        assertThat(member.vote()).isNull();
        commitAll(member);
        assertThat(committed("")).isTrue();
        assertThat(committed("-2")).isTrue();
    }

    @Test
    void aBranchThatLostItsWorkNeverEndsInYes() {
        Member member = bank.call(
                        transaction,
                        () -> work().branch(() -> {
                            insert("");
                            bank.accounts().jdbc().execute("ROLLBACK");
                            return insert("-after");
                        }))
                .member();
        assertThat(coordinator
                        .send(bank.endpoint(), prepare(transaction, member))
                        .orElseThrow()
                        .vote())
                .isEqualTo("NO");
        assertThat(committed("-after")).isFalse();
        assertThat(bank.fact(transaction, "A")).isTrue();
    }

    @Test
    void aSwallowedErrorThatRolledTheWholeBranchBackNeverEndsInYes() {
        bank.accounts().insert(account + "-x");
        bank.accounts().insert(account + "-y");
        TransactionId other = coordinator.transaction();
        Bank.Answer answer = bank.call(
                transaction,
                () -> work().branch(() -> {
                    insert("");
                    update("-x");
                    CompletableFuture<Bank.Answer> rival = CompletableFuture.supplyAsync(() -> bank.call(
                            other,
                            () -> work().branch(() -> {
                                update("-y");
                                return update("-x");
                            })));
                    try {
                        awaitWaiting();
                        return update("-y");
                    } catch (RuntimeException e) {
                        return insert("-after");
                    } finally {
                        rival.exceptionally(e -> null);
                    }
                }));
        // H2 rolls one of the two back wholly; whichever it was, no half of it may commit.
        if (answer.member().vote() == null) {
            commitAll(answer.member());
            assertThat(committed("")).isTrue();
        } else {
            assertThat(answer.member().vote()).isEqualTo(Vote.NO);
            assertThat(committed("-after")).isFalse();
        }
        coordinator.send(bank.endpoint(), abort(other, Bank.ID));
    }

    private int update(String suffix) {
        return bank.accounts().jdbc().update("UPDATE account SET balance = balance + 1 WHERE id = ?", account + suffix);
    }

    private void awaitWaiting() {
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> bank.count("information_schema.sessions WHERE blocker_id IS NOT NULL") > 0);
    }
}
