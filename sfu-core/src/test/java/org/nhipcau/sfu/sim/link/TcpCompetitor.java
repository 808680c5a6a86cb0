// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.link;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.sim.link.VirtualClock.Alarm;

/**
 * A download beside the call: one TCP flow with endless data under CUBIC, as far as a shared queue can tell.
 *
 * <p>Slow start until the first loss; then the cubic curve around the window at which packets were lost, never below
 * what Reno would take; a window less by 0.3 once per round trip with loss; a timeout restarts from one segment.
 * Packets stay in order on the link, so a gap means loss; what was lost is not sent again by number, more of the
 * endless data is. Spec: RFC 9438 §4 (C 0.4, beta 0.7), RFC 6298 §2.4 (1 s at least until a timeout).
 *
 * <p>Thread: one.
 */
public final class TcpCompetitor {
    private static final int SEGMENT_BYTES = 1_500;
    private static final int ACK_BYTES = 52;
    private static final double C = 0.4;
    private static final double BETA = 0.7;
    private static final long MIN_TIMEOUT_NS = 1_000_000_000L;

    private final VirtualClock clock;
    private final VirtualLink data;
    private final VirtualLink acknowledgements;
    private final Alarm timeout = new Alarm(this::onTimeout);
    private double window = 10;
    private double threshold = Double.MAX_VALUE;
    private double windowAtLoss;
    private long epochNs;
    private double renoWindow;
    private long next;
    private long acknowledged;
    private long expected;
    private long recoverUntil;
    private int inFlight;
    private long roundTripNs = 100_000_000L;
    private boolean running;
    private int mostSegments = Integer.MAX_VALUE;
    // When the segment with this number left, by its low bits.
    private final long[] sentNs = new long[1 << 14];

    /** @param data carries its segments @param acknowledgements carries its receiver's answers */
    public TcpCompetitor(VirtualClock clock, VirtualLink data, VirtualLink acknowledgements) {
        this.clock = clock;
        this.data = data;
        this.acknowledgements = acknowledgements;
    }

    /** Its receiver takes no more at a time: no loss then, and a queue of one length. A browser's first 64 kB: 43. */
    public TcpCompetitor withWindowOf(int segments) {
        mostSegments = segments;
        return this;
    }

    public void start() {
        running = true;
        fill();
    }

    /** Sends nothing more. */
    public void stop() {
        running = false;
        clock.set(timeout, Long.MAX_VALUE);
    }

    private void fill() {
        while (running && inFlight < Math.min((int) window, mostSegments) && next - acknowledged < sentNs.length) {
            sentNs[(int) next & sentNs.length - 1] = clock.nowNs();
            data.send(this::onData, null, SEGMENT_BYTES, Flow.OTHER, next++);
            inFlight++;
        }
        clock.set(timeout, clock.nowNs() + Math.max(MIN_TIMEOUT_NS, 2 * roundTripNs));
    }

    private void onData(PacketBuffer none, long sequence, long nowNs) {
        acknowledgements.send(this::onAcknowledged, null, ACK_BYTES, Flow.OTHER, sequence);
    }

    private void onAcknowledged(PacketBuffer none, long sequence, long nowNs) {
        if (sequence < expected) {
            return;
        }
        // An acknowledgement that was lost is made up for by the next: only the receiver's gaps would be loss. Here the
        // gaps of both directions count, as the way back is seldom the narrow one.
        long missing = sequence - expected;
        expected = sequence + 1;
        acknowledged = expected;
        inFlight = (int) Math.max(0, inFlight - missing - 1);
        roundTripNs += (nowNs - sentNs[(int) sequence & sentNs.length - 1] - roundTripNs) / 8;
        if (missing > 0 && sequence >= recoverUntil) {
            onLoss(nowNs);
        } else if (sequence >= recoverUntil) {
            grow(nowNs);
        }
        fill();
    }

    private void onLoss(long nowNs) {
        // Fast convergence (RFC 9438 §4.7).
        windowAtLoss = window < windowAtLoss ? window * (1 + BETA) / 2 : window;
        window = Math.max(2, window * BETA);
        threshold = window;
        renoWindow = window;
        epochNs = nowNs;
        recoverUntil = next;
    }

    private void grow(long nowNs) {
        if (window < threshold) {
            window++;
            return;
        }
        double k = Math.cbrt(windowAtLoss * (1 - BETA) / C);
        double seconds = (nowNs - epochNs + roundTripNs) / 1e9;
        double target = C * Math.pow(seconds - k, 3) + windowAtLoss;
        renoWindow += 3 * (1 - BETA) / (1 + BETA) / window;
        target = Math.max(renoWindow, Math.min(target, window * 1.5));
        window += Math.max(0, (target - window) / window);
    }

    private void onTimeout(long nowNs) {
        if (!running) {
            return;
        }
        windowAtLoss = window;
        threshold = Math.max(2, window * BETA);
        renoWindow = threshold;
        window = 1;
        inFlight = 0;
        expected = next;
        acknowledged = next;
        recoverUntil = next;
        epochNs = nowNs;
        fill();
    }
}
