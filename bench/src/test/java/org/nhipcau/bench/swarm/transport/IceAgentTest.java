// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.ice.IceCredentials;

/** Two agents and a virtual clock: what one sends the other gets at once, or never. */
final class IceAgentTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 1_000);
    private static final InetSocketAddress SERVER = new InetSocketAddress("127.0.0.1", 2_000);
    private static final InetSocketAddress NOBODY = new InetSocketAddress("127.0.0.1", 3_000);

    private final IceCredentials clientCredentials = IceCredentials.random(new SecureRandom());
    private final IceCredentials serverCredentials = IceCredentials.random(new SecureRandom());
    private final IceAgent client = new IceAgent(clientCredentials, new Random(1));
    private final IceAgent server = new IceAgent(serverCredentials, new Random(2));
    private final Deque<Runnable> wire = new ArrayDeque<>();
    private long nowNs = SECOND_NS;
    private boolean serverAnswers = true;
    private int sent;

    private void toServer(PacketBuffer stun, InetSocketAddress to) {
        PacketBuffer copy = PacketBuffer.copyOf(stun.toByteArray());
        sent++;
        if (to.equals(SERVER) && serverAnswers) {
            wire.add(() -> server.handle(copy, CLIENT, nowNs, this::toClient));
        }
    }

    private void toClient(PacketBuffer stun, InetSocketAddress to) {
        PacketBuffer copy = PacketBuffer.copyOf(stun.toByteArray());
        if (to.equals(CLIENT)) {
            wire.add(() -> client.handle(copy, SERVER, nowNs, this::toServer));
        }
    }

    private void deliver() {
        while (!wire.isEmpty()) {
            wire.poll().run();
        }
    }

    private void run(double seconds) {
        long endNs = nowNs + (long) (seconds * SECOND_NS);
        while (nowNs < endNs) {
            client.onTime(nowNs, this::toServer);
            server.onTime(nowNs, this::toClient);
            deliver();
            nowNs += SECOND_NS / 100;
        }
    }

    @Test
    void shouldSelectTheAddressThatAnswers() {
        server.start(clientCredentials, false, nowNs);
        client.start(serverCredentials, true, nowNs);
        client.addCandidate(NOBODY, nowNs);
        client.addCandidate(SERVER, nowNs);
        assertNull(client.selected());
        run(1);
        assertEquals(SERVER, client.selected());
        assertEquals(CLIENT, server.selected());
        assertFalse(client.failed());
    }

    @Test
    void shouldFollowAControllingServer() {
        server.start(clientCredentials, true, nowNs);
        client.start(serverCredentials, false, nowNs);
        client.addCandidate(SERVER, nowNs);
        run(2);
        assertEquals(SERVER, client.selected());
        assertEquals(CLIENT, server.selected());
    }

    @Test
    void shouldKeepConsentByAFewChecksAndLoseItWithoutAnswers() {
        server.start(clientCredentials, false, nowNs);
        client.start(serverCredentials, true, nowNs);
        client.addCandidate(SERVER, nowNs);
        run(1);
        sent = 0;
        run(60);
        assertTrue(sent >= 9 && sent <= 40, sent + " datagrams in a minute");
        assertFalse(client.failed());
        serverAnswers = false;
        run(40);
        assertTrue(client.failed());
    }

    @Test
    void shouldFailWhenNobodyAnswers() {
        client.start(serverCredentials, true, nowNs);
        client.addCandidate(NOBODY, nowNs);
        run(29);
        assertFalse(client.failed());
        run(3);
        assertTrue(client.failed());
        assertNull(client.selected());
    }

    @Test
    void shouldTakeNothingFromOneWhoDoesNotKnowThePassword() {
        IceAgent impostor = new IceAgent(serverCredentials, new Random(3));
        impostor.start(new IceCredentials(clientCredentials.ufrag(), "x".repeat(24)), true, nowNs);
        client.start(serverCredentials, false, nowNs);
        impostor.addCandidate(CLIENT, nowNs);
        impostor.onTime(nowNs, (stun, to) -> {
            PacketBuffer copy = PacketBuffer.copyOf(stun.toByteArray());
            wire.add(() -> client.handle(copy, SERVER, nowNs, this::toServer));
        });
        sent = 0;
        deliver();
        assertEquals(0, sent);
        assertNull(client.selected());
    }
}
