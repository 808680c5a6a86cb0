// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.store.Sessions;
import org.nhipcau.signaling.store.Store;

/** C7: a backup opens only with the key, is proved before it is put back, and brings nobody back who was erased. */
class BackupTest {
    @TempDir
    private Path directory;

    private Path take(Sessions sessions) throws IOException {
        Path file = directory.resolve("backup");
        Backup.write(Sessions.settings(sessions.url, sessions.directory), Sessions.keys(1), file, sessions.now);
        return file;
    }

    private static InstantSource clock() {
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
