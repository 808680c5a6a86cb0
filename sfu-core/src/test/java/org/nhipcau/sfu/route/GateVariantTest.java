// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaEvent.GateChanged;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.pipe.PipeSlot;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** Variants of one camera, what makes proof void, what commands are refused, and another worker. C1, C8. */
class GateVariantTest extends GateFixture {
    private static final int VARIANT = 19;

    private void publishVariant() {
        done(f.room.setGate("cam", GateParameters.clearVariant("policy", 6, "covered"), f.nowNs));
        done(f.publisher.addProducer(RoomFixture.producer("covered", MediaKind.VIDEO, "1", List.of(RoomFixture.VP8))
                .withGate(GateParameters.proven("policy", 1, OnViolation.HOLD)), f.nowNs));
    }

    private void sendVariant(boolean key) {
        int number = sequence++;
        PacketBuffer out = PacketBuffer.allocate();
        byte[] payload = RoomFixture.vp8(key, number & 0x7fff, number & 0xff, 0);
        payload[30] = 'v';
        f.header.begin(out, true, 96, number & 0xffff, number * 3_000L, VARIANT);
        f.header.extension(1, "1".getBytes(StandardCharsets.US_ASCII));
        int length = f.header.finish();
        out.setLength(length + payload.length);
        out.putBytes(length, payload, 0, payload.length);
        f.receive(out);
    }

    private static String seen(RoomFixture.Sink sink) {
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < sink.rtp.size(); i++) {
            RtpPacketFlyweight packet = sink.packet(i);
            seen.append(packet.packet().getByte(packet.headerLength() + 30) == 'v' ? 'v' : 'c');
        }
        return seen.toString();
    }

    private void proveVariant() {
        for (int i = 0; i < 2; i++) {
            f.nowNs += 250 * MS;
            done(f.room.proveTrack("covered", 1, Proof.CLEAN, f.nowNs));
        }
    }

    @Test
    void shouldSendEachTheVariantThatItMaySee() {
        publishVariant();
        send(true);
        sendVariant(true);
        assertEquals("", seen(f.viewerSink), "the covered variant is not proven");
        proveVariant();
        send(true);
        sendVariant(true);
        sendVariant(false);
        assertEquals("cc", seen(doctorSink));
        assertEquals("vv", seen(f.viewerSink));
        done(f.viewer.setClearance("alice", true, f.nowNs));
        sendVariant(true);
        send(false);
        send(true);
        send(false);
        assertEquals("vvcc", seen(f.viewerSink), "from the next key frame of the other");
        done(f.viewer.setClearance("alice", false, f.nowNs));
        send(true);
        nack(f.viewer, f.viewerSink, 3);
        sendVariant(false);
        sendVariant(true);
        assertEquals("vvccv", seen(f.viewerSink));
        assertEquals("cccccc".substring(0, doctorSink.rtp.size()), seen(doctorSink));
    }

    @Test
    void shouldNumberOnWhereTheOtherVariantEnded() {
        publishVariant();
        proveVariant();
        sendVariant(true);
        done(f.viewer.setClearance("alice", true, f.nowNs));
        send(true);
        assertEquals(f.viewerSink.packet(0).sequenceNumber() + 1, f.viewerSink.packet(1).sequenceNumber());
        assertTrue(f.viewerSink.packet(1).timestamp() > f.viewerSink.packet(0).timestamp());
    }

    @Test
    void shouldShowNothingWhenTheCoveredVariantGoes() {
        publishVariant();
        proveVariant();
        sendVariant(true);
        done(f.room.removeProducer("covered", f.nowNs));
        send(true);
        assertEquals("v", seen(f.viewerSink));
        assertEquals(0, f.counters.get(Counter.FORBIDDEN_PACKETS));
        done(f.room.removeProducer("cam", f.nowNs));
        assertNull(f.viewer.consumers()[0].producer());
        assertEquals(0, f.counters.gatedTracks(GateState.UNPROVEN) + f.counters.gatedTracks(GateState.PROVEN));
    }

    @Test
    void shouldNotTakeAnothersTrackForTheVariant() {
        MediaEndpoint mallory = f.room.openEndpoint("mallory", "mallory", new RoomFixture.Sink());
        mallory.configure(RoomFixture.IDS);
        done(mallory.addProducer(RoomFixture.producer("covered", MediaKind.VIDEO, "1", List.of(RoomFixture.VP8)),
                f.nowNs));
        done(f.room.setGate("cam", GateParameters.clearVariant("policy", 6, "covered"), f.nowNs));
        assertEquals("cam", f.viewer.consumers()[0].producer().trackId());
    }

    // ---- what begins anew

    @Test
    void shouldProveAnewWhenSourceShapeFormatOrMuteChange() {
        prove();
        send(true);
        f.nowNs += 600 * MS;
        f.receive(packet(CAMERA + 1, true));
        assertEquals("cam 5 UNPROVEN STREAM_CHANGED", changes().getLast());
        prove();
        byte[] turned = RoomFixture.vp8(true, 1, 1, 0);
        turned[14] = 32;
        f.receive(f.packet(96, sequence++ & 0xffff, sequence * 3_000L, CAMERA + 1, turned));
        f.receive(f.packet(96, sequence++ & 0xffff, sequence * 3_000L, CAMERA + 1, RoomFixture.vp8(true, 2, 2, 0)));
        assertEquals(List.of("cam 5 PROVEN PROOF", "cam 5 UNPROVEN STREAM_CHANGED"),
                changes().subList(changes().size() - 2, changes().size()));
        prove();
        done(f.room.muteProducer("cam", true, f.nowNs));
        assertEquals("cam 5 UNPROVEN STREAM_CHANGED", changes().getLast());
        done(f.room.muteProducer("cam", false, f.nowNs));
        prove();
        done(f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0",
                List.of(RoomFixture.codec("video/VP8", 98, 99))), f.nowNs));
        assertEquals("cam 5 UNPROVEN STREAM_CHANGED", changes().getLast());
        assertEquals(GateAccess.PROVEN, f.room.producer("cam").gate().state().parameters().access(),
                "a renegotiation without a newer policy lifts none");
        assertEquals(4, f.counters.cuts(GateReason.STREAM_CHANGED));
    }

    @Test
    void shouldHoldForSoundAsWell() {
        done(f.publisher.addProducer(RoomFixture.producer("mic", MediaKind.AUDIO, "1", List.of(RoomFixture.OPUS))
                .withGate(GateParameters.proven("policy", 1, OnViolation.HOLD)), f.nowNs));
        done(f.viewer.addConsumer(RoomFixture.consumer("mic", 600, List.of(RoomFixture.OPUS)), f.nowNs));
        sendSound(1);
        assertEquals(0, trainee());
        PacketBuffer late = sound(2);
        sendSound(3);
        for (int i = 0; i < 2; i++) {
            f.nowNs += 250 * MS;
            done(f.room.proveTrack("mic", 1, Proof.WHOLE, f.nowNs));
        }
        f.receive(late);
        assertEquals(0, trainee(), "spoken before");
        sendSound(4);
        assertEquals(1, trainee());
    }

    private PacketBuffer sound(int number) {
        PacketBuffer out = PacketBuffer.allocate();
        f.header.begin(out, false, 111, number, number * 960L, 10);
        f.header.extension(1, "1".getBytes(StandardCharsets.US_ASCII));
        out.setLength(f.header.finish() + 60);
        return out;
    }

    private void sendSound(int number) {
        f.receive(sound(number));
    }

    // ---- commands

    @Test
    void shouldRefuseWhatDoesNotFitThePolicy() {
        refused(Reason.NOT_FOUND, f.room.setGate("other", GateParameters.NONE, f.nowNs));
        refused(Reason.NOT_FOUND, f.room.proveTrack("other", 5, Proof.CLEAN, f.nowNs));
        refused(Reason.NOT_FOUND, f.room.releaseTrack("other", 5, f.nowNs));
        refused(Reason.CONFLICT, f.room.setGate("cam", GateParameters.NONE, f.nowNs));
        done(f.room.setGate("cam", GateParameters.proven("policy", 5, OnViolation.HOLD), f.nowNs));
        refused(Reason.INVALID, f.room.setGate("cam", GateParameters.proven("p", -1, OnViolation.HOLD), f.nowNs));
        refused(Reason.INVALID, f.room.setGate("cam", GateParameters.proven("p".repeat(129), 6, OnViolation.HOLD),
                f.nowNs));
        refused(Reason.INVALID, f.room.setGate("cam", GateParameters.clearVariant("p", 6, "cam"), f.nowNs));
        refused(Reason.INVALID, f.publisher.addProducer(RoomFixture.producer("next", MediaKind.VIDEO, "2",
                List.of(RoomFixture.VP8)).withGate(GateParameters.clearVariant("p", 6, "next")), f.nowNs));
        refused(Reason.CONFLICT, f.room.proveTrack("cam", 4, Proof.CLEAN, f.nowNs));
        refused(Reason.CONFLICT, f.room.releaseTrack("cam", 5, f.nowNs));
        done(f.room.setGate("cam", new GateParameters(GateAccess.ALL, "", 6, OnViolation.HOLD, ""), f.nowNs));
        refused(Reason.CONFLICT, f.room.proveTrack("cam", 6, Proof.CLEAN, f.nowNs));
        assertEquals(5, ((GateChanged) f.events.getFirst()).epoch());
    }

    // ---- another worker

    private final RoomFixture far = new RoomFixture();
    private final PipePort toViewers = new PipePort(16, () -> { });
    private final PipePort toPublisher = new PipePort(16, () -> { });

    /** A restricted viewer on another worker wants the camera. */
    private void watchFromAfar() {
        done(far.room.mirror(new RemotePeer("alice", "alice", RoomFixture.IDS,
                List.of(f.room.producer("cam").parameters())), toPublisher, toViewers, f.nowNs));
        MediaEndpoint trainee = far.room.openEndpoint("far", "far", far.viewerSink);
        trainee.configure(RoomFixture.VIEWER_IDS);
        trainee.onConnected(f.nowNs);
        done(trainee.addConsumer(RoomFixture.consumer("cam", 700, List.of(RoomFixture.VIEWER_VP8)), f.nowNs));
        toPublisher.publish();
        for (PipeSlot slot = toPublisher.poll(); slot != null; slot = toPublisher.poll()) {
            if (slot.kind == PipeSlot.Kind.WANTED) {
                f.room.onWanted((Crossing) slot.target, slot.quality, f.nowNs);
            }
        }
    }

    private void fillThePipe() {
        while (f.counters.get(DropReason.PIPE_FULL) == 0) {
            send(false);
        }
    }

    @Test
    void shouldLetNoPacketCrossBeforeTheGateIsTold() {
        watchFromAfar();
        refused(Reason.NOT_FOUND, far.room.proveTrack("cam", 5, Proof.CLEAN, f.nowNs));
        prove();
        send(true);
        fillThePipe();
        for (int i = 0; i < 10; i++) {
            done(f.room.proveTrack("cam", 5, Proof.CLEAN, f.nowNs));
        }
        done(f.room.proveTrack("cam", 5, Proof.OFF, f.nowNs));
        send(true);
        read(toViewers, far);
        int before = far.viewerSink.rtp.size();
        assertTrue(before > 0, "what was proven has crossed");
        send(true);
        read(toViewers, far);
        assertEquals(before, far.viewerSink.rtp.size());
        assertEquals(GateState.VIOLATED, far.room.producer("cam").gate().state().state());
        assertEquals(0, far.counters.get(Counter.FORBIDDEN_PACKETS));
    }

    @Test
    void shouldTellAnotherWorkerWhichPacketsBelongBeforeTheProof() {
        watchFromAfar();
        fillThePipe();
        PacketBuffer begins = packet(CAMERA, true);
        send(false);
        prove();
        read(toViewers, far);
        assertTrue(far.room.producer("cam").gate().state().open(f.nowNs));
        f.receive(begins);
        read(toViewers, far);
        assertEquals(0, far.viewerSink.rtp.size(), "what it is part of had not crossed");
        send(true);
        read(toViewers, far);
        assertEquals(1, far.viewerSink.rtp.size());
    }

    private void read(PipePort pipe, RoomFixture far) {
        pipe.publish();
        for (PipeSlot slot = pipe.poll(); slot != null; slot = pipe.poll()) {
            Crossing crossing = (Crossing) slot.target;
            switch (slot.kind) {
                case GATE -> crossing.onGate(slot, f.nowNs);
                case RESTING -> crossing.onResting(slot);
                default -> crossing.onPacket(slot, f.nowNs);
            }
            far.queue.forward(f.nowNs);
        }
        pipe.release();
    }
}
