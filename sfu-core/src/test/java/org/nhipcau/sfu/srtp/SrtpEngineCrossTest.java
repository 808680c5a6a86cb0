// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** Every engine talks to jitsi-srtp, both ways and with every profile. */
class SrtpEngineCrossTest {

    static Stream<Arguments> pairs() {
        List<Arguments> pairs = new ArrayList<>();
        for (SrtpProfile profile : SrtpProfile.values()) {
            for (EngineUnderTest engine : EngineUnderTest.values()) {
                pairs.add(Arguments.of(profile, engine, EngineUnderTest.JITSI));
                pairs.add(Arguments.of(profile, EngineUnderTest.JITSI, engine));
            }
        }
        return pairs.stream();
    }

    @ParameterizedTest(name = "{0} {1} to {2}")
    @MethodSource("pairs")
    void shouldCarryPacketsOfAllLengths(SrtpProfile profile, EngineUnderTest from, EngineUnderTest to) {
        long seed = 11;
        Random random = new Random(seed);
        SrtpKeyMaterial keys = SrtpPackets.keys(profile, random);
        try (SrtpTransform sender = SrtpTransform.create(from.make(), keys, 8);
                SrtpTransform receiver = SrtpTransform.create(to.make(), keys.mirrored(), 8)) {
            for (int i = 0; i < 400; i++) {
                int csrcs = random.nextInt(16);
                int header = 12 + 4 * csrcs;
                byte[] plain = SrtpPackets.rtp(random, csrcs, i, 0xcafe0000 | i & 3, i < 40 ? i : random.nextInt(1200));
                PacketBuffer packet = PacketBuffer.copyOf(plain);
                assertEquals(SrtpResult.OK, sender.protectRtp(packet, header, i));
                assertEquals(plain.length + profile.tagBytes(), packet.length());
                assertEquals(SrtpResult.OK, receiver.unprotectRtp(packet, header), () -> "seed " + seed);
                assertArrayEquals(plain, packet.toByteArray());
                assertEquals(i, receiver.lastIndex());
            }
        }
    }

    @ParameterizedTest(name = "{0} {1} to {2}")
    @MethodSource("pairs")
    void shouldCarryRtcp(SrtpProfile profile, EngineUnderTest from, EngineUnderTest to) {
        long seed = 12;
        Random random = new Random(seed);
        SrtpKeyMaterial keys = SrtpPackets.keys(profile, random);
        try (SrtpTransform sender = SrtpTransform.create(from.make(), keys, 8);
                SrtpTransform receiver = SrtpTransform.create(to.make(), keys.mirrored(), 8)) {
            for (int i = 0; i < 200; i++) {
                byte[] plain = SrtpPackets.rtcp(random, random.nextInt(4), 8 + 4 * (i % 100));
                PacketBuffer packet = PacketBuffer.copyOf(plain);
                assertEquals(SrtpResult.OK, sender.protectRtcp(packet));
                assertEquals(plain.length + profile.rtcpOverheadBytes(), packet.length());
                byte[] sealed = packet.toByteArray();
                assertEquals(SrtpResult.OK, receiver.unprotectRtcp(packet), () -> "seed " + seed);
                assertArrayEquals(plain, packet.toByteArray());
                assertEquals(SrtpResult.REPLAYED, receiver.unprotectRtcp(PacketBuffer.copyOf(sealed)));
            }
        }
    }

    /** RFC 3711 §3.3.1 under loss, reordering and duplication, over several turns of the sequence number (V13). */
    @ParameterizedTest(name = "{0} {1} to {2}")
    @MethodSource("pairs")
    void shouldStayInStepOverRollovers(SrtpProfile profile, EngineUnderTest from, EngineUnderTest to) {
        long seed = 13;
        Random random = new Random(seed);
        SrtpKeyMaterial keys = SrtpPackets.keys(profile, random);
        int ssrc = 0x80000001;
        try (SrtpTransform sender = SrtpTransform.create(from.make(), keys, 8);
                SrtpTransform receiver = SrtpTransform.create(to.make(), keys.mirrored(), 8)) {
            long index = 30_000;
            List<byte[]> late = new ArrayList<>();
            List<Long> lateIndexes = new ArrayList<>();
            while (index < 3L << 16) {
                boolean nearWrap = (index + 300 & 0xffff) < 600;
                index += nearWrap ? 1 : 1 + random.nextInt(2_000);
                byte[] plain = SrtpPackets.rtp(random, 0, (int) index, ssrc, 20);
                PacketBuffer packet = PacketBuffer.copyOf(plain);
                assertEquals(SrtpResult.OK, sender.protectRtp(packet, 12, index));
                int fate = random.nextInt(10);
                if (fate < 3) {
                    continue;
                }
                if (fate < 5 && nearWrap) {
                    late.add(packet.toByteArray());
                    lateIndexes.add(index);
                    continue;
                }
                deliver(receiver, packet.toByteArray(), plain, index, seed);
                if (late.size() > 5 || !nearWrap) {
                    for (int i = late.size() - 1; i >= 0; i--) {
                        byte[] again = late.get(i);
                        if (receiver.lastIndex() - lateIndexes.get(i) < 100) {
                            deliver(receiver, again, null, lateIndexes.get(i), seed);
                        }
                    }
                    late.clear();
                    lateIndexes.clear();
                }
            }
            assertTrue(receiver.lastIndex() > 2L << 16);
        }
    }

    private static void deliver(SrtpTransform receiver, byte[] sealed, byte[] plain, long index, long seed) {
        PacketBuffer packet = PacketBuffer.copyOf(sealed);
        assertEquals(SrtpResult.OK, receiver.unprotectRtp(packet, 12), () -> "seed " + seed + " index " + index);
        assertEquals(index, receiver.lastIndex());
        if (plain != null) {
            assertArrayEquals(plain, packet.toByteArray());
        }
        for (int i = 0; i < 3; i++) {
            assertEquals(SrtpResult.REPLAYED, receiver.unprotectRtp(PacketBuffer.copyOf(sealed), 12));
        }
    }
}
