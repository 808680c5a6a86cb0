// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.MediaEvent.GateChanged;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpWriter;

/** A patient's camera under a face policy, a doctor who is cleared and a trainee who is not. */
abstract class GateFixture {
    static final long MS = 1_000_000L;
    static final int CAMERA = 9;

    final RoomFixture f = new RoomFixture();
    final RoomFixture.Sink doctorSink = new RoomFixture.Sink();
    final MediaEndpoint doctor = f.room.openEndpoint("doctor", "doctor", doctorSink);
    int sequence = 65_000;

    @BeforeEach
    final void publish() {
        doctor.configure(RoomFixture.VIEWER_IDS);
        doctor.onConnected(f.nowNs);
        done(f.publisher.addProducer(RoomFixture.producer("cam", MediaKind.VIDEO, "0", List.of(RoomFixture.VP8))
                .withGate(GateParameters.proven("policy", 5, OnViolation.HOLD)), f.nowNs));
        done(f.viewer.addConsumer(RoomFixture.consumer("cam", 500, List.of(RoomFixture.VIEWER_VP8)), f.nowNs));
        done(doctor.addConsumer(new ConsumerParameters("c", "cam", "7", 500, 501, "cn",
                List.of(RoomFixture.VIEWER_VP8), ConsumerSettings.DEFAULT, true), f.nowNs));
    }

    static void done(MediaReply reply) {
        assertInstanceOf(MediaReply.Done.class, reply);
    }

    static void refused(Reason reason, MediaReply reply) {
        assertEquals(reason, assertInstanceOf(MediaReply.Refused.class, reply).reason());
    }

    void prove() {
        for (int i = 0; i < 2; i++) {
            f.nowNs += 250 * MS;
            done(f.room.proveTrack("cam", 5, Proof.CLEAN, f.nowNs));
        }
    }

    PacketBuffer packet(int ssrc, boolean key) {
        int number = sequence++;
        return f.packet(96, number & 0xffff, number * 3_000L, ssrc, RoomFixture.vp8(key, number & 0x7fff,
                number & 0xff, 0));
    }

    void send(boolean key) {
        f.receive(packet(CAMERA, key));
    }

    int trainee() {
        return f.viewerSink.rtp.size();
    }

    void nack(MediaEndpoint viewer, RoomFixture.Sink sink, int index) {
        PacketBuffer report = PacketBuffer.allocate();
        RtcpWriter writer = new RtcpWriter();
        writer.begin(report, 1_000);
        writer.nack(1, 500, new int[] {sink.packet(index).sequenceNumber()}, 0, 1);
        viewer.onRtcp(report, f.nowNs);
    }

    List<String> changes() {
        List<String> changes = new ArrayList<>();
        for (Object event : f.events) {
            if (event instanceof GateChanged changed) {
                changes.add(changed.trackId() + " " + changed.epoch() + " " + changed.state() + " " + changed.reason());
            }
        }
        return changes;
    }
}
