package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason;
import io.assent.protocol.AnswerIndex;
import io.assent.protocol.AnswerIndex.Row;
import io.assent.protocol.api.Headers;
import io.assent.protocol.api.ProblemType;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The index of all answers names a test for each answer that a coordinator can give, and agrees with the description. */
@ApiTest
class AnswerIndexTest {

    private static final AnswerIndex INDEX =
            AnswerIndex.under("Coordinator", "io.assent.coordinator", "io.assent.protocol");

    /** There are no rights of single callers yet, and nobody resolves by hand. */
    private static final Set<ProblemType> NO_PROBLEM_YET = EnumSet.of(ProblemType.FORBIDDEN);

    private static final Set<AbortReason.Code> NO_REASON_YET = EnumSet.of(AbortReason.Code.OPERATOR);

    private final Api api;

    AnswerIndexTest(Api api) {
        this.api = api;
    }

    static List<Row> rows() {
        return INDEX.rows();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theTestsOfEachAnswerExistAndNameItsProblem(Row row) {
        assertThat(INDEX.faults(row)).isEmpty();
    }

    @Test
    void successesOfEachOperationAreThoseOfTheDescription() {
        assertThat(statuses(row -> row.problem().isEmpty())).isEqualTo(described(status -> status.startsWith("2")));
    }

    @Test
    void problemsOfEachOperationAreAmongThoseOfTheDescription() {
        Map<String, Set<String>> described = described(status -> true);

        statuses(row -> row.problem().isPresent())
                .forEach((operation, statuses) ->
                        assertThat(described.get(operation)).as(operation).containsAll(statuses));
    }

    @Test
    void everyProblemReasonAndHeaderIsListed() {
        Set<ProblemType> problems = EnumSet.range(ProblemType.INVALID_REQUEST, ProblemType.NOT_READY);
        problems.removeAll(NO_PROBLEM_YET);
        assertThat(rows().stream().flatMap(row -> row.problem().stream())).containsOnly(toArray(problems));

        Set<AbortReason.Code> reasons = EnumSet.complementOf(EnumSet.copyOf(NO_REASON_YET));
        assertThat(INDEX.named("reason"))
                .containsExactlyInAnyOrderElementsOf(
                        reasons.stream().map(Enum::name).toList());

        assertThat(INDEX.named("header"))
                .contains(
                        Headers.FORWARDED,
                        Headers.LEADER,
                        Headers.CONSISTENCY,
                        Headers.TERM,
                        Headers.INDEX,
                        Headers.STALENESS);
    }

    private static ProblemType[] toArray(Set<ProblemType> problems) {
        return problems.toArray(ProblemType[]::new);
    }

    private static Map<String, Set<String>> statuses(Predicate<Row> wanted) {
        return rows().stream()
                .filter(Row::isOfOperation)
                .filter(row -> row.status().isPresent())
                .filter(wanted)
                .collect(Collectors.groupingBy(
                        Row::call,
                        TreeMap::new,
                        Collectors.mapping(row -> row.status().orElseThrow(), Collectors.toCollection(TreeSet::new))));
    }

    private Map<String, Set<String>> described(Predicate<String> wanted) {
        JsonNode paths = api.get("/v3/api-docs").expect(200).body().path("paths");
        Map<String, Set<String>> described = new TreeMap<>();
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                Stream<String> statuses = operation.getValue().path("responses").propertyNames().stream();
                described.put(
                        operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                        statuses.filter(wanted).collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return described;
    }
}
