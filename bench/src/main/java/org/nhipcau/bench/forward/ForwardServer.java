// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.nhipcau.bench.Profile;
import org.nhipcau.sfu.SfuServer;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.LocalTransport;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.RemoteTransport;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.net.DatagramPorts;

/**
 * The process of the media node: the whole server as production starts it, one worker, one room, driven by its control
 * contract; says in lines what it has counted and used.
 *
 * <p>Thread: main reads the parent's lines; the server has its own.
 */
public final class ForwardServer {
    private static final String ROOM = "room";
    private static final String PACKET_THREAD = "media-0";

    private final PrintStream out;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SfuServer server;
    private final TestStream stream;
    private final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final com.sun.management.OperatingSystemMXBean system =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private ForwardServer(int packetBytes, int viewers, PrintStream out) throws Exception {
        this.out = out;
        this.stream = new TestStream(packetBytes);
        server = SfuServer.start(config(viewers), registry);
        call(new MediaCommand.OpenRoom(ROOM));
    }

    // Production's values, but for address, port, number of workers and room for all the viewers. Shedding is off, as its
    // option allows: capacity is found by full load, and a packet given up by rule would look cheap. So is adaptation:
    // a viewer here gets more than any path is believed to carry. Feedback is taken and estimated from all the same.
    private static SfuConfig config(int viewers) {
        SfuConfig d = SfuConfig.DEFAULT;
        return new SfuConfig("127.0.0.1", 0, 1, d.announcedAddresses(), d.stunServers(), d.iceTimeoutMs(),
                d.disconnectedAfterMs(), d.consentTimeoutMs(), d.transportHoldMs(), d.dtlsTimeoutMs(),
                d.packetCachePackets(), d.packetCacheMs(), d.keyframeRequestIntervalMs(), d.silentAfterMs(), d.frozenAfterMs(),
                d.dynacastDelayMs(), d.statisticsIntervalMs(), d.speakerIntervalMs(), d.maxRooms(),
                Math.max(d.maxPeersPerRoom(), viewers + 1), d.peersPerRoomWorker(), d.maxProducersPerPeer(),
                d.maxConsumersPerPeer(), d.maxSsrcsPerPeer(), false, d.thinSpeech(),
                new SfuConfig.Overload(100, false, d.overload().lagMs()));
    }

    /** Arguments: bytes of a packet, viewers. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        ForwardServer node = new ForwardServer(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), out);
        out.println("started " + node.server.ports().getFirst() + " "
                + DatagramPorts.best().name().toLowerCase(Locale.ROOT) + " " + node.server.node().srtpEngine());
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                node.carryOut(line.split(" "));
            }
        }
        // Whether or not the node's threads end in time, this process does.
        System.exit(0);
    }

    private void carryOut(String[] words) throws Exception {
        switch (words[0]) {
            case "open" -> open(words);
            case "media" -> media(Integer.parseInt(words[1]));
            case "sample" -> out.println("sample" + sample());
            case "profile" -> {
                Profile profile = Profile.start();
                Thread.sleep(TimeUnit.SECONDS.toMillis(Long.parseLong(words[1])));
                profile.stop().forEach(line -> out.println("frame " + line));
                out.println("profiled");
            }
            default -> throw new IllegalArgumentException("unknown command " + words[0]);
        }
    }

    private MediaReply call(MediaCommand command) throws Exception {
        MediaReply reply = server.submit(command).get(20, TimeUnit.SECONDS);
        if (reply instanceof MediaReply.Refused refused) {
            throw new IllegalStateException("the node refuses " + command.getClass().getSimpleName() + ": " + refused);
        }
        return reply;
    }

    private void open(String[] words) throws Exception {
        String peerId = "peer-" + words[1];
        LocalTransport local = ((MediaReply.PeerOpened) call(new MediaCommand.OpenPeer(ROOM, peerId, peerId))).local();
        call(new MediaCommand.ConfigurePeer(ROOM, peerId, new RemoteTransport(words[2], words[3],
                List.of(new Fingerprint(words[4], words[5])), DtlsRole.SERVER), TestStream.IDS));
        out.println("opened " + words[1] + " " + local.iceUfrag() + " " + local.icePwd() + " "
                + local.fingerprint().algorithm() + " " + local.fingerprint().value() + " "
                + local.candidates().getFirst().port());
    }

    private void media(int viewers) throws Exception {
        call(new MediaCommand.AddProducer(ROOM, "peer-0", stream.producer()));
        for (int i = 1; i <= viewers; i++) {
            call(new MediaCommand.AddConsumer(ROOM, "peer-" + i, stream.consumer(i)));
        }
        out.println("flowing");
    }

    private String sample() {
        long packetThread = Arrays.stream(threads.getAllThreadIds()).filter(id -> {
            var info = threads.getThreadInfo(id);
            return info != null && info.getThreadName().equals(PACKET_THREAD);
        }).findFirst().orElse(-1);
        StringBuilder line = new StringBuilder();
        add(line, "processNs", system.getProcessCpuTime());
        add(line, "threadNs", packetThread < 0 ? 0 : threads.getThreadCpuTime(packetThread));
        add(line, "threadBytes", packetThread < 0 ? 0 : threads.getThreadAllocatedBytes(packetThread));
        add(line, "processBytes", threads.getTotalThreadAllocatedBytes());
        for (String name : List.of("rtp.packets.in", "rtp.packets.out", "datagrams.in", "datagrams.out", "duty.cycles",
                "rtx.packets.out", "rtcp.packets.in", "rtcp.packets.out")) {
            add(line, name, count("nhipcau.sfu." + name));
        }
        for (FunctionCounter drops : registry.find("nhipcau.sfu.drops").functionCounters()) {
            if (drops.count() > 0) {
                add(line, "drop." + drops.getId().getTag("reason"), (long) drops.count());
            }
        }
        return line.toString();
    }

    private long count(String name) {
        return (long) registry.find(name).functionCounters().stream().mapToDouble(FunctionCounter::count).sum();
    }

    private static void add(StringBuilder line, String name, long value) {
        line.append(' ').append(name).append('=').append(value);
    }
}
