// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.signaling.store.sql.RecordCheckTest.check;
import static org.nhipcau.signaling.store.sql.RecordCheckTest.filled;
import static org.nhipcau.signaling.store.sql.RecordCheckTest.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.store.KeepTimes;
import org.nhipcau.signaling.store.Sessions;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;

/** C6: the head of the record finds a cut end, is made anew from what proves itself, and outlives a crash. */
class HeadCheckTest {
    @TempDir
    private Path directory;

    @Test
    void c6ShouldFindAHeadWhoseOnePlaceWasCopiedOverTheOther() throws Exception {
        Path whole = Files.createDirectory(directory.resolve("whole"));
        long end;
        try (Sessions sessions = filled("", whole)) {
            sessions.store.note("test.note", "x", "1");
            sessions.store.note("test.note", "x", "2");
            end = sessions.store.auditEnd().seq();
        }
        String cut = cut(end);
        for (int from = 0; from < 2; from++) {
            Path place = Files.createDirectory(directory.resolve("from" + from));
            Backend.SQLITE.copy("", whole, place);
            copyPlace(place.resolve("audit-head"), from);
            run("", place, cut);
            assertTrue(check("", place).orElseThrow(() -> new AssertionError("not found")).contains("cut"));
            assertThrows(IOException.class, () -> new Sessions("", place));
        }
        // Under a running server, which reads the head before each change.
        for (int from = 0; from < 2; from++) {
            Path place = Files.createDirectory(directory.resolve("running" + from));
            Backend.SQLITE.copy("", whole, place);
            try (Sessions sessions = new Sessions("", place)) {
                copyPlace(place.resolve("audit-head"), from);
                run("", place, cut);
                assertEquals("audit_broken", assertThrows(JournalUnavailableException.class, sessions::requested)
                        .getMessage());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldAdoptARecordWhoseOldestEntriesWereLetGo(Backend backend) throws Exception {
        String url = backend.url(directory);
        filled(url, directory).close();
        StoreSettings settings = new StoreSettings(url, directory, null, new KeepTimes(10, 10, 10, 20, 10, 1));
        var clock = java.time.InstantSource.fixed(Sessions.START.plusSeconds(21 * 86_400L));
        AuditHead.Mark before;
        try (Store store = Store.open(settings, Sessions.keys(1), clock)) {
            store.forget();
            before = store.auditEnd();
        }
        assertTrue(before.baseSeq() > 0);
        RecordCheck.Result found;
        try (Database database = Database.existing(url, directory)) {
            found = RecordCheck.withoutHead(database, Sessions.keys(1));
        }
        assertEquals(Optional.empty(), found.problem());
        assertEquals(before, found.end());
        Path head = directory.resolve("audit-head");
        Files.delete(head);
        AuditHead.create(head, Sessions.keys(1), found.end()).close();
        try (Store store = Store.open(settings, Sessions.keys(1), clock)) {
            store.note("audit.adopted", "x", "");
        }
        assertEquals(Optional.empty(), check(url, directory));
        // A beginning that the record does not tell of is none.
        run(url, directory, "DELETE FROM audit WHERE seq = " + (before.baseSeq() + 1));
        try (Database database = Database.existing(url, directory)) {
            assertTrue(RecordCheck.withoutHead(database, Sessions.keys(1)).problem().orElseThrow().contains("missing"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldAdoptNoBeginningThatNothingProves(Backend backend) throws Exception {
        Path whole = Files.createDirectory(directory.resolve("whole"));
        String wholeUrl = backend.url(whole);
        long upTo;
        String hash;
        try (Sessions sessions = filled(wholeUrl, whole)) {
            upTo = sessions.store.auditEnd().seq() - 3;
            hash = sessions.store.audit(upTo - 1, 1).getFirst().hash();
        }
        String forged = "UPDATE audit SET kind = 'retention.audit', body = '{\"data\":{\"hash\":\"" + hash
                + "\",\"upTo\":" + upTo + "}}' WHERE seq = ";
        // What is altered stands before the beginning that is made up; so does, in the first two, what tells of it.
        for (long at : new long[] {2, upTo, upTo + 2}) {
            Path place = Files.createDirectory(directory.resolve("at" + at));
            String url = backend.copy(wholeUrl, whole, place);
            run(url, place, forged + at + "; UPDATE api_key SET facility = ''; "
                    + "UPDATE counter SET value = 0 WHERE name = 'bound'");
            try (Database database = Database.existing(url, place)) {
                String problem = RecordCheck.withoutHead(database, Sessions.keys(1)).problem()
                        .orElseThrow(() -> new AssertionError("taken for a beginning: the forged entry " + at));
                assertTrue(problem.contains("entry " + at), problem);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldNotGoOnWhenTheEndWasCutUnderARunningServer(Backend backend) throws Exception {
        String url = backend.url(directory);
        try (Sessions sessions = filled(url, directory)) {
            long seq = sessions.store.auditEnd().seq();
            run(url, directory, cut(seq));
            assertEquals("audit_broken", assertThrows(JournalUnavailableException.class, sessions::requested)
                    .getMessage());
            assertEquals("audit_broken", sessions.store.failure());
        }
        assertTrue(assertThrows(IOException.class, () -> new Sessions(url, directory)).getMessage().contains("cut"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeOverWhatACrashLeftAfterTheHead(Backend backend) throws Exception {
        String url = backend.url(directory);
        Path head = directory.resolve("audit-head");
        byte[] before;
        try (Sessions sessions = new Sessions(url, directory)) {
            before = Files.readAllBytes(head);
            sessions.requested();
        }
        Files.write(head, before);
        assertEquals(Optional.empty(), check(url, directory), "entries after the head prove themselves");
        try (Sessions sessions = new Sessions(url, directory)) {
            sessions.requested();
        }
        assertEquals(Optional.empty(), check(url, directory));
        Files.delete(head);
        assertTrue(assertThrows(IOException.class, () -> new Sessions(url, directory)).getMessage()
                .contains("missing"));
    }

    private static String cut(long seq) {
        return "DELETE FROM audit WHERE seq = " + seq + "; UPDATE audit_tip SET seq = seq - 1, hash = "
                + "(SELECT hash FROM audit WHERE seq = " + (seq - 1) + ")";
    }

    private static void copyPlace(Path head, int from) throws IOException {
        byte[] bytes = Files.readAllBytes(head);
        System.arraycopy(bytes, from * 4_096, bytes, (1 - from) * 4_096, 4_096);
        Files.write(head, bytes);
    }
}
