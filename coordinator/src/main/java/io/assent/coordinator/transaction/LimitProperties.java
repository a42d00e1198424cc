package io.assent.coordinator.transaction;

import io.assent.coordinator.runtime.Log;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Bounds of what a request may ask for.
 *
 * @param body Greatest size of a request body.
 * @param branches Greatest number of branches of a transaction.
 * @param lookups Greatest number of branches in one look-up of outcomes.
 * @param labels Greatest number of labels of a transaction.
 * @param labelName Greatest number of characters in the name of a label.
 * @param labelValue Greatest number of characters in the value of a label.
 * @param name Greatest number of characters in the name of a transaction.
 * @param initiator Greatest number of characters in the name of an initiator.
 * @param message Greatest number of characters in the message of an abort.
 * @param endpoint Greatest number of characters in the URL of an endpoint.
 * @param token Greatest number of characters in the token of a live branch.
 * @param timeout Time-out of a transaction that names none.
 * @param timeoutMin Shortest time-out of a transaction.
 * @param timeoutMax Longest time-out of a transaction.
 * @param waitDefault How long a commit waits for its answer when it does not say.
 * @param waitMax How long a commit may ask to wait for its answer.
 */
@ConfigurationProperties("assent.limits")
public record LimitProperties(
        @DefaultValue("1MB") DataSize body,
        @DefaultValue("128") int branches,
        @DefaultValue("1000") int lookups,
        @DefaultValue("16") int labels,
        @DefaultValue("64") int labelName,
        @DefaultValue("256") int labelValue,
        @DefaultValue("128") int name,
        @DefaultValue("64") int initiator,
        @DefaultValue("1024") int message,
        @DefaultValue("1024") int endpoint,
        @DefaultValue("128") int token,
        @DefaultValue("30s") Duration timeout,
        @DefaultValue("100ms") Duration timeoutMin,
        @DefaultValue("24h") Duration timeoutMax,
        @DefaultValue("10s") Duration waitDefault,
        @DefaultValue("60s") Duration waitMax) {

    private static final DataSize MAX_BODY = DataSize.ofMegabytes(64);

    /** What a member takes in an entry besides URLs and token: a participant id of 64 characters, and small fields. */
    private static final int MEMBER_BYTES = 64 + 32;

    /**
     * More than an entry takes besides its members: header, transaction, idempotency key and digest; and more than a
     * request to a participant takes besides the members that it names, URLs without fallback and token.
     */
    private static final int ENTRY_BYTES = 20 * 1024;

    /** More than this cannot be written as one text. */
    private static final int MAX_TEXT = 32_768;

    public LimitProperties {
        require(body.toBytes() >= 1_024 && body.compareTo(MAX_BODY) <= 0, "assent.limits.body must be 1KB to 64MB");
        require(branches >= 1 && branches <= 1_024, "assent.limits.branches must be 1 to 1,024");
        require(
                endpoint >= 1 && endpoint <= MAX_TEXT && token >= 1 && token <= MAX_TEXT,
                "assent.limits.endpoint and assent.limits.token must be 1 to 32,768");
        require(lookups >= 1, "assent.limits.lookups must be at least 1");
        int most = (int) ((Log.MAX_ENTRY_BYTES - ENTRY_BYTES) / (MEMBER_BYTES + 2L * endpoint + token));
        require(
                branches <= most,
                "assent.limits.branches must be at most " + most + " while assent.limits.endpoint is " + endpoint
                        + " and assent.limits.token is " + token
                        + ": the decision of a transaction must fit one entry of the log, which has "
                        + Log.MAX_ENTRY_BYTES + " bytes; lower one of the three");
        require(
                labels >= 0 && labelName >= 1 && labelValue >= 0 && name >= 0 && initiator >= 0 && message >= 0,
                "The bounds of texts and labels under assent.limits must not be negative");
        require(
                timeoutMin.isPositive() && timeoutMin.compareTo(timeout) <= 0 && timeout.compareTo(timeoutMax) <= 0,
                "assent.limits.timeout must lie between timeout-min, which must be more than nothing, and timeout-max");
        require(
                !waitDefault.isNegative() && waitDefault.compareTo(waitMax) <= 0,
                "assent.limits.wait-default must lie between nothing and assent.limits.wait-max");
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence + ".");
        }
    }
}
