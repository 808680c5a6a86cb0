// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.pipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nhipcau.sfu.pipe.PipePort.Rank;

class PipePortTest {
    private static final int SLOTS = 64;

    private int wakeUps;
    private final PipePort pipe = new PipePort(SLOTS, () -> wakeUps++);

    @AfterEach
    void free() {
        pipe.close();
    }

    private boolean write(Rank rank, int number) {
        PipeSlot slot = pipe.claim(rank);
        if (slot == null) {
            return false;
        }
        slot.packet.clear();
        slot.packet.setLength(4);
        slot.packet.putInt(0, number);
        pipe.commit();
        return true;
    }

    private int read() {
        PipeSlot slot = pipe.poll();
        return slot == null ? -1 : slot.packet.getInt(0);
    }

    @Test
    void shouldHandOverABatchWithOneWakeUp() {
        assertFalse(pipe.publish(), "nothing to publish");
        for (int i = 0; i < 5; i++) {
            assertTrue(write(Rank.VIDEO, i));
        }
        assertNull(pipe.poll(), "nothing crosses before it is published");
        assertEquals(0, wakeUps);
        assertTrue(pipe.publish());
        assertEquals(1, wakeUps);
        for (int i = 0; i < 5; i++) {
            assertEquals(i, read());
        }
        assertEquals(-1, read());
        assertFalse(pipe.publish());
        assertEquals(1, wakeUps);
    }

    @Test
    void shouldGiveTheSameSlotUntilItIsCommitted() {
        assertSame(pipe.claim(Rank.VIDEO), pipe.claim(Rank.AUDIO));
    }

    @Test
    void shouldRefusePicturesFirstThenSoundThenFeedback() {
        int video = 0;
        while (write(Rank.VIDEO, video)) {
            video++;
        }
        int audio = 0;
        while (write(Rank.AUDIO, audio)) {
            audio++;
        }
        int feedback = 0;
        while (write(Rank.FEEDBACK, feedback)) {
            feedback++;
        }
        assertEquals(SLOTS * 3 / 4, video);
        assertEquals(SLOTS * 3 / 16, audio);
        assertEquals(SLOTS, video + audio + feedback);
        assertFalse(write(Rank.VIDEO, 0));
    }

    @Test
    void shouldKeepBytesUntilTheyAreReleased() {
        for (int i = 0; i < SLOTS; i++) {
            assertTrue(write(Rank.FEEDBACK, i));
        }
        pipe.publish();
        PipeSlot first = pipe.poll();
        assertFalse(write(Rank.FEEDBACK, 99), "a slot being read is not free");
        assertEquals(0, first.packet.getInt(0));
        pipe.release();
        assertTrue(write(Rank.FEEDBACK, 99));
        assertFalse(write(Rank.FEEDBACK, 100));
        assertEquals(SLOTS - 1, pipe.used());
    }

    @Test
    void shouldBehaveLikeAQueueWhateverTheOrderOfSteps() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        ArrayDeque<Integer> committed = new ArrayDeque<>();
        ArrayDeque<Integer> published = new ArrayDeque<>();
        int next = 0;
        int unreleased = 0;
        for (int step = 0; step < 200_000; step++) {
            String at = "seed " + seed + ", step " + step;
            switch (random.nextInt(4)) {
                case 0 -> {
                    boolean room = committed.size() + published.size() + unreleased < SLOTS;
                    assertEquals(room, write(Rank.FEEDBACK, next), at);
                    if (room) {
                        committed.add(next++);
                    }
                }
                case 1 -> {
                    assertEquals(!committed.isEmpty(), pipe.publish(), at);
                    published.addAll(committed);
                    committed.clear();
                }
                case 2 -> {
                    Integer expected = published.poll();
                    assertEquals(expected == null ? -1 : expected, read(), at);
                    unreleased += expected == null ? 0 : 1;
                }
                default -> {
                    pipe.release();
                    unreleased = 0;
                }
            }
            assertEquals(published.size() + unreleased, pipe.used(), at);
        }
        assertTrue(next > 20_000);
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void shouldCarryEveryMessageWholeBetweenTwoThreads() throws InterruptedException {
        int messages = 300_000;
        int[] wrong = {-1};
        Thread reader = new Thread(() -> {
            int expected = 0;
            while (expected < messages) {
                PipeSlot slot = pipe.poll();
                if (slot == null) {
                    pipe.release();
                    Thread.onSpinWait();
                } else if (slot.packet.getInt(0) != expected || slot.encoding != expected
                        || slot.ntp != ~(long) expected) {
                    wrong[0] = expected;
                    return;
                } else {
                    expected++;
                }
            }
        });
        reader.start();
        for (int i = 0; i < messages && reader.isAlive(); ) {
            PipeSlot slot = pipe.claim(Rank.FEEDBACK);
            if (slot == null) {
                pipe.publish();
                Thread.onSpinWait();
                continue;
            }
            slot.packet.clear();
            slot.packet.setLength(4);
            slot.packet.putInt(0, i);
            slot.encoding = i;
            slot.ntp = ~(long) i;
            pipe.commit();
            if (++i % 7 == 0) {
                pipe.publish();
            }
        }
        pipe.publish();
        reader.join();
        assertEquals(-1, wrong[0], "first message that was wrong");
    }

    @Test
    void shouldRefuseSizesThatAreNoPowerOfTwo() {
        assertThrows(IllegalArgumentException.class, () -> new PipePort(100, () -> { }));
        assertThrows(IllegalArgumentException.class, () -> new PipePort(8, () -> { }));
        assertNotNull(pipe.claim(Rank.AUDIO));
        assertEquals(SLOTS, pipe.capacity());
    }
}
