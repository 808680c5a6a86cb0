// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.signaling.store.Backend;
import org.nhipcau.signaling.store.Sessions;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.store.StoreSettings;

/** C6: no key comes back, whatever the configuration says; and honest records of before that are taken. */
class ReturnedKeyTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldRefuseToStartWithAKeyThatComesBack(Backend backend) throws Exception {
        String url = backend.url(directory);
        RecordCheckTest.filled(url, directory).close();
        StoreSettings settings = Sessions.settings(url, directory);
        Store.open(settings, Sessions.keys(2, 1), Sessions.clock()).close();
        for (int i = 0; i < 2; i++) {
            String told = assertThrows(IOException.class, () -> Store.open(settings, Sessions.keys(1, 2),
                    Sessions.clock())).getMessage();
            assertTrue(told.contains("put a new key first"), told);
        }
        assertEquals(Optional.empty(), RecordCheckTest.check(url, directory, Sessions.keys(2, 1)),
                "nothing was written with it");
        // A new key heals it, wherever the others stand; and the order of those does not matter later either.
        try (Store store = Store.open(settings, Sessions.keys(3, 1, 2), Sessions.clock())) {
            store.note("test.after", "x", "");
        }
        assertEquals(Optional.empty(), RecordCheckTest.check(url, directory, Sessions.keys(3, 1, 2)));
        assertEquals(Optional.empty(), RecordCheckTest.check(url, directory, Sessions.keys(3, 2, 1)));
        Store.open(settings, Sessions.keys(3, 2, 1), Sessions.clock()).close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldBringUpAnEarlierRecordWhoseKeysWentBackAndForth(Backend backend) throws Exception {
        String url = backend.url(directory);
        RecordCheckTest.filled(url, directory).close();
        // Earlier versions said nothing of a change of keys, and took one that came back.
        RecordCheckTest.asBefore(url, directory, seq -> Sessions.keys(seq >= 5 && seq < 9 ? 2 : 1));
        StoreSettings settings = Sessions.settings(url, directory);
        Store.open(settings, Sessions.keys(1, 2), Sessions.clock()).close();
        assertEquals(Optional.empty(), RecordCheckTest.check(url, directory, Sessions.keys(1, 2)));
        // From now on none comes back.
        assertTrue(assertThrows(IOException.class, () -> {
            Store.open(settings, Sessions.keys(3, 1, 2), Sessions.clock()).close();
            Store.open(settings, Sessions.keys(1, 3, 2), Sessions.clock()).close();
        }).getMessage().contains("put a new key first"));
        assertEquals(Optional.empty(), RecordCheckTest.check(url, directory, Sessions.keys(3, 2, 1)));
    }
}
