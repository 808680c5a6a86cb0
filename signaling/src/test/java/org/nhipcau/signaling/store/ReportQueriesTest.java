// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationCommand.Conclude;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.store.AttendanceStore.Quality;
import org.nhipcau.signaling.store.ReportQueries.ConsultationFilter;
import org.nhipcau.signaling.store.ReportQueries.Grouping;
import org.nhipcau.signaling.store.ReportQueries.Question;
import org.nhipcau.signaling.store.ReportQueries.Row;
import org.nhipcau.signaling.store.sheet.Exports.Asker;

/** Counts, lists and exports say the same on both databases. */
class ReportQueriesTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void d4ShouldCountSessionsPeopleAndMinutes(Backend backend) throws Exception {
        try (Sessions sessions = Sessions.open(backend, directory)) {
            String id = sessions.inSession().id();
            sessions.pass(90);
            sessions.does(id, Sessions.OFFICE, new Conclude(Consultation.Outcome.DONE));
            sessions.requested();
            Instant from = Sessions.START.minusSeconds(1);
            Instant to = Sessions.START.plusSeconds(86_400);
            assertEquals(List.of(new Row("2026-03-02", 1, 0, 3, 3, 5)), sessions.store.reports().report(
                    new Question(from, to, "", "", "", "", Grouping.DAY)));
            assertEquals(List.of(new Row("02/26", 1, 0, 3, 3, 5)), sessions.store.reports().report(
                    new Question(from, to, "02", "26", "YT-27", "", Grouping.DISTRICT)));
            assertEquals(List.of(new Row("CHAIR", 1, 0, 1, 1, 2), new Row("PATIENT", 1, 0, 1, 1, 2),
                    new Row("PRESENTING_DOCTOR", 1, 0, 1, 1, 2)), sessions.store.reports().report(
                    new Question(from, to, "", "", "", "", Grouping.ROLE)));
            assertEquals(List.of(new Row("total", 1, 0, 1, 1, 2)), sessions.store.reports().report(
                    new Question(from, to, "", "", "", "PATIENT", Grouping.TOTAL)));
            assertEquals(List.of(), sessions.store.reports().report(
                    new Question(from, to, "01", "", "", "", Grouping.MONTH)));
            assertEquals(List.of(), sessions.store.reports().report(
                    new Question(from, Sessions.START, "", "", "", "", Grouping.PROVINCE)));
            var all = new ConsultationFilter("", "", "", "", null, null);
            var page = sessions.store.reports().consultations(all, "", 1);
            var rest = sessions.store.reports().consultations(all, page.next(), 1);
            assertEquals(2, Set.of(page.items().getFirst().id(), rest.items().getFirst().id()).size());
            assertEquals("", rest.next());
            assertEquals(List.of(id), sessions.store.reports().consultations(new ConsultationFilter("CONCLUDED",
                    "YT-27",
                    "02", "26", from, to), "", 9).items().stream().map(ReportQueries.Summary::id).toList());
            assertThrows(IllegalArgumentException.class, () -> sessions.store.reports().consultations(all, "x", 1));
            assertEquals("DONE", sessions.store.reports().consultation(id).orElseThrow().outcome());
            assertEquals(1, sessions.store.reports().open().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void s8ShouldListTheConsultationsOfAFacilityInPages(Backend backend) throws Exception {
        try (Sessions sessions = Sessions.open(backend, directory)) {
            Facility third = new Facility("BV-03", Facility.Level.PROVINCE, "03", "");
            sessions.store.directory().putSite(third, "Bệnh viện tỉnh", true, 0, "test", sessions.now);
            ReportQueries reports = sessions.store.reports();
            List<String> listed = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                String id = sessions.requested().id();
                if (i % 2 == 0) {
                    String expert = sessions.store.directory().addPerson(new DirectoryStore.Details("Vừ Mí Sính", "",
                            ""), Role.EXPERT, third.code(), "test", sessions.now).pseudonym();
                    sessions.does(id, Sessions.OFFICE, new ConsultationCommand.Enlist(expert, Role.EXPERT,
                            third.code()));
                    listed.addFirst(id);
                }
                sessions.pass(1);
            }
            assertEquals(listed, pages(reports, third.code(), 3), "has somebody on the list");
            assertEquals(7, pages(reports, Sessions.UPPER.code(), 2).size(), "answers");
            assertEquals(7, pages(reports, Sessions.LOWER.code(), 7).size(), "asks");
            assertEquals(List.of(), pages(reports, "BV-04", 3));
        }
    }

    private static List<String> pages(ReportQueries reports, String facility, int limit) {
        List<String> ids = new ArrayList<>();
        String next = "";
        do {
            var page = reports.consultations(new ConsultationFilter("REQUESTED", facility, "", "", Sessions.START, null),
                    next, limit);
            assertTrue(page.items().size() == limit || page.next().isEmpty(), "pages are full but the last");
            page.items().forEach(row -> ids.add(row.id()));
            next = page.next();
        } while (!next.isEmpty());
        return ids;
    }

    @ParameterizedTest
    @EnumSource
    void d3ShouldExportAConsultationAndAPerson(Backend backend) throws Exception {
        try (Sessions sessions = Sessions.open(backend, directory)) {
            String id = sessions.inSession().id();
            Quality span = new Quality(id, sessions.patient, true, sessions.now, sessions.now.plusSeconds(10), 12, 30,
                    80,
                    9, 24, 300, 0, 410, "none");
            sessions.store.attendance().addQuality(List.of(span, span));
            assertEquals(List.of(span), sessions.store.attendance().quality(id));
            Asker named = new Asker("operator", true, "", sessions.now);
            var document = sessions.store.exports().consultation(id, named).orElseThrow();
            assertEquals(3, document.path("stays").size());
            assertEquals(1, document.path("quality").size());
            assertEquals(sessions.service.find(id).orElseThrow().version(), document.path("events").size());
            assertTrue(document.toString().contains("Giàng A Bệnh"));
            Asker plain = new Asker("operator", false, "", sessions.now);
            assertFalse(sessions.store.exports().consultation(id, plain).orElseThrow().toString().contains("Giàng"));
            var person = sessions.store.exports().person(sessions.patient, named).orElseThrow();
            assertEquals("Giàng A Bệnh", person.path("details").path("fullName").asText());
            assertEquals(id, person.path("consultations").path(0).asText());
            assertTrue(person.path("audit").size() >= 3, "names read, added, arrived");
            assertEquals(Optional.empty(), sessions.store.exports().person("P_Nobody111111", plain));
        }
    }
}
