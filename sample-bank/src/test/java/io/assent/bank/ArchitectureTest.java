package io.assent.bank;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.assent.protocol.HouseRules;

@AnalyzeClasses(packages = "io.assent.bank")
class ArchitectureTest {

    @ArchTest
    static final ArchTests HOUSE_RULES = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule BANK_IS_AN_ORDINARY_USER = noClasses()
            .that(are(HouseRules.MAIN_CODE))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.assent.coordinator..",
                    "io.assent.participant.autoconfigure..",
                    "io.assent.participant.branch..",
                    "io.assent.protocol.group..",
                    "io.assent.protocol.message..",
                    "io.assent.protocol.participant..",
                    "io.assent.protocol.twophase..",
                    "io.assent.protocol.threephase..",
                    "io.assent.protocol.paxoscommit..")
            .allowEmptyShould(true)
            .because("the sample shows what a user writes, and a user needs nothing from inside");
}
