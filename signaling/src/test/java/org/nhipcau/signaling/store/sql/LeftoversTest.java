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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.audit.AuditHead;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.store.KeepTimes;
import org.nhipcau.signaling.store.Sessions;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;
import org.nhipcau.signaling.store.keys.KeyRing;

/** C6: a record of which old entries are being let go at that moment is whole. */
class LeftoversTest {
    private static final KeyRing KEYS = Sessions.keys(1);
    private static final InstantSource LATER = InstantSource.fixed(Sessions.START.plusSeconds(21 * 86_400L));

    @TempDir
    private Path directory;

    private static StoreSettings settings(String url, Path directory) {
        return new StoreSettings(url, directory, null, new KeepTimes(10, 10, 10, 20, 10, 1));
    }

    private static AuditHead.State head(Path directory) throws IOException {
        return AuditHead.read(directory.resolve("audit-head"), KEYS).orElseThrow();
    }

    private static RecordCheck.Result check(String url, Path directory) throws IOException {
        try (Database database = Database.existing(url, directory)) {
            return RecordCheck.run(database, KEYS, head(directory));
        }
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldOnlyNoteEntriesThatWereLetGoAndAreThereStill(Backend backend) throws Exception {
        String url = backend.url(directory);
        RecordCheckTest.filled(url, directory).close();
        RecordCheckTest.run(url, directory, "CREATE TABLE kept AS SELECT * FROM audit");
        long base;
        try (Store store = Store.open(settings(url, directory), KEYS, LATER)) {
            store.forget();
            base = store.auditEnd().baseSeq();
        }
        assertEquals(Optional.empty(), check(url, directory).note());
        // As it is between the head and their end.
        RecordCheckTest.run(url, directory, "INSERT INTO audit SELECT * FROM kept WHERE seq <= " + base
                + "; DROP TABLE kept");
        RecordCheck.Result found = check(url, directory);
        assertEquals(Optional.empty(), found.problem());
        assertTrue(found.note().orElseThrow().contains("entries 1 to " + base), found.note().toString());
        // What never was before the beginning does not pass for it.
        for (String deed : List.of("UPDATE audit SET body = REPLACE(body, 'YT-27', 'YT-28') WHERE seq = 2",
                "DELETE FROM audit WHERE seq = " + base, "DELETE FROM audit WHERE seq = 3",
                "UPDATE audit SET seq = 0 WHERE seq = 1",
                "DELETE FROM audit WHERE seq < 4; UPDATE audit SET mac = hash WHERE seq = 4")) {
            Path place = Files.createTempDirectory(directory, "deed");
            String copy = backend.copy(url, directory, place);
            RecordCheckTest.run(copy, place, deed);
            assertTrue(check(copy, place).problem().orElseThrow(() -> new AssertionError("not found: " + deed))
                    .contains("stands before the beginning"), deed);
        }
        Store.open(settings(url, directory), KEYS, LATER).close();
        assertEquals(Optional.empty(), check(url, directory).note(), "the next start took them away");
    }

    @ParameterizedTest
    @EnumSource
    void c6ShouldReadTheHeadAgainWhenEntriesWereLetGoMeanwhile(Backend backend) throws Exception {
        String url = backend.url(directory);
        RecordCheckTest.filled(url, directory).close();
        AtomicInteger read = new AtomicInteger();
        try (Store store = Store.open(settings(url, directory), KEYS, LATER)) {
            RecordCheck.Result found = RecordCheck.run(store.database(), KEYS, () -> {
                AuditHead.State state = head(directory);
                if (read.getAndIncrement() == 0) {
                    // Between the head and the moment that is looked at.
                    store.forget();
                }
                return state;
            });
            assertEquals(Optional.empty(), found.problem());
            assertEquals(store.auditEnd(), found.end());
            assertTrue(found.end().baseSeq() > 0);
        }
        // What is broken is told, not looked at for ever.
        RecordCheckTest.run(url, directory, "UPDATE api_key SET facility = ''");
        try (Database database = Database.existing(url, directory)) {
            assertTrue(RecordCheck.run(database, KEYS, () -> head(directory)).problem().isPresent());
        }
    }
}
