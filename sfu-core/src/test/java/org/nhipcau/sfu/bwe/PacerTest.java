// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.bwe.Pacer.Rank;
import org.nhipcau.sfu.bwe.Pacer.Verdict;
import org.nhipcau.sfu.fuzz.Allocations;

class PacerTest implements Pacer.Outlet<String> {
    private static final long MS = 1_000_000L;
    /** A thousand bytes take a millisecond. */
    private static final long MBIT_8 = 8_000_000;

    private final List<String> sent = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();
    private final Pacer<String> pacer = new Pacer<>(this, 4 * MS, 100 * MS, 200_000);
    private long nowNs = 5_000 * MS;

    @Override
    public void send(String packet, long now) {
        sent.add(packet);
    }

    @Override
    public void drop(String packet) {
        dropped.add(packet);
    }

    private Verdict video(String name, int bytes, int timestamp) {
        Verdict verdict = pacer.offer(Rank.VIDEO, bytes, 7, timestamp, nowNs);
        if (verdict == Verdict.WAIT) {
            pacer.enqueue(Rank.VIDEO, name, bytes, 7, timestamp, nowNs);
        }
        return verdict;
    }

    private void fillBucket() {
        pacer.setRate(MBIT_8, nowNs);
        for (int i = 0; i < 4; i++) {
            assertEquals(Verdict.SEND, video("bucket", 1_000, 0));
        }
    }

    @Test
    void shouldLetAllPassUntilARateIsSet() {
        for (int i = 0; i < 10_000; i++) {
            assertEquals(Verdict.SEND, video("v", 1_200, i));
        }
        assertEquals(Long.MAX_VALUE, pacer.nextReleaseNs());
        assertEquals(Pacer.UNLIMITED_BPS, pacer.rateBps());
    }

    @Test
    void shouldLetABucketPassAtOnceAndTheRestWait() {
        fillBucket();
        assertEquals(Verdict.WAIT, video("a", 1_000, 1));
        assertEquals(1, pacer.waitingPackets());
        assertEquals(1_000, pacer.waitingBytes());
        assertEquals(MS, pacer.waitingNs());
        assertEquals(nowNs + 4 * MS, pacer.nextReleaseNs());
        nowNs += 4 * MS - 1;
        assertEquals(0, pacer.release(nowNs));
        nowNs += 1;
        assertEquals(1, pacer.release(nowNs));
        assertEquals(List.of("a"), sent);
        assertEquals(Long.MAX_VALUE, pacer.nextReleaseNs());
    }

    @Test
    void shouldLetStillPicturesLeaveWhereSoundFillsThePath() {
        fillBucket();
        assertEquals(Verdict.WAIT, video("a", 1_000, 1));
        assertEquals(Verdict.SEND, pacer.offer(Rank.STILL, 1_000, 8, 1, nowNs), "it is spread by its sender");
        nowNs += 4 * MS;
        assertEquals(0, pacer.release(nowNs), "what it took is taken from the others");
        nowNs += MS;
        assertEquals(1, pacer.release(nowNs));
        assertFalse(pacer.held());
        pacer.hold(true);
        assertTrue(pacer.held());
        assertThrows(AssertionError.class, () -> pacer.offer(Rank.STILL, 1_000, 8, 1, nowNs),
                "nor must its sender offer any then");
    }

    @Test
    void shouldReleaseAWholeBucketAtOnce() {
        fillBucket();
        for (int i = 0; i < 10; i++) {
            video("p" + i, 1_000, 1);
        }
        nowNs += 4 * MS;
        assertEquals(4, pacer.release(nowNs));
        assertEquals(0, pacer.release(nowNs));
        assertEquals(nowNs + 4 * MS, pacer.nextReleaseNs());
        assertEquals(List.of("p0", "p1", "p2", "p3"), sent);
    }

    @Test
    void shouldMakeUpForACallThatComesLateButForNoMoreThanABucket() {
        fillBucket();
        for (int i = 0; i < 30; i++) {
            video("p" + i, 1_000, 1);
        }
        nowNs += 7 * MS;
        assertEquals(7, pacer.release(nowNs), "one bucket due, three packets late");
        nowNs += 400 * MS;
        assertEquals(8, pacer.release(nowNs), "one bucket due, one late");
    }

    @Test
    void shouldNeverLetSoundWait() {
        fillBucket();
        for (int i = 0; i < 50; i++) {
            video("v", 1_000, 1);
        }
        long before = pacer.nextReleaseNs();
        for (int i = 0; i < 20; i++) {
            assertEquals(Verdict.SEND, pacer.offer(Rank.AUDIO, 100, 1, i, nowNs));
        }
        assertEquals(before + 2 * MS, pacer.nextReleaseNs(), "what sound took is taken from the pictures");
    }

    @Test
    void shouldNotLetTooMuchSoundSilencePicturesForLong() {
        fillBucket();
        video("v", 1_000, 1);
        for (int i = 0; i < 5_000; i++) {
            pacer.offer(Rank.AUDIO, 1_000, 1, i, nowNs);
        }
        assertEquals(nowNs + 500 * MS, pacer.nextReleaseNs());
    }

    @Test
    void shouldSendRetransmissionsBeforePicturesAndPaddingOnlyWhenNothingWaits() {
        fillBucket();
        video("v1", 1_000, 1);
        video("v2", 1_000, 1);
        assertEquals(Verdict.WAIT, pacer.offer(Rank.RTX, 1_000, 8, 1, nowNs));
        pacer.enqueue(Rank.RTX, "r1", 1_000, 8, 1, nowNs);
        assertEquals(Verdict.REFUSED, pacer.offer(Rank.PADDING, 200, 8, 1, nowNs));
        nowNs += 2 * MS;
        assertEquals(Verdict.WAIT, pacer.offer(Rank.RTX, 1_000, 8, 1, nowNs), "behind one that waits");
        pacer.enqueue(Rank.RTX, "r2", 1_000, 8, 1, nowNs);
        nowNs += 2 * MS;
        pacer.release(nowNs);
        assertEquals(List.of("r1", "r2", "v1", "v2"), sent);
        assertEquals(Verdict.REFUSED, pacer.offer(Rank.PADDING, 200, 8, 1, nowNs), "the bucket is full");
        nowNs += 4 * MS;
        assertEquals(Verdict.SEND, pacer.offer(Rank.PADDING, 200, 8, 1, nowNs));
    }

    @Test
    void shouldLetARetransmissionPassWaitingPicturesWhereThereIsRoom() {
        fillBucket();
        video("v", 1_000, 1);
        nowNs += 2 * MS;
        assertEquals(Verdict.WAIT, video("w", 1_000, 1));
        assertEquals(Verdict.SEND, pacer.offer(Rank.RTX, 1_000, 8, 1, nowNs));
    }

    @Test
    void shouldGiveUpTheOldestWholePictureWhenTheQueueTakesTooLong() {
        fillBucket();
        // The picture that is leaving is spared, the next oldest goes as a whole.
        video("a1", 20_000, 0);
        video("b1", 30_000, 1);
        video("b2", 30_000, 1);
        video("c1", 10_000, 2);
        assertEquals(List.of(), dropped);
        video("c2", 20_000, 2);
        assertEquals(List.of("b1", "b2"), dropped);
        assertEquals(1, pacer.droppedFrames());
        assertEquals(2, pacer.droppedPackets());
        assertEquals(50_000, pacer.waitingBytes());
        assertEquals(Verdict.REFUSED, video("b3", 1_000, 1), "the rest of what was given up is of no use");
        drain();
        assertEquals(List.of("a1", "c1", "c2"), sent);
    }

    @Test
    void shouldNotGiveUpAPictureThatWaitsAloneForTheTimeItTakes() {
        fillBucket();
        for (int i = 0; i < 19; i++) {
            video("k" + i, 10_000, 1);
        }
        assertEquals(190 * MS, pacer.waitingNs());
        assertEquals(List.of(), dropped);
        drain();
        assertEquals(19, sent.size());
    }

    @Test
    void shouldGiveUpAPictureThatIsLargerThanAllTheRoom() {
        fillBucket();
        for (int i = 0; i < 30; i++) {
            video("k" + i, 10_000, 1);
        }
        assertEquals(0, pacer.waitingPackets());
        assertEquals(21, dropped.size(), "what had come of it, and the packet that was too much");
        assertEquals(1, pacer.droppedFrames());
        assertEquals(Verdict.WAIT, video("next", 1_000, 2));
        drain();
        assertEquals(List.of("next"), sent);
    }

    @Test
    void shouldKeepRetransmissionsWithinTheBoundsToo() {
        pacer.setRate(MBIT_8, nowNs);
        for (int i = 0; i < 300; i++) {
            if (pacer.offer(Rank.RTX, 1_000, 8, i, nowNs) == Verdict.WAIT) {
                pacer.enqueue(Rank.RTX, "r" + i, 1_000, 8, i, nowNs);
            }
        }
        assertEquals(200, pacer.waitingPackets());
        assertEquals(200_000, pacer.waitingBytes());
        assertEquals(96, dropped.size());
        assertEquals("r4", dropped.getFirst());
        drain();
        assertEquals("r100", sent.getFirst());
        assertEquals("r299", sent.getLast());
    }

    @Test
    void shouldForgetAStreamAndAll() {
        fillBucket();
        video("v", 1_000, 1);
        pacer.enqueue(Rank.VIDEO, "other", 1_000, -9, 1, nowNs);
        pacer.enqueue(Rank.VIDEO, "v2", 1_000, 7, 2, nowNs);
        pacer.enqueue(Rank.RTX, "r", 1_000, 8, 1, nowNs);
        pacer.forget(7);
        assertEquals(List.of("v", "v2"), dropped);
        pacer.clear();
        assertEquals(List.of("v", "v2", "r", "other"), dropped);
        assertEquals(0, pacer.waitingPackets());
        assertEquals(0, pacer.waitingBytes());
        assertEquals(Long.MAX_VALUE, pacer.nextReleaseNs());
    }

    @Test
    void shouldDrainAtANewRate() {
        fillBucket();
        video("v", 1_000, 1);
        pacer.setRate(MBIT_8 / 2, nowNs);
        assertEquals(nowNs + 8 * MS, pacer.nextReleaseNs());
        pacer.setRate(MBIT_8 * 4, nowNs);
        assertEquals(nowNs + MS, pacer.nextReleaseNs());
        pacer.setRate(Pacer.UNLIMITED_BPS, nowNs);
        assertEquals(1, pacer.release(nowNs));
    }

    @Test
    void shouldGiveUpPicturesWhenTheRateFalls() {
        fillBucket();
        video("a", 1_000, 0);
        video("b", 40_000, 1);
        video("c", 20_000, 2);
        pacer.setRate(MBIT_8 / 4, nowNs);
        assertEquals(List.of("b"), dropped);
        assertEquals(21_000, pacer.waitingBytes());
    }

    /** Clock and queue positions far from zero, on both sides of the clock's wrap. */
    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -20 * MS, 0, Long.MAX_VALUE - 20 * MS, Long.MAX_VALUE - 1_000 * MS})
    void shouldWorkAtAnyTimeOfTheClock(long startNs) {
        nowNs = startNs;
        fillBucket();
        for (int frame = 0; frame < 20_000; frame++) {
            video("v", 1_000, frame);
            nowNs += MS;
            pacer.release(nowNs);
        }
        assertEquals(0, pacer.droppedPackets());
        assertTrue(pacer.waitingPackets() <= 5, pacer.waitingPackets() + " wait");
        assertTrue(sent.size() > 10_000, sent.size() + " had to wait");
    }

    @Test
    void shouldAllocateNothing() {
        long[] count = new long[1];
        Pacer<long[]> quiet = new Pacer<>(new Pacer.Outlet<>() {
            @Override
            public void send(long[] packet, long now) {
                packet[0]++;
            }

            @Override
            public void drop(long[] packet) {
                packet[0]++;
            }
        });
        quiet.setRate(MBIT_8, nowNs);
        long bytes = Allocations.bytes(50_000, 1, () -> {
            nowNs += 100_000L;
            for (int i = 0; i < 3; i++) {
                int timestamp = (int) (nowNs / (10 * MS));
                if (quiet.offer(Rank.VIDEO, 1_200, 7, timestamp, nowNs) == Verdict.WAIT) {
                    quiet.enqueue(Rank.VIDEO, count, 1_200, 7, timestamp, nowNs);
                }
            }
            quiet.offer(Rank.AUDIO, 160, 1, 0, nowNs);
            if (quiet.nextReleaseNs() - nowNs <= 0) {
                quiet.release(nowNs);
            }
        });
        assertEquals(0, bytes);
        assertTrue(quiet.droppedFrames() > 0 && count[0] > 0);
    }

    @Test
    void shouldSayWhatIsAllowed() {
        assertThrows(IllegalArgumentException.class, () -> new Pacer<>(this, 0, MS, 1_000));
        assertThrows(IllegalArgumentException.class, () -> new Pacer<>(this, 2 * MS, MS, 1_000));
        assertThrows(IllegalArgumentException.class, () -> new Pacer<>(this, MS, MS, 0));
    }

    private void drain() {
        while (pacer.nextReleaseNs() != Long.MAX_VALUE) {
            nowNs = Math.max(nowNs, pacer.nextReleaseNs());
            assertTrue(pacer.release(nowNs) > 0, "a deadline with nothing to do");
        }
    }
}
