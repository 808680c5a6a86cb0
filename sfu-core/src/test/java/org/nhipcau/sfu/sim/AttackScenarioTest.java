// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;

/** What one participant can do to the others: nothing. Named after the classes of the security page. */
class AttackScenarioTest {

    @Test
    void v19KeyFrameRequestStormOfFiveHundredViewers() {
        SimCall call = new SimCall(100);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "");
        alice.start();
        List<SimViewer> viewers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            SimViewer viewer = new SimViewer(call, "viewer-" + i);
            viewer.reports = false;
            call.consume(viewer, "cam", true, ConsumerSettings.DEFAULT);
            viewers.add(viewer);
        }
        call.run(500);
        int before = alice.plis;
        for (int ms = 0; ms < 1_000; ms += 10) {
            call.in(ms, () -> viewers.forEach(v -> v.requestKeyframe("cam")));
        }
        call.run(1_100);
        assertTrue(call.counters.get(Counter.KEYFRAME_REQUESTS_RECEIVED) >= 49_000, call::toString);
        assertTrue(alice.plis - before <= 3, alice.plis - before + " " + call);
        assertTrue(alice.plis - before >= 1, call::toString);
    }

    @Test
    void v19OneNoisyViewerIsHeededEverMoreRarelyWhileOthersAreHeededAtOnce() {
        SimCall call = new SimCall(101);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "").start();
        SimViewer noisy = new SimViewer(call, "noisy");
        SimViewer quiet = new SimViewer(call, "quiet");
        call.consume(noisy, "cam", true, ConsumerSettings.DEFAULT);
        call.consume(quiet, "cam", true, ConsumerSettings.DEFAULT);
        call.run(1_000);
        int before = alice.plis;
        for (int ms = 0; ms < 20_000; ms += 10) {
            call.in(ms, () -> noisy.requestKeyframe("cam"));
        }
        call.run(20_000);
        int forNoisy = alice.plis - before;
        assertTrue(forNoisy <= 12, forNoisy + " " + call);
        call.run(1_000);
        int beforeQuiet = alice.plis;
        quiet.requestKeyframe("cam");
        call.run(100);
        assertEquals(beforeQuiet + 1, alice.plis, call::toString);
    }

    @Test
    void v20RequestsForRetransmissionAmplifyNothing() {
        SimCall call = new SimCall(102);
        new SimPublisher(call, "alice").video("cam", "0", "q", "h", "f").start();
        SimViewer bob = new SimViewer(call, "bob");
        call.consume(bob, "cam", true, ConsumerSettings.DEFAULT);
        call.run(2_000);
        long sentBefore = call.counters.get(Counter.RTP_BYTES_OUT);
        long rtxBefore = call.counters.get(Counter.RTX_BYTES_OUT);
        SimViewer.Track track = bob.tracks.get("cam");
        for (int ms = 0; ms < 5_000; ms += 5) {
            call.in(ms, () -> {
                int newest = (int) track.sequences.highest();
                for (int i = 0; i < 30; i++) {
                    nack(bob, track.ssrc, newest - 500 + i * 17, 0xffff);
                }
                nack(bob, track.ssrc + 12_345, newest, 0xffff);
            });
        }
        call.run(5_000);
        long rtx = call.counters.get(Counter.RTX_BYTES_OUT) - rtxBefore;
        long sent = call.counters.get(Counter.RTP_BYTES_OUT) - sentBefore - rtx;
        assertTrue(rtx < sent * 0.20 + 5 * 5_000 + 24_000 + 1_500, rtx + " of " + sent + " " + call);
        assertTrue(call.counters.get(DropReason.RTX_BUDGET) + call.counters.get(DropReason.RTX_TOO_LATE) > 100_000,
                call::toString);
        assertTrue(track.duplicates > 0, "nothing was sent again: the test shows nothing");
    }

    private static void nack(SimViewer viewer, long ssrc, int pid, int blp) {
        int[] sequences = new int[17];
        for (int i = 0; i < 17; i++) {
            sequences[i] = pid + i & 0xffff;
        }
        PacketBuffer out = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(out, 1_200);
        writer.nack(7, ssrc, sequences, 0, 17);
        viewer.peer.endpoint.onRtcp(out, viewer.call.nowNs());
    }

    @Test
    void v22LyingFeedbackChangesOnlyTheLiarsStream() {
        SimCall call = new SimCall(103);
        new SimPublisher(call, "alice").video("cam", "0", "q", "h", "f").start();
        SimViewer liar = new SimViewer(call, "liar");
        SimViewer honest = new SimViewer(call, "honest");
        call.consume(liar, "cam", true, ConsumerSettings.DEFAULT);
        call.consume(honest, "cam", true, ConsumerSettings.DEFAULT);
        call.run(2_000);
        long honestSsrc = honest.tracks.get("cam").ssrc;
        RtcpWriter writer = new RtcpWriter();
        for (int i = 0; i < 300; i++) {
            int round = i;
            call.in(i * 10L, () -> {
                PacketBuffer out = PacketBuffer.allocate();
                writer.begin(out, 1_200);
                writer.receiverReport(7);
                writer.reportBlock(honestSsrc, 255, 0x7f_ffff, 0xffff_ffffL, 0xffff_ffffL, 1, 0xffff_ffffL);
                writer.reportBlock(liar.tracks.get("cam").ssrc, 255, 0x7f_ffff, 0xffff_ffffL, -1, 5, 7);
                writer.remb(7, round % 2 == 0 ? 0 : Long.MAX_VALUE / 4, new long[] {honestSsrc}, 1);
                writer.transportFeedback(7, 1, round, 60_000 + round, new long[] {round, 1L << 40}, 0, 2);
                writer.dlrr(7, 1, 5, 5);
                liar.peer.endpoint.onRtcp(out, call.nowNs());
            });
        }
        call.run(4_000);
        SimViewer.Verdict verdict = honest.play("cam", 0);
        assertEquals(List.of(), verdict.faults, call::toString);
        assertEquals(0, verdict.undecodable, call::toString);
        assertEquals(Set.of(2), honest.tracks.get("cam").layersSince(call.nowNs() - 3_000 * SimCall.MS));
    }

    @Test
    void v21RandomBytesInRtcpHurtNobody() {
        SimCall call = new SimCall(104);
        new SimPublisher(call, "alice").video("cam", "0", "q", "h").start();
        SimViewer bob = new SimViewer(call, "bob");
        call.consume(bob, "cam", true, ConsumerSettings.DEFAULT);
        call.run(1_000);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[4 + call.random.nextInt(40)];
            call.random.nextBytes(bytes);
            bytes[0] = (byte) (0x80 | bytes[0] & 0x3f);
            bytes[1] = (byte) (200 + call.random.nextInt(8));
            bytes[2] = 0;
            bytes[3] = (byte) (bytes.length / 4 - 1 + (i % 10 == 0 ? 1 : 0));
            if (bytes.length >= 12 && i % 2 == 0) {
                PacketBuffer b = PacketBuffer.copyOf(bytes);
                b.putInt(8, (int) bob.tracks.get("cam").ssrc);
                bytes = b.toByteArray();
            }
            bob.peer.endpoint.onRtcp(PacketBuffer.copyOf(bytes), call.nowNs());
        }
        call.run(3_000);
        assertTrue(call.counters.get(DropReason.RTCP_MALFORMED) > 100, call::toString);
        assertEquals(List.of(), bob.play("cam", 0).faults, call::toString);
    }

    @Test
    void v18EqualSsrcsOfTwoPeersAreTwoStreams() {
        SimCall call = new SimCall(105);
        SimPublisher alice = new SimPublisher(call, "alice").video("a", "0", "");
        SimPublisher mallory = new SimPublisher(call, "mallory").video("m", "0", "");
        mallory.layers.getFirst().ssrc = alice.layers.getFirst().ssrc;
        mallory.layers.getFirst().rtxSsrc = alice.layers.getFirst().rtxSsrc;
        alice.start();
        mallory.start();
        SimViewer bob = new SimViewer(call, "bob");
        call.consume(bob, "a", true, ConsumerSettings.DEFAULT);
        call.consume(bob, "m", true, ConsumerSettings.DEFAULT);
        call.run(3_000);
        for (String track : List.of("a", "m")) {
            SimViewer.Verdict verdict = bob.play(track, 0);
            assertEquals(List.of(), verdict.faults, call::toString);
            assertEquals(0, verdict.undecodable + verdict.missing, call::toString);
            assertTrue(verdict.frames > 80, call::toString);
        }
    }

    @Test
    void v18NobodySendsInAnothersName() {
        SimCall call = new SimCall(106);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "q", "h").start();
        SimPublisher mallory = new SimPublisher(call, "mallory").audio("mic", "1").start();
        SimViewer bob = new SimViewer(call, "bob");
        call.consume(bob, "cam", true, ConsumerSettings.DEFAULT);
        call.run(1_000);
        long unknownBefore = call.counters.get(DropReason.UNKNOWN_SSRC);
        for (int i = 0; i < 200; i++) {
            call.in(i * 10L, () -> {
                mallory.peer.sendRtp(forged(alice.layers.get(1).ssrc, 96, "0", "h"));
                mallory.peer.sendRtp(forged(alice.layers.get(1).rtxSsrc, 97, "0", "h"));
                mallory.peer.sendRtp(forged(call.random.nextInt(), 96, "0", "h"));
            });
        }
        call.run(3_000);
        SimViewer.Verdict verdict = bob.play("cam", 0);
        assertEquals(List.of(), verdict.faults, call::toString);
        assertEquals(0, verdict.undecodable + verdict.missing, call::toString);
        assertEquals(600, call.counters.get(DropReason.UNKNOWN_SSRC) - unknownBefore, call::toString);
        // The same in signaling: an SSRC that is announced twice on one peer is refused, on another peer it is its own.
        MediaReply reply = mallory.peer.endpoint.addProducer(new ProducerParameters("cam", MediaKind.VIDEO,
                TrackSource.CAMERA, "5", List.of(SimCall.VP8), List.of(new EncodingParameters("", 0, 0, 0, 0, 0, 0)),
                false), call.nowNs());
        assertEquals(MediaReply.Reason.CONFLICT, assertInstanceOf(MediaReply.Refused.class, reply).reason());
    }

    @Test
    void v17EndlessSsrcsTakeNoMemory() {
        SimCall call = new SimCall(107);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "q", "h", "f").start();
        SimViewer bob = new SimViewer(call, "bob");
        call.consume(bob, "cam", true, ConsumerSettings.DEFAULT);
        call.run(1_000);
        for (int i = 0; i < 100_000; i++) {
            byte[] packet = forged(i, 96, i % 2 == 0 ? "0" : "9", i % 4 == 0 ? "q" : "x");
            alice.peer.endpoint.onRtp(PacketBuffer.copyOf(packet), call.nowNs());
            call.home.forwarding.forward(call.nowNs());
        }
        // One of them took the low layer, for half a second at least; the rest were refused.
        assertTrue(call.counters.get(DropReason.SSRC_LIMIT) >= 24_000, call::toString);
        assertTrue(call.counters.get(DropReason.UNKNOWN_SSRC) >= 70_000, call::toString);
        call.run(2_000);
        SimViewer.Verdict verdict = bob.play("cam", 0);
        assertEquals(List.of(), verdict.faults, call::toString);
        assertTrue(verdict.frames > 80, call::toString);
    }

    private static byte[] forged(int ssrc, int payloadType, String mid, String rid) {
        RtpHeaderWriter header = new RtpHeaderWriter();
        PacketBuffer out = PacketBuffer.allocate();
        header.begin(out, true, payloadType, 7, 7, ssrc);
        header.extension(1, mid.getBytes(StandardCharsets.US_ASCII));
        header.extension(2, rid.getBytes(StandardCharsets.US_ASCII));
        int length = header.finish();
        out.setLength(length + 100);
        out.putByte(length, 0x10);
        return out.toByteArray();
    }

    @Test
    void aParticipantIsNeverSentItsOwnTracks() {
        SimCall call = new SimCall(108);
        SimPublisher alice = new SimPublisher(call, "alice").video("cam", "0", "").start();
        MediaReply reply = alice.peer.endpoint.addConsumer(new ConsumerParameters("c", "cam", "4", 9,
                0, "x", List.of(SimCall.VIEWER_VP8), ConsumerSettings.DEFAULT), call.nowNs());
        assertInstanceOf(MediaReply.Refused.class, reply);
        // Also when the producer comes later.
        assertInstanceOf(MediaReply.Done.class, alice.peer.endpoint.addConsumer(
                new ConsumerParameters("c2", "later", "5", 10, 0, "x", List.of(SimCall.VIEWER_VP8),
                        ConsumerSettings.DEFAULT), call.nowNs()));
        alice.video("later", "7", "");
        call.run(1_000);
        assertEquals(0, call.counters.get(Counter.RTP_PACKETS_OUT), call::toString);
    }
}
