// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** What the transform owns: order of checks, windows, bounds, indexes. */
class SrtpTransformTest {
    private static final long SEED = 21;
    private static final int MAX_SSRCS = 4;

    private final Random random = new Random(SEED);

    static Stream<Arguments> all() {
        return Stream.of(SrtpProfile.values()).flatMap(profile -> Stream.of(EngineUnderTest.values())
                .map(engine -> Arguments.of(profile, engine)));
    }

    /** V12: any first byte, any length: refused by lengths or by the tag, never by an exception. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("all")
    void shouldRefuseShortPacketsOfEveryForm(SrtpProfile profile, EngineUnderTest tested) {
        SrtpEngine engine = tested.make();
        RtpPacketFlyweight rtp = new RtpPacketFlyweight();
        try (SrtpTransform receiver = SrtpTransform.create(engine, SrtpPackets.keys(profile, random), MAX_SSRCS)) {
            for (int length = 0; length <= 40; length++) {
                for (int first = 0; first < 256; first++) {
                    byte[] bytes = new byte[length];
                    random.nextBytes(bytes);
                    if (length > 0) {
                        bytes[0] = (byte) first;
                    }
                    PacketBuffer packet = PacketBuffer.copyOf(bytes);
                    int header = rtp.wrap(packet) ? rtp.headerLength() : 12 + 4 * (first & 15);
                    SrtpResult expected = header + profile.tagBytes() <= length ? SrtpResult.AUTHENTICATION_FAILED
                            : SrtpResult.MALFORMED;
                    assertEquals(expected, receiver.unprotectRtp(packet, header));
                    SrtpResult control = receiver.unprotectRtcp(PacketBuffer.copyOf(bytes));
                    assertTrue(control == SrtpResult.MALFORMED || control == SrtpResult.AUTHENTICATION_FAILED
                            && length >= 8 + profile.rtcpOverheadBytes());
                }
            }
            assertEquals(0, receiver.inboundSsrcs());
        }
    }

    /** V11: bad tags by the thousand, on a known and on unknown SSRCs: the stream goes on as if nothing had been. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("all")
    void shouldOutliveAFloodOfBadTags(SrtpProfile profile, EngineUnderTest tested) {
        SrtpEngine engine = tested.make();
        SrtpKeyMaterial keys = SrtpPackets.keys(profile, random);
        try (SrtpTransform sender = SrtpTransform.create(engine, keys, MAX_SSRCS);
                SrtpTransform receiver = SrtpTransform.create(engine, keys.mirrored(), MAX_SSRCS)) {
            for (int i = 65_500; i < 65_560; i++) {
                for (int forged = 0; forged < 40; forged++) {
                    byte[] bytes = SrtpPackets.rtp(random, 0, i + random.nextInt(60_000),
                            forged % 2 == 0 ? 77 : random.nextInt(), 60);
                    SrtpResult result = receiver.unprotectRtp(PacketBuffer.copyOf(bytes), 12);
                    // A forged number may have been used already; on a new SSRC none has.
                    assertTrue(result == SrtpResult.AUTHENTICATION_FAILED
                            || result == SrtpResult.REPLAYED && forged % 2 == 0, () -> "seed " + SEED);
                }
                byte[] plain = SrtpPackets.rtp(random, 0, i, 77, 50);
                PacketBuffer packet = PacketBuffer.copyOf(plain);
                sender.protectRtp(packet, 12, i);
                PacketBuffer damaged = PacketBuffer.copyOf(packet.toByteArray());
                damaged.putByte(12 + random.nextInt(damaged.length() - 12), random.nextInt());
                byte[] before = packet.toByteArray();
                if (!java.util.Arrays.equals(before, damaged.toByteArray())) {
                    assertEquals(SrtpResult.AUTHENTICATION_FAILED, receiver.unprotectRtp(damaged, 12));
                }
                assertEquals(SrtpResult.OK, receiver.unprotectRtp(packet, 12));
                assertArrayEquals(plain, packet.toByteArray());
            }
            assertEquals(1, receiver.inboundSsrcs());
        }
    }

    /** V17: only authentic packets open a context, and no more than the limit of them. */
    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void shouldBoundTheNumberOfSsrcs(SrtpProfile profile) {
        SrtpKeyMaterial keys = SrtpPackets.keys(profile, random);
        try (SrtpTransform sender = SrtpTransform.create(new JceEngine(), keys, MAX_SSRCS);
                SrtpTransform receiver = SrtpTransform.create(new JceEngine(), keys.mirrored(), MAX_SSRCS)) {
            for (int ssrc = 0; ssrc < 1000; ssrc++) {
                PacketBuffer rtp = PacketBuffer.copyOf(SrtpPackets.rtp(random, 0, 9, ssrc, 20));
                sender.protectRtp(rtp, 12, 9);
                assertEquals(ssrc < MAX_SSRCS ? SrtpResult.OK : SrtpResult.SSRC_LIMIT, receiver.unprotectRtp(rtp, 12));
                PacketBuffer rtcp = PacketBuffer.copyOf(SrtpPackets.rtcp(random, ssrc, 32));
                sender.protectRtcp(rtcp);
                assertEquals(ssrc < MAX_SSRCS ? SrtpResult.OK : SrtpResult.SSRC_LIMIT, receiver.unprotectRtcp(rtcp));
            }
            assertEquals(MAX_SSRCS, receiver.inboundSsrcs());
        }
    }

    /** A client that publishes anew all day takes a new SSRC each time; one that comes back finds its counter kept. */
    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void shouldGiveThePlaceOfAnUnusedSsrcToANewOneAndKeepThoseInUse(SrtpProfile profile) {
        SrtpKeyMaterial keys = SrtpPackets.keys(profile, random);
        Set<Integer> inUse = new HashSet<>(Set.of(0));
        try (SrtpTransform sender = SrtpTransform.create(new JceEngine(), keys, 1);
                SrtpTransform receiver = SrtpTransform.create(new JceEngine(), keys.mirrored(), MAX_SSRCS,
                        inUse::contains)) {
            assertEquals(SrtpResult.OK, pass(sender, receiver, 0, 65_000));
            assertEquals(SrtpResult.OK, pass(sender, receiver, 0, 65_536 + 40));
            for (int ssrc = 1; ssrc < 500; ssrc++) {
                inUse.add(ssrc);
                assertEquals(SrtpResult.OK, pass(sender, receiver, ssrc, 65_000), "ssrc " + ssrc);
                assertEquals(SrtpResult.OK, pass(sender, receiver, ssrc, 65_536 + 40), "ssrc " + ssrc);
                PacketBuffer rtcp = PacketBuffer.copyOf(SrtpPackets.rtcp(random, ssrc, 32));
                sender.protectRtcp(rtcp);
                assertEquals(SrtpResult.OK, receiver.unprotectRtcp(rtcp), "ssrc " + ssrc);
                inUse.remove(ssrc);
            }
            assertEquals(MAX_SSRCS, receiver.inboundSsrcs());
            // In use all the time, and unused but remembered: both are past their first rollover.
            assertEquals(SrtpResult.OK, pass(sender, receiver, 0, 65_536 + 41));
            assertEquals(SrtpResult.OK, pass(sender, receiver, 499, 65_536 + 41));
            // Forged packets push nothing out.
            for (int ssrc = 1_000; ssrc < 1_100; ssrc++) {
                assertEquals(SrtpResult.AUTHENTICATION_FAILED, receiver.unprotectRtp(
                        PacketBuffer.copyOf(SrtpPackets.rtp(random, 0, 9, ssrc, 40)), 12));
            }
            assertEquals(SrtpResult.OK, pass(sender, receiver, 499, 65_536 + 42));
            for (int ssrc = 0; ssrc < 500; ssrc++) {
                inUse.add(ssrc);
            }
            assertEquals(SrtpResult.SSRC_LIMIT, pass(sender, receiver, 2_000, 9));
        }
    }

    private SrtpResult pass(SrtpTransform sender, SrtpTransform receiver, int ssrc, long index) {
        PacketBuffer rtp = PacketBuffer.copyOf(SrtpPackets.rtp(random, 0, (int) index & 0xffff, ssrc, 20));
        assertEquals(SrtpResult.OK, sender.protectRtp(rtp, 12, index));
        return receiver.unprotectRtp(rtp, 12);
    }

    /** V08: no nonce twice under one key, whatever is asked for. */
    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void shouldNeverSealAnIndexTwice(SrtpProfile profile) {
        try (SrtpTransform sender = SrtpTransform.create(new LibCryptoEngine(), SrtpPackets.keys(profile, random), 1)) {
            long[] indexes = {100, 101, 105, 103, 70_000, 69_900};
            for (long index : indexes) {
                assertEquals(SrtpResult.OK, protect(sender, 5, index));
                assertEquals(SrtpResult.OK, protect(sender, 6, index));
            }
            for (long index : indexes) {
                assertEquals(SrtpResult.REPLAYED, protect(sender, 5, index));
            }
            assertEquals(SrtpResult.REPLAYED, protect(sender, 5, 104));
            Set<Integer> words = new HashSet<>();
            for (int i = 0; i < 1000; i++) {
                PacketBuffer rtcp = PacketBuffer.copyOf(SrtpPackets.rtcp(random, i & 1, 32));
                assertEquals(SrtpResult.OK, sender.protectRtcp(rtcp));
                int at = profile.isAead() ? rtcp.length() - 4 : rtcp.length() - 14;
                assertTrue(words.add(rtcp.getInt(at)));
            }
        }
    }

    @Test
    void shouldStopWhereTheKeyIsUsedUp() {
        SrtpKeyMaterial keys = SrtpPackets.keys(SrtpProfile.AEAD_AES_128_GCM, random);
        try (SrtpSession sender = new SrtpSession(new LibCryptoEngine(), keys, MAX_SSRCS, ssrc -> true);
                SrtpTransform receiver = SrtpTransform.create(new LibCryptoEngine(), keys.mirrored(), MAX_SSRCS)) {
            assertEquals(SrtpResult.OK, protect(sender, 1, (1L << 48) - 1));
            assertEquals(SrtpResult.KEY_EXHAUSTED, protect(sender, 1, 1L << 48));
            sender.setNextRtcpIndex((1L << 31) - 1);
            PacketBuffer last = PacketBuffer.copyOf(SrtpPackets.rtcp(random, 1, 32));
            assertEquals(SrtpResult.OK, sender.protectRtcp(last));
            assertEquals(SrtpResult.OK, receiver.unprotectRtcp(last));
            assertEquals(SrtpResult.KEY_EXHAUSTED,
                    sender.protectRtcp(PacketBuffer.copyOf(SrtpPackets.rtcp(random, 1, 32))));
        }
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void shouldRefuseRtcpInClear(SrtpProfile profile) {
        SrtpKeyMaterial keys = SrtpPackets.keys(profile, random);
        try (SrtpTransform sender = SrtpTransform.create(new JceEngine(), keys, 1);
                SrtpTransform receiver = SrtpTransform.create(new JceEngine(), keys.mirrored(), 1)) {
            PacketBuffer packet = PacketBuffer.copyOf(SrtpPackets.rtcp(random, 1, 32));
            sender.protectRtcp(packet);
            int at = profile.isAead() ? packet.length() - 4 : packet.length() - 14;
            packet.putInt(at, packet.getInt(at) & 0x7fff_ffff);
            assertEquals(SrtpResult.MALFORMED, receiver.unprotectRtcp(packet));
        }
    }

    @Test
    void shouldRefuseACallersMistakes() {
        SrtpKeyMaterial keys = SrtpPackets.keys(SrtpProfile.AEAD_AES_128_GCM, random);
        SrtpTransform transform = SrtpTransform.create(new LibCryptoEngine(), keys, 1);
        byte[] bytes = SrtpPackets.rtp(random, 0, 7, 1, 20);
        assertThrows(IllegalArgumentException.class, () -> transform.protectRtp(PacketBuffer.copyOf(bytes), 12, 8));
        assertThrows(IllegalArgumentException.class, () -> transform.protectRtp(PacketBuffer.copyOf(bytes), 11, 7));
        assertThrows(IllegalArgumentException.class, () -> transform.protectRtp(PacketBuffer.copyOf(bytes), 33, 7));
        assertThrows(IllegalArgumentException.class, () -> transform.protectRtcp(PacketBuffer.copyOf(new byte[7])));
        PacketBuffer full = PacketBuffer.copyOf(SrtpPackets.rtp(random, 0, 7, 1, PacketBuffer.MAX_LENGTH - 12));
        assertThrows(IllegalArgumentException.class, () -> transform.protectRtp(full, 12, 7));
        assertThrows(IllegalArgumentException.class, () -> SrtpTransform.create(new JceEngine(), keys, 0));
        transform.close();
        transform.close();
        assertThrows(IllegalStateException.class, () -> transform.protectRtp(PacketBuffer.copyOf(bytes), 12, 7));
    }

    @Test
    void shouldSplitWhatDtlsExported() {
        byte[] exported = new byte[60];
        for (int i = 0; i < exported.length; i++) {
            exported[i] = (byte) i;
        }
        SrtpProfile profile = SrtpProfile.AES128_CM_HMAC_SHA1_80;
        SrtpKeyMaterial client = SrtpKeyMaterial.ofExported(profile, exported, true);
        SrtpKeyMaterial server = SrtpKeyMaterial.ofExported(profile, exported, false);
        assertEquals(0, client.outboundKey()[0]);
        assertEquals(16, server.outboundKey()[0]);
        assertEquals(32, client.outboundSalt()[0]);
        assertEquals(46, server.outboundSalt()[0]);
        assertArrayEquals(client.outboundKey(), server.inboundKey());
        assertArrayEquals(client.inboundSalt(), server.outboundSalt());
        assertArrayEquals(server.outboundKey(), client.mirrored().outboundKey());
        assertNotEquals(client.outboundKey(), client.outboundKey());
        assertFalse(client.toString().matches(".*\\d{2,}.*[,\\[].*"));
        assertThrows(IllegalArgumentException.class, () -> SrtpKeyMaterial.ofExported(profile, new byte[59], true));
    }

    private SrtpResult protect(SrtpTransform sender, int ssrc, long index) {
        return sender.protectRtp(PacketBuffer.copyOf(SrtpPackets.rtp(random, 0, (int) index, ssrc, 20)), 12, index);
    }
}
