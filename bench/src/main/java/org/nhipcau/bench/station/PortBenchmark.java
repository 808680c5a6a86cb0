// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.nhipcau.bench.Bench;
import org.nhipcau.bench.BenchOption;
import org.nhipcau.bench.BenchOptions;
import org.nhipcau.bench.Report;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.net.DatagramHandler;
import org.nhipcau.sfu.net.DatagramPorts;
import org.nhipcau.sfu.net.DatagramPorts.Kind;
import org.nhipcau.sfu.net.PortOptions;
import org.nhipcau.sfu.net.UdpEndpoint;
import org.nhipcau.sfu.peer.Path;

/**
 * What a datagram costs at the socket, by port: CPU time of the port's thread and bytes allocated by it, over the
 * loopback interface. The kernel's work is in it, and for sending also the delivery into the receivers' sockets, which
 * nobody reads and which are full.
 */
public final class PortBenchmark implements Bench {
    private static final int RECEIVERS = 50;
    private static final int TRAINS = 16;
    private static final int BURST = 128;
    private static final long TIMEOUT_S = 60;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** One line of a table and the figures of its rounds. */
    private static final class Case {
        final boolean sends;
        final Kind kind;
        final PortOptions options;
        final int train;
        final List<Cost> costs = new ArrayList<>();

        Case(boolean sends, Kind kind, PortOptions options, int train) {
            this.sends = sends;
            this.kind = kind;
            this.options = options;
            this.train = train;
        }

        String label() {
            return kind.name().toLowerCase(Locale.ROOT) + (sends || kind != Kind.LINUX ? ""
                    : options.coalesce() ? " with GRO" : " without GRO");
        }

        double median(java.util.function.ToDoubleFunction<Cost> figure) {
            double[] sorted = costs.stream().mapToDouble(figure).sorted().toArray();
            return sorted[sorted.length / 2];
        }
    }

    private record Cost(double nsPerDatagram, double bytesPerDatagram) {}

    @Override
    public String name() {
        return "port";
    }

    @Override
    public String shows() {
        return "what sending and receiving a datagram costs, by port (direct Linux calls, Netty epoll, NIO) and train";
    }

    @Override
    public String takes() {
        return "40 s";
    }

    @Override
    public List<BenchOption> options() {
        return List.of(
                BenchOption.whole("--packet-size", 20, 1_472, 1_200, "bytes of a datagram"),
                BenchOption.whole("--datagrams", 1_000, 10_000_000, 150_000, "datagrams of one measurement"),
                BenchOption.whole("--rounds", 1, 101, 7, "measurements of each, in turn; the median counts"));
    }

    @Override
    public List<String> smoke() {
        return List.of("--datagrams", "10000", "--rounds", "1");
    }

    @Override
    public int run(BenchOptions options, Report report) throws Exception {
        int size = options.whole("--packet-size");
        int datagrams = options.whole("--datagrams");
        List<Case> cases = cases(report);
        for (int round = -1; round < options.whole("--rounds"); round++) {
            report.progress(round < 0 ? "warm-up" : "round " + (round + 1));
            for (Case each : cases) {
                Cost cost = each.sends ? send(each, size, datagrams) : receive(each, size, datagrams);
                if (round >= 0) {
                    each.costs.add(cost);
                }
            }
        }
        for (Case each : cases) {
            report.row(each.sends ? "send" : "receive").put("port", each.label()).put("train", each.train, "datagrams")
                    .put("cpu", each.median(Cost::nsPerDatagram), "ns/datagram")
                    .put("least", each.costs.stream().mapToDouble(Cost::nsPerDatagram).min().orElse(Double.NaN), "ns")
                    .put("allocated", each.median(Cost::bytesPerDatagram), "B/datagram");
        }
        return 0;
    }

    private static List<Case> cases(Report report) {
        List<Case> cases = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (!DatagramPorts.usable(kind)) {
                report.note("This machine has no port " + kind + ".");
                continue;
            }
            for (int train : new int[] {1, 8, 32}) {
                cases.add(new Case(true, kind, new PortOptions(train, true), train));
            }
            for (int train : new int[] {1, 8}) {
                cases.add(new Case(false, kind, PortOptions.DEFAULT, train));
                if (kind == Kind.LINUX) {
                    cases.add(new Case(false, kind, new PortOptions(64, false), train));
                }
            }
        }
        return cases;
    }

    private static void fill(UdpEndpoint port, Path to, int datagrams, int size) {
        for (int i = 0; i < datagrams; i++) {
            PacketBuffer datagram = port.begin(to);
            datagram.setLength(size);
            datagram.putInt(0, i);
            port.commit(to);
        }
    }

    private static UdpEndpoint bind(Case measured) throws IOException {
        return DatagramPorts.bind(measured.kind, measured.options, "127.0.0.1", 0, "bench-port", new WorkerCounters());
    }

    private static Cost await(CompletableFuture<Cost> cost) throws Exception {
        return cost.get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    private static Cost send(Case measured, int size, int datagrams) throws Exception {
        List<DatagramSocket> sinks = new ArrayList<>();
        try (UdpEndpoint port = bind(measured)) {
            Path[] paths = new Path[RECEIVERS];
            for (int i = 0; i < RECEIVERS; i++) {
                DatagramSocket sink = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
                sinks.add(sink);
                sink.setReceiveBufferSize(4_096);
                paths[i] = new Path((InetSocketAddress) sink.getLocalSocketAddress());
            }
            Sending sending = new Sending(port, paths, measured.train, size, datagrams);
            port.start(sending);
            return await(sending.cost);
        } finally {
            sinks.forEach(DatagramSocket::close);
        }
    }

    /** Sends some trains in each cycle, each to the next receiver. */
    private static final class Sending implements DatagramHandler {
        final CompletableFuture<Cost> cost = new CompletableFuture<>();
        private final UdpEndpoint port;
        private final Path[] paths;
        private final int train;
        private final int size;
        private final int datagrams;
        private int next;
        private int sent;
        private long cpuNs;
        private long allocated;

        Sending(UdpEndpoint port, Path[] paths, int train, int size, int datagrams) {
            this.port = port;
            this.paths = paths;
            this.train = train;
            this.size = size;
            this.datagrams = datagrams;
        }

        @Override
        public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) { }

        @Override
        public long onDutyCycle(long nowNs) {
            if (cost.isDone()) {
                return nowNs + TimeUnit.SECONDS.toNanos(1);
            }
            if (sent == 0) {
                allocated = THREADS.getCurrentThreadAllocatedBytes();
                cpuNs = THREADS.getCurrentThreadCpuTime();
            }
            for (int i = 0; i < TRAINS * 32 / train; i++) {
                fill(port, paths[next], train, size);
                next = next + 1 == paths.length ? 0 : next + 1;
                sent += train;
            }
            port.flush();
            if (sent >= datagrams) {
                long ns = THREADS.getCurrentThreadCpuTime() - cpuNs;
                long bytes = THREADS.getCurrentThreadAllocatedBytes() - allocated;
                cost.complete(new Cost((double) ns / sent, (double) bytes / sent));
            }
            return nowNs;
        }
    }

    private static Cost receive(Case measured, int size, int datagrams) throws Exception {
        Semaphore wanted = new Semaphore(0);
        Semaphore sent = new Semaphore(0);
        try (UdpEndpoint port = bind(measured);
                UdpEndpoint source = DatagramPorts.bind(DatagramPorts.best(), new PortOptions(measured.train, true),
                        "127.0.0.1", 0, "bench-source", new WorkerCounters())) {
            Path to = new Path(port.localAddress());
            source.start(new DatagramHandler() {
                @Override
                public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) { }

                @Override
                public long onDutyCycle(long nowNs) {
                    if (wanted.tryAcquire()) {
                        fill(source, to, BURST, size);
                        source.flush();
                        sent.release();
                    }
                    return nowNs + TimeUnit.SECONDS.toNanos(1);
                }
            });
            Receiving receiving = new Receiving(() -> {
                wanted.release();
                source.wakeUp();
                return sent.tryAcquire(TIMEOUT_S, TimeUnit.SECONDS);
            }, datagrams);
            port.start(receiving);
            return await(receiving.cost);
        }
    }

    /** Has a burst sent, and measures from when it lies in the socket until it is taken out. */
    private static final class Receiving implements DatagramHandler {
        final CompletableFuture<Cost> cost = new CompletableFuture<>();
        private final java.util.concurrent.Callable<Boolean> burst;
        private final int datagrams;
        private int missing;
        private int received;
        private long spentNs;
        private long spentBytes;
        private long cpuNs;
        private long allocated;

        Receiving(java.util.concurrent.Callable<Boolean> burst, int datagrams) {
            this.burst = burst;
            this.datagrams = datagrams;
        }

        @Override
        public void onDatagram(PacketBuffer datagram, InetSocketAddress from, long nowNs) {
            missing--;
            received++;
        }

        @Override
        public long onDutyCycle(long nowNs) {
            if (missing > 0 || cost.isDone()) {
                return nowNs + TimeUnit.SECONDS.toNanos(1);
            }
            if (received > 0) {
                spentNs += THREADS.getCurrentThreadCpuTime() - cpuNs;
                spentBytes += THREADS.getCurrentThreadAllocatedBytes() - allocated;
            }
            if (received >= datagrams) {
                cost.complete(new Cost((double) spentNs / received, (double) spentBytes / received));
            } else {
                await();
            }
            return nowNs + TimeUnit.SECONDS.toNanos(1);
        }

        private void await() {
            missing = BURST;
            try {
                if (!burst.call()) {
                    cost.completeExceptionally(new IllegalStateException("no burst came"));
                }
            } catch (Exception e) {
                cost.completeExceptionally(e);
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes();
            cpuNs = THREADS.getCurrentThreadCpuTime();
        }
    }
}
