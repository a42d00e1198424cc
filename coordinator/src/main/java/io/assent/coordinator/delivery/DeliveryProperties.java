package io.assent.coordinator.delivery;

import io.assent.coordinator.runtime.Delivery;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How messages are brought to participants. The defaults suit a cluster in one network.
 *
 * @param lanes How many endpoints can have messages waiting at once; for more, transactions wait for a free lane.
 * @param laneCapacity How many messages may wait for one endpoint.
 * @param laneIdle After how long without a message the memory of an endpoint is given back.
 * @param requestsPerEndpoint How many requests may be under way to one endpoint at once.
 * @param batchMessages How many messages one request may carry.
 * @param batchSize How large one request may be.
 * @param answerSize How large a participant's answer may be.
 * @param connectTimeout How long a connection may take to be made.
 * @param requestTimeout How long a request may take, from the first byte sent to the last byte of the answer.
 * @param resendDelay After how long a message that was delivered and not answered is sent again; doubles each time.
 * @param resendMaxDelay The longest such delay.
 * @param retryDelay After how long an endpoint is tried again when a request to it failed; doubles each time.
 * @param retryMaxDelay The longest such delay.
 * @param prepareRetryMaxDelay The longest such delay while a PREPARE waits, whose transaction has a deadline.
 * @param fallbackAfter After how many connections that could not be made, one after the other, messages of the second
 *     phase go to the participant's fallback endpoint.
 * @param abortLifetime For how long an ABORT is tried; after it, the participant finds out by itself.
 * @param horizonInterval How often an endpoint is told what it may forget, while there are messages for it.
 * @param sslBundle SSL bundle (spring.ssl.bundle.*) whose trust store, and key where there is one, are used towards
 *     https endpoints. Default: the certificate authorities that the JDK trusts.
 * @param threads How many threads work on requests and answers; 0 means one for each processor.
 */
@Validated
@ConfigurationProperties("assent.delivery")
public record DeliveryProperties(
        @DefaultValue("1024") @Min(1) @Max(65_536) int lanes,

        @DefaultValue("1024") @Min(1) @Max(Delivery.LANE_CAPACITY)
        int laneCapacity,

        @DefaultValue("60s") @DurationMin(seconds = 1) Duration laneIdle,
        @DefaultValue("4") @Min(1) @Max(MAX_REQUESTS) int requestsPerEndpoint,
        @DefaultValue("256") @Min(1) @Max(MAX_MESSAGES) int batchMessages,
        @DefaultValue("512KB") DataSize batchSize,
        @DefaultValue("1MB") DataSize answerSize,

        @DefaultValue("2s") @DurationMin(millis = 1) @DurationMax(minutes = 1)
        Duration connectTimeout,

        @DefaultValue("10s") @DurationMin(millis = 1) @DurationMax(minutes = 5)
        Duration requestTimeout,

        @DefaultValue("20ms") @DurationMin(millis = 1) Duration resendDelay,
        @DefaultValue("1s") @DurationMin(millis = 1) Duration resendMaxDelay,
        @DefaultValue("100ms") @DurationMin(millis = 1) Duration retryDelay,

        @DefaultValue("30s") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration retryMaxDelay,

        @DefaultValue("1s") @DurationMin(millis = 1) Duration prepareRetryMaxDelay,
        @DefaultValue("3") @Min(1) int fallbackAfter,
        @DefaultValue("30s") @DurationMin(seconds = 1) Duration abortLifetime,

        @DefaultValue("30s") @DurationMin(seconds = 1) @DurationMax(minutes = 1)
        Duration horizonInterval,

        @Nullable String sslBundle,
        @DefaultValue("0") @Min(0) @Max(1024) int threads) {

    /** The protocol's limits: participants refuse more. */
    private static final int MAX_REQUESTS = 4;

    private static final int MAX_MESSAGES = 256;
    private static final DataSize MAX_BATCH = DataSize.ofKilobytes(512);
    private static final DataSize MIN_SIZE = DataSize.ofKilobytes(1);
    private static final DataSize MAX_ANSWER = DataSize.ofMegabytes(64);

    public DeliveryProperties {
        requireBetween("batch-size", batchSize, MAX_BATCH);
        requireBetween("answer-size", answerSize, MAX_ANSWER);
        requireOrder("resend-delay", resendDelay, resendMaxDelay);
        requireOrder("retry-delay", retryDelay, retryMaxDelay);
    }

    private static void requireBetween(String name, DataSize size, DataSize longest) {
        if (size.compareTo(MIN_SIZE) < 0 || size.compareTo(longest) > 0) {
            throw new IllegalArgumentException("assent.delivery." + name + " must be between " + MIN_SIZE.toKilobytes()
                    + "KB and " + longest.toKilobytes() + "KB, not " + size.toBytes() + "B");
        }
    }

    private static void requireOrder(String name, Duration first, Duration longest) {
        if (first.compareTo(longest) > 0) {
            throw new IllegalArgumentException("assent.delivery." + name + " (" + first.toMillis()
                    + "ms) must not be longer than its max-delay (" + longest.toMillis() + "ms)");
        }
    }
}
