// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.Arrays;

/**
 * What a listener heard, in ticks of 20 ms, and what can be read from that for any stretch of time.
 *
 * <p>Made up and stood still both count as concealed, against the time in which there was speech to hear; the browser
 * leaves out what it conceals in silence after half a second, so it counts less. Thread: one. Times are ms since the
 * viewer joined, as those of its links.
 */
public final class SoundRecord {
    static final byte QUIET = 0;
    static final byte HEARD = 1;
    static final byte MADE_UP = 2;
    static final byte STOOD = 3;
    private static final int TICK_MS = 20;
    private static final int TICKS_PER_SECOND = 1_000 / TICK_MS;
    /** Fewer ticks with speech than this in a second say nothing of it. */
    private static final int MIN_SPEECH = 5;

    private final long startNs;
    private byte[] ticks = new byte[4_096];
    private short[] bufferMs = new short[4_096];
    private int count;

    SoundRecord(long startNs) {
        this.startNs = startNs;
    }

    void onTick(byte what, double bufferedMs, long nowNs) {
        int at = (int) ((nowNs - startNs) / (TICK_MS * 1_000_000L));
        if (at >= ticks.length) {
            ticks = Arrays.copyOf(ticks, at * 2);
            bufferMs = Arrays.copyOf(bufferMs, at * 2);
        }
        ticks[at] = what;
        bufferMs[at] = (short) Math.clamp(bufferedMs, 0.0, 30_000.0);
        count = at + 1;
    }

    /** Percent of the speech of a stretch that was not heard as it was said. */
    public double concealedPercent(long fromMs, long toMs) {
        int speech = 0;
        int concealed = 0;
        for (int i = (int) (fromMs / TICK_MS); i < Math.min(count, toMs / TICK_MS); i++) {
            speech += ticks[i] == QUIET ? 0 : 1;
            concealed += ticks[i] >= MADE_UP ? 1 : 0;
        }
        return speech == 0 ? 0 : 100.0 * concealed / speech;
    }

    /** How long speech waited at the listener before it was heard, in ms. */
    public double meanBufferMs(long fromMs, long toMs) {
        double sum = 0;
        int heard = 0;
        for (int i = (int) (fromMs / TICK_MS); i < Math.min(count, toMs / TICK_MS); i++) {
            if (ticks[i] == HEARD) {
                sum += bufferMs[i];
                heard++;
            }
        }
        return heard == 0 ? 0 : sum / heard;
    }

    /** The longest time of a stretch without anything heard while there was speech, in ms. */
    public double longestStallMs(long fromMs, long toMs) {
        int longest = 0;
        int run = 0;
        for (int i = (int) (fromMs / TICK_MS); i < Math.min(count, toMs / TICK_MS); i++) {
            run = ticks[i] >= MADE_UP ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest * (double) TICK_MS;
    }

    /** The share of the seconds of a stretch in which at most 5 % of the speech was concealed. */
    public double intelligibleSeconds(long fromMs, long toMs) {
        int good = 0;
        int all = 0;
        for (long at = fromMs; at + 1_000 <= toMs; at += 1_000) {
            all++;
            good += concealedPercent(at, at + 1_000) <= 5 ? 1 : 0;
        }
        return all == 0 ? 1 : (double) good / all;
    }

    /** When speech was first heard from a time on, in ms after it; -1: never. */
    public double firstHeardAfterMs(long fromMs) {
        for (int i = (int) (fromMs / TICK_MS); i < count; i++) {
            if (ticks[i] == HEARD) {
                return i * (double) TICK_MS - fromMs;
            }
        }
        return -1;
    }

    /** From when on, in ms after a time, a whole second has at most 5 % concealed; -1: never. */
    public double recoveredAfterMs(long fromMs) {
        for (int i = (int) (fromMs / TICK_MS); i + TICKS_PER_SECOND <= count; i++) {
            int speech = 0;
            int concealed = 0;
            for (int k = i; k < i + TICKS_PER_SECOND; k++) {
                speech += ticks[k] == QUIET ? 0 : 1;
                concealed += ticks[k] >= MADE_UP ? 1 : 0;
            }
            if (ticks[i] < MADE_UP && (speech < MIN_SPEECH || concealed * 20 <= speech)) {
                return i * (double) TICK_MS - fromMs;
            }
        }
        return -1;
    }
}
