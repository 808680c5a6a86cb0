// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationCommand.Conclude;
import org.nhipcau.signaling.consultation.ConsultationCommand.Remove;
import org.nhipcau.signaling.consultation.ConsultationCommand.Resume;
import org.nhipcau.signaling.consultation.ConsultationCommand.Suspend;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.VersionConflictException;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.store.ApiKeyStore.ApiKey;
import org.nhipcau.signaling.store.AttendanceStore.Quality;
import org.nhipcau.signaling.store.AttendanceStore.Stay;
import org.nhipcau.signaling.store.IdempotencyStore.Claim;
import org.nhipcau.signaling.store.OutboxStore.Message;
import org.nhipcau.signaling.store.ReportQueries.ConsultationFilter;
import org.nhipcau.signaling.store.ReportQueries.Grouping;
import org.nhipcau.signaling.store.ReportQueries.Question;
import org.nhipcau.signaling.store.ReportQueries.Row;
import org.nhipcau.signaling.store.sheet.Exports.Asker;

/** The store does the same on both databases. */
class StoreTest {
    @TempDir
    private Path directory;

    private Sessions open(Backend backend) throws IOException {
        return new Sessions(backend.url(directory), directory);
    }

    private static Sessions again(Sessions before) throws IOException {
        before.close();
        Sessions after = new Sessions(before.url, before.directory);
        after.now = before.now;
        return after;
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveBackAConsultationAsItWasAfterARestart(Backend backend) throws Exception {
        Sessions sessions = open(backend);
        Consultation there = sessions.inSession();
        Sessions after = again(sessions);
        assertEquals(Optional.of(there), after.store.journal().load(there.id()));
        assertEquals(Optional.empty(), after.store.journal().load("C_Nobody111111"));
        after.close();
    }

    @Test
    void h6ShouldKeepItsFilesFromEverybodyElse() throws Exception {
        try (Sessions sessions = open(Backend.SQLITE)) {
            sessions.requested();
            for (String name : List.of("nhipcau.db", "nhipcau.db-wal", "audit-head")) {
                assertEquals("rw-------", PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve(name))), name);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeOnlyOneOfTwoChangesOfOneVersion(Backend backend) throws Exception {
        try (Sessions sessions = open(backend)) {
            Consultation there = sessions.requested();
            var events = there.decide(new org.nhipcau.signaling.consultation.ConsultationCommand.Accept(),
                    Sessions.OFFICE,
                    sessions.now);
            Consultation after = there.apply(events);
            sessions.store.journal().append(there.id(), 1, events, after, Sessions.OFFICE, sessions.now);
            assertThrows(VersionConflictException.class, () -> sessions.store.journal().append(there.id(), 1, events,
                    after,
                    Sessions.OFFICE, sessions.now));
            var requested = List.of(new org.nhipcau.signaling.consultation.ConsultationEvent.Requested(
                    there.requestedAtMs(), there.id(), "office-1", there.request()));
            assertThrows(VersionConflictException.class, () -> sessions.store.journal().append(there.id(), 0,
                    List.copyOf(requested), there, Sessions.OFFICE, sessions.now));
            assertEquals(Optional.of(after), sessions.store.journal().load(there.id()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void s3ShouldNameRequestsThatAreDue(Backend backend) throws Exception {
        try (Sessions sessions = open(backend)) {
            String first = sessions.requested().id();
            sessions.pass(60);
            String second = sessions.requested().id();
            sessions.pass(239);
            assertEquals(List.of(), sessions.store.journal().due(sessions.now, 10));
            sessions.pass(61);
            assertEquals(List.of(first, second), sessions.store.journal().due(sessions.now, 10));
            assertEquals(List.of(first), sessions.store.journal().due(sessions.now, 1));
            assertEquals(2, sessions.service.expireDue(sessions.now));
            assertEquals(List.of(), sessions.store.journal().due(sessions.now, 10));
        }
    }

    @ParameterizedTest
    @EnumSource
    void c4ShouldRecordWhoWasThereFromWhenToWhen(Backend backend) throws Exception {
        try (Sessions sessions = open(backend)) {
            String id = sessions.inSession().id();
            assertEquals(3, sessions.store.attendance().present(id).size());
            sessions.pass(600);
            sessions.does(id, Sessions.OFFICE, new Suspend("power-cut"));
            assertEquals(List.of(), sessions.store.attendance().present(id));
            sessions.pass(60);
            sessions.does(id, Sessions.OFFICE, new Resume());
            sessions.pass(120);
            sessions.does(id, Sessions.OFFICE, new Remove(sessions.patient));
            sessions.pass(60);
            sessions.does(id, Sessions.OFFICE, new Conclude(Consultation.Outcome.DONE));
            List<Stay> stays = sessions.store.attendance().stays(id);
            assertTrue(stays.stream().noneMatch(stay -> stay.to() == null), stays::toString);
            List<Stay> patient = stays.stream().filter(stay -> stay.pseudonym().equals(sessions.patient)).toList();
            assertEquals(List.of("suspended", "removed"), patient.stream().map(Stay::endedBy).toList());
            assertEquals(Role.PATIENT, patient.getFirst().role());
            assertEquals("PHONE", patient.getFirst().device());
            assertEquals(Sessions.START.plusSeconds(600), patient.getFirst().to());
            assertEquals(Sessions.START.plusSeconds(660), patient.getLast().from());
            assertEquals(Sessions.START.plusSeconds(780), patient.getLast().to());
            Stay chair = stays.stream().filter(stay -> stay.pseudonym().equals(sessions.chair)).toList().getLast();
            assertEquals("concluded", chair.endedBy());
            assertEquals(Sessions.UPPER.code(), chair.facility());
        }
    }

    @ParameterizedTest
    @EnumSource
    void c4ShouldCloseOnceWhatACrashLeftOpen(Backend backend) throws Exception {
        Sessions sessions = open(backend);
        String id = sessions.inSession().id();
        sessions.store.serve();
        // Served after it opened: those three are of a run before, for the store.
        List<Stay> closed = sessions.store.attendance().stays(id);
        assertEquals(Set.of("recovered"), Set.copyOf(closed.stream().map(Stay::endedBy).toList()));
        sessions.store.clearSeats(sessions.service);
        assertEquals(closed, sessions.store.attendance().stays(id));
        assertTrue(sessions.service.find(id).orElseThrow().list().values().stream().noneMatch(Participant::present));
        sessions.arrives(id, sessions.chair, Participant.Device.COMPUTER);
        assertEquals(1, sessions.store.attendance().present(id).size());
        sessions.close();
    }

    @ParameterizedTest
    @EnumSource
    void s8ShouldTellEachEventOnceAndInOrderThroughARestart(Backend backend) throws Exception {
        Sessions sessions = open(backend);
        OutboxStore outbox = sessions.store.outbox();
        assertEquals(0, outbox.cursor("hook", sessions.now).delivered());
        List<Integer> woken = new ArrayList<>();
        outbox.onAdded(() -> woken.add(1));
        Consultation there = sessions.inSession();
        assertFalse(woken.isEmpty());
        List<Message> messages = outbox.after(0, 100);
        assertEquals(there.version(), messages.size());
        assertEquals("consultation.requested", messages.getFirst().type());
        for (int i = 1; i < messages.size(); i++) {
            assertEquals(messages.get(i - 1).id() + 1, messages.get(i).id());
        }
        outbox.delivered("hook", messages.get(2).id());
        outbox.delivered("hook", messages.get(1).id());
        outbox.failed("hook", "503", sessions.now.plusSeconds(9));
        Sessions after = again(sessions);
        OutboxStore.Cursor cursor = after.store.outbox().cursor("hook", after.now);
        assertEquals(new OutboxStore.Cursor("hook", messages.get(2).id(), 1, after.now.plusSeconds(9), "503"), cursor);
        assertEquals(messages.get(3), after.store.outbox().after(cursor.delivered(), 1).getFirst());
        after.store.outbox().giveUp("hook", messages.get(3).id(), "gone", after.now);
        assertEquals(messages.get(3).id(), after.store.outbox().cursor("hook", after.now).delivered());
        assertEquals(messages.get(3), after.store.outbox().dead("hook", 5).getFirst().message());
        long last = messages.getLast().id();
        assertEquals(last + 1, after.store.outbox().add("", "apikey.revoked", "{}", after.now));
        assertEquals(last + 1, after.store.outbox().cursor("new hook", after.now).delivered());
        after.store.outbox().drop("hook");
        assertEquals(last + 1, after.store.outbox().cursor("hook", after.now).delivered());
        after.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldActOnceOnARequestThatComesTwice(Backend backend) throws Exception {
        try (Sessions sessions = open(backend)) {
            IdempotencyStore store = sessions.store.idempotency();
            Instant now = sessions.now;
            Instant stale = now.minusSeconds(60);
            assertInstanceOf(Claim.Fresh.class, store.claim("a", "k", "h", now, stale));
            assertEquals(new Claim.Running(now), store.claim("a", "k", "h", now, stale));
            assertInstanceOf(Claim.Mismatch.class, store.claim("a", "k", "other", now, stale));
            assertInstanceOf(Claim.Fresh.class, store.claim("b", "k", "h", now, stale), "another caller's key");
            assertInstanceOf(Claim.Fresh.class, store.claim("a", "k", "h", now.plusSeconds(61), now.plusSeconds(1)));
            byte[] body = "{\"é\":1}".getBytes(StandardCharsets.UTF_8);
            store.complete("a", "k", new Claim.Done(201, "application/json", body, "/x"), now);
            Claim.Done done = assertInstanceOf(Claim.Done.class, store.claim("a", "k", "h", now, stale));
            assertEquals("201 application/json /x " + new String(body, StandardCharsets.UTF_8), done.status() + " "
                    + done.contentType() + " " + done.location() + " " + new String(done.body(),
                    StandardCharsets.UTF_8));
            store.release("a", "k");
            assertInstanceOf(Claim.Done.class, store.claim("a", "k", "h", now, stale), "what is answered stays");
            store.release("b", "k");
            assertInstanceOf(Claim.Fresh.class, store.claim("b", "k", "x", now, stale));
            assertEquals(2, store.forget(now.plusSeconds(100)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepKeysOfOtherPlatformsWithoutTheirSecrets(Backend backend) throws Exception {
        try (Sessions sessions = open(backend)) {
            ApiKeyStore keys = sessions.store.apiKeys();
            Instant now = sessions.now;
            ApiKey key = new ApiKey("k1", "Vtelehealth", "ab".repeat(32), Set.of("a:read", "b:write"), "", now,
                    now.plusSeconds(60), null);
            keys.add(key, "operator", now);
            assertThrows(IllegalArgumentException.class, () -> keys.add(key, "operator", now));
            assertEquals(Optional.of(key), keys.find("k1"));
            assertTrue(key.usable(now) && !key.usable(now.plusSeconds(60)));
            assertTrue(keys.revoke("k1", "operator", now.plusSeconds(1)));
            assertTrue(keys.revoke("k1", "operator", now.plusSeconds(2)));
            assertFalse(keys.revoke("k2", "operator", now));
            assertEquals(now.plusSeconds(1), keys.list().getFirst().revokedAt());
            assertFalse(keys.list().getFirst().usable(now));
            ApiKey endless = new ApiKey("k0", "", "cd".repeat(32), Set.of(), "BM-01", now, null, null);
            keys.add(endless, "operator", now);
            assertEquals(List.of("k0", "k1"), keys.list().stream().map(ApiKey::id).toList());
            assertNull(keys.find("k0").orElseThrow().expiresAt());
        }
    }

    @ParameterizedTest
    @EnumSource
    void c2ShouldKeepNamesSealedAndForgetThemOnDemand(Backend backend) throws Exception {
        Sessions sessions = open(backend);
        DirectoryStore people = sessions.store.directory();
        String patient = sessions.patient;
        assertEquals("Giàng A Bệnh", people.details(patient, "doctor-1", "ward round", sessions.now).orElseThrow()
                .fullName());
        try (Connection connection = Backend.connect(sessions.url, directory);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT wrapped_key, details FROM person")) {
            while (rows.next()) {
                String row = rows.getString(1) + rows.getString(2);
                assertFalse(row.contains("Giàng") || row.contains("A B"), "sealed");
            }
        }
        Consultation there = sessions.inSession();
        assertTrue(people.erase(patient, "operator", sessions.now));
        assertTrue(people.erase(patient, "operator", sessions.now));
        assertFalse(people.erase("P_Nobody111111", "operator", sessions.now));
        assertEquals(Optional.empty(), people.details(patient, "doctor-1", "again", sessions.now));
        assertNotNull(people.person(patient).orElseThrow().erasedAt());
        Sessions after = again(sessions);
        assertEquals(Optional.of(there), after.store.journal().load(there.id()), "the record stays");
        after.close();
    }

    @Test
    void c2ShouldKeepAnErasureThatFollowsAnUnfinishedOne() throws Exception {
        ErasedList list = ErasedList.in(directory);
        list.add("P_Abcdefghijkm");
        Files.write(directory.resolve("erased"), new byte[] {'P', '_', 'A', 'b', (byte) 0xc3}, APPEND);
        list.add("P_Bcdefghijkmn");
        assertEquals(Set.of("P_Abcdefghijkm", "P_Bcdefghijkmn"), list.all());
    }

    @ParameterizedTest
    @EnumSource
    void c2ShouldEraseAtTheStartWhoIsOnTheListAndBack(Backend backend) throws Exception {
        Sessions sessions = open(backend);
        // As after a crash in a restore: on the list, and in the table as before the erasure.
        ErasedList.in(directory).add(sessions.patient);
        try (Sessions after = again(sessions)) {
            after.store.serve();
            DirectoryStore people = after.store.directory();
            assertNotNull(people.person(after.patient).orElseThrow().erasedAt());
            assertEquals(Optional.empty(), people.details(after.patient, "doctor-1", "again", after.now));
            assertNull(people.person(after.doctor).orElseThrow().erasedAt(), "nobody else");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepFacilitiesAndPeopleInPagesAndVersions(Backend backend) throws Exception {
        try (Sessions sessions = open(backend)) {
            DirectoryStore store = sessions.store.directory();
            Instant now = sessions.now;
            DirectoryStore.Site site = store.site("BM-01").orElseThrow();
            assertEquals(1, site.version());
            assertEquals(2, store.putSite(site.facility(), "Bạch Mai", true, 1, "x", now).version());
            assertThrows(VersionConflictException.class,
                    () -> store.putSite(site.facility(), "Bạch Mai", true, 1, "x", now));
            assertThrows(VersionConflictException.class,
                    () -> store.putSite(site.facility(), "Bạch Mai", true, 0, "x", now));
            Page<DirectoryStore.Site> first = store.sites("", 1);
            assertEquals(List.of("BM-01", "BM-01"), List.of(first.items().getFirst().facility().code(), first.next()));
            assertEquals("", store.sites(first.next(), 1).next());
            assertEquals(3, store.people("", "", 500).items().size());
            assertEquals(List.of(sessions.doctor), store.people("YT-27", "", 9).items().stream()
                    .map(DirectoryStore.Person::pseudonym).toList());
            Page<DirectoryStore.Person> two = store.people("", "", 2);
            assertEquals(1, store.people("", two.next(), 2).items().size());
            assertEquals(Role.EXPERT, store.changePerson(sessions.doctor, Role.EXPERT, "BM-01", false, 1, "x", now)
                    .role());
            assertThrows(VersionConflictException.class,
                    () -> store.changePerson(sessions.doctor, Role.CHAIR, "BM-01", true, 1, "x", now));
            assertThrows(IllegalArgumentException.class, () -> store.addPerson(
                    new DirectoryStore.Details("A", "", ""), Role.EXPERT, "none", "x", now));
            assertThrows(IllegalArgumentException.class, () -> new DirectoryStore.Details(" ", "", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void d4ShouldCountSessionsPeopleAndMinutes(Backend backend) throws Exception {
        try (Sessions sessions = open(backend)) {
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
        try (Sessions sessions = open(backend)) {
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
        try (Sessions sessions = open(backend)) {
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
