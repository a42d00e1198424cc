package io.assent.coordinator;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.assent.protocol.HouseRules;

@AnalyzeClasses(packages = "io.assent.coordinator")
class ArchitectureTest {

    private static final String PROTOCOL = "io.assent.protocol..";
    private static final String IDS = "io.assent.protocol";
    private static final String MESSAGE = "io.assent.protocol.message";
    private static final String API = "io.assent.protocol.api";
    private static final String GROUP = "io.assent.protocol.group";
    private static final String RUNTIME = "io.assent.coordinator.runtime";
    private static final String CLUSTER = "io.assent.coordinator.cluster";

    @ArchTest
    static final ArchTests HOUSE_RULES = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule ONLY_LOG_SEES_RATIS = noClasses()
            .that(not(resideInAPackage("io.assent.coordinator.log..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.ratis..")
            .allowEmptyShould(true)
            .because("the replicated log can be replaced only as long as one package knows whose it is");

    @ArchTest
    static final ArchRule RUNTIME_KNOWS_ITS_PORTS_ONLY =
            HouseRules.arrow(RUNTIME + "..", "nothing calls up: log and delivery come in through ports", PROTOCOL);

    @ArchTest
    static final ArchRule LOG_IS_AN_ADAPTER =
            HouseRules.arrow("io.assent.coordinator.log..", "the log serves the runtime's port", PROTOCOL, RUNTIME);

    @ArchTest
    static final ArchRule DELIVERY_IS_AN_ADAPTER = HouseRules.arrow(
            "io.assent.coordinator.delivery..", "delivery carries messages and decides nothing", IDS, MESSAGE, RUNTIME);

    @ArchTest
    static final ArchRule ACCEPTOR_IS_ITS_OWN_SERVICE = HouseRules.arrow(
            "io.assent.coordinator.acceptor..",
            "an acceptor of Paxos Commit must work while its node's groups do not",
            IDS,
            MESSAGE,
            "io.assent.protocol.paxoscommit");

    @ArchTest
    static final ArchRule CONSULTATION_IS_AN_ADAPTER = HouseRules.arrow(
            "io.assent.coordinator.consultation..",
            "it carries questions and answers between acceptors and who asks them, and judges neither",
            IDS,
            MESSAGE,
            API,
            GROUP,
            "io.assent.protocol.paxoscommit",
            "io.assent.coordinator.acceptor",
            "io.assent.coordinator.delivery",
            RUNTIME,
            CLUSTER);

    @ArchTest
    static final ArchRule MEMBERSHIP_ASKS = HouseRules.arrow(
            "io.assent.coordinator.membership..",
            "it brings a node back into its groups before anything else runs there; the log changes the members",
            GROUP,
            RUNTIME,
            CLUSTER,
            "io.assent.coordinator.consultation");

    @ArchTest
    static final ArchRule CLUSTER_STEERS_GROUPS = HouseRules.arrow(
            CLUSTER + "..", "nodes, groups and slots are known by name, not by transaction", IDS, API, GROUP, RUNTIME);

    @ArchTest
    static final ArchRule TRANSACTION_IS_THE_SURFACE = HouseRules.arrow(
            "io.assent.coordinator.transaction..",
            "controllers ask the runtime and never decide; the JSON of all answers is set here, those to votes too",
            IDS,
            MESSAGE,
            API,
            GROUP,
            RUNTIME,
            CLUSTER);

    @ArchTest
    static final ArchRule HISTORY_READS = reader("history");

    @ArchTest
    static final ArchRule OPERATIONS_READ = reader("operations");

    @ArchTest
    static final ArchRule SECURITY_READS = reader("security");

    private static ArchRule reader(String simpleName) {
        return HouseRules.arrow(
                "io.assent.coordinator." + simpleName + "..",
                "it sees the runtime's read side; no protocol role depends on being watched",
                IDS,
                API,
                GROUP,
                RUNTIME);
    }
}
