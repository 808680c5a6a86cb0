// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.Flow;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.VirtualLink;
import org.nhipcau.sfu.sim.rural.CameraSettings;
import org.nhipcau.sfu.sim.rural.SimulatedPublisher;
import org.nhipcau.sfu.sim.rural.SimulatedRoom;
import org.nhipcau.sfu.sim.rural.SimulatedTransport;
import org.nhipcau.sfu.sim.rural.SimulatedViewer;
import org.nhipcau.sfu.sim.rural.SimulatedViewer.Feedback;

/**
 * A hospital on a good link and one commune station that watches it over the link under test: what most scenarios need.
 *
 * <p>Thread: one.
 */
final class Consultation {
    /** The hospital is in the room before the station. */
    private static final long HEAD_START_MS = 2_000;
    private static final int SEGMENT_BYTES = 1_400;
    /** IPv4, TCP with timestamps, TLS. */
    private static final int SEGMENT_HEADER_BYTES = 20 + 32 + 22;
    /** libwebrtc's first two probes: five packets each at least. */
    private static final int FIRST_PROBES_BYTES = 12_000;
    private static final long FRAME_NS = 33_000_000L;
    /** Of its uplink, as GoogCC comes to. */
    private static final double OWN_SHARE = 0.85;

    final SimulatedRoom room;
    final SimulatedPublisher hospital;
    final SimulatedViewer station;

    /** @param down of the station, whose other direction has room to spare @param talksOn the hospital never pauses */
    Consultation(long seed, EstimatorSettings constants, LinkSettings down, boolean talksOn) {
        this(seed, constants, spare(down), down, talksOn);
    }

    /** As the first, where the hospital never pauses. @param feedback by which the station tells what came */
    Consultation(long seed, EstimatorSettings constants, Feedback feedback, LinkSettings down) {
        this(seed, constants, CameraSettings.FOUR_LAYERS, feedback, spare(down), down, true);
    }

    Consultation(long seed, EstimatorSettings constants, LinkSettings up, LinkSettings down, boolean talksOn) {
        this(seed, constants, CameraSettings.FOUR_LAYERS, up, down, talksOn);
    }

    Consultation(long seed, EstimatorSettings constants, CameraSettings camera, LinkSettings up, LinkSettings down,
            boolean talksOn) {
        this(seed, constants, camera, Feedback.TRANSPORT_WIDE, up, down, talksOn);
    }

    private Consultation(long seed, EstimatorSettings constants, CameraSettings camera, Feedback feedback,
            LinkSettings up, LinkSettings down, boolean talksOn) {
        room = new SimulatedRoom(seed, constants);
        hospital = new SimulatedPublisher(room, "hospital", camera, talksOn, good(), good());
        room.run(HEAD_START_MS);
        station = new SimulatedViewer(room, "station", feedback, up, down)
                .watch(hospital, ConsumerSettings.DEFAULT, 0).connect();
    }

    /**
     * The station shows itself too: it tells so twice, for microphone and camera, over the same links, and then its
     * camera fills most of its uplink, after two probes. When, after a browser on such a link.
     *
     * @param offerBytes of what it sends each time
     * @param answerBytes of what it gets back
     */
    Consultation sending(int offerBytes, int answerBytes) {
        long nowNs = room.clock().nowNs();
        room.clock().at(nowNs + 700_000_000L, now -> negotiate(offerBytes, answerBytes, () -> { }));
        room.clock().at(nowNs + 2_300_000_000L, now -> negotiate(offerBytes, answerBytes, () -> {
            carry(station.transport().up(), FIRST_PROBES_BYTES, () -> { });
            film(room.clock().nowNs());
        }));
        return this;
    }

    /** The station shows itself as a browser does, by what it believes of its uplink, and is watched. */
    Consultation showing(CameraSettings camera) {
        SimulatedPublisher shown = new SimulatedPublisher(room, "station-camera", camera, station.transport());
        new SimulatedViewer(room, "hospital-view", good(), good()).watch(shown, ConsumerSettings.DEFAULT, 0).connect();
        return this;
    }

    private void negotiate(int offerBytes, int answerBytes, Runnable then) {
        SimulatedTransport transport = station.transport();
        carry(transport.up(), offerBytes, () -> carry(transport.down(), answerBytes, then));
    }

    // As TCP begins: all at once, as far as ten segments go. That more of it has to wait is left out.
    private static void carry(VirtualLink link, int bytes, Runnable then) {
        for (int left = bytes; left > 0; left -= SEGMENT_BYTES) {
            boolean last = left <= SEGMENT_BYTES;
            link.send((packet, tag, now) -> {
                if (last) {
                    then.run();
                }
            }, null, Math.min(left, SEGMENT_BYTES) + SEGMENT_HEADER_BYTES, Flow.OTHER, 0);
        }
    }

    // What nobody looks at, so that its bytes are all that counts.
    private void film(long nowNs) {
        VirtualLink up = station.transport().up();
        double frames = 1e9 / FRAME_NS;
        int frameBytes = (int) (up.settings().capacity().kbpsAt(0) * 1e3 * OWN_SHARE / 8 / frames);
        up.send((packet, tag, now) -> { }, null, frameBytes, Flow.VIDEO, 0);
        room.clock().at(nowNs + FRAME_NS, this::film);
    }

    private static LinkSettings spare(LinkSettings down) {
        return LinkSettings.of(Capacity.constant(10_000), down.delayNs() / 1_000_000);
    }

    static LinkSettings good() {
        return LinkSettings.of(Capacity.constant(Capacity.UNLIMITED_KBPS), 10);
    }

    /** What the best picture and the sound take on the wire: headers of about 4 packets a frame, 50 of sound. */
    static double wantedBps() {
        int bestBps = CameraSettings.FOUR_LAYERS.bestBps();
        double pictureHeaders = 8.0 * (SimulatedTransport.RTP_OVERHEAD_BYTES + 24) * CameraSettings.FPS
                * Math.ceil(bestBps / 8.0 / CameraSettings.FPS / 1_100);
        double soundHeaders = 8.0 * (SimulatedTransport.RTP_OVERHEAD_BYTES + 24) * 50;
        return bestBps + pictureHeaders + SimulatedPublisher.AUDIO_BPS + soundHeaders;
    }

    Consultation run(long ms) {
        room.run(ms);
        return this;
    }

    /** Ends the run. */
    Outcome close(Outcome outcome) {
        outcome.ran(room.nowMs() / 1e3);
        room.close();
        return outcome;
    }
}
