// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.store.ErasedList;
import org.nhipcau.signaling.store.KeepTimes;
import org.nhipcau.signaling.store.Sessions;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;
import org.nhipcau.signaling.store.UnfinishedRestore;
import org.nhipcau.signaling.store.sql.Database;
import org.nhipcau.signaling.store.sql.Dump;
import org.nhipcau.signaling.store.sql.RecordCheck;

/** C7: a backup opens only with the key, is proved before it is put back, and brings nobody back who was erased. */
class BackupTest {
    @TempDir
    private Path directory;

    private Path take(Sessions sessions) throws IOException {
        Path file = directory.resolve("backup");
        Backup.write(Sessions.settings(sessions.url, sessions.directory), Sessions.keys(1), file, sessions.now);
        return file;
    }

    static InstantSource clock() {
        return InstantSource.fixed(Sessions.START.plusSeconds(100));
    }

    @ParameterizedTest
    @CsvSource({"SQLITE,SQLITE", "SQLITE,POSTGRESQL", "POSTGRESQL,SQLITE", "POSTGRESQL,POSTGRESQL"})
    void c7ShouldPutBackWhatWasThereOnEitherDatabase(Backend from, Backend to) throws Exception {
        Path here = Files.createDirectory(directory.resolve("here"));
        Path there = Files.createDirectory(directory.resolve("there"));
        String url = to.url(there);
        Consultation consultation;
        String patient;
        Path file;
        try (Sessions sessions = new Sessions(from.url(here), here)) {
            consultation = sessions.inSession();
            patient = sessions.patient;
            file = take(sessions);
            assertEquals(sessions.store.auditEnd().hash(), Restore.check(file, Sessions.keys(1), directory).end()
                    .hash());
            // Later than the backup, and not in it.
            sessions.requested();
        }
        Restore.restore(file, Sessions.settings(url, there), Sessions.keys(1), false, clock());
        try (Store store = Store.open(Sessions.settings(url, there), Sessions.keys(1), clock())) {
            assertEquals(Optional.of(consultation), store.journal().load(consultation.id()));
            assertEquals(3, store.attendance().present(consultation.id()).size());
            assertEquals("Giàng A Bệnh", store.directory().details(patient, "x", "test", clock().instant())
                    .orElseThrow()
                    .fullName());
            assertEquals(1, store.reports().open().size());
        }
        assertThrows(IOException.class, () -> Restore.restore(file, Sessions.settings(url, there), Sessions.keys(1),
                false,
                clock()), "not over what is there");
    }

    @Test
    void c7ShouldReplaceOnDemandAndEraseAgainWhoWasErased() throws Exception {
        Path file;
        try (Sessions sessions = new Sessions("", directory)) {
            String erased = sessions.patient;
            file = take(sessions);
            sessions.store.directory().erase(erased, "operator", sessions.now);
            String later = sessions.requested().id();
            sessions.close();
            Restore.restore(file, Sessions.settings("", directory), Sessions.keys(1), true, clock());
            try (Store store = Store.open(Sessions.settings("", directory), Sessions.keys(1), clock())) {
                assertEquals(Optional.empty(), store.journal().load(later));
                assertNotNull(store.directory().person(erased).orElseThrow().erasedAt(), "erased again");
            }
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertTrue(files.anyMatch(path -> path.getFileName().toString().startsWith("before-restore-")));
        }
    }

    @Test
    void c7ShouldRefuseWhatIsDamagedAndChangeNothing() throws Exception {
        Path here = Files.createDirectory(directory.resolve("here"));
        Path file;
        try (Sessions sessions = new Sessions("", here)) {
            // Several portions.
            for (int i = 0; i < 40; i++) {
                sessions.requested();
            }
            byte[] noise = new byte[400_000];
            new java.util.Random(1).nextBytes(noise);
            sessions.store.note("test.noise", "x", java.util.HexFormat.of().formatHex(noise));
            file = take(sessions);
            assertThrows(IOException.class, () -> take(sessions), "not over a file");
        }
        List<String> lines = Files.readAllLines(file);
        assertTrue(lines.size() > 3, lines.size() + " lines");
        List<List<String>> damaged = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            List<String> cut = new ArrayList<>(lines);
            cut.remove(i);
            damaged.add(cut);
            damaged.add(lines.subList(0, i));
            List<String> altered = new ArrayList<>(lines);
            altered.set(i, lines.get(i).substring(0, 10) + (lines.get(i).charAt(10) == 'A' ? 'B' : 'A')
                    + lines.get(i).substring(11));
            damaged.add(altered);
        }
        List<String> swapped = new ArrayList<>(lines);
        Collections.swap(swapped, 2, 3);
        damaged.add(swapped);
        List<String> longer = new ArrayList<>(lines);
        longer.add(lines.getLast());
        damaged.add(longer);
        Path target = directory.resolve("target");
        for (List<String> text : damaged) {
            Path bad = Files.write(directory.resolve("bad"), text);
            assertThrows(IOException.class, () -> Restore.restore(bad, Sessions.settings("", target), Sessions.keys(1),
                    false, clock()), () -> damaged.indexOf(text) + " was taken");
            assertFalse(Files.exists(target.resolve("nhipcau.db")));
        }
        assertTrue(assertThrows(IOException.class, () -> Restore.check(file, Sessions.keys(2), directory)).getMessage()
                .contains("key"));
        Restore.check(file, Sessions.keys(2, 1), directory);
    }

    @Test
    void c7ShouldRefuseABackupOfARecordThatWasTamperedWith() throws Exception {
        try (Sessions sessions = new Sessions("", directory)) {
            sessions.requested();
            try (Connection connection = Backend.connect("",
                    directory); Statement statement = connection.createStatement()) {
                statement.execute("UPDATE audit SET actor = 'x' WHERE seq = 2");
            }
            Path file = take(sessions);
            assertTrue(assertThrows(IOException.class, () -> Restore.check(file, Sessions.keys(1), directory))
                    .getMessage()
                    .contains("entry 2"));
        }
    }

    @Test
    void c7ShouldNotMakeARecordWholeAgainWhoseEndWasCut() throws Exception {
        try (Sessions sessions = new Sessions("", directory)) {
            sessions.store.note("test.note", "x", "1");
            sessions.store.note("test.note", "x", "2");
            long end = sessions.store.auditEnd().seq();
            try (Connection connection = Backend.connect("",
                    directory); Statement statement = connection.createStatement()) {
                statement.execute("DELETE FROM audit WHERE seq = " + end);
                statement.execute("UPDATE audit_tip SET seq = seq - 1, hash = (SELECT hash FROM audit WHERE seq = "
                        + (end - 1) + ")");
            }
            Path file = take(sessions);
            assertTrue(assertThrows(IOException.class, () -> Restore.check(file, Sessions.keys(1), directory))
                    .getMessage().contains("cut"));
            Files.delete(file);
            Path head = directory.resolve("audit-head");
            byte[] bytes = Files.readAllBytes(head);
            Files.write(head, new byte[bytes.length]);
            assertTrue(assertThrows(IOException.class, () -> take(sessions)).getMessage().contains("key"));
            Files.delete(head);
            assertTrue(assertThrows(IOException.class, () -> take(sessions)).getMessage().contains("missing"));
            assertFalse(Files.exists(file));
        }
    }

    /** A clock by which the restore's process ends the second time it is asked: when the new store is in its place. */
    static InstantSource crashing(int asked) {
        int[] left = {asked};
        return () -> {
            if (left[0]-- == 0) {
                throw new AssertionError("the test ends the process here");
            }
            return clock().instant();
        };
    }

    @ParameterizedTest
    @EnumSource
    void c7ShouldTellWhatToDoAfterARestoreThatWasCutShortAndFinishIt(Backend backend) throws Exception {
        Path here = Files.createDirectory(directory.resolve("here"));
        Path there = Files.createDirectory(directory.resolve("there"));
        Path file;
        String erased;
        try (Sessions sessions = new Sessions("", here)) {
            erased = sessions.patient;
            file = take(sessions);
        }
        ErasedList.in(there).add(erased);
        String url = backend.url(there);
        StoreSettings settings = Sessions.settings(url, there);
        assertThrows(AssertionError.class, () -> Restore.restore(file, settings, Sessions.keys(1), false, crashing(0)));
        refused(() -> Store.open(settings, Sessions.keys(1), clock()));
        refused(() -> Database.existing(url, there));
        refused(() -> Database.require(url, there));
        refused(() -> Backup.write(settings, Sessions.keys(1), directory.resolve("other"), clock().instant()));
        refused(() -> Restore.restore(file, settings, Sessions.keys(1), false, clock()));
        Restore.restore(file, settings, Sessions.keys(1), true, clock());
        try (Store store = Store.open(settings, Sessions.keys(1), clock())) {
            assertNotNull(store.directory().person(erased).orElseThrow().erasedAt(), "erased again");
        }
        try (Stream<Path> files = Files.list(there)) {
            assertTrue(files.noneMatch(path -> path.getFileName().toString().startsWith("before-restore-")),
                    "there was nothing before");
        }
    }

    private static void refused(Executable deed) {
        String told = assertThrows(IOException.class, deed).getMessage();
        assertTrue(told.contains("cut short") && told.contains("--replace"), told);
    }

    @Test
    void c7ShouldKeepTheOldStoreTogetherThroughARestoreThatIsCutShortAnywhere() throws Exception {
        Path here = Files.createDirectory(directory.resolve("here"));
        String old;
        Path file;
        try (Sessions sessions = new Sessions("", here)) {
            file = take(sessions);
            old = sessions.requested().id();
        }
        List<String> names = List.of("audit-head", "nhipcau.db");
        for (int moved = 0; moved <= names.size(); moved++) {
            Path there = Files.createDirectory(directory.resolve("there" + moved));
            Backend.SQLITE.copy("", here, there);
            Path aside = there.resolve("before-restore-20260302T010000Z");
            // As a crash between two moves leaves it.
            UnfinishedRestore.note(there, new UnfinishedRestore.Left(aside, false,
                    UnfinishedRestore.place("")));
            if (moved > 0) {
                Files.createDirectory(aside);
            }
            for (String name : names.subList(0, moved)) {
                Files.move(there.resolve(name), aside.resolve(name));
            }
            StoreSettings settings = Sessions.settings("", there);
            refused(() -> Database.require("", there));
            assertThrows(AssertionError.class, () -> Restore.restore(file, settings, Sessions.keys(1), true,
                    crashing(0)), "cut short again, in its last part");
            refused(() -> Store.open(settings, Sessions.keys(1), clock()));
            Restore.restore(file, settings, Sessions.keys(1), true, clock());
            try (Store store = Store.open(settings, Sessions.keys(1), clock())) {
                assertEquals(Optional.empty(), store.journal().load(old), "the backup's state");
            }
            try (Stream<Path> files = Files.list(there)) {
                assertEquals(List.of(aside), files.filter(path -> path.getFileName().toString()
                        .startsWith("before-restore-")).toList());
            }
            try (Store store = Store.open(Sessions.settings("", aside), Sessions.keys(1), clock())) {
                assertTrue(store.journal().load(old).isPresent(), "the store of before, whole");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void c7ShouldBackUpWhileOldEntriesAreLetGo(Backend backend) throws Exception {
        String url = backend.url(directory);
        new Sessions(url, directory).close();
        StoreSettings settings = new StoreSettings(url, directory, null, new KeepTimes(10, 10, 10, 20, 10, 1));
        Path head = directory.resolve("audit-head");
        AtomicInteger asked = new AtomicInteger();
        StringWriter out = new StringWriter();
        InstantSource later = InstantSource.fixed(Sessions.START.plusSeconds(21 * 86_400L));
        try (Store store = Store.open(settings, Sessions.keys(1), later)) {
            String first = store.audit(0, 1).getFirst().hash();
            Dump.Heads heads = () -> {
                AuditHead.State state = AuditHead.read(head, Sessions.keys(1)).orElseThrow();
                if (asked.getAndIncrement() == 0) {
                    // Between the head and the rows.
                    store.forget();
                }
                return state;
            };
            Dump.write(store.database(), heads, "now", out);
            assertTrue(store.auditEnd().baseSeq() > 0);
            assertFalse(out.toString().contains(first), "let go");
        }
        Path copy = Files.createDirectory(directory.resolve("copy"));
        try (Database database = Database.open("", copy)) {
            Dump.Summary summary = Dump.read(database, new BufferedReader(new StringReader(out.toString())));
            assertEquals(Optional.empty(), RecordCheck.ofCopy(database, Sessions.keys(1), summary.head()).problem());
        }
    }

    @Test
    void c7ShouldBackUpWhatIsLeftOfEntriesThatAreBeingLetGo() throws Exception {
        new Sessions("", directory).close();
        StoreSettings settings = new StoreSettings("", directory, null, new KeepTimes(10, 10, 10, 20, 10, 1));
        InstantSource later = InstantSource.fixed(Sessions.START.plusSeconds(21 * 86_400L));
        try (Store store = Store.open(settings, Sessions.keys(1), later)) {
            try (Connection connection = Backend.connect("", directory);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE kept AS SELECT * FROM audit");
                store.forget();
                // The head has left them behind, and the rows are not gone yet.
                statement.execute("INSERT INTO audit SELECT * FROM kept WHERE seq NOT IN (SELECT seq FROM audit)");
                statement.execute("DROP TABLE kept");
            }
            Path file = directory.resolve("backup");
            Backup.write(settings, Sessions.keys(1), file, later.instant());
            assertEquals(store.auditEnd(), Restore.check(file, Sessions.keys(1), directory).end());
        }
    }

    @Test
    void shouldNotRestoreUnderARunningServer() throws Exception {
        Path file;
        try (Sessions sessions = new Sessions("", directory)) {
            file = take(sessions);
        }
        try (FileChannel server = Store.take(directory)) {
            assertTrue(server.isOpen());
            assertTrue(assertThrows(IOException.class, () -> Restore.restore(file, Sessions.settings("", directory),
                    Sessions.keys(1), true, clock())).getMessage().contains("another server"));
        }
    }
}
