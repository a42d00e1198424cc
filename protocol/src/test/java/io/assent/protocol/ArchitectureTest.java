package io.assent.protocol;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.UUID;
import java.util.stream.Stream;

@AnalyzeClasses(packages = "io.assent.protocol")
class ArchitectureTest {

    private static final String COORDINATOR = "io.assent.protocol.coordinator";
    private static final String ALONE = "each protocol reads like its paper, without the others";

    /** Ids, words, wire forms and the replicated state: what every role speaks. */
    private static final String[] VOCABULARY = {
        "io.assent.protocol", "io.assent.protocol.message", "io.assent.protocol.api", "io.assent.protocol.group"
    };

    private static final DescribedPredicate<JavaClass> PLAIN_JAVA = resideInAnyPackage(
            "io.assent.protocol..",
            "java.lang..",
            "java.math",
            "java.nio",
            "java.nio.charset",
            "java.security",
            "java.time",
            "java.util",
            "java.util.concurrent.atomic",
            "java.util.function",
            "java.util.regex",
            "java.util.stream",
            "javax.crypto..",
            "org.jspecify.annotations");

    /** Collections in order that may be read while the state is applied. */
    private static final DescribedPredicate<JavaClass> ORDERED_AND_READABLE = nameMatching(
                    "java\\.util\\.concurrent\\.Concurrent(NavigableMap|Skip|Linked).*")
            .forSubtype();

    /** Streams over bytes in memory, as the codecs use them, but nothing that opens a file or prints. */
    private static final DescribedPredicate<JavaClass> BYTES = nameMatching(
                    "java\\.io\\.((Data|ByteArray)?(Input|Output)(Stream)?|\\w*Exception)")
            .forSubtype();

    private static final DescribedPredicate<JavaClass> CLOCK_OR_CHANCE = resideInAPackage("java.time..")
            .and(not(belongToAnyOf(Duration.class)))
            .and(not(nameMatching(".*Exception")))
            .or(belongToAnyOf(System.class, Thread.class, ThreadLocal.class))
            .or(nameMatching(".*Random"));

    @ArchTest
    static final ArchTests HOUSE_RULES = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule PROTOCOL_IS_PLAIN_JAVA = classes()
            .that(are(HouseRules.MAIN_CODE))
            .should()
            .onlyDependOnClassesThat(PLAIN_JAVA.or(ORDERED_AND_READABLE).or(BYTES))
            .because("the protocols are pure functions: no framework, logger, JSON, thread or I/O");

    @ArchTest
    static final ArchRule TIME_AND_CHANCE_COME_IN_FROM_OUTSIDE = noClasses()
            .that(are(HouseRules.MAIN_CODE))
            .should()
            .dependOnClassesThat(CLOCK_OR_CHANCE)
            .orShould()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callMethod(Math.class, "random")
            .because("a deadline that passes is an event and an id is an argument: only so a seed repeats a run");

    @ArchTest
    static final ArchRule ORDER_IS_ALWAYS_DEFINED = noClasses()
            .that(are(HouseRules.MAIN_CODE))
            .should()
            .dependOnClassesThat(belongToAnyOf(HashMap.class, HashSet.class))
            .because("an order that differs between two runs leaks into messages, snapshots and traces");

    @ArchTest
    static final ArchRule VOCABULARY_KNOWS_NO_ROLE = noClasses()
            .that(are(HouseRules.MAIN_CODE))
            .and(resideInAnyPackage(VOCABULARY))
            .should()
            .dependOnClassesThat(not(resideInAnyPackage(VOCABULARY)).and(resideInAPackage("io.assent..")))
            .because("a protocol can be added without touching what all protocols share");

    @ArchTest
    static final ArchRule COORDINATOR_IS_WHAT_ROLES_SHARE = role("coordinator", ALONE);

    @ArchTest
    static final ArchRule TWO_PHASE_STANDS_ALONE = role("twophase", ALONE, COORDINATOR);

    @ArchTest
    static final ArchRule THREE_PHASE_ADDS_A_ROUND = role(
            "threephase",
            "three-phase commit decides as two-phase commit does, by the same record",
            COORDINATOR,
            "io.assent.protocol.twophase");

    @ArchTest
    static final ArchRule PAXOS_COMMIT_STANDS_ALONE = role("paxoscommit", ALONE, COORDINATOR);

    @ArchTest
    static final ArchRule PARTICIPANT_STANDS_ALONE = role("participant", ALONE);

    private static ArchRule role(String simpleName, String because, String... others) {
        return HouseRules.arrow(
                "io.assent.protocol." + simpleName + "..",
                because,
                Stream.concat(
                                Stream.of(
                                        "io.assent.protocol", "io.assent.protocol.message", "io.assent.protocol.group"),
                                Stream.of(others))
                        .toArray(String[]::new));
    }
}
