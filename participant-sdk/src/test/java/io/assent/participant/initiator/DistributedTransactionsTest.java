package io.assent.participant.initiator;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static io.assent.participant.initiator.StubCoordinator.TRANSACTION;
import static io.assent.participant.initiator.StubCoordinator.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.http.Fault;
import io.assent.participant.BranchMember;
import io.assent.participant.CoordinatorUnavailableException;
import io.assent.participant.LocalBranches;
import io.assent.participant.OutcomeUnknownException;
import io.assent.participant.ReceivedCall;
import io.assent.participant.TransactionAbortedException;
import io.assent.participant.TransactionContext;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
import io.assent.protocol.api.ProblemType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.JsonNode;

/** When a transaction begins, who ends it and how: product.md section 5. */
class DistributedTransactionsTest extends InitiatorFixture {

    @Test
    void workWithoutCallsBeginsNothing() {
        assertThat(template().<String>execute(transaction -> "local")).isEqualTo("local");

        assertThat(coordinator.asked()).isEmpty();
    }

    @Test
    void twoServicesCostOneBeginAndOneCommit() {
        bankA.answersWithBranches(A + ";calls=1");
        bankB.answersWithBranches(B + ";calls=1");

        String result = template().withName("transfer").execute(transaction -> call(bankA) + call(bankB));

        assertThat(result).isEqualTo("donedone");
        assertThat(coordinator.asked()).containsExactly("begin", "commit");
        assertThat(coordinator.beginBody()).isEqualTo(StubCoordinator.JSON.readTree("""
                {"protocol":"TWO_PHASE","timeout":"PT20S","name":"transfer","initiator":"shop"}"""));
    }

    @Test
    void callsThatTouchedNothingCommitAnEmptySet() {
        bankA.answersNothing();

        template().execute(transaction -> call(bankA));

        assertThat(coordinator.asked()).containsExactly("begin", "commit");
        assertThat(coordinator.commitBody().path("branches")).isEmpty();
    }

    @Test
    void failureAbortsAndIsThrownAsItIs() {
        bankA.answersWithBranches(A + ";calls=1");
        IllegalStateException failure = new IllegalStateException("no money");

        assertThatThrownBy(() -> template().execute(transaction -> {
                    call(bankA);
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(coordinator.asked()).containsExactly("begin", "abort");
        assertThat(coordinator.abortBody().path("message").asString()).contains("no money");
    }

    @Test
    void failureIsThrownAsItIsAlsoWhenAbortCannotBeAsked() {
        coordinator.onAbort(problem(ProblemType.UNAUTHENTICATED));
        bankA.answersWithBranches(A + ";calls=1");

        assertThatThrownBy(() -> template().execute(transaction -> {
                    call(bankA);
                    throw new IllegalStateException("no money");
                }))
                .hasMessage("no money");
    }

    @Test
    void ownRollbackOnlyAbortsSilently() {
        bankA.answersWithBranches(A + ";calls=1");

        String result = template().execute(transaction -> {
            transaction.setRollbackOnly("only tried");
            return call(bankA);
        });

        assertThat(result).isEqualTo("done");
        assertThat(coordinator.asked()).containsExactly("begin", "abort");
    }

    @Test
    void nothingWasBegunWhenNoCoordinatorAnswers() {
        coordinator.onBegin(aResponse().withFault(Fault.EMPTY_RESPONSE));

        assertThatThrownBy(() -> template().withTimeout(Duration.ofMillis(300)).execute(transaction -> call(bankA)))
                .isInstanceOf(CoordinatorUnavailableException.class);
        assertThat(bankA.calls()).isEmpty();
        assertThat(coordinator.asked()).containsOnly("begin");
    }

    @Test
    void transactionInsideAWritingLocalTransactionIsRefused() {
        TransactionSynchronizationManager.setActualTransactionActive(true);
        try {
            assertThatThrownBy(() -> template().execute(transaction -> "never"))
                    .isInstanceOf(IllegalTransactionStateException.class)
                    .hasMessageContaining("@Transactional");
            TransactionSynchronizationManager.setCurrentTransactionReadOnly(true);
            assertThatCode(() -> template().execute(transaction -> "reads")).doesNotThrowAnyException();
        } finally {
            TransactionSynchronizationManager.clear();
        }
    }

    @Nested
    class Joining {

        @Test
        void requiredJoinsAndOnlyTheBeginnerCommits() {
            bankA.answersWithBranches(A + ";calls=1", A + ";calls=2");

            template()
                    .execute(outer -> template().execute(inner -> {
                        assertThat(inner).isSameAs(outer);
                        return call(bankA);
                    }));

            assertThat(coordinator.asked()).containsExactly("begin", "commit");
        }

        @Test
        void failureOfAJoinerThatIsSwallowedAbortsWithAnException() {
            bankA.answersWithBranches(A + ";calls=1");

            assertThatThrownBy(() -> template().execute(outer -> {
                        call(bankA);
                        assertThatThrownBy(() -> template().withName("inner").execute(inner -> {
                                    throw new IllegalStateException("inner failure");
                                }))
                                .hasMessage("inner failure");
                        return "went on";
                    }))
                    .isInstanceOfSatisfying(TransactionAbortedException.class, aborted -> {
                        assertThat(aborted.reason().code()).isEqualTo(AbortReason.Code.INITIATOR);
                        assertThat(aborted).hasMessageContaining("inner failure");
                    });
            assertThat(coordinator.asked()).containsExactly("begin", "abort");
        }

        @Test
        void rollbackOnlyOfAJoinerIsNoSilentAbort() {
            assertThatThrownBy(() -> template()
                            .execute(outer -> template().<String>execute(inner -> {
                                inner.setRollbackOnly("a joiner's wish");
                                return "went on";
                            })))
                    .isInstanceOf(TransactionAbortedException.class)
                    .hasMessageContaining("a joiner's wish");
        }

        @Test
        void requiresNewBeginsItsOwn() {
            bankA.answersWithBranches(A + ";calls=1");

            template().execute(outer -> {
                call(bankA);
                template().withPropagation(Propagation.REQUIRES_NEW).execute(inner -> {
                    assertThat(inner).isNotSameAs(outer);
                    return call(bankA);
                });
                assertThat(TransactionContext.current()).isSameAs(outer);
                return "both";
            });

            assertThat(coordinator.asked()).containsExactly("begin", "begin", "commit", "commit");
        }

        @Test
        void mandatoryFailsWithoutATransaction() {
            DistributedTransactionTemplate mandatory = template().withPropagation(Propagation.MANDATORY);

            assertThatThrownBy(() -> mandatory.execute(transaction -> "never"))
                    .isInstanceOf(IllegalTransactionStateException.class);
            assertThat(template().<String>execute(outer -> mandatory.execute(inner -> "joined")))
                    .isEqualTo("joined");
        }

        @Test
        void transactionOfARequestIsJoinedAndNotCommittedHere() {
            bankA.answersWithBranches(A + ";calls=1");
            TransactionContext received = TransactionContext.received(
                    new ReceivedCall(TRANSACTION, Protocol.TWO_PHASE, TIMEOUT, false, Map.of()));
            TransactionContext.Scope bound = received.bind();
            try {
                template().execute(transaction -> call(bankA));
                assertThatThrownBy(() -> template().execute(transaction -> {
                            throw new IllegalStateException("no money");
                        }))
                        .hasMessage("no money");
            } finally {
                bound.close();
            }

            assertThat(coordinator.asked()).isEmpty();
            assertThat(received.isRollbackOnly()).isTrue();
            assertThat(received.answerMembers())
                    .singleElement()
                    .satisfies(member -> assertThat(member.member().vote()).isEqualTo(Vote.NO));
        }
    }

    @Nested
    class OwnBranch {

        private final List<String> events = new ArrayList<>();
        private Vote vote = Vote.YES;

        private final LocalBranches local = new LocalBranches() {
            @Override
            public Scope enter(TransactionContext context) {
                events.add("enter");
                return () -> events.add("leave");
            }

            @Override
            public List<BranchMember> prepare(TransactionContext context) {
                events.add("prepare");
                Member member = Member.of("shop", "http://127.0.0.1:1/shop").withWork("s", 2);
                return List.of(new BranchMember(member.withVote(vote), 2));
            }

            @Override
            public void rollBack(TransactionContext context) {
                events.add("rollBack");
            }
        };

        @Test
        void isPreparedAndHandedOverWithItsVote() {
            bankA.answersWithBranches(A + ";calls=1");

            template(local).execute(transaction -> call(bankA) + transaction.id());

            assertThat(events).containsExactly("enter", "leave", "prepare");
            JsonNode own = coordinator.commitBody().path("branches").path(1);
            assertThat(own.path("participant").asString()).isEqualTo("shop");
            assertThat(own.path("vote").asString()).isEqualTo("YES");
            assertThat(own.path("calls").asInt()).isEqualTo(2);
        }

        @Test
        void beginsTheTransactionWithItsFirstWork() {
            template(local).execute(transaction -> transaction.id().toString());

            assertThat(coordinator.asked()).containsExactly("begin", "commit");
        }

        @Test
        void isNotPreparedWhenNothingWasBegun() {
            template(local).execute(transaction -> "nothing");

            assertThat(events).containsExactly("enter", "leave");
        }

        @Test
        void thatCannotPrepareAborts() {
            vote = Vote.NO;

            assertThatThrownBy(() -> template(local).execute(TransactionContext::id))
                    .isInstanceOfSatisfying(TransactionAbortedException.class, aborted -> {
                        assertThat(aborted.reason().code()).isEqualTo(AbortReason.Code.VOTE_NO);
                        assertThat(aborted.branch()).isEqualTo("shop");
                    });
            assertThat(events).endsWith("prepare", "rollBack");
            assertThat(coordinator.asked()).containsExactly("begin", "abort");
        }

        @Test
        void isRolledBackWhenTheWorkFails() {
            assertThatThrownBy(() -> template(local).execute(transaction -> {
                        transaction.id();
                        throw new IllegalStateException("no money");
                    }))
                    .hasMessage("no money");
            assertThat(events).containsExactly("enter", "leave", "rollBack");
        }

        @Test
        void isRolledBackWhenTheOutcomeIsAbort() {
            coordinator.onCommit(problem(ProblemType.TRANSACTION_ABORTED));

            assertThatThrownBy(() -> template(local).execute(TransactionContext::id))
                    .isInstanceOf(TransactionAbortedException.class);
            assertThat(events).endsWith("prepare", "rollBack");
        }

        @Test
        void staysPreparedWhenTheOutcomeIsUnknown() {
            coordinator.onCommit(problem(ProblemType.EXPIRED));

            assertThatThrownBy(() -> template(local).execute(TransactionContext::id))
                    .isInstanceOf(OutcomeUnknownException.class);
            assertThat(events).endsWith("prepare");
        }
    }
}
