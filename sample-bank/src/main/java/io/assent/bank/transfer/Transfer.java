package io.assent.bank.transfer;

import io.assent.protocol.Protocol;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.math.BigDecimal;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A transfer as it is asked for.
 *
 * @param from where the money comes from
 * @param to where it goes
 * @param amount more than nothing, two places after the point at most
 * @param protocol the commit protocol; null: TWO_PHASE
 */
record Transfer(
        @NotNull @Valid Place from,
        @NotNull @Valid Place to,

        @NotNull @DecimalMin("0.01") @Digits(integer = 13, fraction = 2)
        BigDecimal amount,

        @Nullable Protocol protocol) {

    /**
     * An account at a bank.
     *
     * @param bank base URL of the bank
     * @param account id of the account
     */
    record Place(
            @NotNull URI bank,

            @NotNull @Pattern(regexp = "[A-Za-z0-9._-]{1,64}")
            String account) {}
}
