// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.stun.StunMessageFlyweight;

/** What a datagram costs in garbage: nothing before the user name is known, only the JDK's HMAC after it. */
class IceLiteAgentAllocationTest {
    private static final int ROUNDS = 20_000;
    private static final InetSocketAddress FROM = new InetSocketAddress("192.0.2.1", 40_000);

    private final IceCredentials local = new IceCredentials("ABCDef01", "0123456789abcdefghijklmn");
    private final IceLiteAgent agent = new IceLiteAgent(local, IceTimeouts.of(SfuConfig.DEFAULT), 0);
    private final PacketBuffer response = PacketBuffer.allocate();
    private long sum;

    private double bytesPerCall(PacketBuffer packet, IceResult expected) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        double least = Double.MAX_VALUE;
        // The first rounds warm up; the least counts, since the compiler allocates on this thread now and then.
        for (int round = 0; round < 5; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < ROUNDS; i++) {
                if (agent.handle(packet, FROM, i, response) != expected) {
                    throw new AssertionError("not " + expected);
                }
                sum += StunMessageFlyweight.peekUfragKey(packet);
            }
            least = Math.min(least, (threads.getThreadAllocatedBytes(thread) - before) / (double) ROUNDS);
        }
        return least;
    }

    @Test
    void v24StrangersShouldCostNoGarbage() {
        IceCredentials unknown = new IceCredentials("ABCDef02", local.pwd());
        assertEquals(0, bytesPerCall(new CheckBuilder(unknown, "cLie").check(true), IceResult.DROP_UNAUTHENTICATED), 1);
        PacketBuffer malformed = new CheckBuilder(local, "cLie").check(true);
        malformed.putByte(30, 0);
        assertEquals(0, bytesPerCall(malformed, IceResult.DROP_MALFORMED), 1);
    }

    @Test
    void checksShouldCostNoMoreGarbageThanTheHmac() {
        IceCredentials wrong = new IceCredentials(local.ufrag(), "x".repeat(24));
        double refused = bytesPerCall(new CheckBuilder(wrong, "cLie").check(true), IceResult.DROP_UNAUTHENTICATED);
        double answered = bytesPerCall(new CheckBuilder(local, "cLie").check(true), IceResult.RESPOND);
        System.out.println("garbage per check: refused " + refused + " B, answered " + answered + " B");
        assertTrue(refused <= 128, refused + " bytes per refused check");
        assertTrue(answered <= 300, answered + " bytes per answered check");
        assertTrue(sum != 0);
    }
}
