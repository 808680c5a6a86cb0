// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import java.nio.ByteBuffer;
import java.util.Random;

/** Keys and packets for tests, from a seeded source. */
final class SrtpPackets {
    private SrtpPackets() {}

    static SrtpKeyMaterial keys(SrtpProfile profile, Random random) {
        byte[] exported = new byte[profile.exportedBytes()];
        random.nextBytes(exported);
        return SrtpKeyMaterial.ofExported(profile, exported, true);
    }

    static byte[] rtp(Random random, int csrcs, int sequenceNumber, int ssrc, int payloadBytes) {
        byte[] packet = new byte[12 + 4 * csrcs + payloadBytes];
        random.nextBytes(packet);
        ByteBuffer.wrap(packet).put(0, (byte) (0x80 | csrcs)).put(1, (byte) 96).putShort(2, (short) sequenceNumber)
                .putInt(8, ssrc);
        return packet;
    }

    static byte[] rtcp(Random random, int ssrc, int lengthBytes) {
        byte[] packet = new byte[lengthBytes];
        random.nextBytes(packet);
        ByteBuffer.wrap(packet).put(0, (byte) 0x81).put(1, (byte) 201).putShort(2, (short) (lengthBytes / 4 - 1))
                .putInt(4, ssrc);
        return packet;
    }
}
