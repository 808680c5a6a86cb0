// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.buffer.PacketPool;
import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.bwe.WarmStart;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.pipe.PipeSlot;
import org.nhipcau.sfu.route.Crossing;
import org.nhipcau.sfu.route.ForwardQueue;
import org.nhipcau.sfu.route.MediaEndpoint;
import org.nhipcau.sfu.route.PacketSink;
import org.nhipcau.sfu.route.RemotePeer;
import org.nhipcau.sfu.route.Room;
import org.nhipcau.sfu.buffer.CacheMemory;

/** A room with its peers, their links and the virtual clock that drives them all. */
final class SimCall {
    static final long MS = 1_000_000L;
    static final HeaderExtensions PUBLISHER_IDS = new HeaderExtensions(1, 2, 3, 4, 5, 6, 7, 0, 0, 0);
    static final HeaderExtensions VIEWER_IDS = new HeaderExtensions(9, 10, 11, 12, 3, 2, 0, 0, 0, 0);
    static final CodecParameters VP8 = codec("video/VP8", 96, 90_000, 0, 97);
    static final CodecParameters OPUS = codec("audio/opus", 111, 48_000, 2, -1);
    static final CodecParameters RED = codec("audio/red", 63, 48_000, 2, -1);
    static final CodecParameters VIEWER_VP8 = codec("video/VP8", 100, 90_000, 0, 101);
    static final CodecParameters VIEWER_RED = codec("audio/red", 63, 48_000, 2, -1);
    static final CodecParameters VIEWER_OPUS = codec("audio/opus", 109, 48_000, 2, -1);

    final long seed;
    final Random random;
    /** Paths of peers that join are known to carry all there is, as from an earlier connection. */
    boolean goodPaths = true;
    private final SfuConfig config;
    final Part home;
    final Room room;
    final WorkerCounters counters;
    final List<MediaEvent> events = new ArrayList<>();
    final List<Part> parts = new ArrayList<>();
    /** Where new peers are opened. */
    Part opensOn;
    private final PacketBuffer begun = PacketBuffer.allocate();
    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private long nowNs = 5_000_000_000L;
    private long serial;

    private record Event(long atNs, long serial, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atNs != other.atNs ? Long.compare(atNs, other.atNs) : Long.compare(serial, other.serial);
        }
    }

    SimCall(long seed) {
        this(seed, SfuConfig.DEFAULT);
    }

    SimCall(long seed, SfuConfig config) {
        this.seed = seed;
        this.random = new Random(seed);
        this.config = config;
        this.home = addPart();
        this.opensOn = home;
        this.room = home.room;
        this.counters = home.counters;
    }

    /** Gives the room a part on one worker more. */
    Part addPart() {
        Part part = new Part();
        parts.add(part);
        return part;
    }

    /** The room's part on one worker, and the worker's loop as far as it concerns the room. */
    final class Part {
        final ForwardQueue forwarding = new ForwardQueue();
        final WorkerCounters counters = new WorkerCounters();
        final CacheMemory cacheMemory = new CacheMemory(64 << 20);
        final Room room = new Room("room", config, counters, forwarding, events::add, random, cacheMemory,
                new PacketPool(4_096));
        final Map<Part, PipePort> incoming = new LinkedHashMap<>();
        final Map<Part, PipePort> outgoing = new LinkedHashMap<>();
        int pipeSlots = 256;
        /** The worker is busy with something else. */
        boolean stalled;
        private boolean batchOpen;
        private boolean woken;

        Part() {
            at(nowNs, this::timer);
        }

        private void timer() {
            at(Math.max(room.onTimer(nowNs), nowNs + MS), this::timer);
        }

        private void onBatch() {
            // With odd seeds packets are forwarded in batches of a millisecond, with even ones each by itself.
            if (seed % 2 == 0) {
                forwarding.forward(nowNs);
            } else if (!batchOpen) {
                batchOpen = true;
                in(1, () -> {
                    batchOpen = false;
                    forwarding.forward(nowNs);
                });
            }
        }

        /** Makes known here what a peer of another part sends. */
        void mirror(Part publisher, RemotePeer peer) {
            if (!outgoing.containsKey(publisher)) {
                connect(publisher);
                publisher.connect(this);
            }
            MediaReply reply = room.mirror(peer, outgoing.get(publisher), publisher.outgoing.get(this), nowNs);
            if (!(reply instanceof MediaReply.Done)) {
                throw new AssertionError(reply.toString());
            }
        }

        private void connect(Part to) {
            PipePort pipe = new PipePort(pipeSlots, to::wake);
            outgoing.put(to, pipe);
            to.incoming.put(this, pipe);
        }

        private void wake() {
            if (!woken) {
                woken = true;
                at(nowNs + 50_000, this::read);
            }
        }

        void read() {
            woken = false;
            if (stalled) {
                return;
            }
            forwarding.forward(nowNs);
            for (PipePort pipe : incoming.values()) {
                for (PipeSlot slot = pipe.poll(); slot != null; slot = pipe.poll()) {
                    onMessage(slot);
                }
            }
            forwarding.forward(nowNs);
            incoming.values().forEach(PipePort::release);
        }

        private void onMessage(PipeSlot slot) {
            Crossing crossing = (Crossing) slot.target;
            switch (slot.kind) {
                case PACKET -> {
                    DropReason reason = crossing.onPacket(slot, nowNs);
                    if (reason != null) {
                        counters.drop(reason);
                    }
                }
                case REPORT -> crossing.onReport(slot);
                case GATE -> crossing.onGate(slot, nowNs);
                case RESTING -> crossing.onResting(slot);
                case KEYFRAME -> crossing.onKeyframeWanted(slot, nowNs);
                case WANTED -> room.onWanted(crossing, slot.quality, nowNs);
            }
        }

        void resume() {
            stalled = false;
            read();
        }

        void publish() {
            outgoing.values().forEach(PipePort::publish);
        }
    }

    static CodecParameters codec(String mime, int payloadType, int clockRate, int channels, int rtx) {
        boolean video = mime.startsWith("video");
        return new CodecParameters(mime, payloadType, clockRate, channels, Map.of(), rtx, true, video, video, false,
                true);
    }

    long nowNs() {
        return nowNs;
    }

    long ms() {
        return nowNs / MS;
    }

    void at(long atNs, Runnable action) {
        queue.add(new Event(atNs, serial++, action));
    }

    void in(long ms, Runnable action) {
        at(nowNs + ms * MS, action);
    }

    void run(long ms) {
        long end = nowNs + ms * MS;
        while (!queue.isEmpty() && queue.peek().atNs <= end) {
            Event event = queue.poll();
            nowNs = Math.max(nowNs, event.atNs);
            event.action.run();
            parts.forEach(Part::publish);
        }
        nowNs = end;
    }

    /** Something that gets what the room sends to a peer. */
    interface Client {
        void onRtp(byte[] packet, long nowNs);

        void onRtcp(byte[] packet, long nowNs);
    }

    /** One transport: the endpoint in the room and the links between it and its client. */
    final class Peer implements PacketSink {
        final MediaEndpoint endpoint;
        final SimLink up = new SimLink(SimCall.this, new Random(random.nextLong()));
        final SimLink down = new SimLink(SimCall.this, new Random(random.nextLong()));
        final Client client;
        final Part part = opensOn;
        boolean ready = true;

        Peer(String peerId, HeaderExtensions ids, Client client) {
            this.client = client;
            this.endpoint = part.room.openEndpoint(peerId, "participant-" + peerId, this);
            endpoint.configure(ids);
            if (goodPaths) {
                endpoint.warmStart(new WarmStart(SendSideEstimator.MAX_BPS, 0, 0, 1, 0));
            }
            endpoint.onConnected(nowNs);
            at(nowNs, this::timer);
            at(nowNs, this::tick);
        }

        private void tick() {
            endpoint.release(nowNs);
            in(5, this::tick);
        }

        private void timer() {
            at(Math.max(endpoint.onTimer(nowNs), nowNs + MS), this::timer);
        }

        void sendRtp(byte[] packet) {
            up.send(packet, (bytes, now) -> withBuffer(bytes, buffer -> endpoint.onRtp(buffer, now)));
        }

        void sendRtcp(byte[] packet) {
            up.send(packet, (bytes, now) -> withBuffer(bytes, buffer -> endpoint.onRtcp(buffer, now)));
        }

        private void withBuffer(byte[] bytes, java.util.function.Consumer<PacketBuffer> use) {
            use.accept(PacketBuffer.copyOf(bytes));
            part.onBatch();
        }

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public PacketBuffer begin() {
            begun.clear();
            return begun;
        }

        @Override
        public void sendRtp(PacketBuffer packet, int headerLength, long now) {
            down.send(packet.toByteArray(), client::onRtp);
        }

        @Override
        public void sendRtp(PacketBuffer packet, int headerLength, PacketBuffer source, int from, int lengthBytes,
                long now) {
            packet.setLength(headerLength + lengthBytes);
            packet.putBytes(headerLength, source, from, lengthBytes);
            sendRtp(packet, headerLength, now);
        }

        @Override
        public void sendRtcp(PacketBuffer packet, long now) {
            down.send(packet.toByteArray(), client::onRtcp);
        }

        @Override
        public void onFault(RuntimeException fault, long now) {
            throw fault;
        }
    }

    static ProducerParameters camera(String trackId, String mid, String... rids) {
        List<EncodingParameters> encodings = new ArrayList<>();
        for (int i = 0; i < rids.length; i++) {
            encodings.add(new EncodingParameters(rids[i], 0, 0, i, 320 << i, 180 << i, 0));
        }
        return new ProducerParameters(trackId, MediaKind.VIDEO, TrackSource.CAMERA, mid, List.of(VP8), encodings,
                false);
    }

    static ProducerParameters microphone(String trackId, String mid) {
        return new ProducerParameters(trackId, MediaKind.AUDIO, TrackSource.MICROPHONE, mid, List.of(OPUS),
                List.of(new EncodingParameters("", 0, 0, 0, 0, 0, 0)), false);
    }

    void consume(SimViewer viewer, String trackId, boolean video, ConsumerSettings settings) {
        long ssrc = 1 + (random.nextInt() & 0x7fff_fffeL);
        long rtx = video ? ssrc + 1 : 0;
        consume(viewer, trackId, ssrc, rtx, List.of(video ? VIEWER_VP8 : VIEWER_OPUS), settings);
        viewer.expect(trackId, ssrc, rtx, video);
    }

    /** As an SDK that takes sound with copies. */
    void consumeProtected(SimViewer viewer, String trackId) {
        long ssrc = 1 + (random.nextInt() & 0x7fff_fffeL);
        consume(viewer, trackId, ssrc, 0, List.of(VIEWER_RED, VIEWER_OPUS), ConsumerSettings.DEFAULT);
        viewer.expect(trackId, ssrc, 0, false);
    }

    private void consume(SimViewer viewer, String trackId, long ssrc, long rtx, List<CodecParameters> codecs,
            ConsumerSettings settings) {
        MediaReply reply = viewer.peer.endpoint.addConsumer(new ConsumerParameters("c-" + trackId, trackId, "4", ssrc,
                rtx, "cname", codecs, settings), nowNs);
        if (!(reply instanceof MediaReply.Done)) {
            throw new AssertionError(reply.toString());
        }
    }

    <T extends MediaEvent> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("seed " + seed);
        for (Part part : parts) {
            text.append(", counters:");
            for (WorkerCounters.Counter c : WorkerCounters.Counter.values()) {
                if (part.counters.get(c) != 0) {
                    text.append(' ').append(c).append('=').append(part.counters.get(c));
                }
            }
            for (DropReason r : DropReason.values()) {
                if (part.counters.get(r) != 0) {
                    text.append(' ').append(r).append('=').append(part.counters.get(r));
                }
            }
        }
        return text.toString();
    }
}
