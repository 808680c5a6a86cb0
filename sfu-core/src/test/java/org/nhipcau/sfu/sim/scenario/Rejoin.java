// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import java.util.Map;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.PathMeasured;
import org.nhipcau.sfu.api.PathHistory;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.route.PathRecord;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.LinkLog;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.LinkSettings.Queue;
import org.nhipcau.sfu.sim.rural.SimulatedViewer;

/**
 * Row 9 of the goal table: a link that is dead for so long that the old connection is given up, and the new one, from
 * whatever address, begins with what signaling was last told of the path.
 */
final class Rejoin {
    private static final long DIES_MS = 30_000;
    private static final long WATCHED_MS = 20_000;
    private static final long ROUND_TRIP_MS = 100;
    /** TCP, TLS 1.3, WebSocket, the join with offer and answer, an ICE check, the two of DTLS 1.2. */
    private static final long ROUND_TRIPS = 7;

    private Rejoin() {}

    /** Nothing comes through for so long. */
    static Scenario dead(int seconds) {
        return new Scenario("dead_" + seconds, 9, "1 Mbps, dead for " + seconds + " s, then a new connection after "
                + ROUND_TRIPS + " round trips; RTT " + ROUND_TRIP_MS + " ms",
                Map.of(Metric.RECOVERY_AUDIO, 1_500.0, Metric.RECOVERY_VIDEO, 2_500.0, Metric.WARM_RATE, 0.7),
                (seed, constants) -> play(seed, constants, seconds, true));
    }

    /** @param remembers signaling tells the new connection what it was told of the old one */
    static Outcome play(long seed, EstimatorSettings constants, int seconds, boolean remembers) {
        LinkSettings link = LinkSettings.of(Capacity.constant(1_000), ROUND_TRIP_MS / 2).queue(Queue.ofBytes(60_000));
        LinkSettings dies = link.outage(DIES_MS, seconds * 1_000L, true);
        Consultation call = new Consultation(seed, constants, dies, dies, true).run(DIES_MS + seconds * 1_000L);
        PathHistory learnt = remembers ? learnt(call) : PathHistory.NONE;
        call.station.transport().leave();
        call.run(ROUND_TRIPS * ROUND_TRIP_MS);
        SimulatedViewer again = new SimulatedViewer(call.room, "station-again", link, link)
                .watch(call.hospital, ConsumerSettings.DEFAULT, 0);
        again.transport().endpoint().warmStart(PathRecord.toWarmStart(learnt));
        again.connect();
        call.run(WATCHED_MS);
        return call.close(told(seed, call, again));
    }

    private static PathHistory learnt(Consultation call) {
        return call.room.events().stream().filter(event -> event instanceof PathMeasured)
                .map(event -> (PathMeasured) event).filter(event -> event.peerId().equals("station"))
                .reduce((first, last) -> last).map(PathMeasured::history).orElse(PathHistory.NONE);
    }

    private static Outcome told(long seed, Consultation call, SimulatedViewer again) {
        Outcome outcome = new Outcome(seed).watch(again, 0, WATCHED_MS, Consultation.wantedBps());
        outcome.putTime(Metric.RECOVERY_AUDIO, sinceReturnMs(again.sound().firstHeardAfterMs(0)));
        outcome.putTime(Metric.RECOVERY_VIDEO, sinceReturnMs(again.picture().firstFrameAfterMs(0)));
        LinkLog before = call.station.transport().down().log();
        LinkLog after = again.transport().down().log();
        outcome.putTime(Metric.TO_500_KBPS, Outcome.reachedAfterMs(after, 0, WATCHED_MS, 500));
        double beforeKbps = before.deliveredBytes(null, DIES_MS - 10_000, DIES_MS) * 8 / 10_000.0;
        return outcome.put(Metric.WARM_RATE, after.deliveredBytes(null, 3_000, 6_000) * 8 / 3_000.0 / beforeKbps);
    }

    private static double sinceReturnMs(double sinceConnectedMs) {
        return sinceConnectedMs < 0 ? sinceConnectedMs : ROUND_TRIPS * ROUND_TRIP_MS + sinceConnectedMs;
    }
}
