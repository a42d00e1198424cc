package io.assent.coordinator;

import io.assent.coordinator.log.LogRefusedException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why the log must not start as a sentence and an advice, without a stack trace. */
final class LogRefusalAnalyzer extends AbstractFailureAnalyzer<LogRefusedException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, LogRefusedException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
