// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand.Conclude;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.store.AttendanceStore.Quality;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.store.Sessions;

/** No program writes after a newer one has taken over; what an older one left is taken over whole. */
class OlderWriterTest {
    /** What programs of before the minimum was kept did with every change, with figures and at their upkeep. */
    private static final List<String> OLDER = List.of("UPDATE audit_tip SET touched = touched + 1 WHERE id = 1",
            "INSERT INTO call_quality (consultation, person, uplink, from_ms, to_ms, audio_loss_pm, video_loss_pm, "
            + "round_trip_ms, jitter_ms, audio_kbps, video_kbps, freeze_pm, score_100, cause) "
            + "VALUES ('C_1', 'P_1', 1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 'none')",
            "DELETE FROM call_quality WHERE to_ms < 9");

    @TempDir
    private Path directory;

    private static String filled(String url, Path directory) throws IOException {
        try (Sessions sessions = new Sessions(url, directory)) {
            String id = sessions.inSession().id();
            sessions.store.attendance().addQuality(List.of(new Quality(id, sessions.chair, true, sessions.now,
                    sessions.now.plusSeconds(5), 1, 2, 3, 4, 5, 6, 7, 8, "none")));
            sessions.does(id, Sessions.OFFICE, new Conclude(Consultation.Outcome.DONE));
            return id;
        }
    }

    /** Makes record and tables what an older version knew. */
    private static void asOlder(String url, Path directory) throws Exception {
        RecordCheckTest.asBefore(url, directory, seq -> Sessions.keys(1));
        RecordCheckTest.run(url, directory, "ALTER TABLE audit_tip RENAME COLUMN turns TO touched; "
                + "ALTER TABLE call_quality RENAME COLUMN until_ms TO to_ms; "
                + "ALTER TABLE audit_tip DROP COLUMN minimum_writer; "
                + "ALTER TABLE call_quality DROP COLUMN n; DROP TABLE quality_digest; "
                + "DELETE FROM flyway_schema_history WHERE version IN ('3', '4')");
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerOlderProgramsWithAnError(Backend backend) throws Exception {
        String url = backend.url(directory);
        filled(url, directory);
        for (String statement : OLDER) {
            assertThrows(SQLException.class, () -> RecordCheckTest.run(url, directory, statement), statement);
        }
        asOlder(url, directory);
        for (String statement : OLDER) {
            RecordCheckTest.run(url, directory, statement);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeOverWhatAnOlderProgramLeft(Backend backend) throws Exception {
        String url = backend.url(directory);
        String id = filled(url, directory);
        asOlder(url, directory);
        try (Sessions sessions = new Sessions(url, directory)) {
            assertEquals(1, sessions.store.attendance().quality(id).size());
            sessions.requested();
        }
        assertEquals(Optional.empty(), RecordCheckTest.check(url, directory, Sessions.keys(1)));
        assertThrows(SQLException.class, () -> RecordCheckTest.run(url, directory, OLDER.getFirst()));
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotOpenWhatANewerProgramHasTakenOver(Backend backend) throws Exception {
        String url = backend.url(directory);
        filled(url, directory);
        RecordCheckTest.run(url, directory, "UPDATE audit_tip SET minimum_writer = " + (WriterVersion.NUMBER + 1));
        IOException refused = assertThrows(IOException.class, () -> new Sessions(url, directory));
        assertTrue(refused.getMessage().contains("newer version"), refused.getMessage());
        assertThrows(IOException.class, () -> Database.existing(url, directory).close());
    }

    @ParameterizedTest
    @EnumSource
    void shouldWorkOnNewerTablesThatItMayWrite(Backend backend) throws Exception {
        String url = backend.url(directory);
        filled(url, directory);
        // As a later migration leaves it that keeps nobody out.
        RecordCheckTest.run(url, directory, "INSERT INTO flyway_schema_history SELECT installed_rank + 1, '99', "
                + "'later', type, 'V99__later.sql', 0, installed_by, installed_on, execution_time, success "
                + "FROM flyway_schema_history WHERE version = '4'");
        try (Sessions sessions = new Sessions(url, directory)) {
            sessions.requested();
        }
        assertEquals(Optional.empty(), RecordCheckTest.check(url, directory, Sessions.keys(1)));
        RecordCheckTest.run(url, directory, "UPDATE audit_tip SET minimum_writer = 99");
        assertTrue(assertThrows(IOException.class, () -> new Sessions(url, directory)).getMessage()
                .contains("newer version"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldStopWritingWhenANewerProgramTakesOver(Backend backend) throws Exception {
        String url = backend.url(directory);
        String id = filled(url, directory);
        try (Sessions sessions = new Sessions(url, directory)) {
            sessions.store.serve();
            long end = sessions.store.auditEnd().seq();
            RecordCheckTest.run(url, directory, "UPDATE audit_tip SET minimum_writer = " + (WriterVersion.NUMBER + 1));
            assertEquals(WriterVersion.NEWER, assertThrows(JournalUnavailableException.class, sessions::requested)
                    .getMessage());
            assertThrows(JournalUnavailableException.class, () -> sessions.store.attendance().addQuality(List.of(
                    new Quality(id, sessions.chair, true, sessions.now, sessions.now, 1, 2, 3, 4, 5, 6, 7, 8, "none"))));
            assertThrows(JournalUnavailableException.class, sessions.store::forget);
            assertFalse(sessions.store.available());
            assertEquals(end, sessions.store.auditEnd().seq());
            RecordCheckTest.run(url, directory, "UPDATE audit_tip SET minimum_writer = " + WriterVersion.NUMBER);
            sessions.requested();
            assertTrue(sessions.store.available());
        }
        assertEquals(Optional.empty(), RecordCheckTest.check(url, directory, Sessions.keys(1)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadBackupsOfOlderProgramsAndNoneOfNewerOnes(Backend backend) throws Exception {
        String url = backend.url(directory);
        String id = filled(url, directory);
        String older;
        String newer;
        asOlder(url, directory);
        // Read as it is now, with the names of then and without what is new.
        older = dump(url, directory).replaceAll("\\A\\{\"format\":\\d+", "{\"format\":2");
        older = older.replaceFirst("\"turns\"", "\"touched\"").replaceFirst("\"until_ms\"", "\"to_ms\"")
                .replaceFirst(",\"minimum_writer\"", "").replaceFirst(",\"n\"\\]", "]")
                .replaceFirst("\"none\",0\\]", "\"none\"]")
                .replaceFirst("(\\[1,\\d+,\"[0-9a-f]{64}\",\\d+),4\\]", "$1]");
        assertFalse(older.contains("minimum_writer"), older);
        newer = dump(url, directory).replaceFirst("(\\[1,\\d+,\"[0-9a-f]{64}\",\\d+),4\\]", "$1,5]");
        Path place = Files.createDirectory(directory.resolve("restored"));
        String into = backend.url(place);
        try (Database database = Database.open(into, place)) {
            Dump.Summary read = Dump.read(database, new BufferedReader(new StringReader(older)));
            assertEquals(Optional.empty(), RecordCheck.ofCopy(database, Sessions.keys(1), read.head()).problem());
            assertEquals(1, new SqlAttendance(database, null, "").quality(id).size());
            assertEquals((long) WriterVersion.NUMBER, (long) database.read(WriterVersion::minimum));
            String text = newer;
            assertTrue(assertThrows(IOException.class, () -> Dump.read(database, new BufferedReader(
                    new StringReader(text)))).getMessage().contains("newer version"));
            assertEquals(Optional.empty(), RecordCheck.ofCopy(database, Sessions.keys(1), read.head()).problem(),
                    "what was there stays");
        }
    }

    private static String dump(String url, Path directory) throws IOException {
        StringWriter text = new StringWriter();
        try (Database database = Database.existing(url, directory)) {
            Dump.write(database, () -> AuditHead.read(directory.resolve("audit-head"), Sessions.keys(1)).orElseThrow(),
                    "2026-11-22T00:00:00Z", text);
        }
        return text.toString();
    }
}
