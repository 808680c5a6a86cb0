// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** Sealing from one packet into another yields, byte for byte, what sealing in place yields. */
class SrtpFusedSealTest {
    private static final int MAX_PAYLOAD_BYTES = 1500;
    private static final int SSRC = 0x9abcdef0;

    static Stream<Arguments> engines() {
        List<Arguments> all = new ArrayList<>();
        for (SrtpProfile profile : SrtpProfile.values()) {
            for (EngineUnderTest engine : EngineUnderTest.values()) {
                all.add(Arguments.of(profile, engine));
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("engines")
    void shouldSealAsInPlaceAtAllLengthsAndOffsets(SrtpProfile profile, EngineUnderTest tested) {
        SrtpEngine engine = tested.make();
        long seed = 21;
        Random random = new Random(seed);
        SrtpKeyMaterial keys = SrtpPackets.keys(profile, random);
        PacketBuffer source = PacketBuffer.allocate();
        PacketBuffer target = PacketBuffer.window(Arena.ofAuto().allocate(1 << 20));
        try (PacketCipher fused = engine.createCipher(profile, keys.outboundKey(), keys.outboundSalt(), true);
                PacketCipher inPlace = engine.createCipher(profile, keys.outboundKey(), keys.outboundSalt(), true)) {
            for (int length = 0; length <= MAX_PAYLOAD_BYTES; length++) {
                int csrcs = length % 16;
                int header = 12 + 4 * csrcs;
                byte[] plain = SrtpPackets.rtp(random, csrcs, length, SSRC, length);
                PacketBuffer expected = PacketBuffer.copyOf(plain);
                inPlace.sealRtp(expected, header, SSRC, length);
                int from = random.nextInt(100);
                int behind = random.nextInt(20);
                byte[] sourceBytes = new byte[from + length + behind];
                random.nextBytes(sourceBytes);
                System.arraycopy(plain, header, sourceBytes, from, length);
                source.setBytes(sourceBytes, 0, sourceBytes.length);
                int position = 1_000_000 + random.nextInt(64);
                target.place(position, header + MAX_PAYLOAD_BYTES + 64);
                // What stands behind the header from before must not matter.
                target.setLength(header + random.nextInt(60));
                target.putBytes(0, plain, 0, header);
                fused.sealRtp(target, header, SSRC, length, source, from, length);
                assertArrayEquals(expected.toByteArray(), target.toByteArray(), "seed " + seed + " length " + length);
                assertArrayEquals(sourceBytes, source.toByteArray(), "seed " + seed + " length " + length);
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("engines")
    void shouldNumberAsInPlaceOverARolloverAndNeverTwice(SrtpProfile profile, EngineUnderTest tested) {
        SrtpEngine engine = tested.make();
        long seed = 22;
        Random random = new Random(seed);
        SrtpKeyMaterial keys = SrtpPackets.keys(profile, random);
        try (SrtpTransform sender = SrtpTransform.create(engine, keys, 4);
                SrtpTransform receiver = SrtpTransform.create(new JceEngine(), keys.mirrored(), 4)) {
            for (long index = 0xffff - 50; index < 0x10000 + 50; index++) {
                int ssrc = (int) index & 1;
                byte[] plain = SrtpPackets.rtp(random, 1, (int) index, ssrc, 40);
                PacketBuffer source = PacketBuffer.copyOf(plain);
                PacketBuffer packet = PacketBuffer.copyOf(Arrays.copyOf(plain, 16));
                assertEquals(SrtpResult.OK, sender.protectRtp(packet, 16, source, 16, 40));
                assertEquals(16 + 40 + profile.tagBytes(), packet.length());
                PacketBuffer again = PacketBuffer.copyOf(Arrays.copyOf(plain, 16));
                assertEquals(SrtpResult.REPLAYED, sender.protectRtp(again, 16, source, 16, 40));
                assertEquals(SrtpResult.REPLAYED, sender.protectRtp(PacketBuffer.copyOf(plain), 16, index));
                assertArrayEquals(Arrays.copyOf(plain, 16), again.toByteArray());
                assertEquals(SrtpResult.OK, receiver.unprotectRtp(packet, 16), () -> "seed " + seed);
                assertEquals(index, receiver.lastIndex());
                assertArrayEquals(plain, packet.toByteArray());
            }
        }
    }

    @Test
    void shouldRefuseACallersMistakesBeforeAnIndexIsTaken() {
        Random random = new Random(23);
        SrtpKeyMaterial keys = SrtpPackets.keys(SrtpProfile.AEAD_AES_128_GCM, random);
        PacketBuffer source = PacketBuffer.copyOf(new byte[PacketBuffer.MAX_LENGTH]);
        PacketBuffer target = PacketBuffer.copyOf(SrtpPackets.rtp(random, 0, 7, 1, 0));
        try (SrtpTransform sender = SrtpTransform.create(new LibCryptoEngine(), keys, 1)) {
            assertThrows(IllegalArgumentException.class, () -> sender.protectRtp(target, 11, source, 0, 1));
            assertThrows(IllegalArgumentException.class, () -> sender.protectRtp(target, 13, source, 0, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> sender.protectRtp(target, 12, source, -1, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> sender.protectRtp(target, 12, source, 0, -1));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> sender.protectRtp(target, 12, source, 1, PacketBuffer.MAX_LENGTH));
            assertThrows(IllegalArgumentException.class,
                    () -> sender.protectRtp(target, 12, source, 0, PacketBuffer.MAX_LENGTH - 27));
            assertEquals(12, target.length());
            assertEquals(SrtpResult.OK, sender.protectRtp(target, 12, source, 0, PacketBuffer.MAX_LENGTH - 28));
        }
    }
}
