// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

import java.nio.charset.StandardCharsets;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.stun.StunIntegrity;
import org.nhipcau.sfu.stun.StunMessageWriter;

/** Makes the connectivity checks of a controlling client for tests; each call a fresh packet. */
public final class CheckBuilder {
    private final byte[] username;
    private final StunIntegrity key;
    private int transaction;

    /** @param server the credentials that the server told the client */
    public CheckBuilder(IceCredentials server, String clientUfrag) {
        username = (server.ufrag() + ":" + clientUfrag).getBytes(StandardCharsets.US_ASCII);
        key = new StunIntegrity(server.pwd());
    }

    public StunIntegrity key() {
        return key;
    }

    /** User name and nothing else yet. */
    public StunMessageWriter begin(PacketBuffer packet) {
        byte[] id = new byte[12];
        transaction++;
        id[10] = (byte) (transaction >>> 8);
        id[11] = (byte) transaction;
        return new StunMessageWriter().beginRequest(packet, StunMessageWriter.BINDING_REQUEST, id).username(username);
    }

    /** A whole, right check. */
    public PacketBuffer check(boolean useCandidate) {
        PacketBuffer packet = PacketBuffer.allocate();
        StunMessageWriter writer = begin(packet).priority(0x6e0001ffL).iceControlling(0x1122334455667788L);
        if (useCandidate) {
            writer.useCandidate();
        }
        writer.messageIntegrity(key).fingerprint();
        return packet;
    }
}
