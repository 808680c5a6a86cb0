// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.store.sql.Database;
import org.nhipcau.signaling.store.sql.RecordCheck;

/**
 * A writer killed at any point loses no acknowledged record and doubles none; each life goes on with what the one
 * before left. The long version is a command of its own: {@code ./mvnw -pl sfu-core,signaling test -Dtest=KillTest
 * -DexcludedTestTags=none -Dnhipcau.kills=300 -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class KillTest {
    private static final long SEED = Long.getLong("nhipcau.seed", 20_261_122L);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    @Timeout(300)
    void shouldSurviveAFewKills(Backend backend) throws Exception {
        kill(backend, 4);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("heavy")
    void shouldSurviveHundredsOfKills(Backend backend) throws Exception {
        kill(backend, Integer.getInteger("nhipcau.kills", 300));
    }

    private void kill(Backend backend, int times) throws Exception {
        String url = backend.url(directory);
        Random random = new Random(SEED);
        Map<String, Long> acknowledged = new HashMap<>();
        for (int life = 0; life < times; life++) {
            String told = "seed " + SEED + ", life " + life;
            assertTrue(live(url, random, acknowledged), told + ": the writer did not come up");
            check(url, acknowledged, told);
        }
        assertTrue(acknowledged.size() > times, "the writers wrote");
    }

    /** One life; false when it ended before it was ready. */
    private boolean live(String url, Random random, Map<String, Long> acknowledged) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process writer = new ProcessBuilder(List.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED", "-cp", classPath(), KilledWriter.class.getName(),
                url.isEmpty() ? "-" : url, directory.toString(), Long.toString(random.nextLong())))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        int acks = 1 + random.nextInt(25);
        long moreNs = random.nextInt(8_000_000);
        boolean ready = false;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(writer.getInputStream(),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                ready |= words[0].equals("ready");
                if (words.length == 3 && words[0].equals("ack")) {
                    acknowledged.merge(words[1], Long.parseLong(words[2]), Math::max);
                    if (--acks == 0) {
                        LockSupport.parkNanos(moreNs);
                        // By its handle: what it said until then can still be read.
                        writer.toHandle().destroyForcibly();
                    }
                }
            }
        } finally {
            writer.destroyForcibly().onExit().join();
        }
        return ready;
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .replace(',', File.pathSeparatorChar);
    }

    private void check(String url, Map<String, Long> acknowledged, String told) throws Exception {
        // As `audit verify` does: before anything is put right.
        try (Database database = Database.existing(url, directory)) {
            AuditHead.State head = AuditHead.read(directory.resolve("audit-head"), Sessions.keys(1)).orElseThrow();
            assertEquals(Optional.empty(), RecordCheck.run(database, Sessions.keys(1), head).problem(), told);
        }
        Map<String, Long> kept = new HashMap<>();
        try (Connection connection = Backend.connect(url,
                directory); Statement statement = connection.createStatement()) {
            count(statement, "SELECT id, version FROM consultation", kept);
            Map<String, Long> events = new HashMap<>();
            count(statement, "SELECT consultation, COUNT(*) FROM consultation_event GROUP BY consultation", events);
            assertEquals(kept, events, told);
            Map<String, Long> messages = new HashMap<>();
            count(statement, "SELECT consultation, COUNT(*) FROM outbox GROUP BY consultation", messages);
            assertEquals(kept, messages, told + ": each event is told once");
            Map<String, Long> twice = new HashMap<>();
            count(statement, "SELECT person, COUNT(*) FROM attendance WHERE to_ms IS NULL "
                    + "GROUP BY consultation, person HAVING COUNT(*) > 1", twice);
            assertEquals(Map.of(), twice, told + ": two open stays");
        }
        acknowledged.forEach((id, version) -> assertTrue(kept.getOrDefault(id, 0L) >= version,
                told + ": " + id + " was acknowledged at " + version + ", is at " + kept.get(id)));
    }

    private static void count(Statement statement, String sql, Map<String, Long> into) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                into.put(rows.getString(1), rows.getLong(2));
            }
        }
    }
}
