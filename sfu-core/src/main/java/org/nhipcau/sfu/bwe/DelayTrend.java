// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Tells from one-way delays how long packets wait in the path, and whether that wait grows.
 *
 * <p>The clocks of the two ends differ by an unknown constant and drift apart slowly: the least delay of the last
 * {@link #BASE_WINDOW_NS} to twice that is taken for a path without a queue. Delays jitter, and a picture's own packets
 * queue behind each other; the <em>standing</em> queue is what even the luckiest packet of a short while waits. Arrivals
 * are gathered into slots of at least {@link #SLOT_US}, each with its least delay; a slot needs no number of packets, so
 * the trend goes on with the few packets a second of sound alone.
 *
 * <pre>
 *  delay  .       .  .     slot minima     o       standing = the lesser of the last two slots, over the base
 *     . .  .o. .     .o .   o        o             trend    = least-squares slope over the last slots
 *   o   o       o           -------------- base
 * </pre>
 * The idea of a slope over packet groups after libwebrtc's
 * {@code modules/congestion_controller/goog_cc/trendline_estimator.cc}; slots by time, their minima and all constants
 * are by taste, tuned in simulation.
 *
 * <p>Thread: one. Owns: 8 slots.
 */
final class DelayTrend {
    static final long BASE_WINDOW_NS = 15_000_000_000L;
    private static final long SLOT_US = 40_000;
    private static final int SLOTS = 8;
    /** The other end's clock wrapped or was set. */
    private static final long CLOCK_JUMP_US = 60_000_000L;
    private static final long MAX_THRESHOLD_US = 80_000;
    private static final double NOISE_WEIGHT = 0.05;
    /** Grows by more than this many seconds per second. */
    private static final double RISING_SLOPE = 0.02;

    private final long leastUs;
    private final double noiseShare;
    private boolean known;
    private long baseUs = Long.MAX_VALUE;
    private long previousBaseUs = Long.MAX_VALUE;
    private long baseSinceNs;
    private long lastUs;
    private long beforeLastUs;
    private final long[] slotAtUs = new long[SLOTS];
    private final long[] slotMinUs = new long[SLOTS];
    private int slots;
    private int slot;
    private long noiseUs;

    DelayTrend(EstimatorSettings settings) {
        leastUs = Math.min(MAX_THRESHOLD_US, (long) (settings.thresholdMs() * 1e3));
        noiseShare = settings.noiseShare();
    }

    /** Takes one packet, in the order of sending. */
    void onArrival(long sentUs, long arrivalUs, long nowNs) {
        long delayUs = arrivalUs - sentUs;
        if (known && Math.abs(delayUs - lastUs) > CLOCK_JUMP_US) {
            known = false;
        }
        if (!known) {
            begin(delayUs, arrivalUs, nowNs);
        }
        beforeLastUs = lastUs;
        lastUs = delayUs;
        if (nowNs - baseSinceNs > BASE_WINDOW_NS) {
            previousBaseUs = baseUs;
            baseUs = delayUs;
            baseSinceNs = nowNs;
        }
        baseUs = Math.min(baseUs, delayUs);
        if (arrivalUs - slotAtUs[slot] >= SLOT_US) {
            endSlot();
            slotAtUs[slot] = arrivalUs;
            slotMinUs[slot] = delayUs;
        } else {
            slotMinUs[slot] = Math.min(slotMinUs[slot], delayUs);
        }
    }

    private void begin(long delayUs, long arrivalUs, long nowNs) {
        known = true;
        baseUs = delayUs;
        previousBaseUs = delayUs;
        baseSinceNs = nowNs;
        lastUs = delayUs;
        slot = 0;
        slots = 1;
        slotAtUs[0] = arrivalUs;
        slotMinUs[0] = delayUs;
    }

    private void endSlot() {
        if (slots > 1) {
            long change = Math.abs(slotMinUs[slot] - slotMinUs[slot + SLOTS - 1 & SLOTS - 1]);
            // What changes by more than the threshold is a queue, not noise.
            if (standingUs() < leastUs + noiseShare * noiseUs) {
                noiseUs += (long) ((change - noiseUs) * NOISE_WEIGHT);
            }
        }
        slot = slot + 1 & SLOTS - 1;
        slots = Math.min(SLOTS, slots + 1);
    }

    private long base() {
        return Math.min(baseUs, previousBaseUs);
    }

    boolean known() {
        return known;
    }

    /** How long each packet waits at least, in us. */
    long standingUs() {
        if (!known) {
            return 0;
        }
        long least = slots < 2 ? slotMinUs[slot] : Math.min(slotMinUs[slot], slotMinUs[slot + SLOTS - 1 & SLOTS - 1]);
        return Math.max(0, least - base());
    }

    /** How long the last packets waited: sooner known than the standing queue, and less sure. */
    long latestUs() {
        return known ? Math.max(0, Math.min(lastUs, beforeLastUs) - base()) : 0;
    }

    /** How long the last packet waited; jitter and all. */
    long newestUs() {
        return known ? Math.max(0, lastUs - base()) : 0;
    }

    /** How long a packet with this delay waited, in us. */
    long queueOfUs(long delayUs) {
        return Math.max(0, delayUs - base());
    }

    /** A queue longer than this is no jitter, in us. */
    long thresholdUs() {
        return Math.clamp(leastUs + (long) (noiseShare * noiseUs), leastUs, MAX_THRESHOLD_US);
    }

    /** There is a queue that does not come from jitter. */
    boolean queued() {
        return standingUs() > thresholdUs();
    }

    /** The delay grows, seconds per second over the last slots. */
    boolean rising() {
        return slope() > RISING_SLOPE;
    }

    /** Least-squares slope of the slots' least delays, in seconds per second. */
    double slope() {
        if (slots < 3) {
            return 0;
        }
        double meanAt = 0;
        double meanDelay = 0;
        long origin = slotAtUs[slot];
        for (int i = 0; i < slots; i++) {
            int at = slot - i & SLOTS - 1;
            meanAt += slotAtUs[at] - origin;
            meanDelay += slotMinUs[at] - base();
        }
        meanAt /= slots;
        meanDelay /= slots;
        double covariance = 0;
        double variance = 0;
        for (int i = 0; i < slots; i++) {
            int at = slot - i & SLOTS - 1;
            double dt = slotAtUs[at] - origin - meanAt;
            covariance += dt * (slotMinUs[at] - base() - meanDelay);
            variance += dt * dt;
        }
        return variance == 0 ? 0 : covariance / variance;
    }

    /** What seems to be a queue does not go although nothing feeds it: the path itself has become longer. */
    void rebase(long nowNs) {
        baseUs = base() + standingUs();
        previousBaseUs = baseUs;
        baseSinceNs = nowNs;
    }

    /** Others fill the queue: their least delay is none of the path's, and is not to become the base. */
    void keepBase(long nowNs) {
        baseSinceNs = nowNs;
    }

    /** Forgets the slots, not the base: what lies between was an outage. */
    void resume() {
        slots = Math.min(slots, 1);
    }

    /** Forgets all: the sender's clock was set, and what it says now cannot be compared with what it said. */
    void forget() {
        known = false;
        slots = 0;
    }
}
