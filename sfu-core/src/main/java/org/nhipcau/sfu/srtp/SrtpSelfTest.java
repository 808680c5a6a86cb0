// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Holds an engine against the ciphers of the Java runtime before it may touch a packet: every profile, RTP and RTCP, in
 * place and from one packet into another, short and long, wrong tags refused. Thread: any.
 */
final class SrtpSelfTest {
    private static final int HEADER_BYTES = 16;
    private static final int SSRC = 0x89ab_cdef;
    /** None, some blocks and a part of one, what the widest code paths take at once and a rest. */
    private static final int[] PAYLOAD_BYTES = {0, 85, 1171};

    private final SrtpEngine engine;
    private final SrtpProfile profile;

    private SrtpSelfTest(SrtpEngine engine, SrtpProfile profile) {
        this.engine = engine;
        this.profile = profile;
    }

    /** @throws RuntimeException when the engine lacks a profile or computes anything else than it should */
    static void run(SrtpEngine engine) {
        for (SrtpProfile profile : SrtpProfile.values()) {
            if (!engine.supports(profile)) {
                throw new UnsupportedOperationException(engine.name() + " lacks " + profile);
            }
            new SrtpSelfTest(engine, profile).run();
        }
    }

    private void run() {
        byte[] key = pattern(profile.keyBytes(), 3);
        byte[] salt = pattern(profile.saltBytes(), 11);
        SrtpEngine reference = new JceEngine();
        try (PacketCipher seals = engine.createCipher(profile, key, salt, true);
                PacketCipher fuses = engine.createCipher(profile, key, salt, true);
                PacketCipher opens = engine.createCipher(profile, key, salt, false);
                PacketCipher theirSeals = reference.createCipher(profile, key, salt, true);
                PacketCipher theirOpens = reference.createCipher(profile, key, salt, false)) {
            long index = 1L << 16;
            for (int payloadBytes : PAYLOAD_BYTES) {
                byte[] plain = rtp(payloadBytes, ++index);
                PacketBuffer expected = PacketBuffer.copyOf(plain);
                theirSeals.sealRtp(expected, HEADER_BYTES, SSRC, index);
                PacketBuffer sealed = PacketBuffer.copyOf(plain);
                seals.sealRtp(sealed, HEADER_BYTES, SSRC, index);
                requireSame(expected.toByteArray(), sealed);
                requireSame(expected.toByteArray(), fuse(fuses, plain, index));
                require(opens.openRtp(expected, HEADER_BYTES, SSRC, index));
                requireSame(plain, expected);
            }
            refusesRtp(opens, theirSeals);
            sealsRtcp(seals, theirOpens);
            opensRtcp(opens, theirSeals);
        }
    }

    /** From the middle of one packet into the middle of larger memory, as packets are written for the socket. */
    private PacketBuffer fuse(PacketCipher cipher, byte[] plain, long index) {
        byte[] before = pattern(7, 5);
        PacketBuffer source = PacketBuffer.allocate();
        source.setLength(before.length + plain.length);
        source.putBytes(0, before, 0, before.length);
        source.putBytes(before.length, plain, 0, plain.length);
        byte[] untouched = source.toByteArray();
        PacketBuffer target = PacketBuffer.window(Arena.ofAuto().allocate(8192));
        target.place(4099, HEADER_BYTES + plain.length + profile.rtpOverheadBytes());
        target.setLength(HEADER_BYTES);
        target.putBytes(0, plain, 0, HEADER_BYTES);
        cipher.sealRtp(target, HEADER_BYTES, SSRC, index, source, before.length + HEADER_BYTES,
                plain.length - HEADER_BYTES);
        requireSame(untouched, source);
        return target;
    }

    private void refusesRtp(PacketCipher opens, PacketCipher theirSeals) {
        long index = 2L << 16;
        PacketBuffer sealed = PacketBuffer.copyOf(rtp(40, index));
        theirSeals.sealRtp(sealed, HEADER_BYTES, SSRC, index);
        // Behind the header, in the header, in the tag.
        for (int at : new int[] {HEADER_BYTES, 1, sealed.length() - 1}) {
            PacketBuffer damaged = PacketBuffer.copyOf(sealed.toByteArray());
            damaged.putByte(at, damaged.getByte(at) ^ 0x10);
            require(!opens.openRtp(damaged, HEADER_BYTES, SSRC, index));
        }
    }

    private void sealsRtcp(PacketCipher seals, PacketCipher theirOpens) {
        byte[] plain = rtcp();
        PacketBuffer packet = PacketBuffer.copyOf(plain);
        seals.sealRtcp(packet, packet.getInt(4), 0);
        require(packet.length() == plain.length + profile.rtcpOverheadBytes());
        require(theirOpens.openRtcp(packet, packet.getInt(4), 0));
        requireSame(plain, packet);
    }

    private void opensRtcp(PacketCipher opens, PacketCipher theirSeals) {
        byte[] plain = rtcp();
        PacketBuffer packet = PacketBuffer.copyOf(plain);
        theirSeals.sealRtcp(packet, packet.getInt(4), 77);
        for (int at : new int[] {2, 20, packet.length() - 1}) {
            PacketBuffer damaged = PacketBuffer.copyOf(packet.toByteArray());
            damaged.putByte(at, damaged.getByte(at) ^ 0x10);
            require(!opens.openRtcp(damaged, damaged.getInt(4), 77));
        }
        require(opens.openRtcp(packet, packet.getInt(4), 77));
        requireSame(plain, packet);
    }

    private static byte[] rtp(int payloadBytes, long index) {
        PacketBuffer packet = PacketBuffer.copyOf(pattern(HEADER_BYTES + payloadBytes, 7));
        packet.putByte(0, 0x81);
        packet.putShort(2, (int) index);
        packet.putInt(8, SSRC);
        return packet.toByteArray();
    }

    private static byte[] rtcp() {
        PacketBuffer packet = PacketBuffer.copyOf(pattern(52, 9));
        packet.putByte(0, 0x81);
        packet.putInt(4, SSRC);
        return packet.toByteArray();
    }

    private static byte[] pattern(int length, int step) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * step + 1);
        }
        return bytes;
    }

    private void requireSame(byte[] expected, PacketBuffer packet) {
        require(Arrays.equals(expected, packet.toByteArray()));
    }

    private void require(boolean right) {
        if (!right) {
            throw new IllegalStateException(engine.name() + " fails its self-test with " + profile);
        }
    }
}
