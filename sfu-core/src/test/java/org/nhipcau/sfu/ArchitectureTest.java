// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.TreeMap;

/** Holds the floors of the house: arrows run downward only, and each library stays in its room. */
@AnalyzeClasses(packages = "org.nhipcau.sfu", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "org.nhipcau.sfu";

    private static final Map<String, Integer> FLOORS = new TreeMap<>(Map.ofEntries(
            Map.entry("api", 1), Map.entry("buffer", 1), Map.entry("metrics", 1),
            Map.entry("seam", 1),
            Map.entry("rtp", 2), Map.entry("rtcp", 2), Map.entry("codec", 2), Map.entry("stun", 2),
            Map.entry("srtp", 2), Map.entry("dtls", 2),
            Map.entry("stream", 3), Map.entry("bwe", 3), Map.entry("ice", 3), Map.entry("pipe", 3),
            Map.entry("overload", 3), Map.entry("quality", 3), Map.entry("gate", 3),
            Map.entry("sctp", 3), Map.entry("sctp.wire", 3), Map.entry("sctp.send", 3), Map.entry("sctp.receive", 3),
            Map.entry("sctp.channel", 3),
            Map.entry("route", 4), Map.entry("peer", 5), Map.entry("worker", 6), Map.entry("net", 7),
            Map.entry("control", 8), Map.entry("", 8)));

    private static String room(JavaClass type) {
        String name = type.getPackageName();
        return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1);
    }

    @ArchTest
    static final ArchRule everyPackageHasAFloor = classes().should(new ArchCondition<>("live on a known floor") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
            events.add(new SimpleConditionEvent(type, FLOORS.containsKey(room(type)),
                    type.getName() + " lives in a package without a floor"));
        }
    });

    @ArchTest
    static final ArchRule arrowsRunDownward = classes().should(new ArchCondition<>("depend on their floor or below") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
            int floor = FLOORS.getOrDefault(room(type), 99);
            type.getDirectDependenciesFromSelf().forEach(dependency -> {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(ROOT)) {
                    boolean down = FLOORS.getOrDefault(room(target), 0) <= floor;
                    events.add(new SimpleConditionEvent(type, down, dependency.getDescription()));
                }
            });
        }
    });

    @ArchTest
    static final ArchRule noCircles = slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nettyStaysInNet = noClasses().that().resideOutsideOfPackages(ROOT + ".net", ROOT + ".control")
            .should().dependOnClassesThat().resideInAnyPackage("io.netty..");

    @ArchTest
    static final ArchRule bouncyCastleStaysInDtls = noClasses().that().resideOutsideOfPackages(ROOT + ".dtls")
            .should().dependOnClassesThat().resideInAnyPackage("org.bouncycastle..");

    @ArchTest
    static final ArchRule jitsiSrtpStaysInSrtp = noClasses().that().resideOutsideOfPackages(ROOT + ".srtp")
            .should().dependOnClassesThat().resideInAnyPackage("org.jitsi.srtp..", "org.jitsi.utils..");

    @ArchTest
    static final ArchRule ice4jStaysInNet = noClasses().that().resideOutsideOfPackages(ROOT + ".net")
            .should().dependOnClassesThat().resideInAnyPackage("org.ice4j..");

    @ArchTest
    static final ArchRule grpcAndJacksonStayInControl = noClasses().that().resideOutsideOfPackages(ROOT + ".control")
            .should().dependOnClassesThat().resideInAnyPackage("io.grpc..", "com.fasterxml.jackson..");

    @ArchTest
    static final ArchRule micrometerStaysAtTheTop = noClasses().that().resideOutsideOfPackages(ROOT)
            .should().dependOnClassesThat().resideInAnyPackage("io.micrometer..", "io.prometheus..");

    private static final String[] SANS_IO = {
        ROOT + ".buffer", ROOT + ".rtp", ROOT + ".rtcp", ROOT + ".codec", ROOT + ".stun", ROOT + ".ice",
        ROOT + ".srtp", ROOT + ".overload", ROOT + ".quality", ROOT + ".gate", ROOT + ".stream", ROOT + ".bwe",
        ROOT + ".sctp..", ROOT + ".route", ROOT + ".peer"};

    @ArchTest
    static final ArchRule sansIoReadsNoClock = noClasses().that().resideInAnyPackage(SANS_IO)
            .should().callMethod(System.class, "nanoTime").orShould().callMethod(System.class, "currentTimeMillis")
            .orShould().dependOnClassesThat().haveFullyQualifiedName("java.time.Clock");

    @ArchTest
    static final ArchRule sansIoHasNoThreadNorSocket = noClasses().that().resideInAnyPackage(SANS_IO)
            .should().dependOnClassesThat(new DescribedPredicate<>("are threads, locks or sockets") {
                @Override
                public boolean test(JavaClass type) {
                    String name = type.getName();
                    return name.equals("java.lang.Thread") || name.startsWith("java.util.concurrent.locks.")
                            || name.startsWith("java.util.concurrent.atomic.")
                            || name.startsWith("java.nio.channels.") || name.equals("java.net.Socket")
                            || name.equals("java.net.DatagramSocket");
                }
            });

    @ArchTest
    static final ArchRule onlyTheTopMakesRandomness = noClasses().that().resideInAnyPackage(SANS_IO)
            .should().callConstructor(java.util.Random.class).orShould().callConstructor(java.security.SecureRandom.class)
            .orShould().callConstructor(java.util.SplittableRandom.class);
}
