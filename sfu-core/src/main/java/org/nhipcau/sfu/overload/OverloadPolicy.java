// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.overload;

import java.util.Arrays;

/**
 * Moves the level of overload: up fast while packets are late or lost, down step by step once there is room again.
 *
 * <p>Up one level when two windows in a row were late and datagrams still wait, or when the thread did nothing but work for a second. After a step
 * it waits for its effect, since a lower layer begins only at its key frame; but while packets are being lost it waits
 * two windows only. Down one level after a time of calm. A level that had to be taken again soon after it was left is
 * kept twice as long the next time, up to a minute: that damps a load that fits at one level and not at the next.
 *
 * <p>Thread: the packet thread.
 */
public final class OverloadPolicy {
    private static final long MS = 1_000_000L;
    private static final long SECOND_NS = 1_000 * MS;
    /** Late windows in a row that make overload: one alone is a hiccup. */
    private static final int LATE_WINDOWS = 2;
    /** After a step up, the time until the next while packets are lost, and else: a key frame and a second of it. */
    static final long FAST_STEP_NS = 2 * LoadMonitor.WINDOW_NS;
    static final long STEP_NS = SECOND_NS;
    /** Busy for this share of a second: there is no room for the next burst. */
    static final double SATURATED = 0.95;
    /** So much lag, for all that was done about it, is as bad as loss; not every port hears of loss. */
    private static final long LOSING_LAG_NS = 500 * MS;
    /** Below the first share there is surely room for a level less, below the second perhaps. */
    static final double ROOM = 0.70;
    static final double SOME_ROOM = 0.90;
    /** Calm for this long before a step down; longer than a step down takes to spread over all tracks. */
    static final long HOLD_NS = 3 * SECOND_NS;
    static final long MAX_HOLD_NS = 60 * SECOND_NS;
    private static final int SOME_ROOM_FACTOR = 8;
    /** A level taken again within this time of leaving it was left too early. */
    private static final long RELAPSE_NS = 10 * SECOND_NS;
    private static final long FORGIVEN_NS = 60 * SECOND_NS;
    private static final long NEVER_NS = -3_600 * SECOND_NS;

    private final long lagLimitNs;
    private final boolean enabled;
    private final long[] holdNs = new long[OverloadLevel.count()];
    private final long[] leftNs = new long[OverloadLevel.count()];
    private OverloadLevel level = OverloadLevel.NONE;
    private int lateWindows;
    private boolean begun;
    private long risenNs;
    private long changedNs;
    private long roomSinceNs;
    private long someRoomSinceNs;

    /**
     * @param enabled false: the level stays at NONE whatever happens
     * @param lagLimitNs datagrams that waited this long are late
     */
    public OverloadPolicy(boolean enabled, long lagLimitNs) {
        this.enabled = enabled;
        this.lagLimitNs = lagLimitNs;
        Arrays.fill(holdNs, HOLD_NS);
    }

    /** Judges a window that has just ended. @return whether the level changed */
    public boolean onWindow(LoadMonitor load, long nowNs) {
        if (!enabled) {
            return false;
        }
        if (!begun) {
            begin(nowNs);
        }
        boolean late = load.lost() > 0 || load.lagNs() >= lagLimitNs;
        lateWindows = late ? lateWindows + 1 : 0;
        double utilisation = load.utilisation(SECOND_NS);
        if (mustRise(load, utilisation, nowNs) && rise(nowNs)) {
            load.restartLag();
            return true;
        }
        boolean calm = !late && load.lagNs() < lagLimitNs / 2;
        if (!calm || utilisation >= ROOM) {
            roomSinceNs = nowNs;
        }
        if (!calm || utilisation >= SOME_ROOM) {
            someRoomSinceNs = nowNs;
        }
        return mayFall(nowNs) && fall(nowNs);
    }

    private void begin(long nowNs) {
        begun = true;
        risenNs = nowNs + NEVER_NS;
        changedNs = nowNs;
        roomSinceNs = nowNs;
        someRoomSinceNs = nowNs;
        Arrays.fill(leftNs, nowNs + NEVER_NS);
    }

    private boolean mustRise(LoadMonitor load, double utilisation, long nowNs) {
        boolean losing = load.lost() > 0 || load.lagNs() >= LOSING_LAG_NS;
        boolean still = load.behind() || load.lost() > 0;
        if (lateWindows >= LATE_WINDOWS && still && nowNs - risenNs >= (losing ? FAST_STEP_NS : STEP_NS)) {
            return true;
        }
        return utilisation >= SATURATED && nowNs - changedNs >= STEP_NS;
    }

    private boolean rise(long nowNs) {
        OverloadLevel next = level.next();
        if (next == level) {
            return false;
        }
        int index = next.ordinal();
        long sinceLeftNs = nowNs - leftNs[index];
        if (sinceLeftNs < RELAPSE_NS) {
            holdNs[index] = Math.min(MAX_HOLD_NS, holdNs[index] * 2);
        } else if (sinceLeftNs > FORGIVEN_NS) {
            holdNs[index] = HOLD_NS;
        }
        risenNs = nowNs;
        move(next, nowNs);
        return true;
    }

    private boolean mayFall(long nowNs) {
        if (level == OverloadLevel.NONE) {
            return false;
        }
        long hold = holdNs[level.ordinal()];
        long slowHold = Math.min(MAX_HOLD_NS, hold * SOME_ROOM_FACTOR);
        return nowNs - roomSinceNs >= hold || nowNs - someRoomSinceNs >= slowHold;
    }

    private boolean fall(long nowNs) {
        leftNs[level.ordinal()] = nowNs;
        move(level.previous(), nowNs);
        return true;
    }

    private void move(OverloadLevel to, long nowNs) {
        level = to;
        changedNs = nowNs;
        roomSinceNs = nowNs;
        someRoomSinceNs = nowNs;
        lateWindows = 0;
    }

    /** What is being given up now. */
    public OverloadLevel level() {
        return level;
    }
}
