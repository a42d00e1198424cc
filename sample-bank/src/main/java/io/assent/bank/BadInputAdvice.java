package io.assent.bank;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Answers wrong requests with problem details that name every field that is wrong. */
@RestControllerAdvice
class BadInputAdvice extends ResponseEntityExceptionHandler {

    private static final URI INVALID = URI.create("urn:assent:bank:invalid-request");

    /** A field that is wrong, and what is wrong with it. */
    record WrongField(String field, @Nullable String message) {}

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<WrongField> fields = failure.getBindingResult().getAllErrors().stream()
                .map(BadInputAdvice::field)
                .toList();
        return handleExceptionInternal(failure, wrong(failure.getBody(), fields), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<WrongField> fields = failure.getParameterValidationResults().stream()
                .flatMap(BadInputAdvice::fields)
                .toList();
        return handleExceptionInternal(failure, wrong(failure.getBody(), fields), headers, status, request);
    }

    private static ProblemDetail wrong(ProblemDetail problem, List<WrongField> fields) {
        problem.setType(INVALID);
        problem.setDetail("Correct the fields that errors names, and send the request again");
        problem.setProperty("errors", fields);
        return problem;
    }

    private static Stream<WrongField> fields(ParameterValidationResult result) {
        String parameter =
                Objects.requireNonNullElse(result.getMethodParameter().getParameterName(), "parameter");
        return result.getResolvableErrors().stream()
                .map(error -> error instanceof FieldError inBody ? field(inBody) : field(parameter, error));
    }

    private static WrongField field(ObjectError error) {
        return field(error instanceof FieldError inBody ? inBody.getField() : error.getObjectName(), error);
    }

    private static WrongField field(String name, MessageSourceResolvable error) {
        return new WrongField(name, error.getDefaultMessage());
    }
}
