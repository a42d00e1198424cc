package io.assent.bank.transfer;

import jakarta.validation.Valid;
import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The transfers over REST. */
@RestController
class TransferController {

    private final Transfers transfers;
    private final TransferProperties properties;

    TransferController(Transfers transfers, TransferProperties properties) {
        this.transfers = transfers;
        this.properties = properties;
    }

    @PostMapping("/transfers")
    Receipt transfer(@Valid @RequestBody Transfer transfer) {
        check("from.bank", transfer.from().bank());
        check("to.bank", transfer.to().bank());
        return transfers.make(transfer);
    }

    private void check(String field, URI bank) {
        boolean http = "http".equalsIgnoreCase(bank.getScheme()) || "https".equalsIgnoreCase(bank.getScheme());
        if (!http
                || bank.getHost() == null
                || bank.getRawUserInfo() != null
                || bank.getRawQuery() != null
                || bank.getRawFragment() != null) {
            throw refused(field + " is not the base URL of a bank, as http://127.0.0.1:8091 is");
        }
        if (!properties.allowedHosts().contains(bank.getHost().toLowerCase(Locale.ROOT))) {
            throw refused(field + ": this bank makes no transfers with the host " + bank.getHost()
                    + "; bank.transfer.allowed-hosts names those that it knows");
        }
    }

    private static ErrorResponseException refused(String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, detail);
        problem.setType(URI.create("urn:assent:bank:invalid-request"));
        return new ErrorResponseException(HttpStatus.BAD_REQUEST, problem, null);
    }
}
