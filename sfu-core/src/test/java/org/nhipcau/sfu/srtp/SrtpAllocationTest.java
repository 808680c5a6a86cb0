// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** With a native engine a packet costs no garbage, in either direction. */
class SrtpAllocationTest {
    private static final int WARM_UP_PACKETS = 40_000;
    private static final int PACKETS = 20_000;
    /** What the measurement itself and a late compilation may cost; one object a packet would be 16 times more. */
    private static final long TOLERATED_BYTES = PACKETS;

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void shouldAllocateNothingPerPacketWithLibcrypto(SrtpProfile profile) {
        shouldAllocateNothingPerPacket(profile, EngineUnderTest.LIBCRYPTO.make());
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void shouldAllocateNothingPerPacketWithIpsecMb(SrtpProfile profile) {
        shouldAllocateNothingPerPacket(profile, EngineUnderTest.IPSEC_MB.make());
    }

    private static void shouldAllocateNothingPerPacket(SrtpProfile profile, SrtpEngine engine) {
        Random random = new Random(5);
        SrtpKeyMaterial keys = SrtpPackets.keys(profile, random);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (SrtpTransform sender = SrtpTransform.create(engine, keys, 4);
                SrtpTransform receiver = SrtpTransform.create(engine, keys.mirrored(), 4)) {
            PacketBuffer rtp = PacketBuffer.copyOf(SrtpPackets.rtp(random, 0, 0, 3, 1000));
            PacketBuffer rtcp = PacketBuffer.copyOf(SrtpPackets.rtcp(random, 3, 64));
            PacketBuffer source = PacketBuffer.copyOf(rtp.toByteArray());
            carry(sender, receiver, rtp, rtcp, source, 0, WARM_UP_PACKETS);
            long before = threads.getCurrentThreadAllocatedBytes();
            carry(sender, receiver, rtp, rtcp, source, WARM_UP_PACKETS, PACKETS);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < TOLERATED_BYTES, allocated + " bytes for " + PACKETS + " packets");
        }
    }

    private static void carry(SrtpTransform sender, SrtpTransform receiver, PacketBuffer rtp, PacketBuffer rtcp,
            PacketBuffer source, long from, int count) {
        for (long index = from; index < from + count; index++) {
            rtp.putShort(2, (int) index);
            if ((index & 1) == 0) {
                assertEquals(SrtpResult.OK, sender.protectRtp(rtp, 12, index));
            } else {
                assertEquals(SrtpResult.OK, sender.protectRtp(rtp, 12, source, 12, 1000));
            }
            assertEquals(SrtpResult.OK, receiver.unprotectRtp(rtp, 12));
            assertEquals(SrtpResult.OK, sender.protectRtcp(rtcp));
            assertEquals(SrtpResult.OK, receiver.unprotectRtcp(rtcp));
        }
    }
}
