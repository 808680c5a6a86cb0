// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketPoolTest {
    @Test
    void shouldHandOutTheSlotUsedLast() {
        try (PacketPool pool = new PacketPool(1)) {
            PacketBuffer first = pool.acquire();
            first.setLength(100);
            pool.release(first);
            PacketBuffer again = pool.acquire();
            assertSame(first, again);
            assertEquals(0, again.length());
            assertEquals(1, pool.inUse());
        }
    }

    @Test
    void shouldStopAtItsBoundAndRecover() {
        try (PacketPool pool = new PacketPool(300)) {
            List<PacketBuffer> taken = new ArrayList<>();
            for (int i = 0; i < 512; i++) {
                taken.add(pool.acquire());
                assertNotNull(taken.get(i));
            }
            assertNull(pool.acquire());
            assertEquals(512, pool.allocated());
            taken.forEach(pool::release);
            assertEquals(0, pool.inUse());
            assertNotNull(pool.acquire());
        }
    }

    @Test
    void shouldDetectADoubleRelease() {
        try (PacketPool pool = new PacketPool(1)) {
            PacketBuffer packet = pool.acquire();
            pool.release(packet);
            assertThrows(IllegalStateException.class, () -> pool.release(packet));
        }
    }

    @Test
    void shouldNotLetSlotsOverlap() {
        try (PacketPool pool = new PacketPool(2)) {
            PacketBuffer one = pool.acquire();
            PacketBuffer two = pool.acquire();
            one.setLength(PacketBuffer.MAX_LENGTH);
            two.setLength(PacketBuffer.MAX_LENGTH);
            for (int i = 0; i < PacketBuffer.MAX_LENGTH; i++) {
                one.putByte(i, 1);
                two.putByte(i, 2);
            }
            for (int i = 0; i < PacketBuffer.MAX_LENGTH; i++) {
                assertEquals(1, one.getByte(i));
            }
        }
    }
}
