// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Fails when a library that security depends on is below the version that mends its known faults, or when one that must
 * not be there is: an upgrade elsewhere can pull versions down unseen.
 */
class DependencyFloorTest {
    private static final Pattern JAR = Pattern.compile("(.+?)-(\\d+(?:\\.\\d+)*).*\\.jar");
    private static final List<String> CLASS_PATH = Arrays.stream(System.getProperty("java.class.path")
            .split(File.pathSeparator)).map(path -> new File(path).getName()).toList();

    /** CVE-2026-100658 and others are mended in 4.2.18. */
    @Test
    void shouldRunNettyAtItsFloorAndInOneVersion() {
        List<String> versions = versions("netty-(?:buffer|common|transport|handler|codec-http|codec-base|"
                + "transport-classes-epoll|transport-native-epoll)");
        assertTrue(versions.size() >= 6, "netty jars on the class path: " + versions);
        assertEquals(1, versions.stream().distinct().count(), "netty in several versions: " + versions);
        assertAtLeast("4.2.18", versions.getFirst());
    }

    /** Below 1.84 there are faults that the record filter does not cover. */
    @Test
    void shouldRunBouncyCastleAtItsFloor() {
        for (String library : List.of("bctls-jdk18on", "bcprov-jdk18on", "bcpkix-jdk18on", "bcutil-jdk18on")) {
            versions(library).forEach(version -> assertAtLeast("1.84", version));
            assertEquals(1, versions(library).size(), library);
        }
    }

    /** CVE-2025-49146 is mended in 42.7.7 of the PostgreSQL driver, CVE-2023-32697 in 3.41.2.2 of SQLite's. */
    @Test
    void shouldRunTheDatabaseDriversAtTheirFloors() {
        assertEquals(1, versions("postgresql").size());
        assertAtLeast("42.7.7", versions("postgresql").getFirst());
        assertEquals(1, versions("sqlite-jdbc").size());
        assertAtLeast("3.41.2.2", versions("sqlite-jdbc").getFirst());
    }

    /** A logger that looks names up in texts, and the heavy media stack of the test oracle, stay out of production. */
    @Test
    void shouldNotShipWhatDoesNotBelong() {
        for (String forbidden : List.of("log4j-core", "netty-codec-http3", "okhttp", "retrofit", "java-jwt")) {
            assertFalse(CLASS_PATH.stream().anyMatch(jar -> jar.startsWith(forbidden + "-")), forbidden);
        }
        assertFalse(CLASS_PATH.stream().anyMatch(jar -> jar.startsWith("libjitsi-") || jar.startsWith("fmj-")),
                "libjitsi is an oracle of the core's tests only");
    }

    private static List<String> versions(String library) {
        Pattern name = Pattern.compile(library);
        return CLASS_PATH.stream().map(JAR::matcher).filter(Matcher::matches)
                .filter(matcher -> name.matcher(matcher.group(1)).matches()).map(matcher -> matcher.group(2)).toList();
    }

    private static void assertAtLeast(String floor, String version) {
        assertTrue(Arrays.compare(numbers(version), numbers(floor)) >= 0, version + " is below the floor " + floor);
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
    }
}
