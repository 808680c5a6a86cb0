// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stun;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** Any bytes must be read without a Throwable, and what is found must be consistent. Seeds are replayed in each run. */
class StunMessageFuzzTest {
    private final StunMessageFlyweight stun = new StunMessageFlyweight();
    private final StunIntegrity key = new StunIntegrity("0123456789abcdefghijklmn");

    @FuzzTest(maxDuration = "30s")
    void read(byte[] data) {
        PacketBuffer packet = PacketBuffer.allocate();
        packet.setBytes(data, 0, Math.min(data.length, PacketBuffer.MAX_LENGTH));
        readAll(stun, packet, key);
    }

    /** Calls everything that may be called on a packet from the net. */
    static void readAll(StunMessageFlyweight stun, PacketBuffer packet, StunIntegrity key) {
        long peeked = StunMessageFlyweight.peekUfragKey(packet);
        String ufrag = StunMessageFlyweight.localUfrag(packet);
        if (peeked != StunMessageFlyweight.NO_KEY && (ufrag == null || ufrag.length() != 8)) {
            throw new AssertionError("the key is of no fragment of 8 characters");
        }
        if (!stun.wrap(packet)) {
            return;
        }
        stun.isBindingRequest();
        stun.fingerprintMatches();
        stun.integrityMatches(key);
        stun.useCandidate();
        stun.hasIceControlled();
        stun.hasIceControlling();
        stun.errorCode();
        stun.xorMappedAddress();
        if (stun.hasPriority()) {
            stun.priority();
        }
        for (int i = 0; i < stun.unknownCount(); i++) {
            if (stun.unknown(i) >= 0x8000) {
                throw new AssertionError("an optional attribute was called required");
            }
        }
        if (ufrag != null && ufrag.length() < 200) {
            stun.localUfragEquals(ufrag.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }
}
