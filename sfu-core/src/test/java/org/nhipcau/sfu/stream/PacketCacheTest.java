// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;

class PacketCacheTest {
    private final PacketCache cache = new PacketCache(64, 1_000);
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
    void shouldForgetByAgeAndByClear() {
        cache.store(1, packet(100, 1), 500);
        assertTrue(cache.load(1, target, 1_500));
        assertFalse(cache.load(1, target, 1_501));
        cache.store(2, packet(100, 1), 500);
        cache.clear();
        assertFalse(cache.load(2, target, 500));
        cache.close();
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
        assertThrows(IllegalArgumentException.class, () -> new PacketCache(100, 1));
    }
}
