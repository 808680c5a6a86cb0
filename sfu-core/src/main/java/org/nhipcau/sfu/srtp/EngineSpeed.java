// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Times a native engine within a millisecond or so, before anything is compiled.
 *
 * <p>At start every call costs many times what it will, and differently from run to run; the library's own code does
 * not. So a long and an empty payload are sealed in turn and the quickest of each compared: what both have in common
 * falls out, what the bytes cost remains. Engines that are Java code themselves cannot be timed so.
 *
 * <p>Thread: any.
 */
final class EngineSpeed {
    /** The packet that figures are told for. */
    static final int PACKET_BYTES = 1200;

    private static final int LONG_BYTES = 32 * 1024;
    private static final int HEADER_BYTES = 12;
    private static final int ROUNDS = 24;

    private EngineSpeed() {}

    /**
     * What AES-128-GCM over 1200 bytes costs inside the engine, in ns.
     *
     * @param clockNs a monotonic clock
     */
    static long measureNs(SrtpEngine engine, LongSupplier clockNs) {
        SrtpProfile profile = SrtpProfile.AEAD_AES_128_GCM;
        try (Arena arena = Arena.ofConfined();
                PacketCipher cipher = engine.createCipher(profile, new byte[16], new byte[12], true)) {
            MemorySegment memory = arena.allocate(LONG_BYTES, 64);
            PacketBuffer source = PacketBuffer.window(memory);
            source.place(0, LONG_BYTES);
            source.setLength(LONG_BYTES);
            PacketBuffer target = PacketBuffer.window(arena.allocate(LONG_BYTES + 64, 64));
            target.place(0, LONG_BYTES + 64);
            target.setLength(HEADER_BYTES);
            long longNs = Long.MAX_VALUE;
            long emptyNs = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                long startNs = clockNs.getAsLong();
                cipher.sealRtp(target, HEADER_BYTES, 1, 2L * round, source, 0, LONG_BYTES);
                long middleNs = clockNs.getAsLong();
                cipher.sealRtp(target, HEADER_BYTES, 1, 2L * round + 1, source, 0, 0);
                longNs = Math.min(longNs, middleNs - startNs);
                emptyNs = Math.min(emptyNs, clockNs.getAsLong() - middleNs);
            }
            return Math.max(1, (longNs - emptyNs) * PACKET_BYTES / LONG_BYTES);
        }
    }
}
