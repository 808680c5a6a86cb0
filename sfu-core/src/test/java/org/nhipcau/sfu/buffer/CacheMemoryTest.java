// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheMemoryTest {
    @Test
    void shouldLendChunksThatDoNotOverlapUpToItsBound() {
        CacheMemory memory = new CacheMemory(1_000_000);
        assertEquals(0, memory.allocatedBytes());
        List<CacheMemory.Chunk> lent = new ArrayList<>();
        CacheMemory.Chunk chunk;
        while ((chunk = memory.acquire()) != null) {
            assertEquals(CacheMemory.CHUNK_BYTES, chunk.bytes().byteSize());
            chunk.bytes().fill((byte) lent.size());
            lent.add(chunk);
        }
        assertEquals(32, lent.size());
        assertEquals(1 << 20, memory.allocatedBytes());
        assertEquals(1 << 20, memory.lentBytes());
        for (int i = 0; i < lent.size(); i++) {
            assertEquals((byte) i, lent.get(i).bytes().get(ValueLayout.JAVA_BYTE, 0));
            assertEquals((byte) i, lent.get(i).bytes().get(ValueLayout.JAVA_BYTE, CacheMemory.CHUNK_BYTES - 1));
        }
        lent.forEach(memory::release);
        assertEquals(0, memory.lentBytes());
        assertEquals(1 << 20, memory.allocatedBytes());
        assertSame(lent.getLast(), memory.acquire());
    }

    @Test
    void shouldNoticeAChunkReleasedTwice() {
        CacheMemory memory = new CacheMemory(1);
        CacheMemory.Chunk chunk = memory.acquire();
        memory.release(chunk);
        assertThrows(IllegalStateException.class, () -> memory.release(chunk));
        for (int i = 0; i < 8; i++) {
            assertEquals(CacheMemory.CHUNK_BYTES, memory.acquire().bytes().byteSize());
        }
        assertNull(memory.acquire());
    }

    @Test
    void shouldRefuseABoundThatIsNone() {
        assertThrows(IllegalArgumentException.class, () -> new CacheMemory(0));
        assertThrows(IllegalArgumentException.class, () -> new CacheMemory(Long.MAX_VALUE / 2));
    }
}
