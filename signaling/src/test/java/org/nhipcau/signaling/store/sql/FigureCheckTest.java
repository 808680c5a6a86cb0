// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand.Conclude;
import org.nhipcau.signaling.store.AttendanceStore.Quality;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.store.KeepTimes;
import org.nhipcau.signaling.store.ReportQueries.ConsultationFilter;
import org.nhipcau.signaling.store.Sessions;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;

/** C6: how a link was is proved from the end of the consultation on, whatever comes later or is let go. */
class FigureCheckTest {
    @TempDir
    private Path directory;

    private static void figures(Sessions sessions, String id, int spans) {
        for (int i = 0; i < spans; i++) {
            sessions.store.attendance().addQuality(List.of(span(sessions, id, sessions.patient, true),
                    span(sessions, id, sessions.chair, false)));
            sessions.pass(5);
        }
    }

    private static Quality span(Sessions sessions, String id, String person, boolean uplink) {
        return new Quality(id, person, uplink, sessions.now, sessions.now.plusSeconds(5), 12, 30, 80, 9, 24, 300, 0, 410,
                "none");
    }

    private static void conclude(Sessions sessions, String id) {
        sessions.does(id, Sessions.OFFICE, new Conclude(Consultation.Outcome.DONE));
    }

    /** One consultation with figures, one without, both concluded; the id of the first. */
    private static String filled(String url, Path directory) throws IOException {
        try (Sessions sessions = new Sessions(url, directory)) {
            String id = sessions.inSession().id();
            figures(sessions, id, 3);
            conclude(sessions, id);
            sessions.pass(60);
            conclude(sessions, sessions.inSession().id());
            return id;
        }
    }

    private static RecordCheck.Result check(String url, Path directory) throws IOException {
        try (Database database = Database.existing(url, directory)) {
            return RecordCheck.run(database, Sessions.keys(1), AuditHead.read(directory.resolve("audit-head"),
                    Sessions.keys(1)).orElseThrow());
        }
    }

    private static void assertWhole(String url, Path directory) throws IOException {
        RecordCheck.Result found = check(url, directory);
        assertEquals(Optional.empty(), found.problem());
        assertEquals(Optional.empty(), found.note());
    }

    private void assertFound(Backend backend, String url, String... deeds) throws Exception {
        for (String deed : deeds) {
            Path place = Files.createTempDirectory(directory, "deed");
            String copy = backend.copy(url, directory, place);
            RecordCheckTest.run(copy, place, deed);
            String problem = check(copy, place).problem().orElseThrow(() -> new AssertionError("not found: " + deed));
            assertTrue(problem.contains("figures of links"), deed + ": " + problem);
        }
    }

    private static String again(String consultation) {
        return "INSERT INTO call_quality SELECT " + consultation + ", person, uplink, from_ms + 1000000, until_ms, "
                + "audio_loss_pm, video_loss_pm, round_trip_ms, jitter_ms, audio_kbps, video_kbps, freeze_pm, "
                + "score_100, cause, n + 100 FROM call_quality";
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldFindFiguresThatWereAlteredAfterTheEnd(Backend backend) throws Exception {
        String url = backend.url(directory);
        String id = filled(url, directory);
        assertWhole(url, directory);
        assertFound(backend, url, "UPDATE call_quality SET audio_loss_pm = 0 WHERE uplink = 1",
                "UPDATE call_quality SET cause = 'server'", "UPDATE call_quality SET until_ms = until_ms + 1",
                "DELETE FROM call_quality WHERE uplink = 0", "DELETE FROM call_quality", again("consultation"),
                "UPDATE call_quality SET n = n + 1", "UPDATE call_quality SET n = 7 - n", "UPDATE call_quality SET n = 0",
                // The other one had none, and its end says so.
                again("(SELECT id FROM consultation WHERE id <> '" + id + "')"), again("'C_Nobody111111'"));
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldTakeFiguresThatComeAfterTheEndAndOnlyThose(Backend backend) throws Exception {
        String url = backend.url(directory);
        try (Sessions sessions = new Sessions(url, directory)) {
            String id = sessions.inSession().id();
            figures(sessions, id, 2);
            assertWhole(url, directory);
            conclude(sessions, id);
            figures(sessions, id, 2);
            assertEquals(8, sessions.store.attendance().quality(id).size());
            assertEquals(2, sessions.store.audit(0, 500).stream().filter(row -> row.kind().equals(Told.LATE)).count());
            sessions.store.attendance().addQuality(List.of(span(sessions, "C_Nobody111111", sessions.chair, true)));
            assertEquals(List.of(), sessions.store.attendance().quality("C_Nobody111111"));
        }
        assertWhole(url, directory);
        assertFound(backend, url, "DELETE FROM call_quality WHERE from_ms = (SELECT MAX(from_ms) FROM call_quality)");
        // What was altered before is not made true by what comes later, neither the figures nor the digest kept with them.
        for (String deed : List.of("UPDATE call_quality SET score_100 = 450",
                "UPDATE quality_digest SET digest = '" + Figures.NONE + "'", "DELETE FROM quality_digest")) {
            Path place = Files.createTempDirectory(directory, "before");
            String copy = backend.copy(url, directory, place);
            RecordCheckTest.run(copy, place, deed);
            try (Sessions sessions = new Sessions(copy, place)) {
                sessions.pass(600);
                figures(sessions, sessions.store.reports().consultations(new ConsultationFilter("", "", "", "", null,
                        null), "", 1).items().getFirst().id(), 1);
            }
            String problem = check(copy, place).problem().orElseThrow(() -> new AssertionError("not found: " + deed));
            assertTrue(problem.contains(deed.contains("quality_digest") ? "had been altered when entry"
                    : "are not those"), deed + ": " + problem);
        }
    }

    @ParameterizedTest
    @EnumSource
    void c7ShouldLetGoOfFiguresAtTheirTimeAndStayProvable(Backend backend) throws Exception {
        String url = backend.url(directory);
        String id = filled(url, directory);
        StoreSettings settings = new StoreSettings(url, directory, null, new KeepTimes(300, 300, 50, 300, 30, 48));
        for (int days : new int[] {49, 51, 52}) {
            try (Store store = Store.open(settings, Sessions.keys(1), InstantSource.fixed(
                    Sessions.START.plusSeconds(days * 86_400L + 3_600)))) {
                store.forget();
                assertEquals(days < 50 ? 6 : 0, store.attendance().quality(id).size(), days + " days");
                assertEquals(days < 50 ? 0 : 1, store.audit(0, 500).stream().filter(
                        row -> row.kind().equals(Retention.QUALITY)).count(), days + " days");
            }
            assertWhole(url, directory);
        }
        String back = "INSERT INTO call_quality SELECT id, 'P_Nobody111111', 1, created_ms, created_ms, 0, 0, 0, 0, 0, 0, "
                + "0, 0, 'none', 1 FROM consultation WHERE id = '" + id + "'";
        assertFound(backend, url, back);
        // Also when the entries that told of it are gone themselves, before the consultation is.
        StoreSettings longer = new StoreSettings(url, directory, null, new KeepTimes(900, 900, 50, 300, 30, 48));
        try (Store store = Store.open(longer, Sessions.keys(1), InstantSource.fixed(
                Sessions.START.plusSeconds(400 * 86_400L)))) {
            store.forget();
            assertTrue(store.auditEnd().baseSeq() > 0);
        }
        assertWhole(url, directory);
        assertFound(backend, url, back);
        try (Store store = Store.open(settings, Sessions.keys(1), InstantSource.fixed(
                Sessions.START.plusSeconds(401 * 86_400L)))) {
            store.forget();
            assertEquals(Optional.empty(), store.journal().load(id));
        }
        assertWhole(url, directory);
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldProveFiguresThatWereThereBeforeTheyWereNumbered(Backend backend) throws Exception {
        String url = backend.url(directory);
        String id;
        try (Sessions sessions = new Sessions(url, directory)) {
            id = sessions.inSession().id();
            figures(sessions, id, 2);
        }
        // An upgrade in the middle of the session.
        RecordCheckTest.run(url, directory, "UPDATE call_quality SET n = 0; DELETE FROM quality_digest");
        try (Sessions sessions = new Sessions(url, directory)) {
            sessions.pass(60);
            figures(sessions, id, 2);
            conclude(sessions, id);
            figures(sessions, id, 1);
            assertEquals(10, sessions.store.attendance().quality(id).size());
        }
        assertWhole(url, directory);
        assertFound(backend, url, "UPDATE call_quality SET score_100 = 450 WHERE n = 0",
                "UPDATE call_quality SET score_100 = 450 WHERE n = 3", "DELETE FROM call_quality WHERE n = 0");
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldStayWholeWhenAPersonIsErased(Backend backend) throws Exception {
        String url = backend.url(directory);
        filled(url, directory);
        try (Sessions sessions = new Sessions(url, directory)) {
            assertTrue(sessions.store.directory().erase(sessions.patient, "test", sessions.now));
        }
        assertWhole(url, directory);
        assertFound(backend, url, "UPDATE call_quality SET person = 'P_Nobody111111' WHERE uplink = 1");
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldOnlyNoteFiguresOfConsultationsThatEndedBeforeTheyWereToldOf(Backend backend) throws Exception {
        String url = backend.url(directory);
        String id = filled(url, directory);
        RecordCheckTest.asBefore(url, directory, seq -> Sessions.keys(1));
        try (Sessions sessions = new Sessions(url, directory)) {
            RecordCheck.Result found = check(url, directory);
            assertEquals(Optional.empty(), found.problem());
            assertTrue(found.note().orElseThrow().startsWith("the figures of links of 1 consultations are not proved"),
                    found.note()::toString);
            // What is told of from now on is proved from now on.
            sessions.pass(600);
            figures(sessions, id, 1);
        }
        assertWhole(url, directory);
        assertFound(backend, url, "UPDATE call_quality SET audio_loss_pm = 0 WHERE uplink = 1");
    }
}
