// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.fuzz.Allocations;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;

/** Opening redundancy, adding it anew and putting frames together allocates nothing. */
class AudioAllocationTest {
    private static final int PACKETS = 40_000;
    /** What the measuring itself and a late compilation may cost; a single object per packet would be 640 kB. */
    private static final long NEXT_TO_NOTHING_BYTES = 16_384;
    private static final CodecParameters VIEWER_OPUS = RoomFixture.codec("audio/opus", 109, -1);
    private static final CodecParameters VIEWER_RED = new CodecParameters("audio/red", 50, 48_000, 2,
            Map.of("109/109", ""), -1, false, false, false, false, true);

    private final WorkerCounters counters = new WorkerCounters();
    private final ForwardQueue queue = new ForwardQueue();
    private final Room room = new Room("room", SfuConfig.DEFAULT, counters, queue, e -> { }, new Random(1));
    private final MediaEndpoint publisher = room.openEndpoint("alice", "alice", new Sink());
    private final MediaEndpoint viewer = room.openEndpoint("bob", "bob", new Sink());
    private final PacketBuffer in = PacketBuffer.allocate();
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final byte[] mid = {'0'};
    private final byte[] frame = new byte[60];
    private int sequence = 60_000;
    private long nowNs = 1_000_000_000L;

    private static final class Sink implements PacketSink {
        private final PacketBuffer begun = PacketBuffer.allocate();

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
        public void sendRtp(PacketBuffer packet, int headerLength, long now) {}

        @Override
        public void sendRtp(PacketBuffer packet, int headerLength, PacketBuffer source, int from, int lengthBytes,
                long now) {}

        @Override
        public void sendRtcp(PacketBuffer packet, long now) {}

        @Override
        public void onFault(RuntimeException fault, long now) {
            throw fault;
        }
    }

    // One packet of RED with a copy of the one before; each tenth is lost.
    private void say() {
        sequence += sequence % 10 == 0 ? 2 : 1;
        nowNs += 20_000_000L;
        header.begin(in, false, 63, sequence & 0xffff, sequence * 960L & 0xffff_ffffL, 9);
        header.extension(RoomFixture.IDS.mid(), mid);
        header.extensionByte(RoomFixture.IDS.audioLevel(), 40);
        int length = header.finish();
        in.setLength(length + 5 + 2 * frame.length);
        in.putInt(length, 0x8000_0000 | 111 << 24 | 960 << 10 | frame.length);
        in.putByte(length + 4, 111);
        in.putBytes(length + 5, frame, 0, frame.length);
        in.putBytes(length + 5 + frame.length, frame, 0, frame.length);
        publisher.onRtp(in, nowNs);
        queue.forward(nowNs);
        viewer.release(nowNs);
    }

    private void measure(double loss, long estimateBps) {
        AudioProtection protection = viewer.audioProtection();
        long bytes = Allocations.bytes(PACKETS, NEXT_TO_NOTHING_BYTES, () -> {
            protection.update(loss, 2, estimateBps, nowNs);
            say();
        });
        assertTrue(bytes < NEXT_TO_NOTHING_BYTES, bytes + " bytes for " + PACKETS + " packets");
    }

    @Test
    void shouldAllocateNothingPerPacketOfProtectedSound() {
        frame[0] = 0x78;
        publisher.configure(RoomFixture.IDS);
        viewer.configure(RoomFixture.VIEWER_IDS);
        publisher.onConnected(nowNs);
        viewer.onConnected(nowNs);
        publisher.addProducer(RoomFixture.producer("mic", MediaKind.AUDIO, "0",
                List.of(RoomFixture.RED, RoomFixture.OPUS)), nowNs);
        viewer.addConsumer(RoomFixture.consumer("mic", 500, List.of(VIEWER_RED, VIEWER_OPUS)), nowNs);
        measure(0.2, 1_000_000);
        assertTrue(counters.get(Counter.RED_PACKETS_OUT) > PACKETS / 2, "copies");
        assertTrue(counters.get(Counter.AUDIO_RECOVERED_IN) > PACKETS / 20, "recovered");
        measure(0.2, 70_000);
        assertTrue(counters.get(Counter.REPACKETISED_OUT) > PACKETS / 10, "packets put together");
    }
}
