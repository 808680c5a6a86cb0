// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;

class IceLiteAgentMutationTest {
    private static final IceCredentials LOCAL = new IceCredentials("ABCDef01", "0123456789abcdefghijklmn");
    private static final InetSocketAddress FROM = new InetSocketAddress("192.0.2.1", 40_000);

    @Test
    void shouldNeverAcceptAMutatedCheck() {
        long seed = 14;
        Random random = new Random(seed);
        IceLiteAgent agent = new IceLiteAgent(LOCAL, IceTimeouts.of(SfuConfig.DEFAULT), 0);
        byte[] valid = new CheckBuilder(LOCAL, "cLie").check(true).toByteArray();
        PacketBuffer packet = PacketBuffer.allocate();
        PacketBuffer response = PacketBuffer.allocate();
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = valid.clone();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            packet.setBytes(bytes, 0, bytes.length);
            assertNotEquals(IceResult.RESPOND, agent.handle(packet, FROM, i, response), "seed " + seed + ", " + i);
        }
        assertNull(agent.selected());
    }

    @Test
    void shouldSurviveAnyAttributesBehindARightSignature() {
        long seed = 15;
        Random random = new Random(seed);
        IceLiteAgent agent = new IceLiteAgent(LOCAL, IceTimeouts.of(SfuConfig.DEFAULT), 0);
        PacketBuffer response = PacketBuffer.allocate();
        int[] types = {0x0006, 0x0008, 0x0009, 0x000A, 0x0020, 0x0024, 0x0025, 0x8028, 0x8029, 0x802A, 0x7777, 0x8777};
        Map<IceResult, Integer> results = new EnumMap<>(IceResult.class);
        for (int i = 0; i < 20_000; i++) {
            byte[] attributes = new byte[4 * random.nextInt(30)];
            random.nextBytes(attributes);
            for (int at = 0; at + 8 <= attributes.length; at += 8) {
                int type = types[random.nextInt(types.length)];
                attributes[at] = (byte) (type >>> 8);
                attributes[at + 1] = (byte) type;
                attributes[at + 2] = 0;
                attributes[at + 3] = (byte) (type == 0x0025 ? 0 : 4);
            }
            try {
                results.merge(IceLiteAgentFuzzTest.signed(agent, attributes, response), 1, Integer::sum);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", message " + i, e);
            }
        }
        assertTrue(results.getOrDefault(IceResult.RESPOND, 0) > 100, "signed ones were reached: " + results);
        assertTrue(results.getOrDefault(IceResult.DROP_MALFORMED, 0) > 100, "malformed ones were reached: " + results);
    }
}
