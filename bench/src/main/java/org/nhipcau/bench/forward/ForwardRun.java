// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.nhipcau.bench.ChildJvm;

/**
 * One media node with its sender and viewers, connected and warm, each in its own process on its own core. Thread: one.
 */
final class ForwardRun implements AutoCloseable {
    private static final int FORWARDER_CORE = 1;
    private static final int PEERS_CORE = 0;
    private static final int CONNECT_AT_ONCE = 8;
    private static final double WARM_UP_SLICE_S = 1;
    private static final double SETTLED_SHARE = 0.04;
    private static final long WAIT_S = 60;
    private static final long LONG_WAIT_S = 3_600;

    /**
     * What is measured.
     *
     * @param receivers viewers
     * @param packetBytes of the stream's packets
     * @param train packets that the sender hands over at once
     * @param drain whether all viewers read
     * @param engine value of the engine's property; auto: the node's choice
     * @param port value of the port's property; auto: the node's choice
     * @param jvm further flags of the node's JVM
     */
    record Setting(int receivers, int packetBytes, int train, boolean drain, String engine, String port,
            List<String> jvm) {}

    /** What one run showed. */
    record Outcome(Sample node, Sample peers, long dropsAtNode, long dropsAtViewers) {}

    private final Setting setting;
    private final GcLog gcLog = GcLog.create();
    private final ChildJvm node;
    private final ChildJvm peers;
    private final Set<Integer> viewerPorts = new HashSet<>();
    private int nodePort;
    private double startMs;
    private String portKind;
    private String engine;

    ForwardRun(Setting setting) throws IOException, InterruptedException, TimeoutException {
        this.setting = setting;
        boolean pinned = pinned();
        List<String> flags = new ArrayList<>(gcLog.flags());
        flags.add("-Dnhipcau.srtp.engine=" + setting.engine());
        flags.add("-Dnhipcau.udp.port=" + setting.port());
        flags.addAll(setting.jvm());
        node = ChildJvm.of(ForwardServer.class.getName(), List.of(Integer.toString(setting.packetBytes()),
                Integer.toString(setting.receivers())), flags, pinned ? Integer.toString(FORWARDER_CORE) : null);
        peers = ChildJvm.of(ForwardPeers.class.getName(), List.of(Integer.toString(setting.receivers()),
                Integer.toString(setting.packetBytes()), Boolean.toString(setting.drain())),
                List.of("-XX:+UseSerialGC"), pinned ? Integer.toString(PEERS_CORE) : null);
        try {
            connect();
        } catch (IOException | RuntimeException | InterruptedException | TimeoutException failure) {
            close();
            throw failure;
        }
    }

    /** Whether forwarder and peers have a core each. */
    static boolean pinned() {
        return Runtime.getRuntime().availableProcessors() > 1 && ChildJvm.canPin();
    }

    private void connect() throws IOException, InterruptedException, TimeoutException {
        long fromNs = System.nanoTime();
        node.start();
        String[] started = node.await("started", WAIT_S).split(" ", 3);
        startMs = (System.nanoTime() - fromNs) / 1e6;
        peers.start();
        nodePort = Integer.parseInt(started[0]);
        portKind = started[1];
        engine = started[2];
        List<String> clients = new ArrayList<>();
        for (int i = 0; i <= setting.receivers(); i++) {
            String client = peers.await("client", WAIT_S);
            clients.add(client);
            if (i > 0) {
                viewerPorts.add(Integer.parseInt(client.substring(client.lastIndexOf(' ') + 1)));
            }
        }
        for (int from = 0; from < clients.size(); from += CONNECT_AT_ONCE) {
            int until = Math.min(clients.size(), from + CONNECT_AT_ONCE);
            for (int i = from; i < until; i++) {
                peers.tell("connect " + node.ask("open " + clients.get(i), "opened", WAIT_S));
            }
            for (int i = from; i < until; i++) {
                peers.await("connected", WAIT_S);
            }
        }
        node.ask("media " + setting.receivers(), "flowing", WAIT_S);
    }

    /** Name and version of the node's cipher engine. */
    String engine() {
        return engine;
    }

    /** From the start of the process to a node that takes commands, in ms. */
    double startMs() {
        return startMs;
    }

    /** Memory of the node's process now, in MB of 1024 * 1024; NaN: not known. */
    double residentMb() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(node.pid()), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1_024;
            }
        }
        return Double.NaN;
    }

    /** The way in which the node works its socket. */
    String portKind() {
        return portKind;
    }

    GcLog gcLog() {
        return gcLog;
    }

    /**
     * Lets the compilers see the path before anything counts: until what the process uses beside the packet thread is a
     * few per cent in two slices one after the other.
     *
     * @return the share of the process's time outside the packet thread in the last slice
     */
    double warmUp(double longestSeconds) throws IOException, InterruptedException, TimeoutException {
        // A little first: every viewer must have seen a packet before only the last one reads.
        saturate(WARM_UP_SLICE_S);
        peers.ask("quiet", "quieted", WAIT_S);
        long endNs = System.nanoTime() + (long) (longestSeconds * 1e9);
        double beside = 1;
        for (int settled = 0; settled < 2 && System.nanoTime() - endNs < 0;) {
            Sample slice = saturate(WARM_UP_SLICE_S).node();
            beside = 1 - slice.get("threadNs") / slice.get("processNs");
            settled = beside < SETTLED_SHARE ? settled + 1 : 0;
        }
        gcLog.restart();
        return beside;
    }

    /** As fast as the node forwards. */
    Outcome saturate(double seconds) throws IOException, InterruptedException, TimeoutException {
        // Two trains under way: the node finds the next when it is done with one, and never two at once.
        return measure(String.format(Locale.ROOT, "saturate %d %d %f", setting.train(), 2 * setting.train(), seconds),
                "saturated");
    }

    /** At a steady rate of so many of the sender's packets. */
    Outcome pace(double packetsPerSecond, double seconds) throws IOException, InterruptedException, TimeoutException {
        return measure(String.format(Locale.ROOT, "pace %d %f %f", setting.train(), packetsPerSecond, seconds),
                "paced");
    }

    /** Median way of a train over the bare loopback interface, in ns. */
    double loopbackNs() throws IOException, InterruptedException, TimeoutException {
        return Sample.parse(peers.ask("loopback " + setting.train(), "looped", WAIT_S)).get("p50");
    }

    /** Where the node's time goes while it forwards as fast as it can: Java's view, then perf's where there is perf. */
    List<String> profile(int seconds) throws IOException, InterruptedException, TimeoutException {
        List<String> lines = new ArrayList<>();
        node.tell("profile " + seconds);
        saturateUncounted(seconds);
        for (String line = node.next(WAIT_S); !line.equals("profiled"); line = node.next(WAIT_S)) {
            lines.add(line.startsWith("frame ") ? line.substring("frame ".length()) : line);
        }
        try (PerfProfile perf = PerfProfile.start(node.pid(), seconds)) {
            if (perf == null) {
                lines.add("perf is missing or not allowed: nothing is known of kernel and native libraries");
            } else {
                saturateUncounted(seconds);
                lines.add("");
                lines.addAll(perf.lines());
            }
        }
        return lines;
    }

    private void saturateUncounted(int seconds) throws IOException, InterruptedException, TimeoutException {
        peers.ask(String.format(Locale.ROOT, "saturate %d %d %d", setting.train(), 2 * setting.train(), seconds),
                "saturated", LONG_WAIT_S);
    }

    private Outcome measure(String command, String answer) throws IOException, InterruptedException, TimeoutException {
        long nodeDrops = KernelDrops.of(Set.of(nodePort));
        long viewerDrops = KernelDrops.of(viewerPorts);
        Sample before = sample();
        Sample seen = Sample.parse(peers.ask(command, answer, LONG_WAIT_S));
        Sample after = sample();
        return new Outcome(after.minus(before), seen, KernelDrops.of(Set.of(nodePort)) - nodeDrops,
                KernelDrops.of(viewerPorts) - viewerDrops);
    }

    private Sample sample() throws IOException, InterruptedException, TimeoutException {
        return Sample.parse(node.ask("sample", "sample", WAIT_S));
    }

    @Override
    public void close() throws IOException {
        peers.close();
        node.close();
        gcLog.delete();
    }
}
