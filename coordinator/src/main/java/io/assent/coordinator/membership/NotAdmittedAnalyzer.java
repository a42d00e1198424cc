package io.assent.coordinator.membership;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why a node is not let in as a sentence and an advice, without a stack trace. */
final class NotAdmittedAnalyzer extends AbstractFailureAnalyzer<NotAdmittedException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, NotAdmittedException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
