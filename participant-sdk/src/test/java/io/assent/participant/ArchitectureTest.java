package io.assent.participant;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.assent.protocol.HouseRules;

@AnalyzeClasses(packages = "io.assent.participant")
class ArchitectureTest {

    private static final String IDS = "io.assent.protocol";
    private static final String MESSAGE = "io.assent.protocol.message";
    private static final String API = "io.assent.protocol.api";
    private static final String ROLE = "io.assent.protocol.participant";
    private static final String SPI = "io.assent.participant";
    private static final String FACTS = "io.assent.participant.facts";

    @ArchTest
    static final ArchTests HOUSE_RULES = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule SPI_STANDS_ALONE =
            HouseRules.arrow(SPI, "what users import must not drag in how it works", IDS, MESSAGE, API, ROLE);

    @ArchTest
    static final ArchRule INITIATOR_KNOWS_NO_BRANCH = HouseRules.arrow(
            "io.assent.participant.initiator..",
            "a service may begin transactions and hold no resource",
            SPI,
            IDS,
            API);

    @ArchTest
    static final ArchRule BRANCH_KNOWS_NO_RESOURCE_KIND = HouseRules.arrow(
            "io.assent.participant.branch..",
            "a resource kind is added without touching the branch's life",
            SPI,
            IDS,
            MESSAGE,
            API,
            ROLE);

    @ArchTest
    static final ArchRule FACTS_KNOW_NO_RESOURCE_KIND =
            HouseRules.arrow(FACTS + "..", "every resource kind writes its facts the same way", SPI, IDS, ROLE);

    @ArchTest
    static final ArchRule XA_NEEDS_THE_SPI = resourceKind("xa");

    @ArchTest
    static final ArchRule TCC_NEEDS_THE_SPI = resourceKind("tcc");

    @ArchTest
    static final ArchRule FILE_NEEDS_THE_SPI = resourceKind("file");

    @ArchTest
    static final ArchRule CACHE_NEEDS_THE_SPI = resourceKind("cache");

    @ArchTest
    static final ArchRule ONLY_AUTOCONFIGURE_SEES_AUTOCONFIGURATION = noClasses()
            .that(are(HouseRules.MAIN_CODE))
            .and(not(resideInAPackage("io.assent.participant.autoconfigure..")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.boot.autoconfigure..", "io.assent.participant.autoconfigure..")
            .allowEmptyShould(true)
            .because("the SDK can be put together by hand, Boot only spares the work");

    private static ArchRule resourceKind(String simpleName) {
        return HouseRules.arrow(
                "io.assent.participant." + simpleName + "..",
                "a resource kind is what anybody could write on the SPI",
                SPI,
                FACTS,
                IDS,
                MESSAGE,
                ROLE);
    }
}
