// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

/**
 * The loss and jitter of one received stream, as a receiver report tells them.
 *
 * <p>Counts packets of the stream itself, before repair: what retransmission brings back stays lost here, for the
 * sender adapts its rate by it.
 * Spec: RFC 3550 §6.4.1, appendix A.3 (loss), A.8 (jitter).
 *
 * <p>Thread: one.
 */
public final class ReceptionFigures {
    private static final int MAX_CUMULATIVE = 0x7f_ffff;
    private static final int MIN_CUMULATIVE = -0x80_0000;

    private final int clockRate;
    private boolean started;
    private long first;
    private long highest;
    private long received;
    private long expectedPrior;
    private long receivedPrior;
    private long statisticsExpected;
    private long statisticsLost;
    private long transit;
    private boolean transitKnown;
    private long lastTimestamp;
    private long transitOrigin;
    private int leastTransit = Integer.MAX_VALUE;
    private long gaps;
    private long gapsTaken;
    private boolean fresh = true;
    /** Sixteen times the jitter, in ticks (RFC 3550 A.8). */
    private long scaledJitter;

    /** @param clockRate ticks per second */
    public ReceptionFigures(int clockRate) {
        this.clockRate = clockRate;
    }

    /** Counts a packet that was not received before. */
    public void onPacket(long extendedSequence, long timestamp, long nowNs) {
        if (!started) {
            started = true;
            first = extendedSequence;
            highest = extendedSequence;
        }
        received++;
        first = Math.min(first, extendedSequence);
        boolean newest = extendedSequence >= highest;
        if (extendedSequence > highest + 1) {
            gaps++;
        }
        highest = Math.max(highest, extendedSequence);
        if (newest) {
            updateJitter(timestamp, nowNs);
        }
    }

    // Only the first packet of a frame counts: the others share its timestamp but leave the sender later.
    private void updateJitter(long timestamp, long nowNs) {
        if (transitKnown && timestamp == lastTimestamp) {
            return;
        }
        long arrival = nowNs / 1_000 * clockRate / 1_000_000;
        long newTransit = arrival - timestamp;
        if (transitKnown) {
            long difference = Math.abs((long) (int) (newTransit - transit));
            // A source that jumps in its timestamps (muted, restarted) says nothing about the network.
            if (difference < clockRate * 5L) {
                scaledJitter += difference - (scaledJitter + 8 >> 4);
            } else {
                transitOrigin += newTransit - transit;
            }
        } else {
            transitOrigin = newTransit;
        }
        leastTransit = Math.min(leastTransit, (int) (newTransit - transitOrigin));
        transit = newTransit;
        transitKnown = true;
        lastTimestamp = timestamp;
    }

    /** Packets expected so far. */
    public long expected() {
        return started ? highest - first + 1 : 0;
    }

    /** Packets received so far, without repaired ones. */
    public long received() {
        return received;
    }

    /** Cumulative loss as 24 signed bits allow it. */
    public int cumulativeLost() {
        return Math.clamp(expected() - received, MIN_CUMULATIVE, MAX_CUMULATIVE);
    }

    /** Loss since the last call in 1/256; 0 when more came than expected. */
    public int takeFractionLost() {
        long expectedInterval = expected() - expectedPrior;
        long lostInterval = expectedInterval - (received - receivedPrior);
        expectedPrior = expected();
        receivedPrior = received;
        return expectedInterval <= 0 || lostInterval <= 0 ? 0
                : (int) Math.min(255, (lostInterval << 8) / expectedInterval);
    }

    /** Packets expected since the last call; for statistics, apart from reports. Call before {@link #takeLost}. */
    public long takeExpected() {
        long value = expected() - statisticsExpected;
        statisticsExpected += value;
        return value;
    }

    /** Packets lost since the last call, never negative. */
    public long takeLost() {
        long lost = statisticsExpected - received;
        long value = Math.max(0, lost - statisticsLost);
        statisticsLost = Math.max(statisticsLost, lost);
        return value;
    }

    /** Whether this is the first time that it is asked. */
    public boolean takeFresh() {
        boolean value = fresh;
        fresh = false;
        return value;
    }

    /** Runs in which packets were missing since the last call, reordered ones taken for missing. */
    public long takeGaps() {
        long value = gaps - gapsTaken;
        gapsTaken = gaps;
        return value;
    }

    /** A packet came since {@link #takeLeastTransitMs} was called last. */
    public boolean transitMeasured() {
        return leastTransit != Integer.MAX_VALUE;
    }

    /** The soonest way of a packet to us since the last call, in ms against that of the stream's first packet. */
    public double takeLeastTransitMs() {
        double value = leastTransit * 1_000.0 / clockRate;
        leastTransit = Integer.MAX_VALUE;
        return value;
    }

    /** Interarrival jitter in ticks. */
    public long jitterTicks() {
        return scaledJitter >> 4;
    }

    /** Interarrival jitter in ms. */
    public double jitterMs() {
        return jitterTicks() * 1_000.0 / clockRate;
    }

    /** Extended highest sequence number: 32 bits. */
    public long extendedHighest() {
        return highest & 0xffff_ffffL;
    }

    /** A packet was counted. */
    public boolean started() {
        return started;
    }
}
