// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.buffer.PacketPool;
import org.nhipcau.sfu.sim.link.Capacity;
import org.nhipcau.sfu.sim.link.LinkSettings;
import org.nhipcau.sfu.sim.link.TcpCompetitor;
import org.nhipcau.sfu.sim.link.VirtualClock;
import org.nhipcau.sfu.sim.link.VirtualLink;

/** Others on the same link: they get no more than they should, and a queue of ours is never taken for theirs. */
class CompetingFlowTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MEDIA_BPS = 1_500_000;
    private final VirtualClock clock = new VirtualClock(5 * SECOND);

    private VirtualLink link(LinkSettings settings, long seed) {
        return new VirtualLink(clock, settings, seed, new PacketPool(16));
    }

    private VirtualLink down(Capacity capacity, LinkSettings.Queue queue) {
        return link(LinkSettings.of(capacity, 25).queue(queue), 1);
    }

    private VirtualLink up() {
        return link(LinkSettings.of(Capacity.constant(10_000), 25), 2);
    }

    private void run(double seconds) {
        clock.runUntil(clock.nowNs() + (long) (seconds * SECOND));
    }

    @ParameterizedTest(name = "queue {0} ms, seed {1}")
    @CsvSource({"500, 1", "500, 2", "500, 3", "250, 1", "250, 2", "250, 3"})
    void shouldHoldAShareBesideADownloadAndLeaveItTheirs(long queueMs, long seed) {
        VirtualLink down = down(Capacity.constant(1_900), LinkSettings.Queue.ofMs(queueMs));
        VirtualLink up = up();
        SharedPathSender ours = new SharedPathSender(clock, down, up, seed, MEDIA_BPS);
        run(10);
        TcpCompetitor download = new TcpCompetitor(clock, down, up);
        download.start();
        run(10);
        ours.pictureKbps(10);
        run(40);
        double kbps = ours.pictureKbps(40);
        assertTrue(kbps > 400 && kbps < 1_000, "kbit/s of pictures beside a download " + kbps);
        download.stop();
        run(3);
        ours.longestWayMs();
        ours.pictureKbps(3);
        run(10);
        kbps = ours.pictureKbps(10);
        assertTrue(kbps > 1_000, "kbit/s of pictures after the download " + kbps);
        long wayMs = ours.longestWayMs();
        assertTrue(wayMs < 25 + 80, "the queue is empty after the download, ms " + wayMs);
    }

    @Test
    void shouldHoldAShareBesideADownloadWhoseReceiverBoundsIt() {
        VirtualLink down = down(Capacity.constant(1_900), LinkSettings.Queue.ofMs(500));
        VirtualLink up = up();
        SharedPathSender ours = new SharedPathSender(clock, down, up, 1, MEDIA_BPS);
        run(10);
        new TcpCompetitor(clock, down, up).withWindowOf(43).start();
        run(10);
        ours.pictureKbps(10);
        run(30);
        double kbps = ours.pictureKbps(30);
        assertTrue(kbps > 400 && kbps < 1_000, "kbit/s of pictures beside a download " + kbps);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldNotTakeOneOfOursForADownload(long seed) {
        VirtualLink down = down(Capacity.constant(1_900), LinkSettings.Queue.ofMs(500));
        VirtualLink up = up();
        SharedPathSender first = new SharedPathSender(clock, down, up, seed, MEDIA_BPS);
        run(10);
        SharedPathSender second = new SharedPathSender(clock, down, up, seed + 100, MEDIA_BPS);
        run(5);
        first.longestWayMs();
        run(45);
        assertEquals(0, first.estimator.timesCompeted() + second.estimator.timesCompeted(), "taken for a download");
        assertTrue(first.longestWayMs() < 25 + 250, "longest way, ms");
    }

    @ParameterizedTest(name = "{0} kbit/s, seed {1}")
    @CsvSource({"700, 1", "300, 1", "300, 2", "150, 1", "150, 2", "150, 3", "90, 1", "90, 2", "70, 1"})
    void shouldNotTakeANarrowerLinkForADownload(long kbps, long seed) {
        VirtualLink down = down(Capacity.steps(0, 1_900, 20_000, kbps), LinkSettings.Queue.ofBytes(60_000));
        SharedPathSender ours = new SharedPathSender(clock, down, up(), seed, MEDIA_BPS);
        run(60);
        assertEquals(0, ours.estimator.timesCompeted(), "taken for a download");
    }

    @ParameterizedTest(name = "others fill it: {0}")
    @ValueSource(booleans = {true, false})
    void shouldCallAQueueOursUnlessOthersFillIt(boolean others) {
        VirtualLink down = down(Capacity.steps(0, 1_900, 20_000, others ? 1_900 : 300), LinkSettings.Queue.ofMs(500));
        VirtualLink up = up();
        SharedPathSender ours = new SharedPathSender(clock, down, up, 1, MEDIA_BPS);
        run(20);
        if (others) {
            new TcpCompetitor(clock, down, up).start();
        }
        run(10);
        double ownUs = 0;
        double allUs = 0;
        for (int i = 0; i < 200; i++) {
            run(0.1);
            ownUs += ours.estimator.ownQueueUs();
            allUs += ours.estimator.queueUs();
        }
        assertTrue(allUs > 0);
        assertEquals(others ? 0 : 1, ownUs / allUs, 0.2);
    }

    @ParameterizedTest(name = "grows: {0}")
    @ValueSource(booleans = {true, false})
    void shouldSuspectOthersOfAQueueThatStandsAndNotOfOneThatGrows(boolean grows) {
        DelayTrend delay = new DelayTrend(EstimatorSettings.DEFAULT);
        DeliveryRate delivery = new DeliveryRate();
        CompetingFlow flow = new CompetingFlow(delay, delivery, new ProbeController(EstimatorSettings.DEFAULT));
        boolean suspected = false;
        // A picture's packets arrive each 10 ms, then the link falls and they arrive each 60 ms. Their news comes the
        // later the longer it lasts: what the viewer sends has a queue too.
        for (int i = 0; i < 140; i++) {
            long sinceUs = Math.max(0, i - 99) * 60_000L;
            long arrivalUs = sinceUs == 0 ? i * 10_000L : 990_000 + sinceUs;
            long queueUs = grows ? sinceUs * 5 / 6 : Math.min(150_000, sinceUs);
            long nowNs = (arrivalUs + 50_000 + sinceUs * 3) * 1_000;
            delay.onArrival(arrivalUs - 50_000 - queueUs, arrivalUs, nowNs);
            delivery.onArrival(arrivalUs, 1_200, queueUs > 0);
            flow.onReport(sinceUs == 0 ? 900_000 : 144_000, nowNs);
            suspected |= flow.suspected();
        }
        assertEquals(!grows, suspected);
    }
}
