// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.overload;

/**
 * Measures how much of its time a packet thread needs, and for how long datagrams wait before it gets to them.
 *
 * <p>Time is cut into windows of a tenth of a second. Of each, two figures are kept:
 * <ul>
 * <li><em>Busy</em> is wall time between the first datagram of a batch and the end of its duty cycle, and the gap to the
 *     next batch if that one was already waiting. Wall time and not the processor time of the thread: when other
 *     programs take the processor, the processor time falls just when packets become late.
 * <li><em>Lag</em> is for how long the socket has not once been found empty: no datagram can have waited longer. A
 *     single long cycle whose batch emptied the socket is no lag; shedding would not have made it shorter.
 * </ul>
 *
 * <p>Thread: the packet thread. A cycle costs a few additions.
 */
public final class LoadMonitor {
    /** Length of a window; it is longer when a cycle is. */
    public static final long WINDOW_NS = 100_000_000L;
    private static final int WINDOWS = 32;
    /** A port may say "more may be waiting" when none was; then the gap was rest, and long. */
    private static final long MAX_BUSY_GAP_NS = 1_000_000L;

    private final long[] busy = new long[WINDOWS];
    private final long[] length = new long[WINDOWS];
    private int newest;
    private boolean started;
    private long windowStartNs;
    private long windowBusyNs;
    private long windowLagNs;
    private long lastEndNs;
    private boolean waiting;
    private long waitingSinceNs;
    private long lagNs;
    private long lost;
    private long lostTotal;

    /**
     * Takes note of one duty cycle.
     *
     * @param startNs when its first datagram was taken up, or the cycle itself when there was none
     * @param endNs when all its packets were with the socket
     * @param drained the socket had no more datagrams when the batch was taken
     * @return whether the window is complete: {@link #endWindow} is due
     */
    public boolean onCycle(long startNs, long endNs, boolean drained) {
        if (!started) {
            started = true;
            windowStartNs = startNs;
            lastEndNs = startNs;
        }
        windowBusyNs += Math.max(0, endNs - startNs);
        if (waiting) {
            windowBusyNs += Math.clamp(startNs - lastEndNs, 0, MAX_BUSY_GAP_NS);
            windowLagNs = Math.max(windowLagNs, endNs - waitingSinceNs);
        } else if (!drained) {
            waitingSinceNs = startNs;
        }
        waiting = !drained;
        lastEndNs = endNs;
        return endNs - windowStartNs >= WINDOW_NS;
    }

    /**
     * Ends a window.
     *
     * @param totalLost datagrams that the kernel dropped for want of room in the socket's queue, since the start
     */
    public void endWindow(long nowNs, long totalLost) {
        newest = (newest + 1) % WINDOWS;
        length[newest] = Math.max(1, nowNs - windowStartNs);
        busy[newest] = Math.min(windowBusyNs, length[newest]);
        lagNs = windowLagNs;
        lost = totalLost - lostTotal;
        lostTotal = totalLost;
        windowStartNs = nowNs;
        windowBusyNs = 0;
        windowLagNs = 0;
    }

    /** Share of the last complete windows that was busy, over a time of at least this length; 0 to 1. */
    public double utilisation(long overNs) {
        long busyNs = 0;
        long lengthNs = 0;
        for (int i = 0; i < WINDOWS && lengthNs < overNs; i++) {
            int at = Math.floorMod(newest - i, WINDOWS);
            if (length[at] == 0) {
                break;
            }
            busyNs += busy[at];
            lengthNs += length[at];
        }
        // Before there were as many windows the thread had nothing to do.
        return (double) busyNs / Math.max(1, Math.max(lengthNs, overNs));
    }

    /** For how long datagrams may have waited in the last complete window. */
    public long lagNs() {
        return lagNs;
    }

    /** Datagrams wait for the next cycle: what was late has not been made up for. */
    public boolean behind() {
        return waiting;
    }

    /** Something was done about the lag: it is measured anew, for what waits already must be worked off first. */
    void restartLag() {
        waitingSinceNs = lastEndNs;
    }

    /** Datagrams that the kernel dropped in the last complete window. */
    public long lost() {
        return lost;
    }
}
