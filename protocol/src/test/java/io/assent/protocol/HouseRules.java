package io.assent.protocol;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

/** Rules of style that hold in every module; each module's ArchitectureTest runs them over its own classes. */
public final class HouseRules {

    /** Classes of {@code src/main}: what the rules of design are about. */
    public static final DescribedPredicate<JavaClass> MAIN_CODE =
            DescribedPredicate.describe("main code", type -> !isTest(type));

    private static final DescribedPredicate<JavaClass> TEST_CODE =
            DescribedPredicate.describe("test code", HouseRules::isTest);

    @ArchTest
    public static final ArchRule PACKAGES_ARE_FREE_OF_CYCLES = slices().assignedFrom(packagesOfMainCode())
            .should()
            .beFreeOfCycles()
            .allowEmptyShould(true)
            .because("a reader must be able to start with a package that needs no other");

    @ArchTest
    public static final ArchRule NAMES_SAY_WHAT_A_THING_IS = noClasses()
            .should()
            .haveNameMatching(".*(Impl|Manager|Helper|Util|Utils|Holder)")
            .allowEmptyShould(true)
            .because("such a name says that nobody knew what the thing is");

    @ArchTest
    public static final ArchRule NO_FIELD_IS_INJECTED = fields().that()
            .areDeclaredInClassesThat(are(MAIN_CODE))
            .should()
            .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
            .andShould()
            .notBeAnnotatedWith("jakarta.inject.Inject")
            .andShould()
            .notBeAnnotatedWith("jakarta.annotation.Resource")
            .andShould()
            .notBeAnnotatedWith("jakarta.persistence.PersistenceContext")
            .allowEmptyShould(true)
            .because("what a class needs stands in its constructor, where a test can give it too");

    @ArchTest
    public static final ArchRule SETTINGS_ARE_TYPED = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.springframework.beans.factory.annotation.Value")
            .allowEmptyShould(true)
            .because("a setting belongs to the validated and documented properties record of its feature");

    @ArchTest
    public static final ArchRule NO_ENVIRONMENT_BEHIND_THE_BACK = noClasses()
            .that(are(MAIN_CODE))
            .should()
            .accessTargetWhere(calls("java.lang.System", "getenv"))
            .allowEmptyShould(true)
            .because("settings come in as properties, so that they are typed, validated and visible");

    @ArchTest
    public static final ArchRule TESTS_DO_NOT_SLEEP = noClasses()
            .that(are(TEST_CODE))
            .should()
            .accessTargetWhere(calls("java.lang.Thread", "sleep").or(calls("java.util.concurrent.TimeUnit", "sleep")))
            .allowEmptyShould(true)
            .because("a test waits for what it expects (Awaitility) or moves its own clock");

    private HouseRules() {}

    /**
     * One arrow of the package table: main code of a package uses nothing else of Assent than what the table allows.
     *
     * @param from the package, {@code ..} at its end includes what is below
     * @param because the reason, shown when the rule breaks
     * @param allowed packages that it may use beside itself
     */
    public static ArchRule arrow(String from, String because, String... allowed) {
        return classes()
                .that(are(MAIN_CODE))
                .and(resideInAPackage(from))
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("io.assent.."))
                        .or(resideInAPackage(from))
                        .or(resideInAnyPackage(allowed)))
                .allowEmptyShould(true)
                .because(because);
    }

    private static DescribedPredicate<JavaAccess<?>> calls(String type, String method) {
        return target(owner(DescribedPredicate.describe(type, java -> java.isAssignableTo(type))))
                .and(target(name(method)));
    }

    private static boolean isTest(JavaClass type) {
        return type.getSource()
                .map(source -> source.getUri().toString().contains("/test-classes/"))
                .orElse(false);
    }

    private static SliceAssignment packagesOfMainCode() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return isTest(type) || !type.getPackageName().startsWith("io.assent")
                        ? SliceIdentifier.ignore()
                        : SliceIdentifier.of(type.getPackageName());
            }

            @Override
            public String getDescription() {
                return "packages of main code";
            }
        };
    }
}
