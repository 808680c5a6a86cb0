// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

/** Holds signaling's rooms apart: media only through its contract, sockets only at the edge, pure code pure. */
@AnalyzeClasses(packages = "org.nhipcau", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "org.nhipcau.signaling";

    @ArchTest
    static final ArchRule mediaOnlyThroughItsContract = noClasses()
            .that().resideInAPackage(ROOT + "..").and().resideOutsideOfPackage(ROOT + ".launch")
            .should().dependOnClassesThat(resideInAPackage("org.nhipcau.sfu..").and(
                    DescribedPredicate.not(resideInAPackage("org.nhipcau.sfu.api"))));

    @ArchTest
    static final ArchRule theLauncherBuildsNodesAndKnowsNothingInside = noClasses()
            .that().resideInAPackage(ROOT + ".launch")
            .should().dependOnClassesThat(resideInAPackage("org.nhipcau.sfu..").and(DescribedPredicate.not(
                    resideInAnyPackage("org.nhipcau.sfu", "org.nhipcau.sfu.api", "org.nhipcau.sfu.control"))));

    @ArchTest
    static final ArchRule mediaKnowsNothingOfSignaling = noClasses().that().resideInAPackage("org.nhipcau.sfu..")
            .should().dependOnClassesThat().resideInAPackage(ROOT + "..");

    @ArchTest
    static final ArchRule socketsOnlyAtTheEdge = noClasses()
            .that().resideInAPackage(ROOT + "..")
            .and().resideOutsideOfPackages(ROOT + ".ws", ROOT + ".http", ROOT + ".api", ROOT + ".admin")
            .should().dependOnClassesThat().resideInAnyPackage("io.netty..");

    @ArchTest
    static final ArchRule roomsKnowNoSockets = noClasses()
            .that().resideInAnyPackage(ROOT + ".room", ROOT + ".session", ROOT + ".sdp", ROOT + ".token")
            .should().dependOnClassesThat().resideInAnyPackage(ROOT + ".ws", ROOT + ".http", ROOT + ".admin",
                    ROOT + ".launch", "java.net.http..");

    @ArchTest
    static final ArchRule descriptionsArePure = noClasses().that().resideInAPackage(ROOT + ".sdp")
            .should().callMethod(System.class, "nanoTime").orShould().callMethod(System.class, "currentTimeMillis")
            .orShould().dependOnClassesThat().haveFullyQualifiedName("java.lang.Thread")
            .orShould().dependOnClassesThat().resideInAnyPackage("java.util.concurrent.locks..", "java.nio.channels..");

    @ArchTest
    static final ArchRule policyNeedsNothing = classes().that().resideInAPackage(ROOT + ".policy")
            .should().onlyDependOnClassesThat().resideInAnyPackage("java.lang..", "java.util..", ROOT + ".policy");

    /** What is decided upon consultations can be read, tested and trusted alone; only the service waits and locks. */
    @ArchTest
    static final ArchRule consultationsNeedOnlyPolicy = classes().that().resideInAPackage(ROOT + ".consultation")
            .should().onlyDependOnClassesThat().resideInAnyPackage("java.lang..", "java.util..", "java.time",
                    "com.fasterxml.jackson.annotation", ROOT + ".policy", ROOT + ".consultation");

    @ArchTest
    static final ArchRule consultationsReadNoClock = noClasses()
            .that().resideInAnyPackage(ROOT + ".policy", ROOT + ".consultation")
            .should().callMethod(System.class, "nanoTime").orShould().callMethod(System.class, "currentTimeMillis")
            .orShould().callMethod(Instant.class, "now")
            .orShould().dependOnClassesThat().haveFullyQualifiedName("java.lang.Thread");

    @ArchTest
    static final ArchRule onlyTheServiceLocks = noClasses()
            .that().resideInAnyPackage(ROOT + ".policy", ROOT + ".consultation")
            .and().doNotHaveSimpleName("ConsultationService").and().doNotHaveSimpleName("Stripe")
            .should().dependOnClassesThat().resideInAPackage("java.util.concurrent..");

    @ArchTest
    static final ArchRule databasesOnlyInTheStore = noClasses()
            .that().resideInAPackage(ROOT + "..").and().resideOutsideOfPackage(ROOT + ".store.sql")
            .should().dependOnClassesThat().resideInAnyPackage("java.sql..", "javax.sql..", "com.zaxxer..",
                    "org.flywaydb..", "org.sqlite..", "org.postgresql..");

    @ArchTest
    static final ArchRule theStoreKnowsNoRoomsAndNoSockets = noClasses()
            .that().resideInAnyPackage(ROOT + ".store..", ROOT + ".audit")
            .should().dependOnClassesThat().resideInAnyPackage(ROOT + ".room..", ROOT + ".ws..", ROOT + ".http..",
                    ROOT + ".session..", ROOT + ".launch..", ROOT + ".config..", "org.nhipcau.sfu..");

    /** Rooms carry rules out; whose rules they are, and where they are kept, is none of their business. */
    @ArchTest
    static final ArchRule roomsKnowNoConsultations = noClasses()
            .that().resideInAnyPackage(ROOT + ".room", ROOT + ".session", ROOT + ".sdp", ROOT + ".token")
            .should().dependOnClassesThat().resideInAnyPackage(ROOT + ".consultation", ROOT + ".live",
                    ROOT + ".store..", ROOT + ".audit");

    @ArchTest
    static final ArchRule liveConsultationsKnowNoSockets = noClasses().that().resideInAPackage(ROOT + ".live..")
            .should().dependOnClassesThat().resideInAnyPackage(ROOT + ".ws", ROOT + ".admin", ROOT + ".launch",
                    ROOT + ".sdp", "io.netty..");

    /** What is held while the store is away can be read and tried alone. */
    @ArchTest
    static final ArchRule whatIsHeldKnowsNoRoomsAndNoStore = noClasses().that().resideInAPackage(ROOT + ".live.held")
            .should().dependOnClassesThat().resideInAnyPackage(ROOT + ".live", ROOT + ".room..", ROOT + ".store..",
                    ROOT + ".session..", ROOT + ".http..", "org.nhipcau.sfu..");

    @ArchTest
    static final ArchRule theRecordIsPure = noClasses().that().resideInAPackage(ROOT + ".audit")
            .should().callMethod(System.class, "currentTimeMillis").orShould().callMethod(Instant.class, "now")
            .orShould().dependOnClassesThat().resideInAnyPackage("java.sql..", ROOT + ".store..");

    /** A device that publishes is a client like any other: whatever it may is asked where all clients ask. */
    @ArchTest
    static final ArchRule devicesKnowNoRooms = noClasses().that().resideInAPackage(ROOT + ".whip")
            .should().dependOnClassesThat().resideInAnyPackage(ROOT + ".room..", ROOT + ".ws..", ROOT + ".live..",
                    ROOT + ".consultation..", ROOT + ".policy..", ROOT + ".store..", ROOT + ".launch..");

    @ArchTest
    static final ArchRule noCircles = slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule figuresOnlyWhereTheyAreMade = noClasses()
            .that().resideInAPackage(ROOT + "..").and().resideOutsideOfPackages(ROOT + ".admin", ROOT + ".launch")
            .should().dependOnClassesThat().resideInAnyPackage("io.micrometer..", "io.prometheus..");

    @ArchTest
    static final ArchRule theApiKnowsNoRooms = noClasses().that().resideInAnyPackage(ROOT + ".rest..", ROOT + ".client..")
            .should().dependOnClassesThat().resideInAnyPackage(ROOT + ".room..", ROOT + ".ws..", ROOT + ".session..",
                    ROOT + ".launch..", ROOT + ".live..");

    @ArchTest
    static final ArchRule routesAndBodiesKnowNoResources = noClasses()
            .that().resideInAnyPackage(ROOT + ".rest.json", ROOT + ".rest.key", ROOT + ".rest.route",
                    ROOT + ".rest.replay", ROOT + ".rest.openapi")
            .should().dependOnClassesThat().resideInAnyPackage(ROOT + ".rest.resource", ROOT + ".rest.webhook",
                    ROOT + ".consultation..", ROOT + ".client..");
}
