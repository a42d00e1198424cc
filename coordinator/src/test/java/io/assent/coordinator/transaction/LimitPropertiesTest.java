package io.assent.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.coordinator.runtime.Log;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.LogRecordCodec;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The limits of a request keep every decision within one entry of the log. */
class LimitPropertiesTest {

    /** The header of an entry: format, node id of 64 characters, and two numbers. */
    private static final int HEADER_BYTES = 1 + 2 + 64 + 8 + 8;

    private static final TransactionId ID = TransactionId.issue(
            new TransactionId.Birth(0, 1, 1, 0),
            Protocol.TWO_PHASE,
            1,
            new IncarnationKey(new byte[IncarnationKey.LENGTH]));

    private static LimitProperties limits(int branches, int endpoint, int token) {
        Map<String, Integer> values = Map.of(
                "assent.limits.branches", branches, "assent.limits.endpoint", endpoint, "assent.limits.token", token);
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("assent.limits", LimitProperties.class);
    }

    private static Member largest(LimitProperties limits, int number) {
        String url = "u".repeat(limits.endpoint());
        return new Member(
                "%064d".formatted(number),
                url,
                url,
                List.of(Protocol.values()),
                true,
                "t".repeat(limits.token()),
                Integer.MAX_VALUE,
                Vote.READ_ONLY);
    }

    @ParameterizedTest
    @CsvSource({"128,1024,128", "221,1024,128", "1,32768,32768", "7,32768,128", "1024,100,128", "1024,1,1"})
    void theLargestDecisionAndTheLargestEnrolmentFitAnEntry(int branches, int endpoint, int token) {
        LimitProperties limits = limits(branches, endpoint, token);
        List<Member> members =
                IntStream.range(0, branches).mapToObj(i -> largest(limits, i)).toList();

        List<LogRecord> records = List.of(
                new LogRecord.Decided(ID, members, Long.MAX_VALUE),
                new LogRecord.Enrolled(ID, members, Long.MAX_VALUE, Long.MAX_VALUE, "k".repeat(128), "d".repeat(64)));

        assertThat(records)
                .allSatisfy(record -> assertThat(LogRecordCodec.encode(List.of(record)).length + HEADER_BYTES)
                        .isLessThanOrEqualTo(Log.MAX_ENTRY_BYTES));
    }

    @ParameterizedTest
    @CsvSource({"222,1024,128,221", "128,2048,128,116", "1024,256,128,684", "8,32768,128,7"})
    void moreBranchesThanAnEntryHoldsAreRefusedWithTheNumberThatFits(int branches, int endpoint, int token, int most) {
        assertThatThrownBy(() -> limits(branches, endpoint, token))
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .rootCause()
                .hasMessageContaining("assent.limits.branches must be at most " + most)
                .hasMessageContaining("assent.limits.endpoint is " + endpoint);
        assertThat(limits(most, endpoint, token).branches()).isEqualTo(most);
    }

    @Test
    void theDefaultsAreAllowed() {
        LimitProperties limits = new Binder(new MapConfigurationPropertySource(Map.of()))
                .bindOrCreate("assent.limits", LimitProperties.class);

        assertThat(limits.branches()).isEqualTo(128);
    }
}
