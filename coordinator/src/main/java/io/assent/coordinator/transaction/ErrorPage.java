package io.assent.coordinator.transaction;

import io.assent.protocol.api.ProblemView;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Problem details for errors that did not come to a controller, as those of a filter. */
@Hidden
@RestController
final class ErrorPage implements ErrorController {

    private final ProblemResponses responses;

    ErrorPage(ProblemResponses responses) {
        this.responses = responses;
    }

    @RequestMapping("/error")
    ResponseEntity<ProblemView> error(HttpServletRequest request) {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        return responses.blank(
                status instanceof Integer code ? code : HttpStatus.NOT_FOUND.value(),
                new HttpHeaders(),
                path instanceof String text ? text : request.getRequestURI());
    }
}
