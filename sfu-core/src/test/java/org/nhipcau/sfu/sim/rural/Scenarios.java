// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nhipcau.sfu.sim.link.LinkProfile;
import org.nhipcau.sfu.sim.link.LinkSettings;

/** The links of the goal table, in its order. */
public final class Scenarios {
    private Scenarios() {}

    /** All of them; those over measured links only where the directory of traces is named. */
    public static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        all.add(cut());
        return all;
    }

    /** Row 1 and 2: 2 Mbit/s fall to 150 kbit/s for half a minute, with a queue of 60 kB. */
    static Scenario cut() {
        return new Scenario("cut_2000_150", 1, "2 Mbps, 150 kbps from 30 to 60 s, 2 Mbps; queue 60 kB, RTT 100 ms",
                Map.of(Metric.AUDIO_CONCEALED, 2.0, Metric.UTILISATION, 0.9, Metric.QUEUE_P95, 60.0,
                        Metric.TO_500_KBPS, 1_000.0, Metric.TO_1000_KBPS, 2_000.0, Metric.RECOVERY_LAYER, 3_000.0),
                Scenarios::runCut);
    }

    private static Outcome runCut(long seed) {
        LinkSettings down = LinkSettings.of(LinkProfile.synthetic("cut_2000_150").down(), 50)
                .queue(LinkSettings.Queue.ofBytes(60_000));
        Consultation call = new Consultation(seed, down, true).run(90_000);
        SimulatedViewer station = call.station;
        Outcome outcome = new Outcome(seed).watch(station, 33_000, 60_000, Consultation.wantedBps());
        outcome.put(Metric.AUDIO_CONCEALED, station.sound().concealedPercent(30_000, 60_000));
        outcome.put(Metric.AUDIO_STALL, station.sound().longestStallMs(30_000, 33_000));
        outcome.putTime(Metric.TO_500_KBPS, Outcome.reachedAfterMs(station.transport().down().log(), 60_000, 90_000,
                500));
        outcome.putTime(Metric.TO_1000_KBPS, Outcome.reachedAfterMs(station.transport().down().log(), 60_000, 90_000,
                1_000));
        outcome.putTime(Metric.RECOVERY_LAYER, station.picture().layerAfterMs(60_000, 3));
        return call.close(outcome);
    }
}
