// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/**
 * What a node learnt of the path to a participant, for the participant's next transport to begin with. Names nobody and
 * no place: whose it is, is known to whoever keeps it. A node that finds it of no use begins as if there were none.
 *
 * @param estimateBps what the path carried, IP headers included; 0: nothing is known
 * @param roundTripMs without waiting in the path; 0: not known
 * @param lossRatio of the path itself, 0 to 1, without outages and without loss for its own load
 * @param burstLength packets lost in a row, on average; 1 and more
 * @param ageMs time since it was learnt
 */
public record PathHistory(long estimateBps, double roundTripMs, double lossRatio, double burstLength, long ageMs) {
    /** Nothing is known. */
    public static final PathHistory NONE = new PathHistory(0, 0, 0, 1, 0);

    /** Something is known. */
    public boolean known() {
        return estimateBps > 0;
    }

    /** The same after it has lain for a while. */
    public PathHistory older(long byMs) {
        return new PathHistory(estimateBps, roundTripMs, lossRatio, burstLength, ageMs + Math.max(0, byMs));
    }
}
