// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.store.ApiKeyStore;

/** What is known of keys without the store is enough for those that work, and nothing for the others. */
class ApiKeysTest {
    private Instant now = Instant.parse("2026-03-02T01:00:00Z");
    private final Rows rows = new Rows();
    private final ApiKeys keys = new ApiKeys(rows, new Random(1), () -> now);
    private final String good = issued();

    /** Keys in memory, with what a test does between two steps. */
    private static final class Rows implements ApiKeyStore {
        private final Map<String, ApiKey> rows = new TreeMap<>();
        private boolean away;
        private int listed;
        private Runnable beforeList = () -> { };
        private Runnable afterFind = () -> { };
        private Runnable beforeRevoke = () -> { };

        private void there() {
            if (away) {
                throw new JournalUnavailableException("told to be away", null);
            }
        }

        @Override
        public void add(ApiKey key, String actor, Instant at) {
            there();
            rows.put(key.id(), key);
        }

        @Override
        public Optional<ApiKey> find(String id) {
            there();
            Optional<ApiKey> found = Optional.ofNullable(rows.get(id));
            afterFind.run();
            return found;
        }

        @Override
        public List<ApiKey> list() {
            listed++;
            beforeList.run();
            there();
            return new ArrayList<>(rows.values());
        }

        @Override
        public boolean revoke(String id, String actor, Instant at) {
            beforeRevoke.run();
            there();
            rows.computeIfPresent(id, (same, key) -> new ApiKey(id, key.label(), key.secretHash(), key.scopes(),
                    key.facility(), key.createdAt(), key.expiresAt(), at));
            return rows.containsKey(id);
        }
    }

    private String issued() {
        return keys.issue("test", Set.of(Scope.STAFF_READ), "", null, "test").text();
    }

    private static String id(String key) {
        return key.split("_")[1];
    }

    private static String guess(String key) {
        return key.substring(0, key.length() - 43) + "A".repeat(43);
    }

    @Test
    void shouldAskAStoreThatIsAwayOnceASecondWhicheverKeyCameLast() {
        assertNotNull(keys.check(good));
        rows.away = true;
        for (int second = 1; second <= 3; second++) {
            for (int i = 0; i < 5; i++) {
                assertTrue(keys.mayBeOne(good), "worked a while ago");
                assertFalse(keys.mayBeOne(guess(good)));
            }
            assertEquals(second, rows.listed);
            now = now.plusSeconds(2);
        }
        rows.away = false;
        String later = issued();
        assertTrue(keys.mayBeOne(later));
        // What the store told last is good while it is away, also of keys that nobody used yet.
        rows.away = true;
        now = now.plusSeconds(2);
        assertTrue(keys.mayBeOne(later));
        assertFalse(keys.mayBeOne(guess(later)));
    }

    @Test
    void shouldLetNobodyWaitForAnotherWhoAsksTheStore() throws Exception {
        assertTrue(keys.mayBeOne(good));
        now = now.plusSeconds(2);
        CountDownLatch asking = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        rows.beforeList = () -> {
            asking.countDown();
            try {
                answer.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        Thread first = Thread.ofPlatform().start(() -> keys.mayBeOne(good));
        asking.await();
        assertTrue(keys.mayBeOne(good));
        assertFalse(keys.mayBeOne(guess(good)));
        assertTrue(first.isAlive(), "it waits still");
        answer.countDown();
        first.join();
        assertEquals(2, rows.listed);
    }

    @Test
    void shouldNotKnowAKeyThatEndedWhileItWasChecked() {
        // Read before it ended, and known only after; and the other way about: known after the first step of its end.
        rows.afterFind = () -> {
            rows.afterFind = () -> { };
            keys.revoke(id(good), "test");
        };
        assertNotNull(keys.check(good), "it was read while it worked");
        assertNull(keys.recall(good));
        String other = issued();
        rows.beforeRevoke = () -> assertNotNull(keys.check(other));
        keys.revoke(id(other), "test");
        assertNull(keys.recall(other));
    }

    @Test
    void shouldKeepAKeyKnownWhoeverGuessesItsSecret() {
        assertNotNull(keys.check(good));
        assertNull(keys.check(guess(good)));
        assertNotNull(keys.recall(good));
        assertNull(keys.recall(guess(good)));
    }

    @Test
    void shouldForgetWhatTheListSaysHasEnded() {
        String other = issued();
        assertNotNull(keys.check(good));
        assertNotNull(keys.check(other));
        // By another process.
        rows.revoke(id(good), "test", now);
        assertNotNull(keys.recall(good));
        keys.list();
        assertNull(keys.recall(good));
        assertNotNull(keys.recall(other));
        rows.rows.remove(id(other));
        now = now.plusSeconds(2);
        assertFalse(keys.mayBeOne(other));
        assertNull(keys.recall(other));
    }
}
