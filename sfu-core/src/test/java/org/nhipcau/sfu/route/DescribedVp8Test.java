// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** VP8 as Chromium sends it: no numbers of its own, three temporal layers told by the dependency descriptor alone. */
class DescribedVp8Test {
    /** Key frame 1 with the structure of L1T3, 640x360: templates T0 key, T0, T1, T2. */
    private static final byte[] STRUCTURE = HexFormat.of().parseHex("c00001800217aaa1814d1408210c09fc059c");
    private static final byte[] KEY = HexFormat.of().parseHex("10" + "100200" + "9d012a" + "8002" + "6801" + "ff");
    private static final byte[] DELTA = HexFormat.of().parseHex("10" + "110203" + "aabbcc");
    /** By picture of a group. */
    private static final int[] TEMPLATES = {1, 3, 2, 3};
    private static final long FRAME_NS = 33_000_000L;

    private final RoomFixture f = new RoomFixture();
    private int count;

    private void share(GateParameters gate) {
        f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(RoomFixture.VP8))
                .withGate(gate), f.nowNs);
        f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(RoomFixture.VIEWER_VP8)), f.nowNs);
    }

    private PacketBuffer packet(byte[] descriptor, byte[] payload) {
        descriptor[1] = (byte) (count >> 8);
        descriptor[2] = (byte) count;
        PacketBuffer out = PacketBuffer.allocate();
        f.header.begin(out, true, 96, count, count * 3_000L, 9);
        f.header.extension(1, "0".getBytes(StandardCharsets.US_ASCII));
        f.header.extension(9, descriptor);
        int length = f.header.finish();
        out.setLength(length + payload.length);
        out.putBytes(length, payload, 0, payload.length);
        count++;
        return out;
    }

    private PacketBuffer key() {
        return packet(STRUCTURE.clone(), KEY);
    }

    private PacketBuffer delta() {
        return packet(new byte[] {(byte) (0xc0 | TEMPLATES[count % 4]), 0, 0}, DELTA);
    }

    private void send(int frames) {
        for (int i = 0; i < frames; i++) {
            f.nowNs += FRAME_NS;
            f.receive(delta());
            f.viewer.onTimer(f.nowNs);
        }
    }

    private void thinned() {
        f.viewer.updateConsumer("c-cam", new ConsumerSettings(false, 2, 0, 15, 0), f.nowNs);
        f.receive(key());
        // A second and more, so that the rates of the layers are known.
        send(59);
        f.viewer.updateConsumer("c-cam", new ConsumerSettings(false, 2, 0, 15, 0), f.nowNs);
        send(4);
        int before = f.viewerSink.rtp.size();
        long left = f.counters.get(DropReason.TEMPORAL_LAYER);
        send(40);
        assertEquals(20, f.viewerSink.rtp.size() - before, "every second picture");
        assertEquals(20, f.counters.get(DropReason.TEMPORAL_LAYER) - left);
        for (int i = before; i < f.viewerSink.rtp.size(); i++) {
            RtpPacketFlyweight out = f.viewerSink.packet(i);
            assertEquals(f.viewerSink.packet(i - 1).sequenceNumber() + 1 & 0xffff, out.sequenceNumber());
            assertFalse(TEMPLATES[(int) (out.timestamp() / 3_000 % 4)] == 3, "one of the uppermost layer");
        }
    }

    private void nack(int index) {
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_000);
        writer.nack(1, 500, new int[] {f.viewerSink.packet(index).sequenceNumber()}, 0, 1);
        f.viewer.onRtcp(report, f.nowNs);
    }

    @Test
    void shouldLeaveOutTheUppermostLayerForWhoAsksForFewPictures() {
        share(GateParameters.NONE);
        thinned();
        RtpPacketFlyweight last = f.viewerSink.packet(f.viewerSink.rtp.size() - 1);
        assertTrue(last.findExtension(8) >= 0, "a viewer that reads the descriptor needs it");
    }

    @Test
    void shouldDoSoForAViewerThatKnowsNoDescriptor() {
        f.viewer.configure(new HeaderExtensions(11, 0, 0, 12, 13, 14, 10, 9, 0, 0));
        share(GateParameters.NONE);
        thinned();
        RtpPacketFlyweight last = f.viewerSink.packet(f.viewerSink.rtp.size() - 1);
        assertEquals(-1, last.findExtension(8));
    }

    @Test
    void shouldSendAgainWhatAViewerMissedAsItWas() {
        share(GateParameters.NONE);
        thinned();
        int missed = f.viewerSink.rtp.size() - 3;
        nack(missed);
        assertEquals(1, f.counters.get(Counter.RTX_PACKETS_OUT));
        RtpPacketFlyweight again = f.viewerSink.packet(f.viewerSink.rtp.size() - 1);
        RtpPacketFlyweight first = f.viewerSink.packet(missed);
        assertEquals(101, again.payloadType());
        assertEquals(first.timestamp(), again.timestamp());
        byte[] payload = new byte[again.payloadLength() - 2];
        again.packet().getBytes(again.headerLength() + 2, payload, 0, payload.length);
        assertArrayEquals(DELTA, payload);
        assertTrue(again.findExtension(8) >= 0);
        // Reading it again must not disturb what is known of the stream.
        int before = f.viewerSink.rtp.size();
        send(8);
        assertEquals(4, f.viewerSink.rtp.size() - before);
    }

    @Test
    void shouldOpenAGateAtAKeyFrameYoungerThanTheProofAndAtNothingElse() {
        share(GateParameters.proven("policy", 5, OnViolation.HOLD));
        f.receive(key());
        send(3);
        PacketBuffer late = key();
        f.receive(delta());
        for (int i = 0; i < 2; i++) {
            f.nowNs += 250_000_000L;
            f.room.proveTrack("cam", 5, Proof.CLEAN, f.nowNs);
        }
        f.receive(late);
        send(8);
        assertEquals(0, f.viewerSink.rtp.size(), "neither a key frame that came before, nor what builds on one");
        f.receive(key());
        assertEquals(1, f.viewerSink.rtp.size());
    }
}
