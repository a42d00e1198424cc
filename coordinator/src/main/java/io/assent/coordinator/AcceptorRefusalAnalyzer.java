package io.assent.coordinator;

import io.assent.coordinator.acceptor.AcceptorRefusedException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why an acceptor's storage must not be used as a sentence and an advice, without a stack trace. */
final class AcceptorRefusalAnalyzer extends AbstractFailureAnalyzer<AcceptorRefusedException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, AcceptorRefusedException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
