// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.route.ForwardQueue;
import org.nhipcau.sfu.route.MediaEndpoint;
import org.nhipcau.sfu.route.PacketSink;
import org.nhipcau.sfu.route.Room;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.srtp.SrtpEngine;
import org.nhipcau.sfu.srtp.SrtpEngines;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;
import org.nhipcau.sfu.srtp.SrtpProfile;
import org.nhipcau.sfu.srtp.SrtpResult;
import org.nhipcau.sfu.srtp.SrtpTransform;

/**
 * A room with one publisher and viewers who have keys of their own, without sockets: what goes out is encrypted and
 * thrown away.
 *
 * <p>Audio is Opus, 160 bytes a packet; video is VP8, 1,200 bytes a packet, 4 packets a frame, one key frame at the
 * start. The viewers have reported, so that they are sent what a call's bulk looks like: no more mids. Keys are of
 * AES-128-GCM, the engine is the one that the node would choose.
 */
final class ForwardRoom implements AutoCloseable {
    /** What a publisher sends. */
    enum Media {
        AUDIO(MediaKind.AUDIO, new CodecParameters("audio/opus", 111, 48_000, 2, Map.of(), -1, false, false, false,
                false, true), 160, 960, 1),
        VIDEO(MediaKind.VIDEO, new CodecParameters("video/VP8", 96, 90_000, 0, Map.of(), 97, true, true, true, false,
                true), 1_200, 3_000, 4);

        private final MediaKind kind;
        private final CodecParameters codec;
        private final int lengthBytes;
        private final int frameTicks;
        private final int packetsPerFrame;

        Media(MediaKind kind, CodecParameters codec, int lengthBytes, int frameTicks, int packetsPerFrame) {
            this.kind = kind;
            this.codec = codec;
            this.lengthBytes = lengthBytes;
            this.frameTicks = frameTicks;
            this.packetsPerFrame = packetsPerFrame;
        }
    }

    private static final HeaderExtensions IDS = new HeaderExtensions(1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
    private static final int TRACK_SSRC = 7;
    private static final int VIEWER_SSRC = 1_000;
    private static final int RTX_SSRC = 5_000;
    private static final int WARMING_PACKETS = 800;
    private static final int ARRIVALS = 20;

    final WorkerCounters counters = new WorkerCounters();
    private final ForwardQueue queue = new ForwardQueue();
    private final PacketBuffer begun = PacketBuffer.allocate();
    private final PacketBuffer rtcpIn = PacketBuffer.allocate();
    private final RtcpWriter rtcp = new RtcpWriter();
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final SrtpEngine engine = SrtpEngines.choose("auto");
    private final PacketBuffer[] received = new PacketBuffer[ForwardQueue.CAPACITY];
    private final List<Track> tracks = new ArrayList<>();
    private final Viewer[] viewers;
    private final MediaEndpoint publisher;
    private final long[] arrivalsUs = new long[ARRIVALS];
    private final int[] nacked = new int[2];
    private int transportSequence;
    private int reporting;
    private long nowNs = 1_000_000_000L;

    ForwardRoom(int viewerCount, Media... media) {
        Arrays.setAll(received, i -> PacketBuffer.allocate());
        Room room = new Room("room", SfuConfig.DEFAULT, counters, queue, event -> { }, new Random(3));
        publisher = room.openEndpoint("publisher", "publisher", new Viewer(viewerCount));
        publisher.configure(IDS);
        publisher.onConnected(nowNs);
        for (Media each : media) {
            Track track = new Track(each, tracks.size());
            tracks.add(track);
            require(publisher.addProducer(new ProducerParameters(track.id, each.kind, TrackSource.UNKNOWN, track.id,
                    List.of(each.codec), List.of(new EncodingParameters("", 0, 0, 0, 0, 0, 0)), false), nowNs));
        }
        viewers = new Viewer[viewerCount];
        for (int i = 0; i < viewerCount; i++) {
            viewers[i] = new Viewer(i);
            viewers[i].join(room);
        }
        warmUp();
    }

    private void warmUp() {
        for (int i = 0; i < WARMING_PACKETS; i++) {
            for (int track = 0; track < tracks.size(); track++) {
                receive(track, 0);
                forward();
            }
        }
        long wanted = (long) WARMING_PACKETS * tracks.size() * viewers.length;
        if (counters.get(Counter.RTP_PACKETS_OUT) != wanted) {
            throw new IllegalStateException(counters.get(Counter.RTP_PACKETS_OUT) + " packets went out, not " + wanted);
        }
        for (int i = 0; i < viewers.length; i++) {
            report();
        }
    }

    /** The next packet of a track comes in. @param place where its bytes lie, another for each of a batch */
    void receive(int track, int place) {
        PacketBuffer packet = received[place];
        tracks.get(track).write(packet);
        nowNs += 1_000_000L;
        publisher.onRtp(packet, nowNs);
    }

    /** What came in goes out to all. */
    long forward() {
        queue.forward(nowNs);
        return counters.get(Counter.RTP_BYTES_OUT);
    }

    /** Timers of the publisher and of the viewer that reports next. */
    void tick() {
        publisher.onTimer(nowNs);
        viewers[reporting].endpoint.onTimer(nowNs);
    }

    /** The next viewer reports on all tracks, asks for two packets of the last, and says when packets came in. */
    void report() {
        Viewer viewer = viewers[reporting];
        reporting = (reporting + 1) % viewers.length;
        int last = tracks.size() - 1;
        rtcp.begin(rtcpIn, 1_200);
        rtcp.receiverReport(99);
        for (int i = 0; i <= last; i++) {
            rtcp.reportBlock(viewer.ssrc(i), 0, 0, viewer.lastSequence[i], 0, 0, 0);
        }
        if (tracks.get(last).media == Media.VIDEO) {
            nacked[0] = viewer.lastSequence[last] - 1 & 0xffff;
            nacked[1] = viewer.lastSequence[last];
            rtcp.nack(99, viewer.ssrc(last), nacked, 0, 2);
        }
        for (int i = 0; i < ARRIVALS; i++) {
            arrivalsUs[i] = nowNs / 1_000 + (i - ARRIVALS) * 1_000L;
        }
        rtcp.transportFeedback(99, 1, 1, viewer.lastTransport - ARRIVALS + 1 & 0xffff, arrivalsUs, 0, ARRIVALS);
        viewer.endpoint.onRtcp(rtcpIn, nowNs);
    }

    @Override
    public void close() {
        for (Viewer viewer : viewers) {
            viewer.srtp.close();
        }
    }

    private static void require(MediaReply reply) {
        if (!(reply instanceof MediaReply.Done)) {
            throw new IllegalStateException(reply.toString());
        }
    }

    /** What the publisher sends, packet by packet. */
    private final class Track {
        private final Media media;
        private final int number;
        private final String id;
        private final byte[] mid;
        private final PacketBuffer filling;
        private long frame;
        private int packetOfFrame;
        private int sequence;

        Track(Media media, int number) {
            this.media = media;
            this.number = number;
            this.id = Integer.toString(number);
            this.mid = id.getBytes(StandardCharsets.US_ASCII);
            byte[] random = new byte[media.lengthBytes];
            new Random(5).nextBytes(random);
            filling = PacketBuffer.copyOf(random);
        }

        void write(PacketBuffer packet) {
            boolean last = packetOfFrame == media.packetsPerFrame - 1;
            header.begin(packet, last, media.codec.payloadType(), sequence++ & 0xffff,
                    frame * media.frameTicks & 0xffff_ffffL, TRACK_SSRC + number);
            if (frame == 0) {
                header.extension(IDS.mid(), mid);
            }
            if (media.kind == MediaKind.AUDIO) {
                header.extensionByte(IDS.audioLevel(), 0x95);
            }
            header.extensionShort(IDS.transportCc(), transportSequence++ & 0xffff);
            int length = header.finish();
            packet.setLength(media.lengthBytes);
            packet.putBytes(length, filling, length, media.lengthBytes - length);
            if (media.kind == MediaKind.VIDEO) {
                writeDescriptor(packet, length);
            }
            packetOfFrame = last ? 0 : packetOfFrame + 1;
            frame += last ? 1 : 0;
        }

        // RFC 7741 §4.2, with the fields that browsers send, and the first bytes of a frame (RFC 6386 §9.1).
        private void writeDescriptor(PacketBuffer packet, int at) {
            packet.putByte(at, packetOfFrame == 0 ? 0x90 : 0x80);
            packet.putByte(at + 1, 0xe0);
            packet.putShort(at + 2, 0x8000 | (int) frame & 0x7fff);
            packet.putByte(at + 4, (int) frame);
            packet.putByte(at + 5, 0);
            if (packetOfFrame == 0) {
                packet.putByte(at + 6, frame == 0 ? 0x10 : 0x11);
                packet.putMedium(at + 9, 0x9d012a);
                packet.putShort(at + 12, 0x8002);
                packet.putShort(at + 14, 0xe001);
            }
        }
    }

    /** A viewer's transport without a socket: encrypts what it is given and throws it away. */
    private final class Viewer implements PacketSink {
        private final int number;
        private final SrtpTransform srtp;
        private final int[] lastSequence = new int[2];
        private int lastTransport;
        private MediaEndpoint endpoint;

        Viewer(int number) {
            this.number = number;
            byte[] exported = new byte[SrtpProfile.AEAD_AES_128_GCM.exportedBytes()];
            Arrays.fill(exported, (byte) number);
            srtp = SrtpTransform.create(engine, SrtpKeyMaterial.ofExported(SrtpProfile.AEAD_AES_128_GCM, exported,
                    true), 8);
        }

        void join(Room room) {
            endpoint = room.openEndpoint("viewer" + number, "viewer" + number, this);
            endpoint.configure(IDS);
            endpoint.onConnected(nowNs);
            for (Track track : tracks) {
                long rtxSsrc = track.media == Media.VIDEO ? RTX_SSRC + number : 0;
                require(endpoint.addConsumer(new ConsumerParameters("c" + track.id, track.id, track.id,
                        ssrc(track.number), rtxSsrc, "cn", List.of(track.media.codec), ConsumerSettings.DEFAULT), nowNs));
            }
        }

        int ssrc(int track) {
            return VIEWER_SSRC + number * 2 + track;
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
        public void sendRtp(PacketBuffer packet, int headerLength, long now) {
            finish(packet, srtp.protectRtp(packet, headerLength));
        }

        @Override
        public void sendRtp(PacketBuffer packet, int headerLength, PacketBuffer source, int from, int lengthBytes,
                long now) {
            finish(packet, srtp.protectRtp(packet, headerLength, source, from, lengthBytes));
        }

        private void finish(PacketBuffer packet, SrtpResult result) {
            if (result != SrtpResult.OK) {
                throw new IllegalStateException("a packet that cannot be encrypted");
            }
            int track = packet.getInt(8) - ssrc(0);
            if (track >= 0 && track < lastSequence.length) {
                lastSequence[track] = packet.getUnsignedShort(2);
            }
            lastTransport++;
        }

        @Override
        public void sendRtcp(PacketBuffer packet, long now) {
            if (srtp.protectRtcp(packet) != SrtpResult.OK) {
                throw new IllegalStateException("a packet that cannot be encrypted");
            }
        }

        @Override
        public void onFault(RuntimeException fault, long now) {
            throw fault;
        }
    }
}
