package io.assent.bank.account;

import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The accounts over REST. */
@RestController
@RequestMapping("/accounts")
class AccountController {

    /** On a call that moves money: the caller's own name for the call; it is kept in the ledger. */
    static final String CALL_ID = "Call-Id";

    private static final String ACCOUNT = "[A-Za-z0-9._-]{1,64}";
    private static final String CALL = "[A-Za-z0-9._-]{1,64}";

    private final Accounts accounts;

    AccountController(Accounts accounts) {
        this.accounts = accounts;
    }

    /** Body of the request that opens an account. */
    record Opening(
            @NotNull @PositiveOrZero @Digits(integer = 13, fraction = 2)
            BigDecimal balance) {}

    /** Body of the requests that move money. */
    record Movement(
            @NotNull @DecimalMin("0.01") @Digits(integer = 13, fraction = 2)
            BigDecimal amount) {}

    @PutMapping("/{id}")
    ResponseEntity<AccountView> open(
            @PathVariable @Pattern(regexp = ACCOUNT) String id, @Valid @RequestBody Opening opening) {
        Accounts.Opened opened = accounts.open(id, opening.balance());
        return ResponseEntity.status(opened.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
                .body(opened.account());
    }

    @GetMapping("/{id}")
    AccountView get(@PathVariable @Pattern(regexp = ACCOUNT) String id) {
        return accounts.get(id);
    }

    @GetMapping
    List<AccountView> list() {
        return accounts.list();
    }

    @PostMapping("/{id}/debit")
    AccountView debit(
            @PathVariable @Pattern(regexp = ACCOUNT) String id,
            @RequestHeader(name = CALL_ID, required = false) @Pattern(regexp = CALL) @Nullable String call,
            @Valid @RequestBody Movement movement) {
        return accounts.move(id, movement.amount().negate(), callId(call));
    }

    @PostMapping("/{id}/credit")
    AccountView credit(
            @PathVariable @Pattern(regexp = ACCOUNT) String id,
            @RequestHeader(name = CALL_ID, required = false) @Pattern(regexp = CALL) @Nullable String call,
            @Valid @RequestBody Movement movement) {
        return accounts.move(id, movement.amount(), callId(call));
    }

    private static String callId(@Nullable String given) {
        return given == null ? UUID.randomUUID().toString() : given;
    }
}
