// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.audit.AuditChain;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.audit.AuditRow;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand.Conclude;
import org.nhipcau.signaling.store.ApiKeyStore;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.store.KeepTimes;
import org.nhipcau.signaling.store.ReportQueries.ConsultationFilter;
import org.nhipcau.signaling.store.Sessions;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;
import org.nhipcau.signaling.store.keys.KeyRing;

/** C6: hands in the database itself, past the server, are found out on either database. */
class RecordCheckTest {
    /** What somebody does to the tables, and a word of what the check says then. */
    private record Deed(String sql, String told) {}

    private static final List<Deed> DEEDS = List.of(
            new Deed("UPDATE audit SET body = REPLACE(body, 'PATIENT', 'EXPERT') WHERE seq = 5", "entry"),
            new Deed("UPDATE audit SET actor = 'P_Nobody111111' WHERE seq = 7", "entry 7"),
            new Deed("UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 3", "entry 3"),
            new Deed("DELETE FROM audit WHERE seq = 4", "entry 4 is missing"),
            new Deed("DELETE FROM audit WHERE seq = 1", "entry 1 is missing"),
            new Deed("DELETE FROM audit WHERE seq > 10", "entry 11 is missing"),
            new Deed("DELETE FROM audit", "entry 1 is missing"),
            new Deed("UPDATE audit SET seq = -1 WHERE seq = 8; UPDATE audit SET seq = 8 WHERE seq = 9; "
                    + "UPDATE audit SET seq = 9 WHERE seq = -1", "entry 8"),
            new Deed("INSERT INTO audit SELECT 1000000, at_ms, kind, consultation, actor, body, hash, mac, key_id "
                    + "FROM audit WHERE seq = 2", "is missing: after"),
            new Deed("INSERT INTO audit SELECT 0, at_ms, kind, consultation, actor, body, hash, mac, key_id "
                    + "FROM audit WHERE seq = 2", "entry 0"),
            new Deed("UPDATE audit_tip SET seq = seq - 1", "tip"),
            new Deed("UPDATE consultation_event SET body = REPLACE(body, 'PAPER', 'VOICE')", "events of consultation"),
            new Deed("UPDATE consultation_event SET actor = 'leader-2' WHERE version = 2", "events of consultation"),
            new Deed("UPDATE consultation_event SET at_ms = at_ms - 1 WHERE version = 2", "events of consultation"),
            new Deed("DELETE FROM consultation_event WHERE version = 3", "events of consultation"),
            new Deed("DELETE FROM consultation_event; DELETE FROM consultation", "are missing"),
            new Deed("INSERT INTO consultation_event SELECT consultation, 1000, at_ms, type, actor, body "
                    + "FROM consultation_event WHERE version = 2", "events of consultation"),
            new Deed("UPDATE attendance SET role = 'EXPERT' WHERE id = 3", "stay 3"),
            new Deed("UPDATE attendance SET to_ms = to_ms + 60000 WHERE id = 1", "stay 1"),
            new Deed("DELETE FROM attendance WHERE id = 2", "stay 2 is missing"),
            new Deed("INSERT INTO attendance SELECT 99, consultation, person, role, facility, device, node, from_ms, "
                    + "to_ms, ended_by FROM attendance WHERE id = 2", "stay 99"),
            new Deed("UPDATE api_key SET scopes = 'audit:read keys:manage' WHERE id = 'k1'", "k1 in the table api_key"),
            new Deed("UPDATE api_key SET revoked_ms = NULL WHERE id = 'k2'", "k2 in the table api_key"),
            new Deed("UPDATE api_key SET facility = '' WHERE id = 'k1'", "k1 in the table api_key"),
            new Deed("DELETE FROM api_key WHERE id = 'k2'", "k2 in the table api_key is missing"),
            new Deed("INSERT INTO api_key SELECT 'k3', label, secret_hash, scopes, facility, created_ms, expires_ms, "
                    + "revoked_ms FROM api_key WHERE id = 'k1'", "no row k3 in the table api_key"),
            new Deed("UPDATE facility SET active = 0 WHERE code = 'YT-27'", "YT-27 in the table facility"),
            new Deed("UPDATE facility SET province = '99' WHERE code = 'YT-27'", "YT-27 in the table facility"),
            new Deed("DELETE FROM facility WHERE code = 'YT-27'", "YT-27 in the table facility is missing"),
            new Deed("UPDATE person SET role = 'CONTROLLER' WHERE role = 'PATIENT'", "in the table person"),
            new Deed("UPDATE person SET details = (SELECT details FROM person WHERE role = 'CHAIR'), wrapped_key = "
                    + "(SELECT wrapped_key FROM person WHERE role = 'CHAIR') WHERE role = 'PATIENT'",
                    "in the table person"),
            new Deed("DELETE FROM person WHERE role = 'CHAIR'", "in the table person is missing"),
            new Deed("UPDATE consultation SET outcome = 'CANCELLED_FREE'", "in the table consultation"),
            new Deed("UPDATE consultation SET started_ms = started_ms - 3600000", "in the table consultation"),
            new Deed("UPDATE consultation SET province = '99'", "in the table consultation"),
            new Deed("DELETE FROM consultation_facility WHERE facility = 'YT-27'", "in the table consultation_facility"),
            new Deed("INSERT INTO consultation_facility SELECT id, 'XX-01', created_ms FROM consultation",
                    "in the table consultation_facility"));

    @TempDir
    private Path directory;

    static Sessions filled(String url, Path directory) throws IOException {
        Sessions sessions = new Sessions(url, directory);
        String id = sessions.inSession().id();
        sessions.pass(60);
        sessions.does(id, Sessions.OFFICE, new Conclude(Consultation.Outcome.DONE));
        for (String key : List.of("k1", "k2")) {
            sessions.store.apiKeys().add(new ApiKeyStore.ApiKey(key, "test", "ab".repeat(32), Set.of("audit:read"),
                    "BM-01", sessions.now, null, null), "test", sessions.now);
        }
        sessions.store.apiKeys().revoke("k2", "test", sessions.now);
        return sessions;
    }

    static Optional<String> check(String url, Path directory) throws IOException {
        return check(url, directory, Sessions.keys(1));
    }

    static Optional<String> check(String url, Path directory, KeyRing keys) throws IOException {
        AuditHead.State state = AuditHead.read(directory.resolve("audit-head"), keys).orElseThrow();
        try (Database database = Database.existing(url, directory)) {
            return RecordCheck.run(database, keys, state).problem();
        }
    }

    static void run(String url, Path directory, String sql) throws Exception {
        try (Connection connection = Backend.connect(url,
                directory); Statement statement = connection.createStatement()) {
            for (String one : sql.split("; ")) {
                statement.execute(one);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldFindWhateverIsDoneToTheTables(Backend backend) throws Exception {
        Path whole = Files.createDirectory(directory.resolve("whole"));
        String wholeUrl = backend.url(whole);
        filled(wholeUrl, whole).close();
        for (Deed deed : DEEDS) {
            Path place = Files.createDirectory(directory.resolve("d" + DEEDS.indexOf(deed)));
            String url = backend.copy(wholeUrl, whole, place);
            run(url, place, deed.sql());
            String problem = check(url, place).orElseThrow(() -> new AssertionError("not found: " + deed.sql()));
            assertTrue(problem.contains(deed.told()), deed + ": " + problem);
        }
        assertEquals(Optional.empty(), check(wholeUrl, whole));
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldRefuseWhatARetiredKeySigned(Backend backend) throws Exception {
        String url = backend.url(directory);
        filled(url, directory).close();
        KeyRing both = Sessions.keys(2, 1);
        AuditHead.State before = AuditHead.read(directory.resolve("audit-head"), both).orElseThrow();
        assertTrue(before.retired());
        assertTrue(check(url, directory, both).orElseThrow().contains("no longer in use"), "not gone over yet");
        try (Store store = Store.open(Sessions.settings(url, directory), both, Sessions.clock())) {
            store.note("test.after", "x", "");
        }
        assertEquals(Optional.empty(), check(url, directory, both), "older entries stay good");
        // Who has the old key and the database adds an entry after the others, where a crash would leave one.
        AuditHead.Mark end = AuditHead.read(directory.resolve("audit-head"), both).orElseThrow().mark();
        AuditRow forged = new AuditChain(Sessions.keys(1), end.seq(), end.hash()).add(new AuditEntry(Sessions.START,
                "test.forged", "", "x", SqlJournal.JSON.createObjectNode()));
        run(url, directory, "INSERT INTO audit VALUES (" + forged.seq() + ", " + forged.atMs() + ", '" + forged.kind()
                + "', '', 'x', '" + forged.body() + "', '" + forged.hash() + "', '" + forged.mac() + "', '"
                + forged.keyId() + "'); UPDATE audit_tip SET seq = " + forged.seq() + ", hash = '" + forged.hash()
                + "'");
        assertTrue(check(url, directory, both).orElseThrow().contains("after that key was retired"));
        assertTrue(assertThrows(IOException.class, () -> Store.open(Sessions.settings(url, directory), both,
                Sessions.clock())).getMessage().contains("after that key was retired"));
        // And the head, too.
        Path head = directory.resolve("audit-head");
        Files.delete(head);
        AuditHead.create(head, Sessions.keys(1), new AuditHead.Mark(forged.seq(), forged.hash(), 0,
                AuditChain.GENESIS)).close();
        assertTrue(check(url, directory, both).orElseThrow().contains("no longer in use"));
        try (Database database = Database.existing(url, directory)) {
            assertTrue(RecordCheck.withoutHead(database, both).problem().orElseThrow()
                    .contains("after that key was retired"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void c7ShouldLetGoOfWhatWasKeptLongEnoughAndStayProvable(Backend backend) throws Exception {
        String url = backend.url(directory);
        String old;
        String patient;
        try (Sessions sessions = filled(url, directory)) {
            old = sessions.store.reports().consultations(
                    new ConsultationFilter("", "", "", "", null, null), "", 1)
                    .items().getFirst().id();
            patient = sessions.patient;
        }
        KeepTimes keep = new KeepTimes(100, 200, 50, 300, 30, 48);
        StoreSettings settings = new StoreSettings(url, directory, null, keep);
        for (int days : new int[] {99, 101, 201, 301}) {
            var clock = java.time.InstantSource.fixed(Sessions.START.plusSeconds(days * 86_400L + 3_600));
            try (Store store = Store.open(settings, Sessions.keys(1), clock)) {
                store.forget();
                assertEquals(days < 100, store.journal().load(old).isPresent(), days + " days");
                assertEquals(days < 200, store.directory().person(patient).orElseThrow().erasedAt() == null, days
                        + " days");
                assertEquals(days < 30, store.outbox().after(0, 1).size() == 1, days + " days");
                assertEquals(days > 300, store.auditEnd().baseSeq() > 0, days + " days");
                store.note("test.after", "x", "");
            }
            assertEquals(Optional.empty(), check(url, directory), days + " days");
        }
        // What only those entries told that were let go is proved still.
        List<Deed> later = List.of(new Deed("UPDATE facility SET active = 0 WHERE code = 'YT-27'", "YT-27"),
                new Deed("UPDATE api_key SET facility = '' WHERE id = 'k1'", "k1"),
                new Deed("UPDATE person SET role = 'CONTROLLER' WHERE role = 'CHAIR'", "in the table person"),
                new Deed("DELETE FROM person WHERE role = 'CHAIR'", "in the table person is missing"),
                new Deed("INSERT INTO api_key SELECT 'k3', label, secret_hash, scopes, facility, created_ms, "
                        + "expires_ms, revoked_ms FROM api_key WHERE id = 'k1'", "no row k3"));
        for (Deed deed : later) {
            Path place = Files.createDirectory(directory.resolve("later" + later.indexOf(deed)));
            String copy = backend.copy(url, directory, place);
            run(copy, place, deed.sql());
            assertTrue(check(copy, place).orElseThrow(() -> new AssertionError("not found: " + deed.sql()))
                    .contains(deed.told()), deed.sql());
        }
    }

    @ParameterizedTest
    @EnumSource
    void c7ShouldNotShortenABrokenRecord(Backend backend) throws Exception {
        String url = backend.url(directory);
        filled(url, directory).close();
        run(url, directory, "UPDATE audit SET body = REPLACE(body, 'YT-27', 'YT-28') WHERE seq = 2");
        StoreSettings settings = new StoreSettings(url, directory, null, new KeepTimes(10, 10, 10, 20, 10, 1));
        var clock = java.time.InstantSource.fixed(Sessions.START.plusSeconds(21 * 86_400L));
        try (Store store = Store.open(settings, Sessions.keys(1), clock)) {
            assertTrue(assertThrows(IllegalStateException.class, store::forget).getMessage().contains("entry 2"));
            assertEquals(0, store.auditEnd().baseSeq());
        }
        assertTrue(check(url, directory).orElseThrow().contains("entry 2"));
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldStayProvableThroughErasureAndAnotherKey(Backend backend) throws Exception {
        String url = backend.url(directory);
        String patient;
        try (Sessions sessions = filled(url, directory)) {
            patient = sessions.patient;
            run(url, directory, "CREATE TABLE stolen AS SELECT pseudonym, wrapped_key, details FROM person");
            sessions.store.directory().erase(patient, "test", sessions.now);
        }
        assertEquals(Optional.empty(), check(url, directory));
        KeyRing both = Sessions.keys(2, 1);
        try (Store store = Store.open(Sessions.settings(url, directory), both, Sessions.clock())) {
            assertEquals(2, store.reseal("test"));
        }
        assertEquals(Optional.empty(), check(url, directory, both));
        run(url, directory, "UPDATE person SET details = (SELECT details FROM stolen WHERE pseudonym = '" + patient
                + "'), wrapped_key = (SELECT wrapped_key FROM stolen WHERE pseudonym = '" + patient
                + "'), erased_ms = NULL WHERE pseudonym = '" + patient + "'");
        assertTrue(check(url, directory, both).orElseThrow().contains(patient), "an erasure cannot be undone");
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldCompleteARecordOfBeforeItToldOfAllTables(Backend backend) throws Exception {
        String url = backend.url(directory);
        filled(url, directory).close();
        asBefore(url, directory);
        assertEquals(Optional.empty(), check(url, directory), "not complete yet");
        try (Store store = Store.open(Sessions.settings(url, directory), Sessions.keys(1), Sessions.clock())) {
            assertEquals(1, store.reports().consultations(new ConsultationFilter("", "BM-01", "", "", null, null), "", 9)
                    .items().size(), "listed anew");
        }
        assertEquals(Optional.empty(), check(url, directory));
        run(url, directory, "UPDATE api_key SET facility = '' WHERE id = 'k1'");
        assertTrue(check(url, directory).orElseThrow().contains("k1 in the table api_key"));
        // Completing happens once: nothing that was altered becomes true by it.
        run(url, directory, "UPDATE counter SET value = 0 WHERE name = 'bound'");
        Store.open(Sessions.settings(url, directory), Sessions.keys(1), Sessions.clock()).close();
        assertTrue(check(url, directory).orElseThrow().contains("k1 in the table api_key"));
    }

    /** Makes the record what an earlier version would have written: no digests of rows, no list of facilities. */
    private static void asBefore(String url, Path directory) throws Exception {
        asBefore(url, directory, seq -> Sessions.keys(1));
    }

    static void asBefore(String url, Path directory, LongFunction<KeyRing> keys) throws Exception {
        long end = 0;
        String hash = AuditChain.GENESIS;
        try (Connection connection = Backend.connect(url, directory)) {
            List<AuditRow> rows = new ArrayList<>();
            Entries.each(connection, 0, rows::add);
            for (AuditRow row : rows) {
                var data = (com.fasterxml.jackson.databind.node.ObjectNode) Told.data(row);
                data.remove(List.of("rows", Told.MARK));
                AuditRow old = new AuditChain(keys.apply(row.seq()), end, hash).add(new AuditEntry(java.time.Instant.ofEpochMilli(row.atMs()), row.kind(),
                        row.consultation(), row.actor(), data));
                Sql.update(connection, "UPDATE audit SET body = ?, hash = ?, mac = ?, key_id = ? WHERE seq = ?",
                        old.body(), old.hash(), old.mac(), old.keyId(), old.seq());
                end = old.seq();
                hash = old.hash();
            }
            Sql.update(connection, "UPDATE audit_tip SET hash = ?", hash);
            Sql.update(connection, "DELETE FROM consultation_facility");
            Sql.update(connection, "DELETE FROM counter WHERE name = 'bound'");
        }
        Path head = directory.resolve("audit-head");
        Files.delete(head);
        AuditHead.create(head, keys.apply(end), new AuditHead.Mark(end, hash, 0, AuditChain.GENESIS)).close();
    }
}
