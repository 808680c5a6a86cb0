// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** Fuzz bytes before the crypto, where they must never pass, and behind it, where they must come back as they were. */
class SrtpUnprotectFuzzTest {
    private static final List<SrtpEngine> ENGINES = EngineUnderTest.present();

    @FuzzTest(maxDuration = "30s")
    void unprotectForged(byte[] data) {
        if (data.length < 2 || data.length > PacketBuffer.MAX_LENGTH) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
        SrtpKeyMaterial keys = SrtpPackets.keys(SrtpProfile.values()[(data[0] & 0xff) % 3], new Random(1));
        for (SrtpEngine engine : ENGINES) {
            try (SrtpTransform receiver = SrtpTransform.create(engine, keys, 2)) {
                int header = 12 + 4 * (bytes[0] & 15);
                if (receiver.unprotectRtp(PacketBuffer.copyOf(bytes), header) == SrtpResult.OK
                        || receiver.unprotectRtcp(PacketBuffer.copyOf(bytes)) == SrtpResult.OK
                        || receiver.inboundSsrcs() != 0) {
                    throw new AssertionError("a forged packet passed");
                }
            }
        }
    }

    @FuzzTest(maxDuration = "30s")
    void roundTrip(byte[] data) {
        if (data.length < 13 || data.length > 1_500) {
            return;
        }
        byte[] plain = Arrays.copyOfRange(data, 1, data.length);
        SrtpKeyMaterial keys = SrtpPackets.keys(SrtpProfile.values()[(data[0] & 0xff) % 3], new Random(1));
        int header = Math.min(plain.length, 12 + 4 * (plain[0] & 15));
        for (SrtpEngine engine : ENGINES) {
            try (SrtpTransform sender = SrtpTransform.create(engine, keys, 2);
                    SrtpTransform receiver = SrtpTransform.create(new JceEngine(), keys.mirrored(), 2)) {
                roundTrip(plain, header, sender, receiver);
            }
        }
    }

    private static void roundTrip(byte[] plain, int header, SrtpTransform sender, SrtpTransform receiver) {
        PacketBuffer packet = PacketBuffer.copyOf(plain);
        require(sender.protectRtp(packet, header, packet.getUnsignedShort(2)));
        require(receiver.unprotectRtp(packet, header));
        requireSame(plain, packet);
        PacketBuffer source = PacketBuffer.copyOf(plain);
        source.putShort(2, source.getUnsignedShort(2) + 1);
        PacketBuffer fused = PacketBuffer.copyOf(Arrays.copyOf(source.toByteArray(), header));
        require(sender.protectRtp(fused, header, source, header, plain.length - header));
        require(receiver.unprotectRtp(fused, header));
        requireSame(source.toByteArray(), fused);
        PacketBuffer control = PacketBuffer.copyOf(plain);
        require(sender.protectRtcp(control));
        require(receiver.unprotectRtcp(control));
        requireSame(plain, control);
    }

    private static void require(SrtpResult result) {
        if (result != SrtpResult.OK) {
            throw new AssertionError(result);
        }
    }

    private static void requireSame(byte[] plain, PacketBuffer packet) {
        if (!Arrays.equals(plain, packet.toByteArray())) {
            throw new AssertionError("bytes changed");
        }
    }
}
