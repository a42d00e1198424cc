package io.assent.participant.branch;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.http.HttpEntity;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Results that come after their method has returned. What is done for them runs on other threads when the unit has ended:
 * outside of the branch, and perhaps after the answer that had to tell of it.
 */
final class LateResults {

    private static final boolean WEB_MVC = ClassUtils.isPresent(
            "org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody",
            LateResults.class.getClassLoader());

    private LateResults() {}

    /**
     * Refuses such a result of a unit, so that its branch is rolled back.
     *
     * @throws IllegalTransactionStateException naming the method
     */
    static void refuse(BranchTerms terms, @Nullable Object result) {
        if (result != null && (isLate(result) || (WEB_MVC && WebMvc.isLate(result)))) {
            throw new IllegalTransactionStateException(terms.name() + " is annotated with @Branch and returned a "
                    + ClassUtils.getShortName(ClassUtils.getUserClass(result))
                    + ", whose value comes later: what is done for it would stay outside of the branch. Do the work of"
                    + " the branch in a method that returns when it is done, and call that one");
        }
    }

    private static boolean isLate(Object result) {
        return result instanceof Future<?>
                || result instanceof Callable<?>
                || ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, result) != null;
    }

    /** Only loaded where there is Spring MVC. */
    private static final class WebMvc {
        static boolean isLate(Object result) {
            Object body = result instanceof HttpEntity<?> entity ? entity.getBody() : result;
            return body instanceof DeferredResult<?>
                    || body instanceof WebAsyncTask<?>
                    || body instanceof ResponseBodyEmitter
                    || body instanceof StreamingResponseBody;
        }
    }
}
