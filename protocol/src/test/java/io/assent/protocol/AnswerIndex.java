package io.assent.protocol;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.assent.protocol.api.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * A table of {@code docs/api-answers.md}, beside the tests that it names: what can be answered, and which test shows it.
 * Read by the modules whose answers it lists.
 */
public final class AnswerIndex {

    private static final Path FILE = Path.of("..", "docs", "api-answers.md");
    private static final Pattern STATUS = Pattern.compile("^(\\d{3})");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private final List<Row> rows;
    private final JavaClasses classes;

    private AnswerIndex(List<Row> rows, JavaClasses classes) {
        this.rows = rows;
        this.classes = classes;
    }

    /**
     * A line of the table.
     *
     * @param call method and path, {@code any}, or words
     * @param answer a status, perhaps with its problem, or {@code header}, {@code reason}, {@code reply} and a name
     * @param tests the methods that show it, {@code Class#method}
     */
    public record Row(String call, String answer, List<String> tests) {

        /** The status, or nothing when the line is about something else. */
        public Optional<String> status() {
            return STATUS.matcher(answer).results().map(MatchResult::group).findFirst();
        }

        /** The problem's type, or nothing when it is none. */
        public Optional<ProblemType> problem() {
            return status().flatMap(any -> codes(answer).stream().findFirst())
                    .map(name -> ProblemType.ofUrn("urn:assent:problem:" + name)
                            .orElseThrow(() -> new AssertionError("No such problem: " + name)));
        }

        /** Whether the line is about one call of the API, and not about any. */
        public boolean isOfOperation() {
            return call.contains(" /");
        }

        /** The header, reason or reply that the line is about, given its kind. */
        private Optional<String> named(String kind) {
            return answer.startsWith(kind) ? codes(answer).stream().findFirst() : Optional.empty();
        }

        @Override
        public String toString() {
            return call + " -> " + answer;
        }
    }

    /**
     * Reads a table.
     *
     * @param heading of the section in which it stands
     * @param packages in which the tests are that it names
     */
    public static AnswerIndex under(String heading, String... packages) {
        try {
            List<Row> rows = Files.readAllLines(FILE).stream()
                    .dropWhile(line -> !line.equals("## " + heading))
                    .skip(1)
                    .takeWhile(line -> !line.startsWith("## "))
                    .filter(line -> line.startsWith("|"))
                    .skip(2) // the head
                    .map(AnswerIndex::row)
                    .toList();
            return new AnswerIndex(rows, new ClassFileImporter().importPackages(packages));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        String[] cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
        if (cells.length != 6) {
            throw new AssertionError("Not four columns: " + line);
        }
        return new Row(cells[1].replace("`", ""), cells[2], codes(cells[4]));
    }

    private static List<String> codes(String cell) {
        return CODE.matcher(cell).results().map(match -> match.group(1)).toList();
    }

    /** All lines. */
    public List<Row> rows() {
        return rows;
    }

    /** The names that the table lists of a kind: {@code header}, {@code reason} or {@code reply}. */
    public List<String> named(String kind) {
        return rows.stream().flatMap(row -> row.named(kind).stream()).distinct().toList();
    }

    /** What is wrong with a line: a test that does not exist, or does not name the problem that it should show. */
    public List<String> faults(Row row) {
        List<String> missing = row.tests().stream()
                .filter(test -> method(test) == null)
                .map(test -> test + " is no test")
                .collect(Collectors.toList());
        if (row.tests().isEmpty()) {
            missing.add("no test");
        }
        row.problem().ifPresent(type -> {
            if (!row.status().orElseThrow().equals(Integer.toString(type.status()))) {
                missing.add(type + " has the status " + type.status());
            }
            if (row.tests().stream().noneMatch(test -> names(test, type))) {
                missing.add("no test of it expects " + type);
            }
        });
        return missing;
    }

    private boolean names(String test, ProblemType type) {
        JavaMethod method = method(test);
        return method != null
                && method.getFieldAccesses().stream()
                        .map(JavaAccess::getTarget)
                        .anyMatch(field -> field.getOwner().isEquivalentTo(ProblemType.class)
                                && field.getName().equals(type.name()));
    }

    private @Nullable JavaMethod method(String test) {
        String[] parts = test.split("#", 2);
        return classes.stream()
                .filter(type -> parts.length == 2 && shortName(type).equals(parts[0]))
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.getName().equals(parts[1]))
                .filter(method -> method.isAnnotatedWith(Test.class) || method.isAnnotatedWith(ParameterizedTest.class))
                .findFirst()
                .orElse(null);
    }

    private static String shortName(JavaClass type) {
        return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
    }
}
