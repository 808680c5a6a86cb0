// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.peer.Path;

/** What every port must do, over real sockets of the loopback interface. */
class DatagramPortContractTest {
    private static final int TIMEOUT_MS = 10_000;
    /** No test waits this long: a cycle that comes anyway was caused by what the test did. */
    private static final long FAR_NS = TimeUnit.HOURS.toNanos(1);

    private final WorkerCounters counters = new WorkerCounters();

    enum Port {
        LINUX(DatagramPorts.Kind.LINUX, PortOptions.DEFAULT),
        LINUX_NOT_COALESCING(DatagramPorts.Kind.LINUX, new PortOptions(SendBatch.MAX_SEGMENTS, false)),
        LINUX_WITHOUT_TRAINS(DatagramPorts.Kind.LINUX, new PortOptions(1, true)),
        EPOLL(DatagramPorts.Kind.EPOLL, PortOptions.DEFAULT),
        EPOLL_WITHOUT_TRAINS(DatagramPorts.Kind.EPOLL, new PortOptions(1, true)),
        NIO(DatagramPorts.Kind.NIO, PortOptions.DEFAULT);

        final DatagramPorts.Kind kind;
        final PortOptions options;

        Port(DatagramPorts.Kind kind, PortOptions options) {
            this.kind = kind;
            this.options = options;
        }

        UdpEndpoint bind(String address, int port, WorkerCounters counters) throws IOException {
            assumeTrue(DatagramPorts.usable(kind), "this machine has no " + kind);
            return DatagramPorts.bind(kind, options, address, port, "test-media", counters);
        }

        boolean trains() {
            return kind != DatagramPorts.Kind.NIO && options.trainDatagrams() > 1;
        }
    }

    /** Sends back what it gets, at the end of the cycle. */
    private static final class Echo implements DatagramHandler {
        private record Received(PacketBuffer datagram, byte[] bytes, InetSocketAddress from) {}

        final UdpEndpoint endpoint;
        final List<Received> waiting = new ArrayList<>();
        final List<InetSocketAddress> senders = new ArrayList<>();
        final AtomicLong datagrams = new AtomicLong();
        final Semaphore cycles = new Semaphore(0);
        volatile int mostPerCycle;
        volatile boolean overwritten;
        volatile Path answersTo;

        Echo(UdpEndpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) {
            waiting.add(new Received(datagram, datagram.toByteArray(), from));
        }

        @Override
        public long onDutyCycle(long nowNs) {
            mostPerCycle = Math.max(mostPerCycle, waiting.size());
            for (Received received : waiting) {
                overwritten |= !Arrays.equals(received.bytes, received.datagram.toByteArray());
                if (answersTo == null || !answersTo.address().equals(received.from)) {
                    answersTo = new Path(received.from);
                }
                put(endpoint, answersTo, received.bytes);
                datagrams.incrementAndGet();
            }
            waiting.clear();
            cycles.release();
            return nowNs + FAR_NS;
        }
    }

    private static void put(UdpEndpoint endpoint, Path to, byte[] bytes) {
        // Given back unused: the next one must be as good.
        endpoint.begin(to).setLength(bytes.length);
        PacketBuffer datagram = endpoint.begin(to);
        datagram.setLength(bytes.length);
        datagram.putBytes(0, bytes, 0, bytes.length);
        endpoint.commit(to);
    }

    /** Runs once on the port's thread and sends what the test wants; counts what comes back. */
    private static final class Script implements DatagramHandler {
        final Runnable sends;
        final List<byte[]> received = new ArrayList<>();
        final Semaphore datagrams = new Semaphore(0);
        final Semaphore done = new Semaphore(0);
        boolean ran;

        Script(Runnable sends) {
            this.sends = sends;
        }

        @Override
        public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) {
            received.add(datagram.toByteArray());
            datagrams.release();
        }

        @Override
        public long onDutyCycle(long nowNs) {
            if (!ran) {
                ran = true;
                sends.run();
                done.release();
            }
            return nowNs + FAR_NS;
        }
    }

    private static DatagramSocket client(String address) throws IOException {
        DatagramSocket client = new DatagramSocket(null);
        client.setReceiveBufferSize(4 << 20);
        client.setSoTimeout(TIMEOUT_MS);
        client.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        return client;
    }

    private static byte[] receive(DatagramSocket client) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        client.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static byte[] numbered(int number, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (number * 31 + i);
        }
        return bytes;
    }

    private static void await(LongSupplier value, long wanted, String what) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        while (value.getAsLong() < wanted && System.nanoTime() - endNs < 0) {
            Thread.onSpinWait();
            Thread.yield();
        }
        assertEquals(wanted, value.getAsLong(), what);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryDatagramsBothWaysOverIpv4(Port port) throws Exception {
        roundTrip(port, "127.0.0.1", "127.0.0.1");
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryDatagramsBothWaysOverIpv6(Port port) throws Exception {
        roundTrip(port, "::1", "::1");
    }

    @ParameterizedTest
    @EnumSource
    void shouldBindTheDefaultAddressForClientsOfBothFamilies(Port port) throws Exception {
        InetSocketAddress seen = roundTrip(port, SfuConfig.DEFAULT.bindAddress(), "127.0.0.1");
        assertTrue(seen.getAddress() instanceof Inet4Address, "IPv4 senders go by their true family");
        roundTrip(port, SfuConfig.DEFAULT.bindAddress(), "::1");
    }

    private InetSocketAddress roundTrip(Port port, String bind, String target) throws Exception {
        try (UdpEndpoint endpoint = port.bind(bind, 0, counters); DatagramSocket client = client(target)) {
            Echo echo = new Echo(endpoint);
            endpoint.start(echo);
            InetSocketAddress to = new InetSocketAddress(InetAddress.getByName(target),
                    endpoint.localAddress().getPort());
            for (int size : new int[] {1, 2, 100, 1200, 1472, PacketBuffer.MAX_LENGTH}) {
                byte[] out = numbered(size, size);
                client.send(new DatagramPacket(out, size, to));
                assertArrayEquals(out, receive(client), size + " bytes");
            }
            InetSocketAddress seen = echo.answersTo.address();
            assertEquals(client.getLocalPort(), seen.getPort());
            assertEquals(client.getLocalAddress(), seen.getAddress());
            return seen;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepOrderAndBordersOfTrains(Port port) throws Exception {
        try (UdpEndpoint endpoint = port.bind("::", 0, counters);
                DatagramSocket first = client("127.0.0.1"); DatagramSocket second = client("::1")) {
            Path a = new Path((InetSocketAddress) first.getLocalSocketAddress());
            Path b = new Path((InetSocketAddress) second.getLocalSocketAddress());
            List<byte[]> toA = new ArrayList<>();
            List<byte[]> toB = new ArrayList<>();
            // Trains that end short, that grow, that are too long for one message, and single datagrams between.
            int[] runs = {1200, 7, 1200, 1, 1100, 3, 1200, 70, 160, 80, 1, 2, 1920, 40};
            for (int run = 0; run < runs.length; run += 2) {
                for (int i = 0; i < runs[run + 1]; i++) {
                    toA.add(numbered(toA.size(), runs[run]));
                }
                toB.add(numbered(run, 300));
            }
            Script script = new Script(() -> {
                int next = 0;
                for (int run = 0; run < runs.length; run += 2) {
                    for (int i = 0; i < runs[run + 1]; i++) {
                        put(endpoint, a, toA.get(next++));
                    }
                    put(endpoint, b, toB.get(run / 2));
                }
                endpoint.flush();
            });
            endpoint.start(script);
            for (int i = 0; i < toA.size(); i++) {
                assertArrayEquals(toA.get(i), receive(first), "datagram " + i);
            }
            for (int i = 0; i < toB.size(); i++) {
                assertArrayEquals(toB.get(i), receive(second), "datagram " + i);
            }
            assertTrue(script.done.tryAcquire(TIMEOUT_MS, TimeUnit.MILLISECONDS));
            assertEquals(0, counters.get(DropReason.SEND_FAILED));
            long messages = counters.get(Counter.MESSAGES_OUT);
            int datagrams = toA.size() + toB.size();
            assertTrue(port.trains() ? messages < datagrams / 4 : messages == datagrams,
                    datagrams + " datagrams in " + messages + " messages");
            assertTrue(a.trains() && b.trains(), "no train was refused");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReceiveTrainsInOrderAndInShares(Port port) throws Exception {
        WorkerCounters sending = new WorkerCounters();
        int trains = 40;
        int perTrain = 50;
        try (UdpEndpoint receiver = port.bind("::1", 0, counters); UdpEndpoint sender = port.bind("::1", 0, sending)) {
            Echo echo = new Echo(receiver);
            Path to = new Path(receiver.localAddress());
            List<byte[]> sent = new ArrayList<>();
            for (int train = 0; train < trains; train++) {
                for (int i = 0; i < perTrain; i++) {
                    sent.add(numbered(sent.size(), i == perTrain - 1 ? 77 : 400));
                }
            }
            Script script = new Script(() -> {
                for (byte[] datagram : sent) {
                    put(sender, to, datagram);
                }
                sender.flush();
            });
            sender.start(script);
            assertTrue(script.done.tryAcquire(TIMEOUT_MS, TimeUnit.MILLISECONDS));
            // Starts late, so that much is waiting at once.
            receiver.start(echo);
            assertTrue(script.datagrams.tryAcquire(sent.size(), TIMEOUT_MS, TimeUnit.MILLISECONDS),
                    () -> "came: " + echo.datagrams + ", came back: " + script.datagrams.availablePermits());
            for (int i = 0; i < sent.size(); i++) {
                assertArrayEquals(sent.get(i), script.received.get(i), "datagram " + i);
            }
            assertEquals(sender.localAddress(), echo.answersTo.address());
            assertFalse(echo.overwritten, "bytes must stay until the cycle is over");
            assertTrue(echo.mostPerCycle <= UdpEndpoint.MAX_CYCLE_DATAGRAMS, "in one cycle: " + echo.mostPerCycle);
            long messages = counters.get(Counter.MESSAGES_IN);
            assertTrue(port == Port.LINUX ? messages < sent.size() / 4 : messages == sent.size(),
                    sent.size() + " datagrams in " + messages + " messages");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldDropAndCountWhatIsTooLongOrEmpty(Port port) throws Exception {
        try (UdpEndpoint endpoint = port.bind("127.0.0.1", 0, counters); DatagramSocket client = client("127.0.0.1")) {
            endpoint.start(new Echo(endpoint));
            for (int length : new int[] {9_000, 0, PacketBuffer.MAX_LENGTH + 1, 1}) {
                client.send(new DatagramPacket(new byte[length], length, endpoint.localAddress()));
            }
            assertEquals(1, receive(client).length);
            assertEquals(2, counters.get(DropReason.TOO_LARGE));
            assertEquals(1, counters.get(DropReason.UNKNOWN_PROTOCOL));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveOutEmptyDatagrams(Port port) throws Exception {
        try (UdpEndpoint endpoint = port.bind("127.0.0.1", 0, counters); DatagramSocket client = client("127.0.0.1")) {
            Path to = new Path((InetSocketAddress) client.getLocalSocketAddress());
            endpoint.start(new Script(() -> {
                for (int length : new int[] {0, 3, 3, 0, 3, 2, 0}) {
                    put(endpoint, to, numbered(length, length));
                }
                endpoint.flush();
                put(endpoint, to, new byte[0]);
                endpoint.flush();
                put(endpoint, to, numbered(1, 1));
                endpoint.flush();
            }));
            for (int length : new int[] {3, 3, 3, 2, 1}) {
                assertArrayEquals(numbered(length, length), receive(client));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldDropWhatOneDestinationCannotTakeAndSendTheRest(Port port) throws Exception {
        try (UdpEndpoint endpoint = port.bind("127.0.0.1", 0, counters); DatagramSocket client = client("127.0.0.1")) {
            Path good = new Path((InetSocketAddress) client.getLocalSocketAddress());
            // From a loopback address there is no way to the documentation's network.
            Path bad = new Path(new InetSocketAddress(InetAddress.getByName("198.51.100.1"), 9));
            endpoint.start(new Script(() -> {
                put(endpoint, good, numbered(1, 10));
                put(endpoint, bad, numbered(2, 10));
                put(endpoint, good, numbered(3, 10));
                for (int i = 0; i < 5; i++) {
                    put(endpoint, bad, numbered(4, 100));
                }
                put(endpoint, good, numbered(5, 10));
                endpoint.flush();
            }));
            for (int number : new int[] {1, 3, 5}) {
                assertArrayEquals(numbered(number, 10), receive(client));
            }
            await(() -> counters.get(DropReason.SEND_FAILED), 6, "send failures");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSendSinglyWhereTheKernelRefusesTrains(Port port) throws Exception {
        try (UdpEndpoint endpoint = port.bind("127.0.0.1", 0, counters); DatagramSocket client = client("127.0.0.1")) {
            refuseTrains(endpoint);
            Path to = new Path((InetSocketAddress) client.getLocalSocketAddress());
            endpoint.start(new Script(() -> {
                for (int i = 0; i < 20; i++) {
                    put(endpoint, to, numbered(i, i == 9 || i == 19 ? 50 : 1000));
                }
                endpoint.flush();
            }));
            for (int i = 0; i < 20; i++) {
                assertArrayEquals(numbered(i, i == 9 || i == 19 ? 50 : 1000), receive(client), "datagram " + i);
            }
            await(() -> counters.get(Counter.TRAINS_STOPPED), port.trains() ? 1 : 0, "trains stopped");
            assertEquals(0, counters.get(DropReason.SEND_FAILED));
            assertEquals(!port.trains(), to.trains());
        }
    }

    // A socket that leaves out checksums (SO_NO_CHECK) cannot have the kernel cut its trains: that needs them.
    private static void refuseTrains(UdpEndpoint endpoint) throws Exception {
        int noCheck = 11;
        if (endpoint instanceof LinuxDatagramPort linux) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
                int done;
                try {
                    done = (int) LibC.SETSOCKOPT.invokeExact(LibC.newCallState(arena), linux.socket.descriptor(),
                            LibC.SOL_SOCKET, noCheck, one.address(), 4);
                } catch (Throwable e) {
                    throw LibC.rethrow(e);
                }
                assertEquals(0, done);
            }
        } else if (((NettyDatagramPort) endpoint).channel instanceof EpollDatagramChannel epoll) {
            assertTrue(epoll.config().setOption(new IntegerUnixChannelOption("SO_NO_CHECK", LibC.SOL_SOCKET, noCheck),
                    1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRunADutyCycleAtStartAndForEachWakeUpFromRest(Port port) throws Exception {
        try (UdpEndpoint endpoint = port.bind("127.0.0.1", 0, counters)) {
            Echo echo = new Echo(endpoint);
            endpoint.start(echo);
            assertTrue(echo.cycles.tryAcquire(TIMEOUT_MS, TimeUnit.MILLISECONDS), "first cycle");
            for (int i = 0; i < 1_000; i++) {
                endpoint.wakeUp();
                assertTrue(echo.cycles.tryAcquire(TIMEOUT_MS, TimeUnit.MILLISECONDS), "cycle " + i);
                echo.cycles.drainPermits();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldLoseNoWakeUpOfManyThreads(Port port) throws Exception {
        int threads = 4;
        int rounds = 3_000;
        AtomicLong offered = new AtomicLong();
        AtomicLong seen = new AtomicLong();
        try (UdpEndpoint endpoint = port.bind("127.0.0.1", 0, counters)) {
            endpoint.start(new DatagramHandler() {
                @Override
                public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) { }

                @Override
                public long onDutyCycle(long nowNs) {
                    seen.set(offered.get());
                    return nowNs + FAR_NS;
                }
            });
            List<Thread> wakers = new ArrayList<>();
            AtomicLong unanswered = new AtomicLong();
            for (int t = 0; t < threads; t++) {
                wakers.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < rounds; i++) {
                        long mine = offered.incrementAndGet();
                        endpoint.wakeUp();
                        if (i % 16 == 0 && !awaitSeen(seen, mine)) {
                            unanswered.incrementAndGet();
                            return;
                        }
                    }
                }));
            }
            for (Thread waker : wakers) {
                waker.join();
            }
            assertEquals(0, unanswered.get(), "threads whose wake-up was lost");
            await(seen::get, (long) threads * rounds, "offers seen");
        }
    }

    private static boolean awaitSeen(AtomicLong seen, long wanted) {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        while (seen.get() < wanted) {
            if (System.nanoTime() - endNs > 0) {
                return false;
            }
            Thread.yield();
        }
        return true;
    }

    @ParameterizedTest
    @EnumSource
    void shouldTickByTheHandlersDeadline(Port port) throws Exception {
        Semaphore cycles = new Semaphore(0);
        try (UdpEndpoint endpoint = port.bind("127.0.0.1", 0, counters)) {
            endpoint.start(new DatagramHandler() {
                @Override
                public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) { }

                @Override
                public long onDutyCycle(long nowNs) {
                    cycles.release();
                    return nowNs + 2_000_000L;
                }
            });
            assertTrue(cycles.tryAcquire(20, TIMEOUT_MS, TimeUnit.MILLISECONDS), "ticks");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnTickingAndReadingAfterFaults(Port port) throws Exception {
        try (UdpEndpoint endpoint = port.bind("127.0.0.1", 0, counters); DatagramSocket client = client("127.0.0.1")) {
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
            assertTrue(cycles.tryAcquire(5, TIMEOUT_MS, TimeUnit.MILLISECONDS), "ticks");
            for (int i = 0; i < 3; i++) {
                client.send(new DatagramPacket(new byte[] {7}, 1, endpoint.localAddress()));
                assertTrue(datagrams.tryAcquire(TIMEOUT_MS, TimeUnit.MILLISECONDS), "datagram " + i);
            }
            assertTrue(cycles.tryAcquire(5, TIMEOUT_MS, TimeUnit.MILLISECONDS), "ticks go on");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCloseDuringTrafficAndFreeItsPort(Port port) throws Exception {
        int bound = 0;
        for (int round = 0; round < 10; round++) {
            UdpEndpoint endpoint = port.bind("127.0.0.1", bound, counters);
            bound = endpoint.localAddress().getPort();
            endpoint.start(new Echo(endpoint));
            InetSocketAddress to = endpoint.localAddress();
            AtomicLong failures = new AtomicLong();
            List<Thread> busy = new ArrayList<>();
            Semaphore sent = new Semaphore(0);
            for (int i = 0; i < 2; i++) {
                busy.add(Thread.ofPlatform().start(() -> {
                    try (DatagramSocket client = client("127.0.0.1")) {
                        for (int n = 0; n < 500; n++) {
                            client.send(new DatagramPacket(new byte[1000], 1000, to));
                            endpoint.wakeUp();
                            sent.release();
                        }
                    } catch (IOException | RuntimeException e) {
                        failures.incrementAndGet();
                    }
                }));
            }
            assertTrue(sent.tryAcquire(100, TIMEOUT_MS, TimeUnit.MILLISECONDS));
            endpoint.close();
            endpoint.close();
            for (Thread thread : busy) {
                thread.join();
            }
            endpoint.wakeUp();
            assertEquals(0, failures.get(), "senders and wakers must not notice");
        }
        try (DatagramSocket free = new DatagramSocket(bound, InetAddress.getByName("127.0.0.1"))) {
            assertEquals(bound, free.getLocalPort());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCloseWithoutEverHavingStarted(Port port) throws Exception {
        UdpEndpoint endpoint = port.bind("127.0.0.1", 0, counters);
        int bound = endpoint.localAddress().getPort();
        endpoint.close();
        endpoint.wakeUp();
        try (UdpEndpoint again = port.bind("127.0.0.1", bound, counters)) {
            assertEquals(bound, again.localAddress().getPort());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayWhichPortCannotBeBound(Port port) throws Exception {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            IOException failure = assertThrows(IOException.class,
                    () -> port.bind("127.0.0.1", taken.getLocalPort(), counters));
            assertTrue(failure.getMessage().startsWith(
                    "cannot bind UDP 127.0.0.1 port " + taken.getLocalPort() + ": "), failure.getMessage());
            assertTrue(failure.getMessage().contains("Address already in use"), failure.getMessage());
        }
    }
}
