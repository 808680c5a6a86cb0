// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.overload;

/**
 * Says whether a packet thread takes newcomers: it stops doing so well before those who are there would notice.
 *
 * <p>Judged over three seconds, since a join costs nothing at once and much a second later. Thread: the packet thread.
 */
public final class AdmissionGate {
    private static final long OVER_NS = 3_000_000_000L;
    /** Open again so far below the limit, so that one who was let in does not shut it for the next and back. */
    private static final double LEEWAY = 0.10;

    private final double limit;
    private boolean open = true;

    /** @param limitPercent share of its time that a thread may be busy and still take newcomers; 1 to 100 */
    public AdmissionGate(int limitPercent) {
        this.limit = limitPercent / 100.0;
    }

    /** Judges a window that has just ended. @return whether the answer changed */
    public boolean onWindow(LoadMonitor load, OverloadLevel level) {
        double utilisation = load.utilisation(OVER_NS);
        boolean now = level == OverloadLevel.NONE && utilisation < (open ? limit : limit - LEEWAY);
        boolean changed = now != open;
        open = now;
        return changed;
    }

    /** Whether newcomers are taken. */
    public boolean open() {
        return open;
    }
}
