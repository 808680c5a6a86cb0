// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetSocketAddress;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * The agent with any bytes: as they come, where nothing may be answered or stored; and signed with the right key, where
 * everything behind authentication is reached.
 */
class IceLiteAgentFuzzTest {
    private static final IceCredentials LOCAL = new IceCredentials("ABCDef01", "0123456789abcdefghijklmn");
    private static final InetSocketAddress FROM = new InetSocketAddress("192.0.2.1", 40_000);

    @FuzzTest(maxDuration = "30s")
    void handle(byte[] data) {
        IceLiteAgent agent = new IceLiteAgent(LOCAL, IceTimeouts.of(SfuConfig.DEFAULT), 0);
        PacketBuffer response = PacketBuffer.allocate();
        PacketBuffer packet = PacketBuffer.allocate();
        packet.setBytes(data, 0, Math.min(data.length, PacketBuffer.MAX_LENGTH));
        IceResult result = agent.handle(packet, FROM, 1, response);
        if (result == IceResult.RESPOND || agent.selected() != null || response.length() != 0) {
            throw new AssertionError("unauthenticated bytes were answered");
        }
        signed(agent, data, response);
    }

    /** @return what became of the bytes as attributes of a rightly signed request of our user */
    static IceResult signed(IceLiteAgent agent, byte[] attributes, PacketBuffer response) {
        PacketBuffer packet = PacketBuffer.allocate();
        new CheckBuilder(LOCAL, "cLie").begin(packet);
        int at = packet.length();
        int count = Math.min(attributes.length & ~3, PacketBuffer.MAX_LENGTH - at - 32);
        packet.setLength(at + count);
        packet.putBytes(at, attributes, 0, count);
        StunSigner.finish(packet, LOCAL.pwd());
        response.clear();
        IceResult result = agent.handle(packet, FROM, 2, response);
        if ((result == IceResult.RESPOND) != (response.length() > 0)) {
            throw new AssertionError("answered " + response.length() + " bytes for " + result);
        }
        return result;
    }
}
