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
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;

/** A viewer of many simulcast pictures, each with its sound, whose path is divided anew and anew as it wavers. */
public final class AllocationStation implements PacketSink {
    private static final HeaderExtensions IDS = new HeaderExtensions(1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
    private static final CodecParameters VP8 = new CodecParameters("video/VP8", 96, 90_000, 0, Map.of(), 97, true, true,
            true, false, true);
    private static final CodecParameters OPUS = new CodecParameters("audio/opus", 111, 48_000, 2, Map.of(), -1, true,
            false, false, false, true);
    private static final int ENCODINGS = 3;
    private static final int PACKET_BYTES = 1_100;
    private static final long FRAME_NS = 33_000_000L;

    private final ForwardQueue queue = new ForwardQueue();
    private final Room room = new Room("room", SfuConfig.DEFAULT, new WorkerCounters(), queue, event -> { },
            new Random(3));
    private final MediaEndpoint viewer = room.openEndpoint("viewer", "viewer", this);
    private final List<MediaEndpoint> publishers = new ArrayList<>();
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final PacketBuffer out = PacketBuffer.allocate();
    private final Random random = new Random(5);
    private long nowNs = 1_000_000_000L;

    /** @param tracks pictures, and as many sounds */
    public AllocationStation(int tracks) {
        viewer.configure(IDS);
        viewer.onConnected(nowNs);
        for (int i = 0; i < tracks; i++) {
            MediaEndpoint publisher = room.openEndpoint("p" + i, "p" + i, this);
            publisher.configure(IDS);
            publisher.onConnected(nowNs);
            publishers.add(publisher);
            List<EncodingParameters> encodings = new ArrayList<>();
            for (int e = 0; e < ENCODINGS; e++) {
                encodings.add(new EncodingParameters("r" + e, ssrc(i, e), 0, e, 320 << e, 180 << e, 0));
            }
            publisher.addProducer(new ProducerParameters("v" + i, MediaKind.VIDEO, TrackSource.CAMERA, "0", List.of(VP8),
                    encodings, false), nowNs);
            publisher.addProducer(new ProducerParameters("a" + i, MediaKind.AUDIO, TrackSource.MICROPHONE, "1",
                    List.of(OPUS), List.of(new EncodingParameters("", ssrc(i, 3), 0, 0, 0, 0, 0)), false), nowNs);
            viewer.addConsumer(new ConsumerParameters("v" + i, "v" + i, "2", 100 + 4L * i, 101 + 4L * i, "c",
                    List.of(VP8), ConsumerSettings.DEFAULT), nowNs);
            viewer.addConsumer(new ConsumerParameters("a" + i, "a" + i, "3", 102 + 4L * i, 0, "c", List.of(OPUS),
                    ConsumerSettings.DEFAULT), nowNs);
        }
        for (int frame = 0; frame < 90; frame++) {
            send(frame);
        }
        if (viewer.consumers().length != 2 * tracks || !viewer.consumers()[0].wanted()) {
            throw new IllegalStateException("the tracks were not taken");
        }
    }

    private static long ssrc(int track, int stream) {
        return 10_000 + 4L * track + stream;
    }

    private void send(int frame) {
        nowNs += FRAME_NS;
        for (int i = 0; i < publishers.size(); i++) {
            for (int e = 0; e < ENCODINGS; e++) {
                for (int p = 0; p < 1 << e; p++) {
                    publishers.get(i).onRtp(packet(ssrc(i, e), frame * (1 << e) + p, frame, p == 0), nowNs);
                    queue.forward(nowNs);
                }
            }
        }
    }

    private PacketBuffer packet(long ssrc, int sequence, int frame, boolean first) {
        PacketBuffer bytes = PacketBuffer.allocate();
        header.begin(bytes, true, 96, sequence, frame * 2_970L, ssrc);
        header.extension(IDS.mid(), "0".getBytes(StandardCharsets.US_ASCII));
        int at = header.finish();
        bytes.setLength(PACKET_BYTES);
        int temporal = frame % 4 == 0 ? 0 : frame % 2 == 0 ? 1 : 2;
        long descriptor = (first ? 0x90e0L : 0x80e0L) << 48 | (0x8000L | frame) << 32 | (frame / 4 & 0xffL) << 24
                | (long) temporal << 22 | (frame == 0 ? 0x10L : 0x11L) << 8;
        bytes.putLong(at, descriptor);
        bytes.putLong(at + 8, 0x009d_012a_8002_e001L);
        return bytes;
    }

    /** One decision for all tracks. @return what more would be of use, in bits per second */
    public long allocate() {
        // All packets stay as old as they are: time would make every layer seem to have stopped.
        long estimateBps = 500_000 + random.nextInt(20_000_000);
        room.allocator.allocate(viewer.budget(), viewer.consumers(), estimateBps, true, nowNs);
        return viewer.budget().wantedBps();
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public PacketBuffer begin() {
        out.clear();
        return out;
    }

    @Override
    public void sendRtp(PacketBuffer begun, int headerLength, long now) {}

    @Override
    public void sendRtp(PacketBuffer begun, int headerLength, PacketBuffer source, int from, int lengthBytes, long now) {}

    @Override
    public void sendRtcp(PacketBuffer begun, long now) {}

    @Override
    public void onFault(RuntimeException fault, long now) {
        throw fault;
    }
}
