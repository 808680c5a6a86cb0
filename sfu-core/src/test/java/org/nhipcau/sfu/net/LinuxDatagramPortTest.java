// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.peer.Path;

/** What the direct port alone promises: no garbage, and the kernel's losses counted. */
class LinuxDatagramPortTest {
    private static final int TIMEOUT_S = 60;

    private final WorkerCounters counters = new WorkerCounters();

    @BeforeEach
    void needsLinux() {
        assumeTrue(DatagramPorts.usable(DatagramPorts.Kind.LINUX), "not Linux");
    }

    private UdpEndpoint bind(String address, PortOptions options) throws Exception {
        return DatagramPorts.bind(DatagramPorts.Kind.LINUX, options, address, 0, "test-media", counters);
    }

    /**
     * Plays ball with a port of its kind: trains go to and fro, and its thread notes what each stretch of datagrams
     * has cost it. The first stretches run before the compiler is done; one that costs nothing ends the game.
     */
    private static final class Player implements DatagramHandler {
        private static final int DATAGRAMS = 100_000;
        private static final int MOST_STRETCHES = 30;
        /** The measurement itself; one object a batch would be more than 64 times as much. */
        private static final long TOLERATED_BYTES = 1_000;
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final Semaphore over;
        private final int perTrain;
        private UdpEndpoint endpoint;
        private Path other;
        private long received;
        private long allocatedBefore;
        private int stretches;
        volatile long least = Long.MAX_VALUE;
        private int pending;
        private boolean serves;

        Player(Semaphore over, int perTrain, boolean serves) {
            this.over = over;
            this.perTrain = perTrain;
            this.serves = serves;
        }

        @Override
        public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) {
            if (from.getPort() != other.port()) {
                throw new IllegalStateException("a stranger's");
            }
            received++;
            pending++;
            if (received % DATAGRAMS == 0 && stretches < MOST_STRETCHES) {
                endStretch();
            }
        }

        private void endStretch() {
            long allocated = threads.getCurrentThreadAllocatedBytes();
            stretches++;
            if (stretches > 1) {
                least = Math.min(least, allocated - allocatedBefore);
            }
            if (least <= TOLERATED_BYTES || stretches == MOST_STRETCHES) {
                stretches = MOST_STRETCHES;
                over.release();
            }
            allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        }

        @Override
        public long onDutyCycle(long nowNs) {
            if (serves || pending >= perTrain) {
                serves = false;
                pending = 0;
                for (int i = 0; i < perTrain; i++) {
                    PacketBuffer datagram = endpoint.begin(other);
                    datagram.setLength(i == perTrain - 1 ? 90 : 100);
                    datagram.putLong(0, received);
                    endpoint.commit(other);
                }
                endpoint.flush();
            }
            return nowNs + 1_000_000_000L;
        }
    }

    @ParameterizedTest
    @CsvSource({"::1, 16, 64, true", "::1, 16, 1, false", "127.0.0.1, 16, 64, false", "127.0.0.1, 16, 1, true"})
    void shouldAllocateNothingPerDatagram(String address, int perTrain, int trainDatagrams, boolean coalesce)
            throws Exception {
        PortOptions options = new PortOptions(trainDatagrams, coalesce);
        Semaphore over = new Semaphore(0);
        Player first = new Player(over, perTrain, true);
        Player second = new Player(over, perTrain, false);
        try (UdpEndpoint a = bind(address, options); UdpEndpoint b = bind(address, options)) {
            first.endpoint = a;
            first.other = new Path(b.localAddress());
            second.endpoint = b;
            second.other = new Path(a.localAddress());
            b.start(second);
            a.start(first);
            assertTrue(over.tryAcquire(2, TIMEOUT_S, TimeUnit.SECONDS), "the ball was lost");
        }
        assertTrue(first.least <= Player.TOLERATED_BYTES && second.least <= Player.TOLERATED_BYTES,
                first.least + " and " + second.least + " bytes for " + Player.DATAGRAMS + " datagrams");
    }

    @Test
    void shouldCountWhatTheKernelDroppedBeforeTheThreadCame() throws Exception {
        AtomicLong received = new AtomicLong();
        try (UdpEndpoint endpoint = bind("127.0.0.1", PortOptions.DEFAULT);
                DatagramSocket client = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            long sent = 0;
            // More than any socket's buffer of 4 MiB holds, as the kernel counts twice the bytes asked for.
            for (; sent < 12_000; sent++) {
                client.send(new DatagramPacket(new byte[1_200], 1_200, endpoint.localAddress()));
            }
            Semaphore last = new Semaphore(0);
            endpoint.start(new DatagramHandler() {
                @Override
                public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) {
                    received.incrementAndGet();
                    if (datagram.length() == 1) {
                        last.release();
                    }
                }

                @Override
                public long onDutyCycle(long nowNs) {
                    return nowNs + 1_000_000L;
                }
            });
            // The kernel tells with a datagram that was queued after the loss.
            while (!last.tryAcquire(20, TimeUnit.MILLISECONDS)) {
                client.send(new DatagramPacket(new byte[1], 1, endpoint.localAddress()));
                sent++;
            }
            long dropped = counters.get(Counter.RECEIVE_QUEUE_DROPS);
            assertTrue(dropped > 0, "something must have been dropped");
            assertEquals(sent, dropped + counters.get(Counter.MESSAGES_IN), "sent, and dropped or received");
            assertEquals(0, counters.get(DropReason.TOO_LARGE));
        }
    }
}
