// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Tells when a viewer's path has died and when it carries again, so that a hole costs one key frame at its end and none
 * in its middle, and so that what comes through first is fresh sound.
 *
 * <p>A path is <em>dark</em> when packets left and no feedback has come for longer than a stalled radio explains.
 * Pictures then stop at the source rather than wait: they would be old when the path is back. Sound goes on, since it is
 * little and finds the path again; but while not a single packet of any kind comes from the viewer, it is
 * <em>thinned</em>, for a network that keeps what it cannot deliver would play all of it out before the first fresh
 * word. The first feedback ends the dark, the first packet of any kind the thinning: sound before pictures.
 *
 * <p>Thread: one.
 */
final class OutageWatch {
    /** Beyond the moment at which feedback counts as late. By taste: shorter stalls cost no key frame. */
    static final long DARK_AFTER_NS = 400_000_000L;
    /** Without a packet of any kind for so long there is no path in either direction. By taste. */
    static final long THIN_AFTER_NS = 1_000_000_000L;
    /** While thinned, one packet of sound in this time: 2 kB of old sound for each second of the hole. By taste. */
    static final long THIN_INTERVAL_NS = 100_000_000L;

    private long silentSinceNs = Long.MIN_VALUE;
    private boolean dark;
    private boolean thin;
    private long lastSoundNs;

    /**
     * Looks at the path; often while dark.
     *
     * @param silent packets left long enough ago and no feedback came
     * @param heardNs when a packet of any kind last came from the viewer
     * @return whether {@link #dark} changed
     */
    boolean look(boolean silent, long heardNs, long nowNs) {
        if (!silent) {
            silentSinceNs = Long.MIN_VALUE;
            thin = false;
            boolean ended = dark;
            dark = false;
            return ended;
        }
        if (silentSinceNs == Long.MIN_VALUE) {
            silentSinceNs = nowNs;
        }
        thin = dark && nowNs - heardNs >= THIN_AFTER_NS;
        if (dark || nowNs - silentSinceNs < DARK_AFTER_NS) {
            return false;
        }
        dark = true;
        return true;
    }

    /** A packet of any kind came from the viewer. */
    void onHeard() {
        thin = false;
    }

    /** No feedback comes: pictures are not sent. */
    boolean dark() {
        return dark;
    }

    /** Whether sound may leave now; a packet that may counts as sent. */
    boolean soundMayLeave(long nowNs) {
        if (thin && nowNs - lastSoundNs < THIN_INTERVAL_NS) {
            return false;
        }
        lastSoundNs = nowNs;
        return true;
    }
}
