// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.store.Sessions;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;
import org.nhipcau.signaling.store.UnfinishedRestore;
import org.nhipcau.signaling.store.keys.KeyRing;

/** C7: a restore that is done again destroys nothing that it did not make. */
class RestoreAgainTest {
    private static final KeyRing KEYS = Sessions.keys(1);

    @TempDir
    private Path directory;
    private Path file;
    private Path there;

    @BeforeEach
    void backUpAnEmptyStore() throws IOException {
        Path here = Files.createDirectory(directory.resolve("here"));
        there = Files.createDirectory(directory.resolve("there"));
        file = directory.resolve("backup");
        new Sessions("", here).close();
        Backup.write(Sessions.settings("", here), KEYS, file, Sessions.START);
    }

    private String consultationIn(String url) throws IOException {
        try (Sessions sessions = new Sessions(url, there)) {
            return sessions.requested().id();
        }
    }

    private static boolean holds(StoreSettings settings, String consultation) throws IOException {
        try (Store store = Store.open(settings, KEYS, BackupTest.clock())) {
            return store.journal().load(consultation).isPresent();
        }
    }

    private List<Path> moved(String name) throws IOException {
        try (Stream<Path> files = Files.list(there)) {
            return files.filter(path -> path.getFileName().toString().startsWith(name)).sorted().toList();
        }
    }

    @Test
    void c7ShouldKeepAStoreThatWasPutBackByHand() throws Exception {
        String old = consultationIn("");
        StoreSettings settings = Sessions.settings("", there);
        assertThrows(AssertionError.class, () -> Restore.restore(file, settings, KEYS, true, BackupTest.crashing(1)));
        Path aside = moved("before-restore-").getFirst();
        for (int again = 1; again <= 2; again++) {
            for (String name : List.of("audit-head", "nhipcau.db")) {
                Files.copy(aside.resolve(name), there.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
            // The first time cut short once more, when it has moved them: the clock stands still.
            if (again == 1) {
                assertThrows(AssertionError.class, () -> Restore.restore(file, settings, KEYS, true,
                        BackupTest.crashing(1)));
            } else {
                Restore.restore(file, settings, KEYS, true, BackupTest.clock());
            }
            assertEquals(again, moved("cut-restore-").size());
        }
        assertEquals(false, holds(settings, old), "the backup's state");
        for (Path kept : moved("cut-restore-")) {
            assertTrue(holds(Sessions.settings("", kept), old), kept.getFileName().toString());
        }
        assertEquals(List.of(aside), moved("before-restore-"));
    }

    @Test
    void c7ShouldNotEmptyAnotherDatabaseThanTheOneThatWasCutShort() throws Exception {
        String url = Backend.POSTGRESQL.url(there);
        String old = consultationIn(url);
        StoreSettings settings = Sessions.settings(url, there);
        for (String other : List.of("", url.replace("/t", "/x"))) {
            UnfinishedRestore.note(there, new UnfinishedRestore.Left(null, true, UnfinishedRestore.place(other)));
            assertTrue(assertThrows(IOException.class, () -> Restore.restore(file, settings, KEYS, true,
                    BackupTest.clock())).getMessage().contains("not empty"));
            assertTrue(UnfinishedRestore.left(there).isPresent(), "that one is not whole still");
        }
        UnfinishedRestore.end(there);
        assertTrue(holds(settings, old));
        // An empty one is filled; the head that it has no use for may be another store's.
        String empty = Backend.POSTGRESQL.url(there);
        Restore.restore(file, Sessions.settings(empty, there), KEYS, true, BackupTest.clock());
        assertEquals(false, holds(Sessions.settings(empty, there), old));
        assertTrue(holds(new StoreSettings(url, there, moved("before-restore-").getFirst().resolve("audit-head"),
                settings.keep()), old));
    }

    @Test
    void c7ShouldMoveAFileAsideAfterARestoreIntoAServerWasCutShort() throws Exception {
        String old = consultationIn("");
        UnfinishedRestore.note(there, new UnfinishedRestore.Left(null, true,
                UnfinishedRestore.place("jdbc:postgresql://db/nhipcau?password=a")));
        Restore.restore(file, Sessions.settings("", there), KEYS, true, BackupTest.clock());
        assertTrue(holds(Sessions.settings("", moved("before-restore-").getFirst()), old));
        assertEquals(Optional.empty(), UnfinishedRestore.left(there));
    }

    @Test
    void shouldKnowADatabaseAgainWhosePasswordWasChanged() {
        String place = UnfinishedRestore.place("jdbc:postgresql://db/nhipcau?user=n&password=a&ssl=true");
        assertEquals(place, UnfinishedRestore.place("jdbc:postgresql://db/nhipcau?user=n&password=bc&ssl=true"));
        assertEquals(false, place.equals(UnfinishedRestore.place("jdbc:postgresql://db/other?user=n&ssl=true")));
        assertTrue(place.matches("[0-9a-f]{64}"));
    }
}
