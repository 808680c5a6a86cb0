// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.bwe.Pacer.Rank;
import org.nhipcau.sfu.bwe.Pacer.Verdict;

/** Minutes of calls through the pacer into a link that is just as narrow, on a virtual clock. */
class PacerSimulationTest {
    private static final long MS = 1_000_000L;
    private static final long STEP_NS = 100_000L;
    private static final int PACKET = 1_200;
    private static final int AUDIO = 160;
    private static final long BURST_NS = Pacer.DEFAULT_BURST_NS;

    private record Packet(int stream, int frame, int bytes, long bornNs) {
        long picture() {
            return (long) stream << 32 | frame;
        }
    }

    private record Departure(long atNs, int bytes) {}

    /** One viewer: what leaves its pacer goes through a link of the same rate, first come, first served. */
    private static final class Viewer implements Pacer.Outlet<Packet> {
        final Pacer<Packet> pacer = new Pacer<>(this);
        final List<Departure> departures = new ArrayList<>();
        final List<Packet> sent = new ArrayList<>();
        final List<Packet> dropped = new ArrayList<>();
        final long rateBps;
        long linkFreeNs;
        long longestAudioNs;
        long nowNs;

        Viewer(long rateBps, long startNs) {
            this.rateBps = rateBps;
            nowNs = startNs;
            linkFreeNs = startNs;
            pacer.setRate(rateBps, startNs);
        }

        @Override
        public void send(Packet packet, long now) {
            leave(packet.bytes);
            sent.add(packet);
        }

        @Override
        public void drop(Packet packet) {
            dropped.add(packet);
        }

        private void leave(int bytes) {
            departures.add(new Departure(nowNs, bytes));
            linkFreeNs = Math.max(linkFreeNs, nowNs) + bytes * 8_000_000_000L / rateBps;
        }

        void audio() {
            assertEquals(Verdict.SEND, pacer.offer(Rank.AUDIO, AUDIO, 1, 0, nowNs));
            leave(AUDIO);
            longestAudioNs = Math.max(longestAudioNs, linkFreeNs - nowNs);
        }

        void frame(int stream, int frame, int packets) {
            for (int i = 0; i < packets; i++) {
                Packet packet = new Packet(stream, frame, PACKET, nowNs);
                switch (pacer.offer(Rank.VIDEO, PACKET, stream, frame, nowNs)) {
                    case SEND -> send(packet, nowNs);
                    case WAIT -> pacer.enqueue(Rank.VIDEO, packet, PACKET, stream, frame, nowNs);
                    case REFUSED -> dropped.add(packet);
                }
            }
        }

        void step() {
            nowNs += STEP_NS;
            if (pacer.nextReleaseNs() - nowNs <= 0) {
                pacer.release(nowNs);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"300000, 1", "1000000, 2", "4000000, 3", "20000000, 4"})
    void shouldKeepSoundFluentBehindBurstsOfPictures(long rateBps, long seed) {
        Viewer viewer = new Viewer(rateBps, 0);
        Random random = new Random(seed);
        int meanPackets = (int) Math.max(1, rateBps * 0.7 / 30 / 8 / PACKET);
        for (int step = 0; viewer.nowNs < 60_000 * MS; step++) {
            if (step % 200 == 0) {
                viewer.audio();
            }
            if (step % 333 == 0) {
                // Every fifth second a key frame, ten times as large.
                int packets = step % (333 * 150) == 0 ? 10 * meanPackets : 1 + random.nextInt(2 * meanPackets - 1);
                viewer.frame(7, step, packets);
            }
            viewer.step();
        }
        long boundNs = 2 * BURST_NS + (PACKET + 2 * AUDIO) * 8_000_000_000L / rateBps;
        assertTrue(viewer.longestAudioNs <= boundNs, "seed " + seed + ": sound took " + viewer.longestAudioNs
                + " ns to cross the link, at most " + boundNs + " would do");
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000_000, 2_500_000, 8_000_000})
    void shouldHoldTheRateOverAnyTenthOfASecondWhileMoreWaits(long rateBps) {
        Viewer viewer = new Viewer(rateBps, Long.MAX_VALUE - 2_000 * MS);
        for (int step = 0; step < 100_000; step++) {
            if (step % 200 == 0) {
                viewer.audio();
            }
            if (step % 100 == 0) {
                // Twice what the rate carries: something always waits.
                viewer.frame(7, step / 100, (int) (rateBps * 2 / 100 / 8 / PACKET) + 1);
            }
            viewer.step();
        }
        checkWindows(viewer.departures, rateBps);
        assertTrue(viewer.pacer.droppedFrames() > 0);
    }

    // The first bucket goes at once; from then on the rate is held but for the packet at the window's edge and the
    // grid of buckets.
    private static void checkWindows(List<Departure> departures, long rateBps) {
        long windowNs = 100 * MS;
        double wantedBytes = rateBps / 8.0 / 10;
        double edgeBytes = PACKET + rateBps / 8.0 * BURST_NS / 1e9;
        int from = 0;
        long inWindow = 0;
        long startNs = departures.getFirst().atNs;
        for (Departure departure : departures) {
            inWindow += departure.bytes;
            while (departure.atNs - departures.get(from).atNs >= windowNs) {
                inWindow -= departures.get(from++).bytes;
            }
            if (departure.atNs - startNs > 2 * windowNs) {
                assertTrue(inWindow <= wantedBytes * 1.01 + edgeBytes, inWindow + " bytes in a tenth of a second, "
                        + wantedBytes + " wanted");
                assertTrue(inWindow >= wantedBytes * 0.99 - edgeBytes, inWindow + " bytes in a tenth of a second, "
                        + wantedBytes + " wanted");
            }
        }
        long bytes = departures.stream().mapToLong(Departure::bytes).sum();
        double seconds = (departures.getLast().atNs - startNs) / 1e9;
        assertEquals(rateBps, bytes * 8 / seconds, rateBps * 0.01, "over the whole run");
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void shouldServeEqualStreamsEquallyAndGiveUpWholePictures(long seed) {
        Viewer viewer = new Viewer(2_000_000, 0);
        Random random = new Random(seed);
        int streams = 4;
        for (int step = 0; step < 600_000; step++) {
            // Four cameras at 30 frames a second, together twice what the rate carries.
            if (step % 83 == 0) {
                int stream = step / 83 % streams;
                viewer.frame(10 + stream, step / 83 / streams, 2 + random.nextInt(6));
            }
            viewer.step();
            assertTrue(viewer.pacer.waitingNs() <= Pacer.DEFAULT_QUEUE_NS + 50 * MS, "seed " + seed);
        }
        long[] bytes = new long[streams];
        viewer.sent.forEach(packet -> bytes[packet.stream - 10] += packet.bytes);
        double mean = viewer.sent.size() * (double) PACKET / streams;
        for (long each : bytes) {
            assertEquals(mean, each, mean * 0.1, "seed " + seed);
        }
        assertTrue(viewer.dropped.size() > 1_000, "seed " + seed);
        Set<Long> sentFrames = new HashSet<>();
        viewer.sent.forEach(packet -> sentFrames.add(packet.picture()));
        long torn = viewer.dropped.stream().map(Packet::picture).filter(sentFrames::contains).distinct().count();
        assertEquals(0, torn, "pictures of which a part was sent and a part given up, seed " + seed);
        assertTrue(viewer.pacer.droppedFrames() > 300, "seed " + seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22})
    void shouldDelayNothingOnALinkThatCarriesAll(long seed) {
        Viewer viewer = new Viewer(50_000_000, 0);
        Random random = new Random(seed);
        for (int step = 0; step < 600_000; step++) {
            if (step % 333 == 0) {
                viewer.frame(7, step, 1 + random.nextInt(20));
            }
            viewer.step();
        }
        assertEquals(0, viewer.dropped.size());
        assertEquals(0, viewer.pacer.waitingPackets());
        assertEquals(viewer.sent.size(), viewer.departures.size());
        for (int i = 0; i < viewer.sent.size(); i++) {
            assertEquals(viewer.sent.get(i).bornNs, viewer.departures.get(i).atNs, "seed " + seed);
        }
    }
}
