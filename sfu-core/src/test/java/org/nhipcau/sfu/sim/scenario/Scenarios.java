// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.bwe.EstimatorSettings;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.Flow;
import org.nhipcau.sfu.sim.link.LinkLog;
import org.nhipcau.sfu.sim.link.LinkProfile;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.LinkSettings.Burst;
import org.nhipcau.sfu.sim.link.LinkSettings.Queue;
import org.nhipcau.sfu.sim.link.TcpCompetitor;
import org.nhipcau.sfu.sim.rural.CameraSettings;
import org.nhipcau.sfu.sim.rural.PictureRecord;
import org.nhipcau.sfu.sim.rural.SimulatedPublisher;
import org.nhipcau.sfu.sim.rural.SimulatedRoom;
import org.nhipcau.sfu.sim.rural.SimulatedTransport;
import org.nhipcau.sfu.sim.rural.SimulatedViewer;
import org.nhipcau.sfu.sim.rural.SimulatedViewer.Feedback;
import org.nhipcau.sfu.sim.rural.SoundRecord;

/**
 * The links of the goal table, in its order. Of rows 8 and 9 what ICE and signaling do is left out, which no media plane
 * alone can show.
 *
 * <p>Times count from the moment at which the station joins; the link's profile begins then too. Over a profile that is
 * longer than {@link #TRACE_MS}, the seed chooses where in it the run begins.
 */
public final class Scenarios {
    /** A browser's report of what comes in waits so long where its own estimate is below 40 kbit/s. */
    private static final long THIN_REPORT_NS = 250_000_000L;
    private static final long TRACE_MS = 120_000;
    private static final long SETTLE_MS = 10_000;
    /** As a browser's take when compressed; without that they are ten times as long. */
    private static final int OFFER_BYTES = 2_000;
    private static final int ANSWER_BYTES = 1_300;

    private Scenarios() {}

    /** All of them; those over measured links only where the directory of traces is named. */
    public static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>(List.of(cut(), back(), cutSending(), steps()));
        for (int percent : new int[] {10, 20, 30}) {
            all.add(loss(percent));
        }
        all.addAll(List.of(burst256(), burst64(), burst64Sending(), gprs()));
        for (int seconds : new int[] {2, 5, 10}) {
            all.add(outage(seconds, false));
            all.add(outage(seconds, true));
        }
        all.addAll(List.of(Rejoin.dead(30), Rejoin.dead(60)));
        all.addAll(List.of(satellite(), competitor(), join(), joinSending()));
        for (String commune : List.of("commune_3g_edge", "commune_3g_fair", "commune_4g_fringe", "commune_4g_evening",
                "commune_handover_4g3g")) {
            all.add(trace(LinkProfile.synthetic(commune), commune.contains("4g")));
        }
        LinkProfile.measuredNames().forEach(name -> all.add(measured(name)));
        all.addAll(List.of(onePoorAmongTen(), uplink("commune_3g_edge"), uplink("commune_3g_fair"), uplinkCut(), uplink64()));
        return all;
    }

    private static Outcome watched(long seed, EstimatorSettings constants, LinkSettings down, boolean talksOn,
            long runMs, long fromMs, long toMs) {
        Consultation call = new Consultation(seed, constants, down, talksOn).run(runMs);
        return call.close(new Outcome(seed).watch(call.station, fromMs, toMs, Consultation.wantedBps()));
    }

    private static LinkSettings cutLink() {
        return LinkSettings.of(LinkProfile.synthetic("cut_2000_150").down(), 50).queue(Queue.ofBytes(60_000));
    }

    private static String named(String scenario, Feedback feedback) {
        return feedback == Feedback.CONGESTION ? scenario + "_rfc8888" : scenario;
    }

    /** Row 1: 2 Mbit/s fall to 150 kbit/s for half a minute. */
    static Scenario cut() {
        return cut(Feedback.TRANSPORT_WIDE);
    }

    static Scenario cut(Feedback feedback) {
        return new Scenario(named("cut", feedback), 1, "2 Mbps to 150 kbps at 30 s; queue 60 kB, RTT 100 ms",
                Map.of(Metric.STALL_SHARE, 1.0, Metric.AUDIO_CONCEALED, 2.0, Metric.UTILISATION, 0.9,
                        Metric.QUEUE_P95, 60.0),
                (seed, constants) -> {
                    Consultation call = new Consultation(seed, constants, feedback, cutLink()).run(60_000);
                    SoundRecord sound = call.station.sound();
                    Outcome outcome = new Outcome(seed).watch(call.station, 33_000, 60_000, Consultation.wantedBps());
                    outcome.put(Metric.AUDIO_CONCEALED, sound.concealedPercent(30_000, 60_000));
                    outcome.put(Metric.AUDIO_STALL, sound.longestStallMs(30_000, 33_000));
                    LinkLog link = call.station.transport().down().log();
                    double sentKbps = link.deliveredBytes(null, 25_000, 30_000) * 8 / 5_000.0;
                    double allowedMs = 1.3 * (sentKbps / 150 - 1) * (100 + 50);
                    outcome.put(Metric.STALL_SHARE, outcome.get(Metric.AUDIO_STALL) / allowedMs);
                    return call.close(outcome);
                });
    }

    /** Row 2: the rate comes back after that. */
    static Scenario back() {
        return new Scenario("back", 2, "150 kbps for 30 s, back to 2 Mbps at 60 s; queue 60 kB, RTT 100 ms",
                Map.of(Metric.TO_500_KBPS, 1_000.0, Metric.TO_1000_KBPS, 2_000.0, Metric.RECOVERY_LAYER, 3_000.0,
                        Metric.AUDIO_QUEUE_RISE, 20.0, Metric.PADDING, 3.0),
                (seed, constants) -> {
                    Consultation call = new Consultation(seed, constants, cutLink(), true).run(90_000);
                    Outcome outcome = new Outcome(seed).watch(call.station, 60_000, 90_000, Consultation.wantedBps());
                    outcome.put(Metric.AUDIO_QUEUE_RISE, queueRiseMs(call));
                    return call.close(recovered(call, outcome, 60_000, 90_000, 3));
                });
    }

    // The 5 s after the rate is back against the median of the 5 s before it fell.
    private static double queueRiseMs(Consultation call) {
        LinkLog link = call.station.transport().down().log();
        return link.waitedMs(Flow.AUDIO, 60_000, 65_000, 0.95) - link.waitedMs(Flow.AUDIO, 25_000, 30_000, 0.5);
    }

    /** Rows 1 and 2 as browsers show them: the other way is narrow too, and the station's own camera stands in it. */
    static Scenario cutSending() {
        return new Scenario("cut_sending", 1, "as cut and back, both ways, the station sends; three layers",
                Map.of(Metric.AUDIO_CONCEALED, 2.0, Metric.UTILISATION, 0.9, Metric.QUEUE_P95, 60.0,
                        Metric.TO_500_KBPS, 1_000.0, Metric.TO_1000_KBPS, 2_000.0, Metric.RECOVERY_LAYER, 3_000.0,
                        Metric.LONGEST_GAP, 5_000.0),
                (seed, constants) -> {
                    Consultation call = new Consultation(seed, constants, CameraSettings.PAGE_LAYERS, cutLink(),
                            cutLink(), true).showing(CameraSettings.PAGE_LAYERS).run(90_000);
                    Outcome outcome = new Outcome(seed).watch(call.station, 33_000, 60_000, Consultation.wantedBps());
                    outcome.put(Metric.AUDIO_CONCEALED, call.station.sound().concealedPercent(30_000, 60_000));
                    outcome.put(Metric.FREEZE_RATIO, call.station.picture().freezeRatio(30_000, 60_000));
                    outcome.put(Metric.LONGEST_GAP, call.station.picture().longestGapMs(30_000, 60_000));
                    return call.close(recovered(call, outcome, 60_000, 90_000, 2));
                });
    }

    private static Outcome recovered(Consultation call, Outcome outcome, long fromMs, long endMs, int best) {
        var link = call.station.transport().down().log();
        outcome.putTime(Metric.TO_500_KBPS, Outcome.reachedAfterMs(link, fromMs, endMs, 500));
        outcome.putTime(Metric.TO_1000_KBPS, Outcome.reachedAfterMs(link, fromMs, endMs, 1_000));
        return outcome.putTime(Metric.RECOVERY_LAYER, call.station.picture().layerAfterMs(fromMs, best));
    }

    /** Row 3: the steps of the TMA'23 study. */
    static Scenario steps() {
        return new Scenario("steps", 3, "3, 3, 3, 2, 1, 0.75, 0.3, 3, 3, 3, 0.3 Mbps, a minute each; 10 kB, RTT 50 ms",
                Map.of(Metric.UTILISATION, 0.93, Metric.QUEUE_P95, 25.0, Metric.PADDING, 3.0), (seed, constants) -> {
                    LinkSettings down = LinkSettings.of(LinkProfile.synthetic("tma2023_steps").down(), 25)
                            .queue(Queue.ofBytes(10_000));
                    return watched(seed, constants, down, false, 660_000, 0, 660_000);
                });
    }

    /** Row 4: packets are lost one by one. */
    static Scenario loss(int percent) {
        return loss(percent, Feedback.TRANSPORT_WIDE);
    }

    static Scenario loss(int percent, Feedback feedback) {
        Map<Integer, double[]> goals = Map.of(10, new double[] {1_500, 24, 0.3}, 20, new double[] {1_200, 20, 1},
                30, new double[] {900, 15, 3});
        double[] goal = goals.get(percent);
        return new Scenario(named("loss_" + percent, feedback), 4, percent + " % random loss on 2 Mbps; RTT 100 ms",
                Map.of(Metric.VIDEO_KBPS, goal[0], Metric.FPS_P5, goal[1], Metric.AUDIO_CONCEALED, goal[2],
                        Metric.PADDING, 3.0, Metric.RTX_PER_LOST, 1.1),
                (seed, constants) -> {
                    Consultation call = new Consultation(seed, constants, feedback,
                            LinkSettings.of(Capacity.constant(2_000), 50).loss(percent / 100.0)).run(60_000);
                    return call.close(new Outcome(seed).watch(call.station, SETTLE_MS, 60_000,
                            Consultation.wantedBps()));
                });
    }

    /** Row 5: a fifth of all packets is lost in bursts. */
    static Scenario burst256() {
        return new Scenario("burst_256", 5, "20 % loss in bursts of 2.5 on 256 kbps; RTT 100 ms",
                Map.of(Metric.AUDIO_CONCEALED, 2.0, Metric.AUDIO_INDEX, 3.5, Metric.PADDING, 3.0,
                        Metric.RTX_PER_LOST, 1.1),
                (seed, constants) -> watched(seed, constants, LinkSettings.of(Capacity.constant(256), 50)
                        .loss(Burst.of(0.2, 2.5)), true, 60_000, SETTLE_MS, 60_000));
    }

    /** Row 6: the same where hardly more than sound fits. */
    static Scenario burst64() {
        return new Scenario("burst_64", 6, "20 % loss in bursts of 2.5 on 64 kbps; RTT 100 ms",
                Map.of(Metric.AUDIO_CONCEALED, 3.0, Metric.AUDIO_INDEX, 3.3, Metric.LONGEST_GAP, 5_000.0),
                (seed, constants) -> watched(seed, constants, LinkSettings.of(Capacity.constant(64), 50)
                        .loss(Burst.of(0.2, 2.5)), true, 60_000, SETTLE_MS, 60_000));
    }

    /** Row 6 as browsers show it: the other way is as poor, so that reports are lost too, and the station sends. */
    static Scenario burst64Sending() {
        return new Scenario("burst_64_sending", 6, "as burst_64, both ways, the station sends; three layers",
                Map.of(Metric.AUDIO_CONCEALED, 3.0, Metric.AUDIO_INDEX, 3.3, Metric.LONGEST_GAP, 5_000.0),
                (seed, constants) -> {
                    LinkSettings link = LinkSettings.of(Capacity.constant(64), 50).loss(Burst.of(0.2, 2.5));
                    Consultation call = new Consultation(seed, constants, CameraSettings.PAGE_LAYERS, link, link, true)
                            .showing(CameraSettings.PAGE_LAYERS);
                    call.station.reportWithin(THIN_REPORT_NS);
                    call.run(60_000);
                    return call.close(new Outcome(seed).watch(call.station, SETTLE_MS, 60_000,
                            Consultation.wantedBps()));
                });
    }

    /** Row 7: the last resort. */
    static Scenario gprs() {
        LinkProfile profile = LinkProfile.synthetic("commune_edge_gprs");
        return new Scenario("gprs", 7, "EDGE, 24 to 70 kbps; RTT 750 ms", Map.of(Metric.INTELLIGIBLE, 0.95),
                (seed, constants) -> {
            long at = offset(seed, profile);
            LinkSettings down = LinkSettings.of(profile.down().from(at), 375).queue(Queue.ofBytes(30_000));
            LinkSettings up = LinkSettings.of(profile.up().from(at), 375).queue(Queue.ofBytes(30_000));
            Consultation call = new Consultation(seed, constants, up, down, false).run(TRACE_MS);
            return call.close(new Outcome(seed).watch(call.station, SETTLE_MS, TRACE_MS, Consultation.wantedBps()));
        });
    }

    private static long offset(long seed, LinkProfile profile) {
        long spareMs = profile.durationMs() - TRACE_MS;
        return spareMs <= 0 ? 0 : new SplittableRandom(seed).nextLong(spareMs) * 1_000_000;
    }

    /** Row 8: the link is away and comes back. */
    static Scenario outage(int seconds, boolean drops) {
        String kind = drops ? "drop" : "hold";
        return new Scenario("outage_" + kind + "_" + seconds, 8, "1 Mbps, nothing both ways for " + seconds
                + " s, packets " + (drops ? "are lost" : "wait") + "; RTT 100 ms",
                Map.of(Metric.RECOVERY_AUDIO, 300.0, Metric.RECOVERY_VIDEO, 1_000.0, Metric.RECOVERY_LAYER, 3_000.0),
                (seed, constants) -> {
                    long endMs = 30_000 + seconds * 1_000L;
                    LinkSettings link = LinkSettings.of(Capacity.constant(1_000), 50).queue(Queue.ofBytes(60_000))
                            .outage(30_000, seconds * 1_000L, drops);
                    Consultation call = new Consultation(seed, constants, link, link, true).run(endMs + 20_000);
                    PictureRecord picture = call.station.picture();
                    Outcome outcome = new Outcome(seed).watch(call.station, endMs, endMs + 20_000,
                            Consultation.wantedBps());
                    outcome.putTime(Metric.RECOVERY_AUDIO, call.station.sound().recoveredAfterMs(endMs));
                    outcome.putTime(Metric.RECOVERY_VIDEO, picture.firstFrameAfterMs(endMs));
                    return call.close(outcome.putTime(Metric.RECOVERY_LAYER, picture.layerAfterMs(endMs,
                            picture.layerAt(30_000))));
                });
    }

    /** Row 10: far away, and from little to much. */
    static Scenario satellite() {
        return new Scenario("satellite", 10, "150 kbps to 1.8 Mbps at 30 s; queue 100 kB, RTT 600 ms",
                Map.of(Metric.TO_500_KBPS, 6_000.0, Metric.PADDING, 3.0), (seed, constants) -> {
                    LinkSettings down = LinkSettings.of(Capacity.steps(0, 150, 30_000, 1_800), 300)
                            .queue(Queue.ofBytes(100_000)).loss(0.003);
                    Consultation call = new Consultation(seed, constants,
                            LinkSettings.of(Capacity.constant(512), 300), down, true).run(80_000);
                    return call.close(recovered(call, new Outcome(seed).watch(call.station, 30_000, 80_000,
                            Consultation.wantedBps()), 30_000, 80_000, 3));
                });
    }

    /** Row 11: a download beside the call. */
    static Scenario competitor() {
        return new Scenario("competitor", 11, "a CUBIC download beside, 1.9 Mbps; queue 500 ms, RTT 50 ms",
                Map.of(Metric.VIDEO_KBPS, 475.0, Metric.AUDIO_CONCEALED, 1.0), (seed, constants) -> {
                    LinkSettings down = LinkSettings.of(Capacity.constant(1_900), 25).queue(Queue.ofMs(500));
                    Consultation call = new Consultation(seed, constants, down, true).run(SETTLE_MS);
                    SimulatedTransport transport = call.station.transport();
                    new TcpCompetitor(call.room.clock(), transport.down(), transport.up()).start();
                    call.run(90_000);
                    return call.close(new Outcome(seed).watch(call.station, SETTLE_MS, 100_000,
                            Consultation.wantedBps()));
                });
    }

    /** Row 12: joining over a narrow link. */
    static Scenario join() {
        return join(Feedback.TRANSPORT_WIDE);
    }

    static Scenario join(Feedback feedback) {
        return joins(named("join_256", feedback), "joining over 256 kbps; queue 60 kB, RTT 100 ms", (seed, constants) ->
                new Consultation(seed, constants, feedback, joined()));
    }

    /** Row 12: the same, and the station's own camera begins meanwhile; its uplink is as narrow. */
    static Scenario joinSending() {
        return joins("join_256_sending", "joining and sending over 256 kbps both ways; queue 60 kB, RTT 100 ms",
                (seed, constants) -> new Consultation(seed, constants, joined(), joined(), true)
                        .sending(OFFER_BYTES, ANSWER_BYTES));
    }

    private static LinkSettings joined() {
        return LinkSettings.of(Capacity.constant(256), 50).queue(Queue.ofBytes(60_000));
    }

    private static Scenario joins(String name, String what, BiFunction<Long, EstimatorSettings, Consultation> begun) {
        return new Scenario(name, 12, what,
                Map.of(Metric.FIRST_AUDIO, 800.0, Metric.FIRST_FRAME, 1_500.0, Metric.QUEUE_P95, 150.0),
                (seed, constants) -> {
                    Consultation call = begun.apply(seed, constants).run(SETTLE_MS);
                    Outcome outcome = new Outcome(seed).watch(call.station, 0, SETTLE_MS, Consultation.wantedBps());
                    outcome.putTime(Metric.FIRST_AUDIO, call.station.sound().firstHeardAfterMs(0));
                    return call.close(outcome.putTime(Metric.FIRST_FRAME, call.station.picture().firstFrameAfterMs(0)));
                });
    }

    /** Row 13: links as they were measured or are thought to be. */
    static Scenario trace(LinkProfile profile, boolean fourth) {
        return new Scenario(profile.name(), 13, fourth ? "queue 250 kB, RTT 60 ms" : "queue 60 kB, RTT 120 ms",
                Map.of(Metric.AUDIO_CONCEALED, 1.0, Metric.UTILISATION, 0.85, Metric.QUEUE_P95, 100.0,
                        Metric.PADDING, 3.0),
                (seed, constants) -> {
                    long at = offset(seed, profile);
                    long delayMs = fourth ? 30 : 60;
                    Queue queue = Queue.ofBytes(fourth ? 250_000 : 60_000);
                    LinkSettings down = LinkSettings.of(profile.down().from(at), delayMs).jitter(fourth ? 5 : 15)
                            .queue(queue);
                    LinkSettings up = LinkSettings.of(profile.up().from(at), delayMs).jitter(fourth ? 5 : 15)
                            .queue(queue);
                    Consultation call = new Consultation(seed, constants, up, down, false).run(TRACE_MS);
                    return call.close(new Outcome(seed).watch(call.station, 0, TRACE_MS, Consultation.wantedBps()));
                });
    }

    /** Row 13: a measured link, with the queue of its generation of mobile networks as far as its name tells. */
    static Scenario measured(String name) {
        return trace(LinkProfile.measured(name), name.contains("lte") || name.contains("4g"));
    }

    /** Row 14: what ten get while an eleventh is on a poor link; the figures are the worst of the ten. */
    static Scenario onePoorAmongTen() {
        return new Scenario("one_poor", 14, "ten on good links, one on 128 kbps with 5 % loss",
                Map.of(Metric.MEAN_LAYER, 2.95, Metric.FREEZE_RATIO, 0.0, Metric.FPS_P5, 29.0,
                        Metric.AUDIO_CONCEALED, 0.1, Metric.LAYER_SWITCHES, 0.0),
                (seed, constants) -> {
                    LinkSettings poor = LinkSettings.of(Capacity.constant(128), 100).loss(0.05);
                    Consultation call = new Consultation(seed, constants, poor, true);
                    List<SimulatedViewer> others = new ArrayList<>();
                    for (int i = 0; i < 10; i++) {
                        others.add(new SimulatedViewer(call.room, "good-" + i, Consultation.good(), Consultation.good())
                                .watch(call.hospital, ConsumerSettings.DEFAULT, 0).connect());
                    }
                    call.run(40_000);
                    Outcome worst = new Outcome(seed);
                    others.forEach(each -> worst.worse(new Outcome(seed).watch(each, SETTLE_MS, 40_000,
                            Consultation.wantedBps())));
                    return call.close(worst);
                });
    }

    /** Row 15: the commune sends; the figures are those of a viewer on a good link. */
    static Scenario uplink(String name) {
        LinkProfile profile = LinkProfile.synthetic(name);
        return new Scenario("uplink_" + name.substring("commune_".length()), 15,
                "the commune sends; queue 60 kB, RTT 120 ms",
                Map.of(Metric.PLI, 2.0), (seed, constants) -> {
                    long at = offset(seed, profile);
                    SimulatedRoom room = new SimulatedRoom(seed, constants);
                    LinkSettings up = LinkSettings.of(profile.up().from(at), 60).jitter(15)
                            .queue(Queue.ofBytes(60_000));
                    LinkSettings down = LinkSettings.of(profile.down().from(at), 60).jitter(15)
                            .queue(Queue.ofBytes(60_000));
                    SimulatedPublisher commune = new SimulatedPublisher(room, "commune", CameraSettings.FOUR_LAYERS,
                            false, up, down);
                    SimulatedViewer hospital = new SimulatedViewer(room, "hospital", Consultation.good(),
                            Consultation.good()).watch(commune, ConsumerSettings.DEFAULT, 0).connect();
                    room.run(TRACE_MS);
                    Outcome outcome = new Outcome(seed).watch(hospital, 0, TRACE_MS, Consultation.wantedBps())
                            .watchLink(commune.transport().up().log(), 0, TRACE_MS, Consultation.wantedBps());
                    outcome.put(Metric.PLI, commune.keyFrameRequests() / (TRACE_MS / 60e3));
                    room.close();
                    return outcome.ran(room.nowMs() / 1e3);
                });
    }

    /** Row 6 the other way: the commune sends where hardly more than its voice fits. */
    static Scenario uplink64() {
        return new Scenario("uplink_64", 15, "the commune sends over 64 kbps, 20 % loss in bursts of 2.5; queue 60 kB",
                Map.of(Metric.AUDIO_QUEUE_P95, 300.0), (seed, constants) -> {
                    SimulatedRoom room = new SimulatedRoom(seed, constants);
                    LinkSettings narrow = LinkSettings.of(Capacity.constant(64), 50).loss(Burst.of(0.2, 2.5))
                            .queue(Queue.ofBytes(60_000));
                    SimulatedPublisher commune = new SimulatedPublisher(room, "commune", CameraSettings.PAGE_LAYERS,
                            true, narrow, narrow);
                    SimulatedViewer hospital = new SimulatedViewer(room, "hospital", Consultation.good(),
                            Consultation.good()).watch(commune, ConsumerSettings.DEFAULT, 0).connect();
                    room.run(60_000);
                    Outcome outcome = new Outcome(seed).watch(hospital, SETTLE_MS, 60_000, Consultation.wantedBps())
                            .watchLink(commune.transport().up().log(), SETTLE_MS, 60_000, Consultation.wantedBps());
                    room.close();
                    return outcome.ran(room.nowMs() / 1e3);
                });
    }

    /** Row 15: what the commune sends over is cut to 150 kbit/s for half a minute, and comes back. */
    static Scenario uplinkCut() {
        return new Scenario("uplink_cut", 15, "the commune sends over 2 Mbps, 150 kbps from 30 to 60 s; queue 60 kB",
                Map.of(Metric.PLI, 2.0, Metric.AUDIO_QUEUE_P95, 150.0, Metric.AUDIO_CONCEALED, 8.0,
                        Metric.TO_1000_KBPS, 15_000.0), (seed, constants) -> {
                    SimulatedRoom room = new SimulatedRoom(seed, constants);
                    LinkSettings up = LinkSettings.of(LinkProfile.synthetic("cut_2000_150").down(), 50)
                            .queue(Queue.ofBytes(60_000));
                    SimulatedPublisher commune = new SimulatedPublisher(room, "commune", CameraSettings.THREE_LAYERS,
                            true, up, LinkSettings.of(Capacity.constant(2_000), 50));
                    SimulatedViewer hospital = new SimulatedViewer(room, "hospital", Consultation.good(),
                            Consultation.good()).watch(commune, ConsumerSettings.DEFAULT, 0).connect();
                    room.run(30_000);
                    int requestsBefore = commune.keyFrameRequests();
                    room.run(30_000);
                    int requests = commune.keyFrameRequests() - requestsBefore;
                    room.run(30_000);
                    LinkLog link = commune.transport().up().log();
                    Outcome outcome = new Outcome(seed).watch(hospital, 30_000, 60_000, Consultation.wantedBps())
                            .watchLink(link, 33_000, 60_000, Consultation.wantedBps());
                    outcome.put(Metric.PLI, requests * 2.0);
                    outcome.putTime(Metric.TO_1000_KBPS, Outcome.reachedAfterMs(link, 60_000, 90_000, 1_000));
                    room.close();
                    return outcome.ran(room.nowMs() / 1e3);
                });
    }
}
