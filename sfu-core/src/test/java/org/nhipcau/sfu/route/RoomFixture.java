// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** A room with a publisher and a viewer, packet by packet. */
final class RoomFixture {
    static final HeaderExtensions IDS = new HeaderExtensions(1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
    static final HeaderExtensions VIEWER_IDS = new HeaderExtensions(11, 0, 0, 12, 13, 14, 10, 9, 8, 0);
    static final CodecParameters VP8 = codec("video/VP8", 96, 97);
    static final CodecParameters VIEWER_VP8 = codec("video/VP8", 100, 101);
    static final CodecParameters OPUS = codec("audio/opus", 111, -1);
    static final CodecParameters RED = codec("audio/red", 63, -1);

    final WorkerCounters counters = new WorkerCounters();
    final List<MediaEvent> events = new ArrayList<>();
    final ForwardQueue queue = new ForwardQueue();
    final Room room = new Room("room", SfuConfig.DEFAULT, counters, queue, events::add, new Random(3));
    final Sink publisherSink = new Sink();
    final Sink viewerSink = new Sink();
    final MediaEndpoint publisher = room.openEndpoint("alice", "alice", publisherSink);
    final MediaEndpoint viewer = room.openEndpoint("bob", "bob", viewerSink);
    final RtpHeaderWriter header = new RtpHeaderWriter();
    long nowNs = 1_000_000_000L;

    RoomFixture() {
        publisher.configure(IDS);
        viewer.configure(VIEWER_IDS);
        publisher.onConnected(nowNs);
        viewer.onConnected(nowNs);
    }

    /** Keeps what it is given. */
    static final class Sink implements PacketSink {
        final List<byte[]> rtp = new ArrayList<>();
        final List<byte[]> rtcp = new ArrayList<>();
        private final PacketBuffer begun = PacketBuffer.allocate();
        boolean ready = true;
        RuntimeException fault;
        Runnable onSend = () -> { };
        Runnable onFault = () -> { };

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
            onSend.run();
            rtp.add(packet.toByteArray());
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
            rtcp.add(packet.toByteArray());
        }

        @Override
        public void onFault(RuntimeException newFault, long now) {
            fault = newFault;
            onFault.run();
        }

        RtpPacketFlyweight packet(int index) {
            RtpPacketFlyweight packet = new RtpPacketFlyweight();
            if (!packet.wrapPlain(PacketBuffer.copyOf(rtp.get(index)))) {
                throw new AssertionError("malformed packet sent");
            }
            return packet;
        }
    }

    static CodecParameters codec(String mime, int payloadType, int rtx) {
        boolean video = mime.startsWith("video");
        return new CodecParameters(mime, payloadType, video ? 90_000 : 48_000, video ? 0 : 2, Map.of(), rtx, true,
                video, video, false, true);
    }

    static ProducerParameters producer(String trackId, MediaKind kind, String mid, List<CodecParameters> codecs) {
        return new ProducerParameters(trackId, kind, TrackSource.UNKNOWN, mid, codecs,
                List.of(new EncodingParameters("", 0, 0, 0, 0, 0, 0)), false);
    }

    static ConsumerParameters consumer(String trackId, long ssrc, List<CodecParameters> codecs) {
        boolean rtx = codecs.getFirst().rtxPayloadType() >= 0;
        return new ConsumerParameters("c-" + trackId, trackId, "7", ssrc, rtx ? ssrc + 1 : 0, "cn", codecs,
                ConsumerSettings.DEFAULT);
    }

    /** A packet of the publisher with its mid. */
    PacketBuffer packet(int payloadType, int sequence, long timestamp, int ssrc, byte[] payload) {
        PacketBuffer out = PacketBuffer.allocate();
        header.begin(out, true, payloadType, sequence, timestamp, ssrc);
        header.extension(1, "0".getBytes(StandardCharsets.US_ASCII));
        int length = header.finish();
        out.setLength(length + payload.length);
        out.putBytes(length, payload, 0, payload.length);
        return out;
    }

    /** A VP8 frame of one packet. */
    static byte[] vp8(boolean key, int pictureId, int tl0, int temporal) {
        byte[] payload = new byte[40];
        payload[0] = (byte) 0x90;
        payload[1] = (byte) 0xe0;
        payload[2] = (byte) (0x80 | pictureId >> 8);
        payload[3] = (byte) pictureId;
        payload[4] = (byte) tl0;
        payload[5] = (byte) (temporal << 6 | (temporal > 0 ? 0x20 : 0));
        payload[6] = (byte) (key ? 0x10 : 0x11);
        payload[9] = (byte) 0x9d;
        payload[10] = 1;
        payload[11] = 0x2a;
        payload[12] = 64;
        payload[14] = 64;
        return payload;
    }

    void receive(PacketBuffer packet) {
        publisher.onRtp(packet, nowNs);
        queue.forward(nowNs);
    }
}
