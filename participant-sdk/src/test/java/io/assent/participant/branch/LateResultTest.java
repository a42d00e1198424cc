package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Answers whose body comes when the method that serves the request has returned, on another thread. */
class LateResultTest {

    @RegisterExtension
    static final RunningBank RUNNING = new RunningBank(111);

    private final FakeCoordinator coordinator = RUNNING.coordinator();
    private final Bank bank = RUNNING.bank();

    private final TransactionId transaction = coordinator.transaction();
    private final String account = UUID.randomUUID().toString();

    static Stream<Arguments> lateResults() {
        Callable<String> callable = () -> "later";
        StreamingResponseBody stream = body -> body.write("later".getBytes(UTF_8));
        return Stream.of(
                Arguments.of("DeferredResult", new DeferredResult<>()),
                Arguments.of("WebAsyncTask", new WebAsyncTask<>(callable)),
                Arguments.of("CompletableFuture", CompletableFuture.completedFuture("later")),
                Arguments.of("Callable", callable),
                Arguments.of("SseEmitter", new SseEmitter()),
                Arguments.of("StreamingResponseBody", stream),
                Arguments.of("ResponseEntity of one", ResponseEntity.ok(stream)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lateResults")
    void aBranchWhoseResultComesLaterIsRolledBackWithAClearError(String name, Object late) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();

        Bank.Answer answer = bank.call(transaction, () -> {
            try {
                return work(late);
            } catch (RuntimeException e) {
                failure.complete(e);
                throw e;
            }
        });

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.member().vote()).isEqualTo(Vote.NO);
        assertThat(failure.getNow(new AssertionError("nothing was thrown")))
                .isInstanceOf(IllegalTransactionStateException.class)
                .hasMessageContaining("Work.branch")
                .hasMessageContaining("comes later");
        assertThat(bank.fact(transaction, "A")).isTrue();
        assertThat(bank.committed(account)).isFalse();
    }

    private Object work(Object result) throws Exception {
        return bank.work().branch(() -> {
            bank.accounts().insert(account);
            return result;
        });
    }

    @Test
    void anAnswerWithoutABodyThatEndsLaterNamesTheBranch() {
        Bank.Answer answer = bank.call(transaction, () -> {
            work("done");
            DeferredResult<ResponseEntity<Void>> later = new DeferredResult<>();
            Thread.ofVirtual()
                    .start(() -> later.setResult(ResponseEntity.noContent().build()));
            return later;
        });

        assertThat(answer.status()).isEqualTo(204);
        commitAll(answer.member());
    }

    @Test
    void anAnswerThatIsStreamedLaterNamesTheBranch() {
        Bank.Answer answer = bank.call(transaction, () -> {
            work("done");
            StreamingResponseBody later = body -> body.write("later".getBytes(UTF_8));
            return later;
        });

        assertThat(answer.body()).isEqualTo("later");
        commitAll(answer.member());
    }

    @Test
    void workOnTheThreadThatStreamsTheAnswerIsRefused() {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();

        bank.call(transaction, () -> {
            StreamingResponseBody later = body -> {
                try {
                    work("too late");
                    failure.complete(new AssertionError("nothing was thrown"));
                } catch (Exception e) {
                    failure.complete(e);
                }
            };
            return later;
        });

        assertThat(failure.join()).hasMessageContaining("works only in a distributed transaction");
        assertThat(bank.committed(account)).isFalse();
    }

    private void commitAll(Member member) {
        assertThat(coordinator
                        .send(bank.endpoint(), prepare(transaction, member))
                        .orElseThrow()
                        .vote())
                .isEqualTo("YES");
        coordinator.send(bank.endpoint(), commit(transaction, member));
        assertThat(bank.committed(account)).isTrue();
    }
}
