// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.IceCandidate;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.stun.StunMessageWriter;

class PublicAddressesTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    private static SfuConfig config(String bind, List<String> announced, List<String> stunServers) {
        SfuConfig d = SfuConfig.DEFAULT;
        return new SfuConfig(bind, d.firstPort(), d.workers(), announced, stunServers, d.iceTimeoutMs(),
                d.disconnectedAfterMs(), d.consentTimeoutMs(), d.transportHoldMs(), d.dtlsTimeoutMs(),
                d.packetCachePackets(), d.packetCacheMs(), d.keyframeRequestIntervalMs(), d.silentAfterMs(), d.frozenAfterMs(),
                d.dynacastDelayMs(), d.statisticsIntervalMs(), d.speakerIntervalMs(), d.maxRooms(),
                d.maxPeersPerRoom(), d.peersPerRoomWorker(), d.maxProducersPerPeer(), d.maxConsumersPerPeer(),
                d.maxSsrcsPerPeer(), d.adaptive(), d.thinSpeech(), d.overload());
    }

    private static List<InetAddress> addresses(String... literals) {
        return java.util.Arrays.stream(literals).map(InetAddress::ofLiteral).toList();
    }

    private static List<String> chosen(String wildcard, String... found) {
        return PublicAddresses.choose(addresses(found), InetAddress.ofLiteral(wildcard)).stream()
                .map(InetAddress::getHostAddress).toList();
    }

    @Test
    void shouldTakeAnnouncedAddressesAsTheyAre() {
        PublicAddresses found = PublicAddresses.find(
                config("0.0.0.0", List.of("203.0.113.5", "2001:db8::5"), List.of("stun.invalid:3478")));
        assertEquals(List.of("203.0.113.5", "2001:db8:0:0:0:0:0:5"), found.addresses());
    }

    @Test
    void shouldTakeABoundAddressEvenWhenItIsLoopback() {
        assertEquals(List.of("127.0.0.1"), PublicAddresses.find(config("127.0.0.1", List.of(), List.of())).addresses());
    }

    @Test
    void shouldFindSomethingOnThisMachine() {
        List<String> found = PublicAddresses.find(config("0.0.0.0", List.of(), List.of())).addresses();
        assertFalse(found.isEmpty());
        assertTrue(found.stream().noneMatch(address -> address.contains(":")), "IPv4 was bound");
    }

    @Test
    void shouldPassOverLoopbackAndLinkLocalAndTheOtherFamily() {
        String[] found = {"127.0.0.1", "::1", "fe80::1", "169.254.1.1", "10.0.0.1", "2001:db8::1", "10.0.0.2"};
        assertEquals(List.of("10.0.0.1", "10.0.0.2"), chosen("0.0.0.0", found));
        assertEquals(List.of("2001:db8:0:0:0:0:0:1", "10.0.0.1", "10.0.0.2"), chosen("::", found));
        assertEquals(List.of("127.0.0.1"), chosen("0.0.0.0", "127.0.0.1", "::1", "fe80::1", "2001:db8::1"));
    }

    @Test
    void shouldMakeCandidatesBestFirstWithFoundationsOfTheirOwn() {
        PublicAddresses found = PublicAddresses.find(
                config("0.0.0.0", List.of("203.0.113.5", "203.0.113.6"), List.of()));
        List<IceCandidate> candidates = found.candidates(7882);
        assertEquals(2, candidates.size());
        assertEquals(126L << 24 | 65_535L << 8 | 255, candidates.get(0).priority());
        assertEquals("candidate:1 1 udp 2130706431 203.0.113.5 7882 typ host", candidates.get(0).toSdp());
        assertTrue(candidates.get(1).priority() < candidates.get(0).priority());
        assertFalse(candidates.get(0).foundation().equals(candidates.get(1).foundation()));
        assertThrows(IllegalArgumentException.class, () -> found.candidates(0));
        assertThrows(IllegalArgumentException.class, () -> found.candidates(65_536));
    }

    @Test
    void shouldAskTheStunServerThroughTheMappingHarvester() throws Exception {
        try (StunResponder responder = new StunResponder(new InetSocketAddress("198.51.100.7", 4711))) {
            PublicAddresses found = PublicAddresses.find(config("127.0.0.1", List.of(),
                    List.of("127.0.0.1:" + responder.port())));
            assertEquals(List.of("127.0.0.1", "198.51.100.7"), found.addresses());
            IceCandidate reflexive = found.candidates(7882).get(1);
            assertEquals("srflx", reflexive.type());
            assertEquals(7882, reflexive.port());
            assertEquals(100L << 24 | 65_535L << 8 | 255, reflexive.priority());
        }
    }

    @Test
    void shouldNotAnnounceAnAddressTwice() throws Exception {
        try (StunResponder responder = new StunResponder(new InetSocketAddress("127.0.0.1", 4711))) {
            assertEquals(List.of("127.0.0.1"), PublicAddresses.find(config("127.0.0.1", List.of(),
                    List.of("127.0.0.1:" + responder.port(), "127.0.0.1:" + responder.port()))).addresses());
        }
    }

    @Test
    void shouldGoOnWithoutASilentOrUnknownStunServer() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            long startNs = System.nanoTime();
            PublicAddresses found = PublicAddresses.find(config("127.0.0.1", List.of(),
                    List.of("127.0.0.1:" + silent.getLocalPort(), "stun.invalid:3478")), SHORT);
            assertEquals(List.of("127.0.0.1"), found.addresses());
            assertTrue(System.nanoTime() - startNs < 10_000_000_000L, "the timeout holds for all servers together");
        }
    }

    @Test
    void shouldNameTheValueThatIsWrong() {
        for (String bad : List.of("stun", "stun:", ":3478", "stun:0", "stun:65536", "stun:x", "2001:db8::1:3478")) {
            var e = assertThrows(IllegalArgumentException.class,
                    () -> PublicAddresses.find(config("0.0.0.0", List.of(), List.of(bad))));
            assertTrue(e.getMessage().contains("stunServers has " + bad), e.getMessage());
        }
        assertEquals("2001:db8::1", PublicAddresses.hostAndPort("[2001:db8::1]:3478").getHostString());
        assertThrows(IllegalArgumentException.class,
                () -> PublicAddresses.find(config("localhost", List.of(), List.of())));
        assertThrows(IllegalArgumentException.class,
                () -> PublicAddresses.find(config("0.0.0.0", List.of("example.org"), List.of())));
        assertThrows(IllegalArgumentException.class,
                () -> PublicAddresses.find(config("0.0.0.0", List.of("0.0.0.0"), List.of())));
    }

    /** A STUN server that tells everyone the same address, written with our own writer. */
    private static final class StunResponder implements AutoCloseable {
        private final DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
        private final Thread thread;

        StunResponder(InetSocketAddress mapped) throws IOException {
            thread = Thread.ofVirtual().start(() -> serve(mapped));
        }

        int port() {
            return socket.getLocalPort();
        }

        private void serve(InetSocketAddress mapped) {
            DatagramPacket datagram = new DatagramPacket(new byte[1500], 1500);
            PacketBuffer request = PacketBuffer.allocate();
            PacketBuffer response = PacketBuffer.allocate();
            try {
                while (true) {
                    datagram.setLength(1500);
                    socket.receive(datagram);
                    request.setBytes(datagram.getData(), 0, datagram.getLength());
                    new StunMessageWriter().beginResponse(response, StunMessageWriter.BINDING_SUCCESS, request)
                            .xorMappedAddress(mapped).fingerprint();
                    socket.send(new DatagramPacket(response.toByteArray(), response.length(),
                            datagram.getSocketAddress()));
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
