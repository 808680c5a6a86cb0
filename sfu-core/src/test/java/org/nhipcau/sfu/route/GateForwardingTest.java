// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.Pacer;
import org.nhipcau.sfu.gate.PrivacyGate;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtcp.RtcpWriter;

/** What a face policy lets through to whom, way by way. C1, C8. */
class GateForwardingTest extends GateFixture {
    @Test
    void shouldSendTheClearedEverythingAndTheRestrictedNothingBeforeProof() {
        send(true);
        send(false);
        assertEquals(2, doctorSink.rtp.size());
        assertEquals(0, trainee());
        assertEquals(2, f.counters.get(DropReason.GATE_SHUT));
        assertEquals(List.of("cam 5 UNPROVEN POLICY"), changes());
        assertEquals(1, f.counters.gatedTracks(GateState.UNPROVEN));
    }

    @Test
    void shouldOpenWithTheNextKeyFrameAfterTheProof() {
        send(true);
        prove();
        send(false);
        assertEquals(0, trainee());
        send(true);
        send(false);
        assertEquals(2, trainee());
        assertEquals(List.of("cam 5 UNPROVEN POLICY", "cam 5 PROVEN PROOF"), changes());
        assertEquals(0, f.counters.gatedTracks(GateState.UNPROVEN));
        assertEquals(1, f.counters.gatedTracks(GateState.PROVEN));
    }

    @Test
    void shouldAskForAKeyFrameAsSoonAsItIsProven() {
        send(true);
        f.nowNs += 1_000 * MS;
        f.publisherSink.rtcp.clear();
        prove();
        assertEquals(1, f.publisherSink.rtcp.size());
    }

    @Test
    void shouldNotBeginWithAKeyFrameThatWasUnderWayWhenItWasProven() {
        send(true);
        PacketBuffer begins = packet(CAMERA, true);
        send(false);
        prove();
        f.receive(begins);
        send(false);
        assertEquals(0, trainee());
        assertEquals(4, doctorSink.rtp.size());
        send(true);
        assertEquals(1, trainee());
    }

    @Test
    void shouldCutToTheNanosecondWithoutAnyTimer() {
        prove();
        send(true);
        f.nowNs += PrivacyGate.LEASE_NS - 1;
        send(false);
        assertEquals(2, trainee());
        f.nowNs += 1;
        send(false);
        send(true);
        assertEquals(2, trainee());
        assertEquals(4, doctorSink.rtp.size());
        f.room.onTimer(f.nowNs);
        assertEquals("cam 5 UNPROVEN SILENT", changes().getLast());
        assertEquals(1, f.counters.cuts(GateReason.SILENT));
    }

    @Test
    void shouldTellOfTheCutWhenTheLeaseRunsOutAndNotLater() {
        prove();
        long due = f.room.onTimer(f.nowNs);
        while (due < f.nowNs + PrivacyGate.LEASE_NS) {
            assertEquals("cam 5 PROVEN PROOF", changes().getLast());
            due = f.room.onTimer(due);
        }
        assertEquals(f.nowNs + PrivacyGate.LEASE_NS, due);
        f.room.onTimer(due);
        assertEquals("cam 5 UNPROVEN SILENT", changes().getLast());
    }

    @Test
    void shouldSendNothingAgainWhileShutNorWhatWasSentBeforeTheCut() {
        prove();
        send(true);
        send(false);
        f.nowNs += 100 * MS;
        nack(f.viewer, f.viewerSink, 0);
        assertEquals(1, f.counters.get(Counter.RTX_PACKETS_OUT));
        assertEquals(3, trainee());
        done(f.room.proveTrack("cam", 5, Proof.STALE, f.nowNs));
        nack(f.viewer, f.viewerSink, 1);
        assertEquals(3, trainee());
        prove();
        send(true);
        assertEquals(4, trainee());
        nack(f.viewer, f.viewerSink, 1);
        assertEquals(4, trainee(), "it is still kept, for the doctor");
        nack(doctor, doctorSink, 1);
        assertEquals(4, doctorSink.rtp.size());
        assertEquals(0, f.counters.get(Counter.FORBIDDEN_PACKETS));
    }

    @Test
    void shouldWipeWhatIsKeptOnAViolationAndOnAnotherPolicy() {
        Encoding encoding = f.room.producer("cam").encodings()[0];
        prove();
        send(true);
        assertNotNull(f.room.kept.load(encoding, encoding.stream().newest(), f.nowNs));
        done(f.room.proveTrack("cam", 5, Proof.DEAD, f.nowNs));
        assertNull(f.room.kept.load(encoding, encoding.stream().newest(), f.nowNs));
        assertFalse(encoding.keyFrame().known());
        send(true);
        assertNotNull(f.room.kept.load(encoding, encoding.stream().newest(), f.nowNs));
        done(f.room.setGate("cam", GateParameters.proven("next", 6, OnViolation.LATCH), f.nowNs));
        assertNull(f.room.kept.load(encoding, encoding.stream().newest(), f.nowNs));
        assertEquals(1, f.counters.cuts(GateReason.DEAD));
    }

    @Test
    void shouldCutAtOnceWhenThePolicyIsTightenedAndOpenForAllWhenItIsLifted() {
        done(f.room.setGate("cam", new GateParameters(GateAccess.ALL, "", 6, OnViolation.HOLD, ""), f.nowNs));
        send(true);
        assertEquals(1, trainee());
        assertEquals(0, f.counters.gatedTracks(GateState.UNPROVEN));
        done(f.room.setGate("cam", GateParameters.proven("policy", 7, OnViolation.HOLD), f.nowNs));
        send(false);
        send(true);
        assertEquals(1, trainee());
        assertEquals(3, doctorSink.rtp.size());
        assertEquals(1, f.counters.gatedTracks(GateState.UNPROVEN));
    }

    @Test
    void shouldFollowAChangeOfClearanceOnRunningMedia() {
        send(true);
        done(f.viewer.setClearance("alice", true, f.nowNs));
        send(true);
        send(false);
        assertEquals(2, trainee());
        done(f.viewer.setClearance("alice", false, f.nowNs));
        send(false);
        send(true);
        nack(f.viewer, f.viewerSink, 1);
        assertEquals(2, trainee());
        done(f.viewer.setClearance("somebody else", true, f.nowNs));
        send(true);
        assertEquals(2, trainee());
    }

    @Test
    void shouldBeginWithAKeyFrameWhenAClearanceEndsWhileProven() {
        done(f.viewer.setClearance("alice", true, f.nowNs));
        prove();
        send(true);
        done(f.viewer.setClearance("alice", false, f.nowNs));
        send(false);
        assertEquals(1, trainee());
        send(true);
        assertEquals(2, trainee());
    }

    private void narrow() {
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_000);
        writer.remb(1, 200_000, new long[] {500}, 1);
        f.viewer.onRtcp(report, f.nowNs);
        f.viewer.onTimer(f.nowNs);
        f.viewer.release(f.nowNs);
    }

    private void sendLargePicture() {
        long timestamp = sequence * 3_000L;
        for (int i = 0; i < 20; i++) {
            byte[] payload = Arrays.copyOf(RoomFixture.vp8(true, sequence & 0x7fff, sequence & 0xff, 0), 960);
            if (i > 0) {
                payload[0] &= (byte) ~0x10;
            }
            f.publisher.onRtp(f.packet(96, sequence++ & 0xffff, timestamp, CAMERA, payload), f.nowNs);
        }
        f.queue.forward(f.nowNs);
    }

    @Test
    void shouldThrowAwayWhatWaitsToBeSentWhenTheViewerIsRestricted() {
        done(f.viewer.setClearance("alice", true, f.nowNs));
        narrow();
        sendLargePicture();
        assertTrue(f.room.pool.inUse() > 10);
        int before = trainee();
        done(f.viewer.setClearance("alice", false, f.nowNs));
        assertEquals(0, f.room.pool.inUse());
        for (int i = 0; i < 100; i++) {
            f.nowNs += 5 * MS;
            f.viewer.release(f.nowNs);
        }
        assertEquals(before, trainee());
    }

    @Test
    void shouldSendNothingThatWaitedUntilTheLeaseRanOut() {
        prove();
        narrow();
        sendLargePicture();
        assertTrue(f.room.pool.inUse() > 10);
        int before = trainee();
        f.nowNs += PrivacyGate.LEASE_NS;
        f.viewer.release(f.nowNs);
        assertEquals(before, trainee());
        assertEquals(0, f.counters.get(Counter.FORBIDDEN_PACKETS), "held before the last check");
    }

    @Test
    void shouldFillNoProbeInAStreamThatIsShut() {
        prove();
        send(true);
        Consumer consumer = f.viewer.consumers()[0];
        assertTrue(consumer.takesFiller(f.nowNs));
        assertFalse(consumer.takesFiller(f.nowNs + PrivacyGate.LEASE_NS));
        f.room.proveTrack("cam", 5, Proof.OFF, f.nowNs);
        assertFalse(consumer.takesFiller(f.nowNs));
        assertFalse(consumer.wanted());
    }

    @Test
    void shouldHoldAndCountAtTheWayOutWhatShouldNeverComeThere() {
        Consumer consumer = f.viewer.consumers()[0];
        send(true);
        PacketBuffer forged = f.viewer.sink().begin();
        f.room.tools.header.begin(forged, true, 100, 1, 1, 500);
        int length = f.room.tools.header.finish();
        forged.setLength(length + 4);
        f.room.tools.transportCcAt = -1;
        f.viewer.outlet().send(Pacer.Rank.VIDEO, forged, length, f.nowNs);
        assertEquals(0, trainee());
        assertEquals(1, f.counters.get(Counter.FORBIDDEN_PACKETS));
        prove();
        f.viewer.outlet().send(Pacer.Rank.VIDEO, forged, length, f.nowNs);
        assertEquals(1, trainee());
        f.viewer.outlet().send(Pacer.Rank.VIDEO, forged, length, f.nowNs + PrivacyGate.LEASE_NS);
        f.room.tools.header.begin(forged, true, 100, 1, 1, 777);
        forged.setLength(f.room.tools.header.finish());
        f.viewer.outlet().send(Pacer.Rank.VIDEO, forged, length, f.nowNs);
        assertEquals(1, trainee(), "nor what belongs to no track");
        assertEquals(3, f.counters.get(Counter.FORBIDDEN_PACKETS));
        assertEquals(3, f.counters.get(DropReason.FORBIDDEN));
        assertTrue(consumer.gate().shut(f.nowNs + PrivacyGate.LEASE_NS));
    }
}
