// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.IceCandidate;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.dtls.DtlsCertificate;

/**
 * The process of the sender and the viewers: one publisher and so many viewers on one thread, which keeps the node
 * supplied and takes what comes back. Speaks with its parent in lines.
 *
 * <p>Supply: the sender stays at most so many packets ahead of what the last viewer has got. Viewers are served in
 * order, so what the last one has, all have; the node always finds the next train when it has done with one, and nothing
 * overflows. Without a sink the other viewers' packets stay in their sockets, which the kernel fills and then drops for.
 *
 * <p>Thread: one, which owns all clients; another one reads the parent's lines.
 */
public final class ForwardPeers {
    private static final long STALL_NS = 200_000_000L;
    private static final long IDLE_PARK_NS = 2_000_000L;
    /** How long the last packets may take to come in after a run. */
    private static final long SETTLE_NS = 300_000_000L;

    private final PrintStream out;
    private final BlockingQueue<String> commands = new LinkedBlockingQueue<>();
    private final TestStream stream;
    private final Publisher publisher;
    private final List<Viewer> viewers = new ArrayList<>();
    private final ReceiveBatch batch = new ReceiveBatch();
    private final boolean drain;
    private boolean quiet;
    private int turn;
    private long stalls;

    private ForwardPeers(int count, int packetBytes, boolean drain, PrintStream out) throws IOException {
        this.out = out;
        this.drain = drain;
        SecureRandom random = new SecureRandom();
        DtlsCertificate certificate = DtlsCertificate.generate(random, Instant.now());
        stream = new TestStream(packetBytes);
        publisher = new Publisher(certificate, random, stream);
        for (int i = 1; i <= count; i++) {
            viewers.add(new Viewer(certificate, random, i, stream));
        }
    }

    /** Arguments: viewers, bytes of a packet, whether all viewers read. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        ForwardPeers peers = new ForwardPeers(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]),
                Boolean.parseBoolean(arguments[2]), out);
        peers.readCommands();
        peers.announce();
        peers.serve();
    }

    private void readCommands() {
        Thread.ofPlatform().daemon().name("commands").start(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    commands.add(line);
                }
            } catch (IOException closed) {
                // The parent is gone.
            }
            commands.add("end");
        });
    }

    private Client client(int index) {
        return index == 0 ? publisher : viewers.get(index - 1);
    }

    private void announce() {
        for (int i = 0; i <= viewers.size(); i++) {
            Client client = client(i);
            out.println("client " + i + " " + client.credentials().ufrag() + " " + client.credentials().pwd() + " "
                    + client.fingerprint().algorithm() + " " + client.fingerprint().value() + " "
                    + client.socket.port());
        }
    }

    private void serve() throws Exception {
        while (true) {
            String command = commands.poll();
            if (command == null) {
                idle();
                continue;
            }
            String[] words = command.split(" ");
            switch (words[0]) {
                case "end" -> {
                    return;
                }
                case "connect" -> connect(words);
                case "quiet" -> {
                    quiet = !drain;
                    out.println("quieted");
                }
                case "saturate" -> saturate(Integer.parseInt(words[1]), Integer.parseInt(words[2]),
                        Double.parseDouble(words[3]));
                case "pace" -> pace(Integer.parseInt(words[1]), Double.parseDouble(words[2]),
                        Double.parseDouble(words[3]));
                case "loopback" -> loopback(Integer.parseInt(words[1]));
                default -> throw new IllegalArgumentException("unknown command " + words[0]);
            }
        }
    }

    private void connect(String[] words) throws IOException {
        int index = Integer.parseInt(words[1]);
        client(index).begin(new LocalTransport(words[2], words[3], new Fingerprint(words[4], words[5]),
                List.of(new IceCandidate("1", 1, "127.0.0.1", Integer.parseInt(words[6]), "host"))), System.nanoTime());
        client(index).connected.whenComplete((done, failure) -> out.println(failure == null
                ? "connected " + index : "failed " + index + " " + failure.getMessage()));
    }

    private void idle() {
        long nowNs = System.nanoTime();
        publisher.receive(batch);
        publisher.report(nowNs);
        publisher.keepAlive(nowNs);
        for (Viewer viewer : viewers) {
            viewer.receive(batch, publisher, null);
            viewer.keepAlive(nowNs);
            viewer.report(nowNs);
        }
        LockSupport.parkNanos(IDLE_PARK_NS);
    }

    /** As much as the node can forward. */
    private void saturate(int train, int window, double seconds) {
        Totals before = totals();
        long startNs = System.nanoTime();
        long endNs = startNs + (long) (seconds * 1e9);
        long progressNs = startNs;
        long arrived = -1;
        int empty = 0;
        for (long nowNs = startNs; nowNs - endNs < 0; nowNs = System.nanoTime()) {
            long upTo = last().arrivedUpTo();
            if (upTo != arrived) {
                arrived = upTo;
                progressNs = nowNs;
            }
            boolean stalled = nowNs - progressNs > STALL_NS;
            if (publisher.next() - upTo <= window - train || stalled) {
                if (stalled) {
                    stalls++;
                    progressNs = nowNs;
                }
                publisher.sendTrain(train, false);
            }
            empty = turn(nowNs, null) ? 0 : empty + 1;
            if (empty > viewers.size()) {
                Thread.yield();
            }
        }
        finish("saturated", before, startNs, null);
    }

    /** A steady rate, measuring how long each packet is under way. */
    private void pace(int train, double packetsPerSecond, double seconds) throws IOException {
        stamp(true);
        Histogram times = new Histogram();
        Totals before = totals();
        long startNs = System.nanoTime();
        long endNs = startNs + (long) (seconds * 1e9);
        double intervalNs = train / packetsPerSecond * 1e9;
        long sent = 0;
        for (long nowNs = startNs; nowNs - endNs < 0; nowNs = System.nanoTime()) {
            long dueNs = startNs + (long) (sent * intervalNs);
            if (nowNs - dueNs >= 0) {
                publisher.sendTrain(train, true);
                sent++;
                // What could not be sent in time is left out: a burst to catch up would measure ourselves.
                long behind = (long) ((nowNs - dueNs) / intervalNs);
                sent += behind;
            }
            turn(nowNs, times);
        }
        finish("paced", before, startNs, times);
        stamp(false);
    }

    private void stamp(boolean on) throws IOException {
        batch.stamped(on);
        for (Viewer viewer : viewers) {
            viewer.socket.timestamps(on);
        }
    }

    /** Takes from one viewer, and from the last, whose progress the sender waits for. @return whether there was any */
    private boolean turn(long nowNs, Histogram times) {
        if (last().receive(batch, publisher, times) > 0) {
            last().report(nowNs);
        }
        Viewer viewer = viewers.get(turn);
        boolean any = false;
        if (!quiet && viewer != last()) {
            any = viewer.receive(batch, publisher, times) > 0;
            viewer.report(nowNs);
        }
        viewer.keepAlive(nowNs);
        turn++;
        if (turn == viewers.size()) {
            turn = 0;
            publisher.keepAlive(nowNs);
            publisher.report(nowNs);
            publisher.receive(batch);
        }
        return any;
    }

    private Viewer last() {
        return viewers.getLast();
    }

    private record Totals(long sent, long refused, long received, long missing, long late, long foreign, long checked,
            long bad, long renumbered) {}

    private Totals totals() {
        long[] sums = new long[7];
        for (Viewer viewer : viewers) {
            sums[0] += viewer.received;
            sums[1] += viewer.missing;
            sums[2] += viewer.late;
            sums[3] += viewer.foreign;
            sums[4] += viewer.checked;
            sums[5] += viewer.bad;
            sums[6] += viewer.renumbered;
        }
        return new Totals(publisher.next(), publisher.refused(), sums[0], sums[1], sums[2], sums[3], sums[4], sums[5],
                sums[6]);
    }

    private void finish(String word, Totals before, long startNs, Histogram times) {
        double seconds = (System.nanoTime() - startNs) / 1e9;
        long untilNs = System.nanoTime() + SETTLE_NS;
        for (long nowNs = System.nanoTime(); nowNs - untilNs < 0; nowNs = System.nanoTime()) {
            turn(nowNs, times);
        }
        Totals now = totals();
        StringBuilder line = new StringBuilder(word);
        add(line, "seconds", seconds);
        add(line, "sent", now.sent - before.sent);
        add(line, "refused", now.refused - before.refused);
        add(line, "received", now.received - before.received);
        add(line, "missing", now.missing - before.missing);
        add(line, "late", now.late - before.late);
        add(line, "foreign", now.foreign - before.foreign);
        add(line, "checked", now.checked - before.checked);
        add(line, "bad", now.bad - before.bad);
        add(line, "renumbered", now.renumbered - before.renumbered);
        add(line, "stalls", stalls);
        if (times != null) {
            add(line, "p50", times.percentileNs(0.5));
            add(line, "p99", times.percentileNs(0.99));
            add(line, "p999", times.percentileNs(0.999));
            add(line, "max", times.maxNs());
            add(line, "samples", times.count());
        }
        out.println(line);
    }

    private static void add(StringBuilder line, String name, double value) {
        line.append(' ').append(name).append('=').append(String.format(Locale.ROOT, "%.3f", value));
    }

    /** How long a train is under way when nothing stands between sender and viewer. */
    private void loopback(int train) throws IOException {
        Histogram times = new Histogram();
        int bytes = 1_000;
        ReceiveBatch taken = new ReceiveBatch();
        taken.stamped(true);
        try (LinuxUdp from = new LinuxUdp(1 << 20); LinuxUdp to = new LinuxUdp(1 << 20);
                java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
            from.connect(to.port());
            to.timestamps(true);
            long address = arena.allocate((long) bytes * train, 8).address();
            for (int i = 0; i < 4_000; i++) {
                long sentNs = LinuxUdp.realTimeNs();
                from.sendTrain(address, bytes * train, bytes);
                int count = to.receive(taken);
                for (int j = 0; j < count && i >= 2_000; j++) {
                    times.add(taken.arrivalNs(j) - sentNs);
                }
            }
        }
        out.println(String.format(Locale.ROOT, "looped p50=%.0f p99=%.0f", times.percentileNs(0.5),
                times.percentileNs(0.99)));
    }
}
