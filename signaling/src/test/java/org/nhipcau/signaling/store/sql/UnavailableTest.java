// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.audit.AuditEntry;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.store.Sessions;

/** A full disk and a dead database are told by a code, lose nothing that was acknowledged, and heal by themselves. */
class UnavailableTest {
    @TempDir
    private Path directory;

    private static AuditEntry entry(int i) {
        return new AuditEntry(Instant.ofEpochMilli(i), "test.entry", "", "x",
                SqlJournal.JSON.createObjectNode().put("text", "x".repeat(2_000)));
    }

    @Test
    void aFullDiskShouldBeNamedAndHeal() throws Exception {
        try (Database database = Database.open("", directory);
                AuditLog log = AuditLog.open(database, Sessions.keys(1), directory.resolve("audit-head"))) {
            log.change(transaction -> {
                transaction.audit(entry(0));
                return null;
            });
            // The one connection that writes may not make the file larger: what SQLite does when the disk is full.
            database.maintain("PRAGMA max_page_count = 1");
            int written = 1;
            JournalUnavailableException full = null;
            for (int i = 0; i < 2_000 && full == null; i++) {
                try {
                    AuditEntry entry = entry(written);
                    log.change(transaction -> {
                        transaction.audit(entry);
                        return null;
                    });
                    written++;
                } catch (JournalUnavailableException e) {
                    full = e;
                }
            }
            assertNotNull(full, "the file grew all the same");
            assertEquals("store_disk_full", full.getMessage());
            assertEquals("store_disk_full", database.failure());
            assertEquals(written, log.mark().seq(), "what failed left nothing");
            database.maintain("PRAGMA max_page_count = 1000000");
            log.change(transaction -> {
                transaction.audit(entry(1));
                return null;
            });
            assertEquals("", database.failure());
            assertEquals(written + 1, log.mark().seq());
            assertEquals(Optional.empty(), RecordCheck.run(database, Sessions.keys(1),
                    new AuditHead.State(log.mark(), false)).problem());
        }
    }

    @Test
    void aDatabaseFileThatWasMovedAwayShouldStopWrites() throws Exception {
        try (Sessions sessions = new Sessions("", directory)) {
            Consultation there = sessions.requested();
            Database database = sessions.store.database();
            Path file = directory.resolve("nhipcau.db");
            Files.move(file, directory.resolve("gone.db"));
            assertThrows(JournalUnavailableException.class, database::probe);
            assertEquals("store_file_lost", assertThrows(JournalUnavailableException.class, sessions::requested)
                    .getMessage());
            assertFalse(sessions.store.available());
            Files.move(directory.resolve("gone.db"), file);
            database.probe();
            sessions.requested();
            assertTrue(sessions.store.available());
            assertEquals(Optional.of(there), sessions.store.journal().load(there.id()));
        }
    }

    @Test
    void aDeadDatabaseShouldBeNamedAndHeal() throws Exception {
        try (Backend.Cluster cluster = Backend.Cluster.start()) {
            Assumptions.assumeTrue(cluster != null, "PostgreSQL is not installed here: skipped");
            String url = cluster.newDatabase();
            try (Sessions sessions = new Sessions(url, directory)) {
                Consultation there = sessions.requested();
                cluster.down();
                for (int i = 0; i < 2; i++) {
                    assertEquals("store_unreachable", assertThrows(JournalUnavailableException.class,
                            sessions::requested)
                            .getMessage());
                }
                assertEquals("store_unreachable", assertThrows(JournalUnavailableException.class,
                        () -> sessions.store.journal().load(there.id())).getMessage());
                assertFalse(sessions.store.available());
                cluster.up();
                assertEquals(Optional.of(there), sessions.store.journal().load(there.id()));
                sessions.requested();
                assertTrue(sessions.store.available());
                assertEquals(Optional.empty(), RecordCheck.run(sessions.store.database(), Sessions.keys(1),
                        new AuditHead.State(sessions.store.auditEnd(), false)).problem());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void readersThatTookEveryConnectionShouldNotKeepTheWriterWaiting(Backend backend) throws Exception {
        try (Database database = Database.open(backend.url(directory), directory)) {
            int[] written = new int[1];
            whileAllRead(database, () -> written[0] = database.write(connection -> Sql.update(connection,
                    "UPDATE counter SET value = value + 1 WHERE name = ?", "outbox")));
            assertEquals(1, written[0]);
        }
    }

    private static void whileAllRead(Database database, Runnable work) {
        boolean[] one = new boolean[1];
        try {
            database.readLong(connection -> {
                one[0] = true;
                whileAllRead(database, work);
                return null;
            });
        } catch (JournalUnavailableException e) {
            if (one[0]) {
                throw e;
            }
            // None was left.
            work.run();
        }
    }

    @Test
    void secondWriterOfTheSameFilesShouldTakeTurns() throws Exception {
        try (Sessions server = new Sessions("", directory); Sessions command = new Sessions("", directory)) {
            for (int i = 0; i < 5; i++) {
                server.requested();
                command.store.note("test.note", "operator", "" + i);
            }
            assertEquals(server.store.auditEnd(), command.store.auditEnd());
            assertEquals(Optional.empty(), RecordCheck.run(server.store.database(), Sessions.keys(1),
                    new AuditHead.State(server.store.auditEnd(), false)).problem());
        }
    }
}
