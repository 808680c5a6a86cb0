// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One packet of a publisher on its whole way through the node: read, understood, rewritten and encrypted for each of so
 * many viewers, who have keys of their own. Left out are the socket, decryption on the way in ({@link SrtpBenchmark})
 * and timers.
 *
 * <p>Audio is Opus, 160 bytes a packet; video is VP8, 1,200 bytes a packet, 4 packets a frame, one key frame at the
 * start. The viewers have reported, so that they are sent what a call's bulk looks like: no more mids. Keys are of
 * AES-128-GCM, the engine is the one that the node would choose.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
public class ForwardBenchmark {
    /** What a publisher sends. */
    public enum Media {
        AUDIO(MediaKind.AUDIO, new CodecParameters("audio/opus", 111, 48_000, 2, Map.of(), -1, false, false, false,
                false, true), 160, 20_000_000, 960, 1),
        VIDEO(MediaKind.VIDEO, new CodecParameters("video/VP8", 96, 90_000, 0, Map.of(), 97, true, true, true, false,
                true), 1_200, 33_333_333, 3_000, 4);

        private final MediaKind kind;
        private final CodecParameters codec;
        private final int lengthBytes;
        private final long frameNs;
        private final int frameTicks;
        private final int packetsPerFrame;

        Media(MediaKind kind, CodecParameters codec, int lengthBytes, long frameNs, int frameTicks,
                int packetsPerFrame) {
            this.kind = kind;
            this.codec = codec;
            this.lengthBytes = lengthBytes;
            this.frameNs = frameNs;
            this.frameTicks = frameTicks;
            this.packetsPerFrame = packetsPerFrame;
        }
    }

    private static final HeaderExtensions IDS = new HeaderExtensions(1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
    private static final byte[] MID = "0".getBytes(StandardCharsets.US_ASCII);
    private static final long SSRC = 7;
    private static final int WARMING_FRAMES = 200;

    @Param({"AUDIO", "VIDEO"})
    private Media media;

    @Param({"1", "10", "50"})
    private int sinks;

    private final WorkerCounters counters = new WorkerCounters();
    private final PacketBuffer packet = PacketBuffer.allocate();
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final ForwardQueue queue = new ForwardQueue();
    private final PacketBuffer begun = PacketBuffer.allocate();
    private final SrtpEngine engine = SrtpEngines.choose("auto");
    private PacketBuffer filling;
    private ProtectingSink[] viewers;
    private MediaEndpoint publisher;
    private long nowNs = 1_000_000_000L;
    private long frame;
    private int packetOfFrame;
    private int sequence;

    @Setup
    public void prepare() {
        byte[] random = new byte[media.lengthBytes];
        new Random(5).nextBytes(random);
        filling = PacketBuffer.copyOf(random);
        Room room = new Room("room", SfuConfig.DEFAULT, counters, queue, event -> { }, new Random(3));
        viewers = new ProtectingSink[sinks];
        publisher = room.openEndpoint("publisher", "publisher", new ProtectingSink(sinks));
        publisher.configure(IDS);
        publisher.onConnected(nowNs);
        require(publisher.addProducer(new ProducerParameters("track", media.kind, TrackSource.UNKNOWN, "0",
                List.of(media.codec), List.of(new EncodingParameters("", 0, 0, 0, 0, 0, 0)), false), nowNs));
        MediaEndpoint[] endpoints = new MediaEndpoint[sinks];
        for (int i = 0; i < sinks; i++) {
            viewers[i] = new ProtectingSink(i);
            endpoints[i] = room.openEndpoint("viewer" + i, "viewer" + i, viewers[i]);
            endpoints[i].configure(IDS);
            endpoints[i].onConnected(nowNs);
            long rtxSsrc = media.kind == MediaKind.VIDEO ? 2_000 + i : 0;
            require(endpoints[i].addConsumer(new ConsumerParameters("consumer", "track", "7", 1_000 + i, rtxSsrc, "cn",
                    List.of(media.codec), ConsumerSettings.DEFAULT), nowNs));
        }
        warmUp(endpoints);
    }

    private void warmUp(MediaEndpoint[] endpoints) {
        int packets = WARMING_FRAMES * media.packetsPerFrame;
        for (int i = 0; i < packets; i++) {
            forward();
        }
        for (int i = 0; i < sinks; i++) {
            report(endpoints[i], 1_000 + i);
        }
        if (counters.get(Counter.RTP_PACKETS_OUT) != (long) packets * sinks) {
            throw new IllegalStateException(counters.get(Counter.RTP_PACKETS_OUT) + " packets went out, not " + packets
                    + " to each of " + sinks);
        }
    }

    private void report(MediaEndpoint viewer, long ssrc) {
        PacketBuffer out = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(out, 1_200);
        writer.receiverReport(99);
        writer.reportBlock(ssrc, 0, 0, viewers[(int) ssrc - 1_000].lastSequence, 0, 0, 0);
        viewer.onRtcp(out, nowNs);
    }

    @TearDown
    public void tearDown() {
        for (ProtectingSink viewer : viewers) {
            viewer.close();
        }
    }

    /** One packet in, one to each viewer out. */
    @Benchmark
    public long forward() {
        writePacket();
        publisher.onRtp(packet, nowNs);
        queue.forward(nowNs);
        return counters.get(Counter.RTP_BYTES_OUT);
    }

    private void writePacket() {
        boolean last = packetOfFrame == media.packetsPerFrame - 1;
        header.begin(packet, last, media.codec.payloadType(), sequence++ & 0xffff,
                frame * media.frameTicks & 0xffff_ffffL, SSRC);
        if (frame == 0) {
            header.extension(IDS.mid(), MID);
        }
        if (media.kind == MediaKind.AUDIO) {
            header.extensionByte(IDS.audioLevel(), 0x95);
        }
        header.extensionShort(IDS.transportCc(), sequence & 0xffff);
        int length = header.finish();
        packet.setLength(media.lengthBytes);
        packet.putBytes(length, filling, length, media.lengthBytes - length);
        if (media.kind == MediaKind.VIDEO) {
            writeDescriptor(length);
        }
        packetOfFrame = last ? 0 : packetOfFrame + 1;
        nowNs += media.frameNs / media.packetsPerFrame;
        frame += last ? 1 : 0;
    }

    // RFC 7741 §4.2, with the fields that browsers send, and the first bytes of a frame (RFC 6386 §9.1).
    private void writeDescriptor(int at) {
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

    private static void require(MediaReply reply) {
        if (!(reply instanceof MediaReply.Done)) {
            throw new IllegalStateException(reply.toString());
        }
    }

    /** A viewer's transport without a socket: encrypts what it is given and throws it away. */
    private final class ProtectingSink implements PacketSink {
        private final SrtpTransform srtp;
        private int lastSequence;

        ProtectingSink(int number) {
            byte[] exported = new byte[SrtpProfile.AEAD_AES_128_GCM.exportedBytes()];
            Arrays.fill(exported, (byte) number);
            srtp = SrtpTransform.create(engine, SrtpKeyMaterial.ofExported(SrtpProfile.AEAD_AES_128_GCM, exported,
                    true), 8);
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
            lastSequence = packet.getUnsignedShort(2);
        }

        @Override
        public void sendRtcp(PacketBuffer packet, long now) {}

        @Override
        public void onFault(RuntimeException fault, long now) {
            throw fault;
        }

        void close() {
            srtp.close();
        }
    }
}
