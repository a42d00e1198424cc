package io.assent.protocol;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Rules of style that hold in every module; each module's ArchitectureTest runs them over its own classes. */
public final class HouseRules {

    @ArchTest
    public static final ArchRule PACKAGES_ARE_FREE_OF_CYCLES = slices().matching("io.assent.(**)")
            .should()
            .beFreeOfCycles()
            .allowEmptyShould(true)
            .because("a reader must be able to start with a package that needs no other");

    private HouseRules() {}
}
