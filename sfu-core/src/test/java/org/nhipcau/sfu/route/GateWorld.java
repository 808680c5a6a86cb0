// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.bwe.WarmStart;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.pipe.PipeSlot;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * A room on two workers whose publisher offers a camera in two layers and its covered variant, with viewers of all kinds;
 * each packet that reaches a viewer is held against the {@link GateRules}.
 */
final class GateWorld {
    static final String CAMERA = "cam";
    static final String COVERED = "covered";
    static final int VIEWERS = 4;
    /** The one whose path is narrow: its packets wait, or it gets still pictures. */
    static final int NARROW = 2;
    private static final HeaderExtensions IDS = RoomFixture.IDS;
    private static final HeaderExtensions VIEWER_IDS = new HeaderExtensions(11, 0, 0, 12, 13, 14, 0, 0, 0, 0);
    private static final long MS = 1_000_000L;
    private static final int ID_AT = 20;
    private static final int MARK = 0x5afe0000;

    long ms = 10_000;
    final Part home = new Part(1);
    final Part branch = new Part(2);
    private final PipePort toViewers = new PipePort(128, () -> { });
    private final PipePort toPublisher = new PipePort(128, () -> { });
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final MediaEndpoint publisher;
    private final Map<String, ProducerParameters> tracks = new LinkedHashMap<>();
    final Viewer[] viewers = new Viewer[VIEWERS];
    final GateRules rules = new GateRules();
    private final List<Runnable> withheld = new ArrayList<>();
    private final Map<String, Integer> sequences = new HashMap<>();
    private final Map<String, Integer> ssrcs = new HashMap<>();
    private int nextSsrc = 9_000;
    private int picture = 100;
    private boolean upright = true;
    private int sinceExchange;

    /** One worker's part. */
    final class Part {
        final WorkerCounters counters = new WorkerCounters();
        final ForwardQueue queue = new ForwardQueue();
        final Room room;

        Part(long seed) {
            room = new Room("room", SfuConfig.DEFAULT, counters, queue, event -> { }, new Random(seed));
        }
    }

    /** One who watches the camera, by whatever of it the gate lets through. */
    final class Viewer implements PacketSink {
        final int index;
        final Part part;
        final long ssrc;
        MediaEndpoint endpoint;
        ConsumerSettings settings = ConsumerSettings.DEFAULT;
        boolean addedCleared;
        private final PacketBuffer begun = PacketBuffer.allocate();
        private final RtpPacketFlyweight packet = new RtpPacketFlyweight();
        private int highest;
        /** Pictures that came whole or in part, by number, in which layer. */
        final Map<Integer, String> seen = new HashMap<>();

        Viewer(int index) {
            this.index = index;
            this.part = index % 2 == 0 ? home : branch;
            this.ssrc = 500 + 10L * index;
        }

        void open(boolean cleared) {
            addedCleared = cleared;
            endpoint = part.room.openEndpoint("v" + index, "v" + index, this);
            endpoint.configure(VIEWER_IDS);
            if (index != NARROW) {
                endpoint.warmStart(new WarmStart(SendSideEstimator.MAX_BPS, 0, 0, 1, 0));
            }
            endpoint.onConnected(nowNs());
            rules.opened(index);
            add(cleared);
        }

        void add(boolean cleared) {
            addedCleared = cleared;
            rules.added(index, cleared);
            require(endpoint.addConsumer(new ConsumerParameters("c", CAMERA, "7", ssrc, ssrc + 1, "cn",
                    List.of(RoomFixture.VIEWER_VP8), settings, cleared), nowNs()));
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public PacketBuffer begin() {
            begun.clear();
            return begun;
        }

        @Override
        public void sendRtp(PacketBuffer sent, int headerLength, long now) {
            if (!packet.wrapPlain(sent)) {
                throw new AssertionError("malformed packet sent");
            }
            boolean repeated = packet.ssrc() == ssrc + 1;
            int from = packet.headerLength() + (repeated ? 2 : 0);
            if (!repeated) {
                highest = packet.sequenceNumber();
            }
            if (packet.payloadLength() < ID_AT + 4) {
                rules.checkFiller(index, part == branch, ms);
                return;
            }
            int id = sent.getInt(from + ID_AT) ^ MARK;
            GateRules.Packet source = rules.check(id, index, part == branch, ms);
            seen.put(source.picture(), source.layer());
        }

        @Override
        public void sendRtp(PacketBuffer sent, int headerLength, PacketBuffer source, int from, int lengthBytes,
                long now) {
            sent.setLength(headerLength + lengthBytes);
            sent.putBytes(headerLength, source, from, lengthBytes);
            sendRtp(sent, headerLength, now);
        }

        @Override
        public void sendRtcp(PacketBuffer sent, long now) {}

        @Override
        public void onFault(RuntimeException fault, long now) {
            throw fault;
        }
    }

    GateWorld() {
        publisher = home.room.openEndpoint("alice", "alice", new RoomFixture.Sink());
        publisher.configure(IDS);
        publisher.onConnected(nowNs());
        publish(CAMERA, GateParameters.proven("p", 1, GateParameters.OnViolation.HOLD));
        for (int i = 0; i < VIEWERS; i++) {
            viewers[i] = new Viewer(i);
            viewers[i].open(i == 3);
        }
        exchange();
    }

    long nowNs() {
        return ms * MS;
    }

    static void require(MediaReply reply) {
        if (!(reply instanceof MediaReply.Done)) {
            throw new AssertionError(reply.toString());
        }
    }

    boolean has(String track) {
        return tracks.containsKey(track);
    }

    List<String> layersOf(String track) {
        return track.equals(CAMERA) ? List.of("q", "h") : List.of("c");
    }

    void publish(String track, GateParameters gate) {
        List<EncodingParameters> encodings = new ArrayList<>();
        for (String layer : layersOf(track)) {
            encodings.add(new EncodingParameters(layer, 0, 0, encodings.size(), 0, 0, 0));
            ssrcs.put(layer, nextSsrc++);
        }
        ProducerParameters parameters = new ProducerParameters(track, MediaKind.VIDEO, TrackSource.CAMERA,
                track.equals(CAMERA) ? "0" : "1", List.of(RoomFixture.VP8), encodings, false).withGate(gate);
        tracks.put(track, parameters);
        rules.published(track, gate, ms);
        require(publisher.addProducer(parameters, nowNs()));
        mirror();
    }

    void unpublish(String track) {
        tracks.remove(track);
        withheld.clear();
        rules.unpublished(track);
        require(home.room.removeProducer(track, nowNs()));
        mirror();
    }

    private void mirror() {
        require(branch.room.mirror(new RemotePeer("alice", "alice", IDS, List.copyOf(tracks.values())), toPublisher,
                toViewers, nowNs()));
    }

    void mute(String track, boolean muted) {
        if (tracks.get(track).muted() != muted) {
            tracks.put(track, tracks.get(track).withMuted(muted));
            rules.restarted(track, ms);
            require(home.room.muteProducer(track, muted, nowNs()));
            require(branch.room.muteProducer(track, muted, nowNs()));
        }
    }

    void setGate(String track, GateParameters gate) {
        tracks.put(track, tracks.get(track).withGate(gate));
        rules.policy(track, gate, ms);
        require(home.room.setGate(track, gate, nowNs()));
        require(branch.room.setGate(track, gate, nowNs()));
    }

    void prove(String track, long epoch, Proof proof) {
        home.room.proveTrack(track, epoch, proof, nowNs());
        rules.said(track, epoch, proof, ms);
    }

    void release(String track, long epoch) {
        home.room.releaseTrack(track, epoch, nowNs());
        rules.released(track, epoch, ms);
    }

    void setClearance(int viewer, boolean cleared) {
        rules.word(viewer, cleared);
        require(viewers[viewer].endpoint.setClearance("alice", cleared, nowNs()));
    }

    void reconnect(int viewer, boolean cleared) {
        viewers[viewer].part.room.closeEndpoint(viewers[viewer].endpoint, nowNs());
        viewers[viewer].open(cleared);
    }

    void readd(int viewer, boolean cleared) {
        require(viewers[viewer].endpoint.removeConsumer("c", nowNs()));
        viewers[viewer].add(cleared);
    }

    void settings(int viewer, ConsumerSettings settings) {
        viewers[viewer].settings = settings;
        require(viewers[viewer].endpoint.updateConsumer("c", settings, nowNs()));
    }

    /** The pictures turn by a quarter from now on. */
    void turn() {
        upright = !upright;
    }

    /** The layer's next packet comes on another SSRC. The time before which that is refused passes. */
    void renew(String layer) {
        skip(600);
        withheld.clear();
        ssrcs.put(layer, nextSsrc++);
    }

    /** One picture of a layer, in two packets. @param hold what is held back: -1 nothing, else that packet */
    void frame(String track, String layer, boolean key, int hold) {
        picture++;
        int frame = picture;
        for (int i = 0; i < 2; i++) {
            byte[] payload = RoomFixture.vp8(key, frame & 0x7fff, frame & 0xff, 0);
            payload[12] = (byte) (upright ? 64 : 36);
            payload[14] = (byte) (upright ? 36 : 64);
            boolean first = i == 0;
            if (!first) {
                payload[0] &= (byte) ~0x10;
            }
            int sequence = sequences.merge(layer, 1, Integer::sum) + 1_000;
            GateRules.Packet packet = rules.packet(track, layer, ssrcs.get(layer), sequence, frame, key && first,
                    upright);
            int id = packet.id() ^ MARK;
            for (int b = 0; b < 4; b++) {
                payload[ID_AT + b] = (byte) (id >>> 24 - 8 * b);
            }
            Runnable arrival = () -> receive(packet, payload, !first);
            if (i == hold) {
                withheld.add(arrival);
            } else {
                arrival.run();
            }
        }
    }

    private void receive(GateRules.Packet packet, byte[] payload, boolean marker) {
        PacketBuffer out = PacketBuffer.allocate();
        header.begin(out, marker, 96, packet.sequence(), packet.picture() * 3_000L, packet.ssrc());
        header.extension(IDS.mid(), (packet.track().equals(CAMERA) ? "0" : "1").getBytes(StandardCharsets.US_ASCII));
        header.extension(IDS.rid(), packet.layer().getBytes(StandardCharsets.US_ASCII));
        int length = header.finish();
        out.setLength(length + payload.length);
        out.putBytes(length, payload, 0, payload.length);
        rules.arrived(packet, ms);
        publisher.onRtp(out, nowNs());
        // A real queue has room for so many, and a real worker does not let its pipe fill up either.
        if (++sinceExchange > 30) {
            exchange();
        }
    }

    /** What was held back comes now, in whatever order. */
    void late() {
        List<Runnable> all = List.copyOf(withheld);
        withheld.clear();
        all.forEach(Runnable::run);
    }

    void forward() {
        home.queue.forward(nowNs());
        branch.queue.forward(nowNs());
    }

    /** What the workers have for each other crosses. */
    void exchange() {
        sinceExchange = 0;
        home.queue.forward(nowNs());
        toPublisher.publish();
        for (PipeSlot slot = toPublisher.poll(); slot != null; slot = toPublisher.poll()) {
            Crossing crossing = (Crossing) slot.target;
            if (slot.kind == PipeSlot.Kind.WANTED) {
                home.room.onWanted(crossing, slot.quality, nowNs());
            } else {
                crossing.onKeyframeWanted(slot, nowNs());
            }
        }
        toPublisher.release();
        toViewers.publish();
        rules.crossed(ms);
        for (PipeSlot slot = toViewers.poll(); slot != null; slot = toViewers.poll()) {
            Crossing crossing = (Crossing) slot.target;
            switch (slot.kind) {
                case PACKET -> crossing.onPacket(slot, nowNs());
                case REPORT -> crossing.onReport(slot);
                case GATE -> crossing.onGate(slot, nowNs());
                case RESTING -> crossing.onResting(slot);
                default -> throw new AssertionError(slot.kind);
            }
        }
        branch.queue.forward(nowNs());
        toViewers.release();
    }

    /** Time passes and no timer runs. */
    void skip(long passedMs) {
        ms += passedMs;
    }

    /** Time passes, timers run. */
    void pass(long passedMs) {
        long left = passedMs;
        while (left > 0) {
            long step = Math.min(left, 20);
            left -= step;
            ms += step;
            publisher.onTimer(nowNs());
            for (Viewer viewer : viewers) {
                viewer.endpoint.onTimer(nowNs());
            }
            viewers[NARROW].endpoint.release(nowNs());
            home.room.onTimer(nowNs());
            branch.room.onTimer(nowNs());
        }
    }

    /** The narrow viewer says what its path carries. */
    void claim(long bps) {
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_000);
        writer.remb(1, bps, new long[] {viewers[NARROW].ssrc}, 1);
        viewers[NARROW].endpoint.onRtcp(report, nowNs());
    }

    /** A viewer asks for all of its last packets again. */
    void nack(int viewer) {
        int[] missing = new int[40];
        for (int i = 0; i < missing.length; i++) {
            missing[i] = viewers[viewer].highest - missing.length + 1 + i & 0xffff;
        }
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_200);
        writer.nack(1, viewers[viewer].ssrc, missing, 0, missing.length);
        viewers[viewer].endpoint.onRtcp(report, nowNs());
    }

    long forbidden() {
        return home.counters.get(Counter.FORBIDDEN_PACKETS) + branch.counters.get(Counter.FORBIDDEN_PACKETS);
    }
}
