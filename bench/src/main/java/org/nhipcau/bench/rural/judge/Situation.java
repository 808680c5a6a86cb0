// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.judge;

import org.nhipcau.bench.rural.link.Direction;
import org.nhipcau.bench.rural.link.LinkProfile;
import org.nhipcau.bench.rural.link.LinkSettings;

/**
 * What a run is judged against.
 *
 * @param direction down: the station looks and listens; up: the far side does, at what the station sends
 * @param fromMs where judging begins; what is named after the join, an outage or a rise is looked for in the whole run
 * @param settleMs how long after that the link's use and queue are not yet judged
 * @param fallMs when the link becomes poor; negative: it does not change in one step
 * @param riseMs when it recovers; negative as well
 */
public record Situation(LinkProfile profile, LinkSettings settings, Direction direction, double fromMs, double toMs,
        double settleMs, double fallMs, double riseMs) {

    public boolean hasFall() {
        return fallMs >= 0;
    }

    public boolean hasRise() {
        return riseMs >= 0;
    }
}
