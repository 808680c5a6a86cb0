// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.NtpTime;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.rtp.RtxPacket;
import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;

/**
 * A client that sends VP8 in simulcast with three temporal layers, and Opus. Each video packet carries, behind its VP8
 * header, what the viewer's model needs: layer, frame number, packet number, and the frame it refers to.
 */
final class SimPublisher implements SimCall.Client {
    static final int FPS = 30;
    private static final int[] TEMPORAL = {0, 2, 1, 2};
    private static final int[] PACKETS = {1, 2, 4};

    final SimCall call;
    final SimCall.Peer peer;
    final List<Layer> layers = new ArrayList<>();
    final RtpHeaderWriter header = new RtpHeaderWriter();
    private final RtcpWriter rtcp = new RtcpWriter();
    private final RtcpReader reader = new RtcpReader();
    private int transportSequence;
    /** The client's clock is off by this. */
    final long clockSkewNs;
    int plis;
    int nackedSequences;
    int feedbackPackets;
    double speechDbov = 20;
    boolean sendsAudio;
    boolean dtx;
    /** Sender reports go on while no frames come, as browsers have it. */
    boolean reportsWhenStill;
    private int audioSsrc;
    private int audioSequence;
    private int audioTimestamp;
    String audioMid;
    int receiverReports;
    int referenceTimes;

    /** One simulcast layer. */
    final class Layer {
        final String mid;
        final String rid;
        final int index;
        int ssrc;
        int rtxSsrc;
        int sequence;
        int rtxSequence;
        int timestampOffset;
        int pictureId;
        int tl0;
        int frame;
        int sinceKey;
        int lastT0;
        int lastT1;
        boolean keyWanted = true;
        boolean active = true;
        int payloadBytes = 900;
        int keyFrames;
        int ignoreKeyRequestsUntilMs;
        boolean answersKeyRequests = true;
        final Map<Integer, byte[]> history = new HashMap<>();

        Layer(String mid, String rid, int index) {
            this.mid = mid;
            this.rid = rid;
            this.index = index;
            ssrc = call.random.nextInt();
            rtxSsrc = call.random.nextInt();
            sequence = call.random.nextInt(65_536);
            rtxSequence = call.random.nextInt(65_536);
            timestampOffset = call.random.nextInt();
            pictureId = call.random.nextInt(32_768);
            tl0 = call.random.nextInt(256);
        }

        /** The client starts the stream anew, under another SSRC. */
        void restart() {
            ssrc = call.random.nextInt();
            rtxSsrc = call.random.nextInt();
            sequence = call.random.nextInt(65_536);
            timestampOffset = call.random.nextInt();
            pictureId = call.random.nextInt(32_768);
            history.clear();
            keyWanted = true;
        }

        void sendFrame() {
            if (!active) {
                return;
            }
            boolean key = keyWanted;
            keyWanted = false;
            sinceKey = key ? 0 : sinceKey + 1;
            int temporal = TEMPORAL[sinceKey % 4];
            int reference = frame;
            frame++;
            if (temporal == 0) {
                reference = key ? 0 : lastT0;
                lastT0 = frame;
                tl0++;
            } else if (temporal == 1) {
                reference = lastT0;
                lastT1 = frame;
            } else {
                reference = sinceKey % 4 == 1 ? lastT0 : lastT1;
            }
            keyFrames += key ? 1 : 0;
            pictureId = pictureId + 1 & 0x7fff;
            boolean sync = temporal > 0 && reference == lastT0;
            int packets = PACKETS[index] + (key ? 3 : 0);
            for (int p = 0; p < packets; p++) {
                sendPacket(key, temporal, sync, reference, p, packets);
            }
        }

        private void sendPacket(boolean key, int temporal, boolean sync, int reference, int p, int packets) {
            ByteBuffer payload = ByteBuffer.allocate(payloadBytes);
            payload.put((byte) (0x80 | (temporal == 2 ? 0x20 : 0) | (p == 0 ? 0x10 : 0)));
            payload.put((byte) 0xe0);
            payload.putShort((short) (0x8000 | pictureId));
            payload.put((byte) tl0);
            payload.put((byte) (temporal << 6 | (sync ? 0x20 : 0)));
            if (p == 0) {
                payload.put(new byte[] {(byte) (key ? 0x10 : 0x11), 0, 0});
                if (key) {
                    payload.put(new byte[] {(byte) 0x9d, 1, 0x2a});
                    payload.put((byte) (320 << index)).put((byte) ((320 << index) >> 8));
                    payload.put((byte) (180 << index)).put((byte) ((180 << index) >> 8));
                }
            }
            payload.put(payloadBytes - 16, (byte) index).putInt(payloadBytes - 15, frame);
            payload.put(payloadBytes - 11, (byte) p).put(payloadBytes - 10, (byte) packets);
            payload.put(payloadBytes - 9, (byte) temporal).put(payloadBytes - 8, (byte) (key ? 1 : 0));
            payload.putInt(payloadBytes - 7, reference);
            PacketBuffer out = PacketBuffer.allocate();
            int seq = sequence++ & 0xffff;
            header.begin(out, p == packets - 1, 96, seq, timestamp(), ssrc);
            extensions(SimCall.PUBLISHER_IDS.rid());
            finish(out, payload.array());
            byte[] bytes = out.toByteArray();
            history.put(seq, bytes);
            history.remove(seq - 2_000 & 0xffff);
            peer.sendRtp(bytes);
        }

        int timestamp() {
            return timestampOffset + (int) (call.nowNs() / 1_000 * 90 / 1_000);
        }

        void extensions(int ridId) {
            header.extension(SimCall.PUBLISHER_IDS.mid(), mid.getBytes(StandardCharsets.US_ASCII));
            if (!rid.isEmpty()) {
                header.extension(ridId, rid.getBytes(StandardCharsets.US_ASCII));
            }
            header.extensionShort(SimCall.PUBLISHER_IDS.transportCc(), transportSequence++);
        }

        void resend(int seq) {
            nackedSequences++;
            byte[] bytes = history.get(seq);
            if (bytes == null) {
                return;
            }
            RtpPacketFlyweight packet = new RtpPacketFlyweight();
            packet.wrapPlain(PacketBuffer.copyOf(bytes));
            byte[] payload = new byte[packet.payloadLength() + 2];
            packet.packet().getBytes(packet.headerLength(), payload, 2, packet.payloadLength());
            payload[0] = (byte) (seq >> 8);
            payload[1] = (byte) seq;
            PacketBuffer out = PacketBuffer.allocate();
            header.begin(out, packet.marker(), 97, rtxSequence++, packet.timestamp(), rtxSsrc);
            extensions(SimCall.PUBLISHER_IDS.repairedRid());
            finish(out, payload);
            peer.sendRtp(out.toByteArray());
        }

        /** A packet of padding only, as a bandwidth probe on the media stream. */
        void sendPadding() {
            PacketBuffer out = PacketBuffer.allocate();
            header.begin(out, false, 96, sequence++, timestamp(), ssrc);
            extensions(SimCall.PUBLISHER_IDS.rid());
            int length = header.finish();
            out.setLength(length + 200);
            for (int i = 0; i < 200; i++) {
                out.putByte(length + i, 0);
            }
            out.putByte(length + 199, 200);
            out.putByte(0, out.getByte(0) | 0x20);
            peer.sendRtp(out.toByteArray());
        }
    }

    SimPublisher(SimCall call, String peerId) {
        this.call = call;
        this.clockSkewNs = call.random.nextLong(10_000_000_000L);
        this.peer = call.new Peer(peerId, SimCall.PUBLISHER_IDS, this);
    }

    /** Starts a camera. */
    SimPublisher video(String trackId, String mid, String... rids) {
        peer.endpoint.addProducer(SimCall.camera(trackId, mid, rids), call.nowNs());
        for (int i = 0; i < rids.length; i++) {
            layers.add(new Layer(mid, rids[i], i));
        }
        return this;
    }

    /** Starts a microphone. */
    SimPublisher audio(String trackId, String mid) {
        peer.endpoint.addProducer(SimCall.microphone(trackId, mid), call.nowNs());
        audioMid = mid;
        audioSsrc = call.random.nextInt();
        audioSequence = call.random.nextInt(65_536);
        sendsAudio = true;
        return this;
    }

    SimPublisher start() {
        frameTick();
        audioTick();
        reportTick();
        return this;
    }

    private void frameTick() {
        layers.forEach(Layer::sendFrame);
        call.at(call.nowNs() + 1_000_000_000L / FPS, this::frameTick);
    }

    private void audioTick() {
        audioTimestamp += dtx ? 48 * 400 : 960;
        if (sendsAudio) {
            PacketBuffer out = PacketBuffer.allocate();
            header.begin(out, false, 111, audioSequence++, audioTimestamp, audioSsrc);
            header.extension(SimCall.PUBLISHER_IDS.mid(), audioMid.getBytes(StandardCharsets.US_ASCII));
            header.extensionByte(SimCall.PUBLISHER_IDS.audioLevel(), dtx ? 127 : (int) speechDbov);
            header.extensionShort(SimCall.PUBLISHER_IDS.transportCc(), transportSequence++);
            finish(out, new byte[dtx ? 3 : 80]);
            peer.sendRtp(out.toByteArray());
        }
        call.in(dtx ? 400 : 20, this::audioTick);
    }

    private void reportTick() {
        long ntp = NtpTime.fromUnixNs(call.nowNs() + clockSkewNs);
        for (Layer layer : layers) {
            if (layer.active || reportsWhenStill) {
                sendReport(layer.ssrc, ntp, layer.timestamp());
            }
        }
        if (sendsAudio) {
            sendReport(audioSsrc, ntp, audioTimestamp);
        }
        call.in(1_000, this::reportTick);
    }

    private void sendReport(int ssrc, long ntp, int timestamp) {
        PacketBuffer out = PacketBuffer.allocate();
        rtcp.begin(out, 1_200);
        rtcp.senderReport(ssrc, ntp, timestamp, 1, 1);
        peer.sendRtcp(out.toByteArray());
    }

    private void finish(PacketBuffer out, byte[] payload) {
        int length = header.finish();
        out.setLength(length + payload.length);
        out.putBytes(length, payload, 0, payload.length);
    }

    @Override
    public void onRtp(byte[] packet, long nowNs) {
        throw new AssertionError("a publisher that consumes nothing was sent media");
    }

    @Override
    public void onRtcp(byte[] packet, long nowNs) {
        boolean wellFormed = reader.read(PacketBuffer.copyOf(packet), new RtcpHandler() {
            @Override
            public void pli(long senderSsrc, long mediaSsrc) {
                plis++;
                layers.stream().filter(l -> l.ssrc == (int) mediaSsrc && l.answersKeyRequests)
                        .forEach(l -> l.keyWanted = true);
            }

            @Override
            public void nack(long senderSsrc, long mediaSsrc, int pid, int blp) {
                for (Layer layer : layers) {
                    if (layer.ssrc == (int) mediaSsrc) {
                        layer.resend(pid);
                        for (int i = 0; i < 16; i++) {
                            if ((blp >> i & 1) != 0) {
                                layer.resend(pid + i + 1 & 0xffff);
                            }
                        }
                    }
                }
            }

            @Override
            public void transportFeedback(TransportFeedbackFlyweight feedback) {
                feedbackPackets++;
            }

            @Override
            public void receiverReport(long ssrc) {
                receiverReports++;
            }

            @Override
            public void receiverReferenceTime(long senderSsrc, long ntp) {
                referenceTimes++;
                PacketBuffer out = PacketBuffer.allocate();
                rtcp.begin(out, 1_200);
                rtcp.receiverReport(1);
                rtcp.dlrr(1, senderSsrc, NtpTime.compact(ntp), 0);
                peer.sendRtcp(out.toByteArray());
            }
        });
        if (!wellFormed) {
            throw new AssertionError("malformed RTCP to a publisher");
        }
    }

    static int transportId(RtpPacketFlyweight packet) {
        return HeaderExtensionReader.transportSequence(packet, SimCall.VIEWER_IDS.transportCc());
    }

    static RtxPacket.Result restore(RtpPacketFlyweight packet, long ssrc) {
        return RtxPacket.decapsulate(packet, SimCall.VIEWER_VP8.payloadType(), ssrc);
    }
}
