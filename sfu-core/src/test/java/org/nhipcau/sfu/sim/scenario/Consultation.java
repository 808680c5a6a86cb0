// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.rural.CameraSettings;
import org.nhipcau.sfu.sim.rural.SimulatedPublisher;
import org.nhipcau.sfu.sim.rural.SimulatedRoom;
import org.nhipcau.sfu.sim.rural.SimulatedTransport;
import org.nhipcau.sfu.sim.rural.SimulatedViewer;

/**
 * A hospital on a good link and one commune station that watches it over the link under test: what most scenarios need.
 *
 * <p>Thread: one.
 */
final class Consultation {
    /** The hospital is in the room before the station. */
    private static final long HEAD_START_MS = 2_000;

    final SimulatedRoom room;
    final SimulatedPublisher hospital;
    final SimulatedViewer station;

    /** @param down of the station, whose other direction has room to spare @param talksOn the hospital never pauses */
    Consultation(long seed, EstimatorSettings constants, LinkSettings down, boolean talksOn) {
        this(seed, constants, LinkSettings.of(Capacity.constant(10_000), down.delayNs() / 1_000_000), down, talksOn);
    }

    Consultation(long seed, EstimatorSettings constants, LinkSettings up, LinkSettings down, boolean talksOn) {
        room = new SimulatedRoom(seed, constants);
        hospital = new SimulatedPublisher(room, "hospital", CameraSettings.FOUR_LAYERS, talksOn, good(), good());
        room.run(HEAD_START_MS);
        station = new SimulatedViewer(room, "station", up, down).watch(hospital, ConsumerSettings.DEFAULT, 0).connect();
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
