// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.peer.Path;

class UdpEndpointTest {
    private final WorkerCounters counters = new WorkerCounters();

    /** Sends back what it gets. */
    private static final class Echo implements DatagramHandler {
        final UdpEndpoint endpoint;
        final LinkedBlockingQueue<InetSocketAddress> senders = new LinkedBlockingQueue<>();
        final Semaphore cycles = new Semaphore(0);

        Echo(UdpEndpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) {
            senders.add(from);
            Path back = new Path(from);
            endpoint.begin(back).copyFrom(datagram);
            endpoint.commit(back);
        }

        @Override
        public long onDutyCycle(long nowNs) {
            endpoint.flush();
            cycles.release();
            return nowNs + 1_000_000_000L;
        }
    }

    @Test
    void shouldCarryDatagramsBothWaysInOrder() throws Exception {
        roundTrip("127.0.0.1", "127.0.0.1");
    }

    @Test
    void shouldNameIpv4SendersOfADualStackSocketByTheirTrueFamily() throws Exception {
        InetSocketAddress seen = roundTrip("::", "127.0.0.1");
        assertTrue(seen.getAddress() instanceof Inet4Address, "family");
    }

    @Test
    void shouldCarryIpv6() throws Exception {
        roundTrip("::1", "::1");
    }

    private InetSocketAddress roundTrip(String bind, String target) throws Exception {
        try (UdpEndpoint endpoint = UdpEndpoint.bind(bind, 0, "test-media", counters);
                DatagramSocket client = new DatagramSocket(0, InetAddress.getByName(target))) {
            client.setSoTimeout(5_000);
            Echo echo = new Echo(endpoint);
            endpoint.start(echo);
            for (int size : new int[] {1, 2, 100, 1200, 1472, PacketBuffer.MAX_LENGTH}) {
                byte[] out = new byte[size];
                Arrays.fill(out, (byte) size);
                client.send(new DatagramPacket(out, size, InetAddress.getByName(target),
                        endpoint.localAddress().getPort()));
                byte[] in = new byte[4096];
                DatagramPacket back = new DatagramPacket(in, in.length);
                client.receive(back);
                assertArrayEquals(out, Arrays.copyOf(in, back.getLength()));
            }
            InetSocketAddress seen = echo.senders.poll(5, TimeUnit.SECONDS);
            assertEquals(client.getLocalPort(), seen.getPort());
            return seen;
        }
    }

    @Test
    void shouldDropAndCountADatagramLongerThanASlot() throws Exception {
        try (UdpEndpoint endpoint = UdpEndpoint.bind("127.0.0.1", 0, "test-media", counters);
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            client.setSoTimeout(5_000);
            Echo echo = new Echo(endpoint);
            endpoint.start(echo);
            InetAddress target = InetAddress.getByName("127.0.0.1");
            int port = endpoint.localAddress().getPort();
            client.send(new DatagramPacket(new byte[9_000], 9_000, target, port));
            client.send(new DatagramPacket(new byte[] {7}, 1, target, port));
            DatagramPacket back = new DatagramPacket(new byte[10], 10);
            client.receive(back);
            assertEquals(1, back.getLength());
            assertEquals(1, counters.get(DropReason.TOO_LARGE));
        }
    }

    @Test
    void shouldRunADutyCycleWhenWokenUp() throws Exception {
        try (UdpEndpoint endpoint = UdpEndpoint.bind("127.0.0.1", 0, "test-media", counters)) {
            Echo echo = new Echo(endpoint);
            endpoint.start(echo);
            assertTrue(echo.cycles.tryAcquire(5, TimeUnit.SECONDS), "first cycle");
            endpoint.wakeUp();
            // The idle tick is a second away: a cycle that comes sooner was the wake-up's.
            assertTrue(echo.cycles.tryAcquire(900, TimeUnit.MILLISECONDS), "woken cycle");
        }
    }

    @Test
    void shouldGoOnTickingAndReadingAfterFaults() throws Exception {
        try (UdpEndpoint endpoint = UdpEndpoint.bind("127.0.0.1", 0, "test-media", counters);
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Semaphore cycles = new Semaphore(0);
            Semaphore datagrams = new Semaphore(0);
            endpoint.start(new DatagramHandler() {
                @Override
                public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) {
                    datagrams.release();
                    throw new AssertionError("fault on purpose");
                }

                @Override
                public long onDutyCycle(long nowNs) {
                    cycles.release();
                    throw new IllegalStateException("fault on purpose");
                }
            });
            assertTrue(cycles.tryAcquire(5, 10, TimeUnit.SECONDS), "ticks");
            for (int i = 0; i < 3; i++) {
                client.send(new DatagramPacket(new byte[] {7}, 1, InetAddress.getByName("127.0.0.1"),
                        endpoint.localAddress().getPort()));
                assertTrue(datagrams.tryAcquire(10, TimeUnit.SECONDS), "datagram " + i);
            }
            assertTrue(cycles.tryAcquire(5, 10, TimeUnit.SECONDS), "ticks go on");
        }
    }

    @Test
    void shouldFallBackToIpv4OnlyForTheWildcardAndOnlyWithoutIpv6() throws Exception {
        InetAddress any = InetAddress.getByName("::");
        assertEquals(any, UdpEndpoint.bindable(any, true));
        assertEquals(InetAddress.getByName("0.0.0.0"), UdpEndpoint.bindable(any, false));
        for (String literal : new String[] {"::1", "0.0.0.0", "127.0.0.1"}) {
            InetAddress address = InetAddress.getByName(literal);
            assertEquals(address, UdpEndpoint.bindable(address, false));
        }
    }

    @Test
    void shouldBindTheDefaultAddressForClientsOfBothFamilies() throws Exception {
        roundTrip(SfuConfig.DEFAULT.bindAddress(), "127.0.0.1");
        roundTrip(SfuConfig.DEFAULT.bindAddress(), "::1");
    }

    @Test
    void shouldSayWhichPortCannotBeBound() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            IOException failure = assertThrows(IOException.class,
                    () -> UdpEndpoint.bind("127.0.0.1", taken.getLocalPort(), "test-media", counters));
            assertTrue(failure.getMessage().contains("127.0.0.1 port " + taken.getLocalPort()), failure.getMessage());
        }
    }
}
