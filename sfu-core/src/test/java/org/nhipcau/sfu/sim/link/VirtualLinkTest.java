// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.buffer.PacketPool;

/** The virtual link against what can be worked out by hand. */
class VirtualLinkTest {
    private static final long START_NS = 5_000_000_000L;
    private static final long MS = 1_000_000L;

    private final VirtualClock clock = new VirtualClock(START_NS);
    private final PacketPool pool = new PacketPool(4_096);
    private final List<Long> arrivedNs = new ArrayList<>();
    private final List<Long> tags = new ArrayList<>();

    private VirtualLink link(LinkSettings settings, long seed) {
        return new VirtualLink(clock, settings, seed, pool);
    }

    private void note(PacketBuffer packet, long tag, long nowNs) {
        arrivedNs.add(nowNs - START_NS);
        tags.add(tag);
    }

    private void run(long ms) {
        clock.runUntil(START_NS + ms * MS);
    }

    @Test
    void shouldSendEachPacketForExactlyAsLongAsItsBitsTake() {
        VirtualLink link = link(LinkSettings.of(Capacity.constant(150), 50).queue(LinkSettings.Queue.ofBytes(0)), 1);
        for (int i = 0; i < 3; i++) {
            link.send(this::note, null, 1_200, Flow.VIDEO, i);
        }
        run(1_000);
        // 9600 bits at 150 kbit/s: 64 ms each, and 50 ms on the way.
        assertEquals(List.of(114 * MS, 178 * MS, 242 * MS), arrivedNs);
        assertEquals(64, link.log().waitedMs(Flow.VIDEO, 0, 1_000, 0.5), 0.001);
        assertEquals(3 * 1_200.0 / (150_000 / 8.0), link.log().utilisation(0, 1_000, 1e9), 1e-9);
    }

    @Test
    void shouldLetARateChangeAndAStallCatchAPacketHalfWay() {
        Capacity capacity = Capacity.steps(0, 800, 10, 0, 30, 400);
        VirtualLink link = link(LinkSettings.of(capacity, 0), 1);
        // 1500 bytes are 12,000 bits: 8,000 in the first 10 ms, none for 20 ms, 4,000 in 10 ms more.
        link.send(this::note, null, 1_500, Flow.VIDEO, 0);
        run(100);
        assertEquals(List.of(40 * MS), arrivedNs);
    }

    @Test
    void shouldCarryWhatTheProfileSaysOverManyRounds() throws IOException {
        LinkProfile profile = LinkProfile.read("saw", new StringReader("# a comment\nt_ms,up_kbps,down_kbps\n"
                + "0,100,1000\n100,50,0\n250,700,333\n"), true);
        assertEquals(400, profile.durationMs());
        Capacity down = profile.down();
        for (long ns = 1; ns < 3_000 * MS; ns += 7_654_321) {
            long work = down.workUntil(ns);
            long at = down.timeOf(work);
            assertTrue(work == 0 || at <= ns && down.workUntil(at) >= work && down.workUntil(at - 1) < work,
                    "at " + ns + " found " + at);
        }
        assertEquals(10 * (100 * 1_000 + 150 * 333) * MS, down.workUntil(10 * 400 * MS));
    }

    @Test
    void shouldRefuseWhatDoesNotFitTheQueue() {
        VirtualLink byBytes = link(LinkSettings.of(Capacity.constant(100), 0)
                .queue(LinkSettings.Queue.ofBytes(2_500)), 1);
        VirtualLink byPackets = link(LinkSettings.of(Capacity.constant(100), 0)
                .queue(LinkSettings.Queue.ofPackets(3)), 1);
        VirtualLink byTime = link(LinkSettings.of(Capacity.constant(100), 0).queue(LinkSettings.Queue.ofMs(200)), 1);
        for (VirtualLink each : List.of(byBytes, byPackets, byTime)) {
            for (int i = 0; i < 10; i++) {
                each.send(this::note, null, 1_000, Flow.VIDEO, i);
            }
        }
        run(10_000);
        assertEquals(8, byBytes.log().overflowedPackets(null, 0, 10_000));
        assertEquals(7, byPackets.log().overflowedPackets(null, 0, 10_000));
        // 80 ms each: the fourth finds 240 ms.
        assertEquals(7, byTime.log().overflowedPackets(null, 0, 10_000));
        assertEquals(0, byBytes.backlogBytes());
    }

    @Test
    void shouldLoseAsOftenAndInSuchBurstsAsWasAsked() {
        LinkSettings base = LinkSettings.of(Capacity.constant(Capacity.UNLIMITED_KBPS), 10);
        int packets = 400_000;
        VirtualLink single = link(base.loss(0.2), 7);
        VirtualLink burst = link(base.loss(LinkSettings.Burst.of(0.2, 3)), 7);
        boolean[] came = new boolean[packets];
        for (int i = 0; i < packets; i++) {
            single.send(this::note, null, 100, Flow.AUDIO, i);
            burst.send((packet, tag, now) -> came[(int) tag] = true, null, 100, Flow.AUDIO, i);
            if (i % 1_000 == 0) {
                run(i);
            }
        }
        run(packets + 1_000);
        int lost = 0;
        int bursts = 0;
        for (int i = 1; i < packets; i++) {
            lost += came[i] ? 0 : 1;
            bursts += came[i] || !came[i - 1] ? 0 : 1;
        }
        assertEquals(0.2, 1 - arrivedNs.size() / (double) packets, 0.003);
        assertEquals(0.2, lost / (double) packets, 0.006);
        assertEquals(3, lost / (double) bursts, 0.1);
    }

    @Test
    void shouldGiveTheNthPacketTheSameLuckWhateverElseHappens() {
        LinkSettings lossy = LinkSettings.of(Capacity.constant(Capacity.UNLIMITED_KBPS), 10).loss(
                LinkSettings.Burst.of(0.3, 2));
        VirtualLink spread = link(lossy, 9);
        VirtualLink narrow = link(new LinkSettings(Capacity.constant(50_000), 3 * MS, 0, 0, lossy.burst(),
                LinkSettings.Queue.ofBytes(0), List.of()), 9);
        List<Long> fromNarrow = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            int tag = i;
            spread.send(this::note, null, 100, Flow.AUDIO, i);
            clock.at(START_NS + i * 3 * MS, now -> narrow.send((p, t, n) -> fromNarrow.add(t), null, 1_000,
                    Flow.VIDEO, tag));
        }
        run(20_000);
        assertEquals(tags, fromNarrow);
        assertTrue(tags.size() > 1_200 && tags.size() < 1_600, () -> "came " + tags.size());
    }

    @Test
    void shouldKeepPacketsInOrderUnderJitter() {
        VirtualLink link = link(LinkSettings.of(Capacity.constant(10_000), 60).jitter(15), 11);
        for (int i = 0; i < 20_000; i++) {
            int tag = i;
            clock.at(START_NS + i * 10 * MS, now -> link.send(this::note, null, 500, Flow.VIDEO, tag));
        }
        run(400_000);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 20_000; i++) {
            assertEquals(i, tags.get(i));
            double delayMs = (arrivedNs.get(i) - i * 10.0 * MS) / MS;
            assertTrue(delayMs > 60 - 45 && delayMs < 60 + 45 + 1, "delay " + delayMs);
            sum += delayMs;
            squares += delayMs * delayMs;
        }
        double mean = sum / 20_000;
        double deviation = Math.sqrt(squares / 20_000 - mean * mean);
        // Order lifts the mean and narrows the spread a little.
        assertTrue(mean > 60 && mean < 68 && deviation > 11 && deviation < 15, mean + " +- " + deviation);
    }

    @Test
    void shouldHoldOrDropWhileTheLinkIsOut() {
        LinkSettings base = LinkSettings.of(Capacity.constant(1_000), 20).queue(LinkSettings.Queue.ofBytes(0));
        VirtualLink holds = link(base.outage(1_000, 2_000, false), 1);
        VirtualLink drops = link(base.outage(1_000, 2_000, true), 1);
        List<Long> dropped = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int tag = i;
            clock.at(START_NS + i * 100 * MS, now -> {
                holds.send(this::note, null, 125, Flow.AUDIO, tag);
                drops.send((p, t, n) -> dropped.add(t), null, 125, Flow.AUDIO, tag);
            });
        }
        run(10_000);
        assertEquals(40, tags.size());
        // Twenty wait for the end of the outage and then take a millisecond each; the first was sent at its beginning.
        assertEquals(3_000 * MS + 1 * MS + 20 * MS, arrivedNs.get(10));
        assertEquals(3_000 * MS + 20 * MS + 20 * MS, arrivedNs.get(29));
        assertEquals(20, dropped.size());
        assertEquals(20, drops.log().lostPackets(Flow.AUDIO, 0, 10_000));
    }

    @Test
    void shouldCopyWhatItCarriesAndGiveBuffersBack() {
        VirtualLink link = link(LinkSettings.of(Capacity.constant(1_000), 20), 1);
        PacketBuffer packet = PacketBuffer.copyOf(new byte[] {1, 2, 3});
        List<Integer> got = new ArrayList<>();
        link.send((p, t, n) -> got.add(p.length() * 10 + p.getByte(2)), packet, 40, Flow.RTCP, 0);
        packet.putByte(2, 9);
        link.send((p, t, n) -> got.add(p.length() * 10 + p.getByte(2)), packet, 40, Flow.RTCP, 0);
        run(100);
        assertEquals(List.of(33, 39), got);
        assertEquals(0, pool.inUse());
    }

    @Test
    void shouldReadAllProfilesOfTheProject() {
        for (String name : List.of("commune_3g_edge", "commune_3g_fair", "commune_4g_evening", "commune_4g_fringe",
                "commune_edge_gprs", "commune_handover_4g3g", "cut_1000_64", "cut_2000_150", "geo_satellite",
                "rfc8867_5_1", "rfc8867_5_2", "rfc8867_5_3", "tma2023_steps")) {
            LinkProfile profile = LinkProfile.synthetic(name);
            assertTrue(profile.durationMs() >= 120_000, name);
            assertTrue(profile.down().workUntil(profile.durationMs() * MS) > 0, name);
        }
        // The README of the profiles gives 214 kbit/s.
        LinkProfile edge = LinkProfile.synthetic("commune_3g_edge");
        assertEquals(214, edge.down().workUntil(600_000 * MS) / (600_000 * MS), 1);
    }

    @Test
    void shouldNameTheLineOfAProfileThatIsWrong() {
        for (String wrong : List.of("0,1\n", "0,1,x\n", "5,1,1\n", "0,1,1\n0,2,2\n", "0,1,-1\n", "# nothing\n")) {
            IllegalArgumentException told = assertThrows(IllegalArgumentException.class,
                    () -> LinkProfile.read("p", new StringReader(wrong), false), wrong);
            assertTrue(told.getMessage().startsWith("p "), told.getMessage());
        }
    }

    @Test
    void shouldLetACompetitorFillTheLinkAndItsQueue() {
        VirtualLink down = link(LinkSettings.of(Capacity.constant(1_900), 25).queue(LinkSettings.Queue.ofMs(500)), 1);
        VirtualLink up = link(LinkSettings.of(Capacity.constant(10_000), 25), 2);
        new TcpCompetitor(clock, down, up).start();
        run(60_000);
        assertTrue(down.log().utilisation(5_000, 60_000, 1e9) > 0.97, "utilisation");
        double queueMs = down.log().waitedMs(Flow.OTHER, 5_000, 60_000, 0.5);
        // Published: 420 ms on average beside a call that gives way.
        assertTrue(queueMs > 330 && queueMs < 500, "queue " + queueMs);
    }
}
