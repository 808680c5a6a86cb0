// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * Tells when a viewer's path has died and when it carries again, so that a hole costs one key frame at its end and none
 * in its middle.
 *
 * <p>A path is <em>dark</em> when packets left and no feedback has come for longer than a stalled radio explains.
 * Pictures then stop at the source rather than wait: they would be old when the path is back. Sound goes on, since it is
 * little and finds the path again. It is not thinned either: in simulation a network that keeps what it cannot deliver
 * played the few packets out as seconds of gaps, where all of them were heard as speech.
 *
 * <p>Thread: one.
 */
final class OutageWatch {
    /** Beyond the moment at which feedback counts as late. By taste: shorter stalls cost no key frame. */
    static final long DARK_AFTER_NS = 400_000_000L;

    private long silentSinceNs = Long.MIN_VALUE;
    private boolean dark;

    /**
     * Looks at the path; often.
     *
     * @param silent packets left long enough ago and no feedback came
     * @return whether {@link #dark} changed
     */
    boolean look(boolean silent, long nowNs) {
        if (!silent) {
            silentSinceNs = Long.MIN_VALUE;
            boolean ended = dark;
            dark = false;
            return ended;
        }
        if (silentSinceNs == Long.MIN_VALUE) {
            silentSinceNs = nowNs;
        }
        if (dark || nowNs - silentSinceNs < DARK_AFTER_NS) {
            return false;
        }
        dark = true;
        return true;
    }

    /** No feedback comes: pictures are not sent. */
    boolean dark() {
        return dark;
    }
}
