// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.CacheMemory;
import org.nhipcau.sfu.buffer.PacketBuffer;

class PacketCacheTest {
    private final CacheMemory memory = new CacheMemory(1 << 20);
    private final PacketCache cache = new PacketCache(memory, 64, 1_000);
    private final PacketBuffer target = PacketBuffer.allocate();

    private static PacketBuffer packet(int length, long mark) {
        byte[] bytes = new byte[length];
        new Random(mark).nextBytes(bytes);
        return PacketBuffer.copyOf(bytes);
    }

    @Test
    void shouldTakeNoMemoryBeforeTheFirstPacketAndNoneAfterClosing() {
        assertEquals(0, cache.memoryBytes());
        assertFalse(cache.load(1, target, 0));
        cache.store(1, packet(100, 1), 0);
        assertTrue(cache.memoryBytes() > 0);
        cache.close();
        assertEquals(0, cache.memoryBytes());
        assertFalse(cache.load(1, target, 0));
        cache.store(2, packet(100, 2), 0);
        assertTrue(cache.load(2, target, 0));
        cache.close();
    }

    @Test
    void shouldForgetByAge() {
        cache.store(1, packet(100, 1), 500);
        assertTrue(cache.load(1, target, 1_500));
        assertFalse(cache.load(1, target, 1_501));
    }

    @Test
    void shouldHoldWhatTheRateFillsInThatTimeAndNoMore() {
        PacketCache large = new PacketCache(memory, 1_024, 1_000);
        // A packet of 1200 bytes each 20 ns: 50 in 1000 ns are 60,000 bytes, in two chunks, while a third is begun.
        for (int i = 0; i < 2_000; i++) {
            large.store(i, packet(1_200, i), i * 20L);
            assertTrue(large.memoryBytes() <= 4L * CacheMemory.CHUNK_BYTES, large.memoryBytes() + " at " + i);
            int oldest = Math.max(0, i - 50);
            assertTrue(large.load(oldest, target, i * 20L), "at " + i);
            assertArrayEquals(packet(1_200, oldest).toByteArray(), target.toByteArray());
        }
        assertEquals(memory.lentBytes(), large.memoryBytes());
        long stoppedNs = 1_999 * 20L;
        large.trim(stoppedNs + 1_000);
        assertTrue(large.load(1_999, target, stoppedNs + 1_000));
        large.trim(stoppedNs + 1_001);
        assertEquals(0, large.memoryBytes());
        assertEquals(0, memory.lentBytes());
        assertFalse(large.load(1_999, target, stoppedNs + 1_001));
        assertTrue(large.store(2_000, packet(10, 7), stoppedNs + 2_000));
        assertTrue(large.load(2_000, target, stoppedNs + 2_000));
    }

    @Test
    void shouldKeepEveryYoungPacketUpToItsBoundInAnyOrderOfArrival() {
        long seed = 11;
        Random random = new Random(seed);
        PacketCache large = new PacketCache(memory, 256, 1_000_000);
        for (int i = 0; i < 256; i += 2) {
            int first = random.nextInt(2);
            large.store(70_000 + i + first, packet(300, i + first), i);
            large.store(70_001 + i - first, packet(300, i + 1 - first), i);
        }
        for (int i = 0; i < 256; i++) {
            assertTrue(large.load(70_000 + i, target, 256), "seed " + seed + " " + i);
            assertArrayEquals(packet(300, i).toByteArray(), target.toByteArray(), "seed " + seed + " " + i);
        }
    }

    @Test
    void shouldOverwriteItsOwnOldestWhenTheWorkersMemoryIsAtItsEnd() {
        CacheMemory small = new CacheMemory(1);
        PacketCache first = new PacketCache(small, 1_024, 1_000);
        int count = 0;
        while (small.lentBytes() < small.allocatedBytes() || count == 0) {
            assertTrue(first.store(count, packet(1_200, count), 0));
            count++;
        }
        PacketCache second = new PacketCache(small, 64, 1_000);
        assertFalse(second.store(1, packet(100, 1), 0));
        assertFalse(second.load(1, target, 0));
        for (int i = count; i < 2 * count; i++) {
            assertTrue(first.store(i, packet(1_200, i), 0));
        }
        assertFalse(first.load(0, target, 0));
        assertTrue(first.load(2 * count - 1, target, 0));
        first.close();
        assertEquals(0, small.lentBytes());
        assertTrue(second.store(2, packet(100, 2), 0));
        assertTrue(second.load(2, target, 0));
        assertArrayEquals(packet(100, 2).toByteArray(), target.toByteArray());
    }

    @Test
    void shouldGiveBackExactlyWhatWasStoredOrNothing() {
        long seed = 5;
        Random random = new Random(seed);
        int[] lengths = new int[5_000];
        for (int i = 0; i < lengths.length; i++) {
            long sequence = 65_000 + i;
            lengths[i] = i % 7 == 0 ? PacketBuffer.MAX_LENGTH : 12 + random.nextInt(1_400);
            cache.store(sequence, packet(lengths[i], sequence), 0);
            if (i > 100 && i % 41 != 0) {
                continue;
            }
            int found = 0;
            for (int back = 0; back < 80; back++) {
                long asked = sequence - back;
                if (cache.load(asked, target, 0)) {
                    found++;
                    assertArrayEquals(packet(lengths[(int) (asked - 65_000)], asked).toByteArray(),
                            target.toByteArray(), "seed " + seed + " " + asked);
                    assertTrue(back < 64);
                }
            }
            assertTrue(found >= Math.min(i + 1, 40), found + " kept at " + i);
        }
        cache.close();
    }

    @Test
    void shouldRefuseASizeThatIsNoPowerOfTwo() {
        assertThrows(IllegalArgumentException.class, () -> new PacketCache(memory, 100, 1));
    }
}
