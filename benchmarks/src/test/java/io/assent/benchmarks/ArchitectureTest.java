package io.assent.benchmarks;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.assent.protocol.HouseRules;

/** JMH's generated classes are left out: their names and fields are JMH's own. */
@AnalyzeClasses(packages = "io.assent.benchmarks", importOptions = ArchitectureTest.NotGenerated.class)
class ArchitectureTest {

    /** Everything but what JMH generates. */
    static final class NotGenerated implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/jmh_generated/");
        }
    }

    @ArchTest
    static final ArchTests HOUSE_RULES = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule LOAD_KNOWS_THE_WIRE_ONLY = HouseRules.arrow(
            "io.assent.benchmarks.load..",
            "what is measured is what any client sees",
            "io.assent.benchmarks.participant",
            "io.assent.benchmarks.process",
            "io.assent.protocol.api");

    @ArchTest
    static final ArchRule MICRO_MEASURES_THE_CORE = HouseRules.arrow(
            "io.assent.benchmarks.micro..",
            "the pure core is measured without anything around it",
            "io.assent.protocol..");

    @ArchTest
    static final ArchRule ONLY_ENGINE_SEES_THE_INSIDE = HouseRules.arrow(
            "io.assent.benchmarks.stage..",
            "coordinators are measured from outside",
            "io.assent.benchmarks..",
            "io.assent.protocol..");
}
