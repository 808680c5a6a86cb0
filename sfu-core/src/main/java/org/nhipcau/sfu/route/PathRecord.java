// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.concurrent.TimeUnit;
import org.nhipcau.sfu.api.PathHistory;
import org.nhipcau.sfu.bwe.WarmStart;

/**
 * Translates between what an estimator knows of a path and the words of the contract. What comes in is judged by the
 * estimator ({@link WarmStart#usable}), whatever it says. Pure.
 */
public final class PathRecord {
    private PathRecord() {}

    /** As an estimator takes it. */
    public static WarmStart toWarmStart(PathHistory history) {
        return new WarmStart(history.estimateBps(), (long) (history.roundTripMs() * 1e6), history.lossRatio(),
                history.burstLength(), TimeUnit.MILLISECONDS.toNanos(history.ageMs()));
    }

    /** As signaling keeps it. */
    static PathHistory toHistory(WarmStart learnt) {
        return new PathHistory(learnt.estimateBps(), learnt.roundTripNs() / 1e6, learnt.lossRatio(),
                learnt.burstLength(), TimeUnit.NANOSECONDS.toMillis(learnt.ageNs()));
    }
}
