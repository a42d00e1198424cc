package io.assent.bank.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.participant.CoordinatorUnavailableException;
import io.assent.participant.OutcomeUnknownException;
import io.assent.participant.TransactionAbortedException;
import io.assent.protocol.AbortReason;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;

/** An answer names an outcome only where it proves one. */
class TransferAdviceTest {

    private static final TransactionId ID = TransactionId.issue(
            new TransactionId.Birth(0, 1, 1, 0),
            Protocol.TWO_PHASE,
            1,
            new IncarnationKey(new byte[IncarnationKey.LENGTH]));

    private final TransferAdvice advice = new TransferAdvice();

    private static void assertAborted(ProblemDetail problem) {
        assertThat(problem.getProperties()).containsEntry("outcome", Outcome.ABORTED);
        assertThat(problem.getDetail()).contains("nothing was moved");
    }

    @Test
    void anOutcomeThatNobodyToldIsNotNamed() {
        OutcomeUnknownException unknown =
                new OutcomeUnknownException(ID, List.of(), "the last word was: 503, no leader is reachable", null);

        ProblemDetail problem = advice.unknown(unknown);

        assertThat(problem.getProperties()).isEqualTo(Map.of("transaction", ID.toString()));
        assertThat(problem.getDetail()).doesNotContain("nothing was moved");
        assertThat(problem.getStatus()).isEqualTo(HttpStatus.GATEWAY_TIMEOUT.value());
    }

    @Test
    void whatFailedBeforeCommitWasAskedForIsAborted() {
        assertAborted(advice.failed(new TransferFailedException(ID, new ResourceAccessException("refused"))));
        assertAborted(advice.failed(
                new TransferFailedException(ID, new HttpServerErrorException(HttpStatus.SERVICE_UNAVAILABLE))));
    }

    @Test
    void whatACoordinatorAbortedIsAborted() {
        assertAborted(advice.aborted(new TransactionAbortedException(ID, AbortReason.of(AbortReason.Code.TIMEOUT))));
    }

    @Test
    void whatWasNotEvenBegunIsAborted() {
        ProblemDetail problem = advice.unavailable(new CoordinatorUnavailableException("nobody is there", null))
                .getBody();

        assertThat(problem).isNotNull().satisfies(TransferAdviceTest::assertAborted);
    }
}
