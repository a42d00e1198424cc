package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.assent.protocol.api.ProblemType;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every problem type that a coordinator can answer is named by a test of its API. */
class ProblemCoverageTest {

    /** Answered by participants, and tested with them. */
    private static final Set<ProblemType> OF_PARTICIPANTS = EnumSet.of(
            ProblemType.TRANSACTION_REQUIRED,
            ProblemType.BRANCH_PREPARED,
            ProblemType.TRANSACTION_OVER,
            ProblemType.BRANCH_ELSEWHERE,
            ProblemType.BRANCH_LOST);

    /** There are no rights of single callers yet: who has the secret may do everything. */
    private static final Set<ProblemType> NOT_YET = EnumSet.of(ProblemType.FORBIDDEN);

    private static final JavaClasses TESTS = new ClassFileImporter().importPackages("io.assent.coordinator");

    @ParameterizedTest
    @EnumSource(ProblemType.class)
    void isNamedByATestOfTheApi(ProblemType type) {
        boolean elsewhere = OF_PARTICIPANTS.contains(type) || NOT_YET.contains(type);

        assertThat(isNamed(type) || elsewhere)
                .as("no test of the API expects %s", type)
                .isTrue();
    }

    @Test
    void theCoordinatorAnswersNoProblemOfParticipants() {
        assertThat(OF_PARTICIPANTS).noneMatch(ProblemCoverageTest::isNamed);
    }

    private static boolean isNamed(ProblemType type) {
        return TESTS.stream()
                .filter(tests -> tests.getSimpleName().endsWith("Test")
                        || tests.getSimpleName().endsWith("IT"))
                .filter(tests -> !tests.isEquivalentTo(ProblemCoverageTest.class))
                .flatMap(tests -> tests.getMethods().stream())
                .filter(ProblemCoverageTest::isTest)
                .flatMap(method -> method.getFieldAccesses().stream())
                .map(JavaAccess::getTarget)
                .anyMatch(field -> field.getOwner().isEquivalentTo(ProblemType.class)
                        && field.getName().equals(type.name()));
    }

    private static boolean isTest(JavaMethod method) {
        return method.isAnnotatedWith(Test.class) || method.isAnnotatedWith(ParameterizedTest.class);
    }
}
