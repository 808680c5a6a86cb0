// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.bwe.WarmStart;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.pipe.PipeSlot;
import org.nhipcau.sfu.route.Crossing;
import org.nhipcau.sfu.route.ForwardQueue;
import org.nhipcau.sfu.route.MediaEndpoint;
import org.nhipcau.sfu.route.PacketSink;
import org.nhipcau.sfu.route.RemotePeer;
import org.nhipcau.sfu.route.Room;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** Forwarding sound and pictures to ten viewers, retransmissions and RTCP included, allocates nothing, on one worker or two. */
class ForwardingAllocationTest {
    private static final int VIEWERS = 10;
    private static final int WARM_UP = 30_000;
    private static final int MEASURED = 20_000;
    private static final int ROUNDS = 4;
    private static final int PROOF_STEPS = 500;

    private final PacketBuffer begun = PacketBuffer.allocate();
    private final WorkerCounters counters = new WorkerCounters();
    private final ForwardQueue queue = new ForwardQueue();
    private final Room room = new Room("room", SfuConfig.DEFAULT, counters, queue, e -> {}, new Random(1));
    private final WorkerCounters branchCounters = new WorkerCounters();
    private final ForwardQueue branchQueue = new ForwardQueue();
    private final Room branch = new Room("room", SfuConfig.DEFAULT, branchCounters, branchQueue, e -> {},
            new Random(2));
    private final PipePort toViewers = new PipePort(64, () -> { });
    private final PipePort toPublisher = new PipePort(64, () -> { });
    private final MediaEndpoint publisher = room.openEndpoint("alice", "alice", new Sink(VIEWERS));
    private final MediaEndpoint[] viewers = new MediaEndpoint[VIEWERS];
    private final PacketBuffer in = PacketBuffer.allocate();
    private final PacketBuffer rtcpIn = PacketBuffer.allocate();
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final RtcpWriter rtcp = new RtcpWriter();
    private final byte[] mid = "0".getBytes(StandardCharsets.US_ASCII);
    private final byte[] payload = new byte[1_000];
    private GateParameters gate = GateParameters.NONE;
    private final int[] nacked = new int[2];
    private final long[] arrivals = new long[20];
    private int sequence = 60_000;
    private final PacketBuffer soundIn = PacketBuffer.allocate();
    private final byte[] soundMid = "1".getBytes(StandardCharsets.US_ASCII);
    private int soundSequence = 65_000;
    private int transport;
    private long steps;
    private long nowNs = 1_000_000_000L;
    private final int[] lastSequence = new int[VIEWERS];
    private final int[] lastTransport = new int[VIEWERS];
    private final RtpPacketFlyweight sent = new RtpPacketFlyweight();

    /** Takes what is sent and remembers the last sequence number, so that it can be asked for. */
    private final class Sink implements PacketSink {
        private final int viewer;

        Sink(int viewer) {
            this.viewer = viewer;
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
            if (packet.getUnsignedInt(8) < 1_000) {
                lastSequence[viewer] = packet.getUnsignedShort(2);
            }
            sent.wrapPlain(packet);
            lastTransport[viewer] = HeaderExtensionReader.transportSequence(sent, SimCall.VIEWER_IDS.transportCc());
        }

        @Override
        public void sendRtp(PacketBuffer packet, int headerLength, PacketBuffer source, int from, int lengthBytes,
                long now) {
            packet.setLength(headerLength + lengthBytes);
            packet.putBytes(headerLength, source, from, lengthBytes);
            sendRtp(packet, headerLength, now);
        }

        @Override
        public void sendRtcp(PacketBuffer packet, long now) {}

        @Override
        public void onFault(RuntimeException fault, long now) {
            throw fault;
        }
    }

    @Test
    void shouldAllocateNothingPerPacket() {
        forwardTo(VIEWERS);
        assertEquals(0, counters.get(Counter.PIPED_PACKETS));
    }

    @Test
    void shouldAllocateNothingPerPacketThatCrossesToAnotherWorker() {
        forwardTo(VIEWERS / 2);
        assertEquals(2 * steps, counters.get(Counter.PIPED_PACKETS), 4);
        assertEquals(0, counters.get(DropReason.PIPE_FULL));
        assertTrue(branchCounters.get(Counter.RTX_PACKETS_OUT) > 100);
    }

    @Test
    void shouldAllocateNothingPerPacketOfATrackUnderAFacePolicyNorPerProof() {
        gate = GateParameters.proven("policy", 1, GateParameters.OnViolation.HOLD);
        forwardTo(VIEWERS / 2);
        assertEquals(0, count(Counter.FORBIDDEN_PACKETS));
        assertEquals(0, counters.get(DropReason.GATE_SHUT) + branchCounters.get(DropReason.GATE_SHUT));
    }

    private void prove() {
        room.proveTrack("cam", 1, Proof.CLEAN, nowNs);
    }

    private void forwardTo(int near) {
        publisher.configure(SimCall.PUBLISHER_IDS);
        publisher.addProducer(SimCall.camera("cam", "0", "q").withGate(gate), nowNs);
        publisher.addProducer(SimCall.microphone("mic", "1"), nowNs);
        publisher.onConnected(nowNs);
        for (int i = 0; i < VIEWERS; i++) {
            viewers[i] = (i < near ? room : branch).openEndpoint("v" + i, "v" + i, new Sink(i));
            viewers[i].configure(SimCall.VIEWER_IDS);
            viewers[i].warmStart(new WarmStart(SendSideEstimator.MAX_BPS, 0, 0, 1, 0));
            viewers[i].onConnected(nowNs);
            viewers[i].addConsumer(new ConsumerParameters("c", "cam", "3", 10 + i, 5_000 + i, "x",
                    List.of(SimCall.VIEWER_VP8), ConsumerSettings.DEFAULT), nowNs);
            viewers[i].addConsumer(new ConsumerParameters("a", "mic", "4", 2_000 + i, 0, "x",
                    List.of(SimCall.VIEWER_OPUS), ConsumerSettings.DEFAULT), nowNs);
        }
        if (near < VIEWERS) {
            branch.mirror(new RemotePeer("alice", "alice", SimCall.PUBLISHER_IDS,
                    List.of(SimCall.camera("cam", "0", "q").withGate(gate), SimCall.microphone("mic", "1"))),
                    toPublisher, toViewers, nowNs);
        }
        exchange();
        if (gate != GateParameters.NONE) {
            prove();
            nowNs += PROOF_STEPS * 1_000_000L;
            prove();
            exchange();
        }
        for (int i = 0; i < WARM_UP; i++) {
            step(i);
        }
        long outBefore = count(Counter.RTP_PACKETS_OUT);
        long rtxBefore = count(Counter.RTX_PACKETS_OUT);
        long rtcpBefore = count(Counter.RTCP_PACKETS_OUT);
        // The least of several rounds: a late compilation may cost some bytes in one of them, a packet would in each.
        long bytes = measure();
        for (int round = 1; round < ROUNDS && bytes > 0; round++) {
            bytes = Math.min(bytes, measure());
        }
        long out = count(Counter.RTP_PACKETS_OUT) - outBefore;
        long rtx = count(Counter.RTX_PACKETS_OUT) - rtxBefore;
        System.out.println(bytes + " bytes per " + MEASURED + " steps; " + out + " packets sent, of them " + rtx
                + " retransmissions");
        assertTrue(out >= 2 * MEASURED * VIEWERS, out + " sent");
        assertTrue(rtx > 100, rtx + " retransmissions");
        assertTrue(count(Counter.RTCP_PACKETS_OUT) - rtcpBefore > 100, "reports");
        assertEquals(0, bytes);
    }

    private long measure() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 1; i <= MEASURED; i++) {
            step(i);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private long count(Counter counter) {
        return counters.get(counter) + branchCounters.get(counter);
    }

    // What both workers do at the end of a batch.
    private void exchange() {
        toViewers.publish();
        queue.forward(nowNs);
        for (PipeSlot slot = toViewers.poll(); slot != null; slot = toViewers.poll()) {
            Crossing crossing = (Crossing) slot.target;
            switch (slot.kind) {
                case PACKET -> assertNull(crossing.onPacket(slot, nowNs));
                case GATE -> crossing.onGate(slot, nowNs);
                case RESTING -> crossing.onResting(slot);
                default -> crossing.onReport(slot);
            }
        }
        branchQueue.forward(nowNs);
        toViewers.release();
        toPublisher.publish();
        for (PipeSlot slot = toPublisher.poll(); slot != null; slot = toPublisher.poll()) {
            Crossing crossing = (Crossing) slot.target;
            if (slot.kind == PipeSlot.Kind.WANTED) {
                room.onWanted(crossing, slot.quality, nowNs);
            } else {
                crossing.onKeyframeWanted(slot, nowNs);
            }
        }
        toPublisher.release();
    }

    private void step(int i) {
        nowNs += 1_000_000L;
        if (gate != GateParameters.NONE && i % PROOF_STEPS == 0) {
            prove();
        }
        boolean key = i == 0;
        header.begin(in, true, 96, sequence, sequence * 3_000L, 77);
        sequence += i % 50 == 49 ? 2 : 1;
        header.extension(SimCall.PUBLISHER_IDS.mid(), mid);
        header.extensionShort(SimCall.PUBLISHER_IDS.transportCc(), transport++);
        int length = header.finish();
        payload[0] = (byte) 0x90;
        payload[1] = (byte) 0xe0;
        payload[2] = (byte) (0x80 | sequence >> 8 & 0x7f);
        payload[3] = (byte) sequence;
        payload[4] = (byte) sequence;
        payload[5] = 0;
        payload[6] = (byte) (key ? 0x10 : 0x11);
        payload[9] = (byte) 0x9d;
        payload[10] = 1;
        payload[11] = 0x2a;
        in.setLength(length + payload.length);
        in.putBytes(length, payload, 0, payload.length);
        publisher.onRtp(in, nowNs);
        writeSound();
        publisher.onRtp(soundIn, nowNs);
        exchange();
        steps++;
        publisher.onTimer(nowNs);
        MediaEndpoint viewer = viewers[i / 20 % VIEWERS];
        viewer.onTimer(nowNs);
        if (i % 20 == 0) {
            int last = lastSequence[i / 20 % VIEWERS];
            nacked[0] = last - 1;
            nacked[1] = last;
            rtcp.begin(rtcpIn, 1_200);
            rtcp.receiverReport(9);
            rtcp.reportBlock(10 + i / 20 % VIEWERS, 3, 1, last, 5, 0, 0);
            rtcp.nack(9, 10 + i / 20 % VIEWERS, nacked, 0, 2);
            for (int k = 0; k < arrivals.length; k++) {
                arrivals[k] = nowNs / 1_000 + (k - arrivals.length) * 1_000L;
            }
            int base = lastTransport[i / 20 % VIEWERS] - arrivals.length + 1;
            rtcp.transportFeedback(9, 1, 1, base, arrivals, 0, arrivals.length);
            viewer.onRtcp(rtcpIn, nowNs);
        }
    }

    private void writeSound() {
        header.begin(soundIn, false, 111, ++soundSequence & 0xffff, soundSequence * 960L & 0xffff_ffffL, 78);
        header.extension(SimCall.PUBLISHER_IDS.mid(), soundMid);
        header.extensionByte(SimCall.PUBLISHER_IDS.audioLevel(), 0x95);
        header.extensionShort(SimCall.PUBLISHER_IDS.transportCc(), transport++);
        int length = header.finish();
        soundIn.setLength(length + 120);
        soundIn.putBytes(length, payload, 0, 120);
    }
}
