// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.ice.Agent;
import org.ice4j.ice.CandidatePair;
import org.ice4j.ice.CandidateType;
import org.ice4j.ice.Component;
import org.ice4j.ice.IceMediaStream;
import org.ice4j.ice.IceProcessingState;
import org.ice4j.ice.KeepAliveStrategy;
import org.ice4j.ice.RemoteCandidate;
import org.ice4j.ice.harvest.HostCandidateHarvester;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** A full agent of ice4j, controlling, connects over real UDP to our lite agent, and again after an ICE restart. */
class IceInteropTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void shouldConnectWithAFullAgentAndFollowItsRestart() throws Exception {
        // ice4j never gathers loopback, so its own interface address serves as the "loopback" of this test.
        List<InetAddress> addresses = HostCandidateHarvester.getAllAllowedAddresses().stream()
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress()).toList();
        assumeFalse(addresses.isEmpty(), "this machine has no interface but loopback, and ice4j uses none of that");

        IceCredentials first = IceCredentials.random(random);
        try (LiteServer server = new LiteServer(first, addresses.getFirst())) {
            InetSocketAddress firstAddress;
            Agent client = connect(server, first);
            try {
                firstAddress = assertConnected(server, client);
                assertTrue(server.responses > 0);
            } finally {
                client.free();
            }

            IceCredentials second = IceCredentials.random(random);
            server.restart(second);
            assertEquals(firstAddress, server.selected(), "kept until the new generation nominates");
            Agent again = connect(server, second);
            try {
                assertNotEquals(firstAddress, assertConnected(server, again));
                assertEquals(second, server.local());
            } finally {
                again.free();
            }
        }
    }

    @Test
    void shouldNotConnectWithAWrongPassword() throws Exception {
        List<InetAddress> addresses = HostCandidateHarvester.getAllAllowedAddresses().stream()
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress()).toList();
        assumeFalse(addresses.isEmpty(), "this machine has no interface but loopback, and ice4j uses none of that");
        IceCredentials credentials = IceCredentials.random(random);
        try (LiteServer server = new LiteServer(credentials, addresses.getFirst())) {
            Agent client = start(server, new IceCredentials(credentials.ufrag(), "x".repeat(24)));
            try {
                assertTrue(server.refused.await(10, TimeUnit.SECONDS), "no check came");
                assertEquals(0, server.responses);
                assertEquals(null, server.selected());
                assertFalse(client.getState().isEstablished());
            } finally {
                client.free();
            }
        }
    }

    private static Agent connect(LiteServer server, IceCredentials credentials) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        Agent client = start(server, credentials);
        client.addStateChangeListener(change -> {
            if (client.getState().isEstablished() || client.getState() == IceProcessingState.FAILED) {
                over.countDown();
            }
        });
        if (!client.getState().isEstablished()) {
            assertTrue(over.await(15, TimeUnit.SECONDS), "ice4j came to no end: " + client.getState());
        }
        return client;
    }

    private static Agent start(LiteServer server, IceCredentials credentials) throws Exception {
        Agent client = new Agent();
        client.setControlling(true);
        IceMediaStream stream = client.createMediaStream("media");
        Component component = client.createComponent(stream, KeepAliveStrategy.SELECTED_ONLY, true);
        stream.setRemoteUfrag(credentials.ufrag());
        stream.setRemotePassword(credentials.pwd());
        component.addRemoteCandidate(new RemoteCandidate(
                new TransportAddress(server.address(), Transport.UDP), component, CandidateType.HOST_CANDIDATE,
                "1", 2_130_706_431L, null));
        client.startConnectivityEstablishment();
        return client;
    }

    private static InetSocketAddress assertConnected(LiteServer server, Agent client) {
        assertTrue(client.getState().isEstablished(), client.getState().toString());
        CandidatePair pair = client.getStream("media").getComponent(1).getSelectedPair();
        assertNotNull(pair);
        TransportAddress remote = pair.getRemoteCandidate().getTransportAddress();
        assertEquals(server.address(), new InetSocketAddress(remote.getAddress(), remote.getPort()));
        InetSocketAddress selected = server.selected();
        assertEquals(pair.getLocalCandidate().getTransportAddress().getPort(), selected.getPort());
        assertTrue(server.isNominated());
        return selected;
    }

    /** Our agent on a plain socket; its thread and the test take turns by the monitor. */
    private static final class LiteServer implements AutoCloseable {
        final CountDownLatch refused = new CountDownLatch(1);
        volatile int responses;
        private final DatagramSocket socket;
        private final IceLiteAgent agent;
        private final Thread thread;

        LiteServer(IceCredentials local, InetAddress address) throws IOException {
            socket = new DatagramSocket(0, address);
            agent = new IceLiteAgent(local, IceTimeouts.of(SfuConfig.DEFAULT), System.nanoTime());
            thread = Thread.ofVirtual().start(this::serve);
        }

        InetSocketAddress address() {
            return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
        }

        synchronized InetSocketAddress selected() {
            return agent.selected();
        }

        synchronized boolean isNominated() {
            return agent.isNominated();
        }

        synchronized IceCredentials local() {
            return agent.local();
        }

        synchronized void restart(IceCredentials renewed) {
            agent.restart(renewed);
        }

        private void serve() {
            DatagramPacket datagram = new DatagramPacket(new byte[1500], 1500);
            PacketBuffer request = PacketBuffer.allocate();
            PacketBuffer response = PacketBuffer.allocate();
            try {
                while (true) {
                    datagram.setLength(1500);
                    socket.receive(datagram);
                    request.setBytes(datagram.getData(), 0, datagram.getLength());
                    InetSocketAddress from = (InetSocketAddress) datagram.getSocketAddress();
                    IceResult result;
                    synchronized (this) {
                        result = agent.handle(request, from, System.nanoTime(), response);
                    }
                    if (result == IceResult.RESPOND) {
                        responses = responses + 1;
                        socket.send(new DatagramPacket(response.toByteArray(), response.length(), from));
                    } else if (result == IceResult.DROP_UNAUTHENTICATED) {
                        refused.countDown();
                    }
                }
            } catch (IOException e) {
                // Closed: the test is over.
            }
        }

        @Override
        public void close() throws InterruptedException {
            socket.close();
            thread.join();
        }
    }
}
