// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.MediaEvent.WantedQualityChanged;

/**
 * Finds out which quality of a video producer anybody wants, on this worker or another, so that its sender can stop
 * sending the rest (dynacast): told at once when it rises, only after a delay when it falls. Where the publisher's
 * uplink carries the voice alone no quality is wanted, and that is told at once; and again while pictures come all the
 * same, for a client may not know its own track yet when it is told first, or have taken its layers up again. One that
 * heeds none of it sends on for all that it is told: its viewers must not be told that it rests.
 *
 * <p>Thread: one. Control path.
 */
final class WantedQuality {
    static final int NOBODY = WantedQualityChanged.NOBODY;
    /** Whoever wants it, its publisher's uplink carries no picture for now. */
    static final int RESTING = WantedQualityChanged.RESTING;

    /** What was sent before it was told is in by then, out of any queue that is worth waiting for. By taste. */
    private static final long REPEAT_NS = 4_000_000_000L;
    /** Seen to come so often all the same, they come for good: until the next rest. */
    private static final int MOST_UNHEEDED = 4;

    private final Producer producer;
    private final long delayNs;
    private int told;
    private long toldNs;
    private long lowerSinceNs = Long.MIN_VALUE;
    private int unheeded;

    /** Starts from "everything is wanted": that is what a sender sends before it is told anything. */
    WantedQuality(Producer producer, long delayNs) {
        this.producer = producer;
        this.delayNs = delayNs;
        this.told = highest();
    }

    /** Looks at the consumers. @return whether {@link #told} is to be told */
    boolean update(long nowNs) {
        int wanted = producer.resting() ? RESTING : highestWanted();
        if (told < 0 || wanted < 0) {
            producer.watch().excuseSilence(nowNs);
        }
        if (wanted == RESTING && told == RESTING) {
            return comesAllTheSame(nowNs);
        }
        if (wanted >= told) {
            lowerSinceNs = Long.MIN_VALUE;
            boolean changed = wanted > told;
            told = wanted;
            return changed;
        }
        if (lowerSinceNs == Long.MIN_VALUE) {
            lowerSinceNs = nowNs;
        }
        if (nowNs - lowerSinceNs < delayNs && wanted != RESTING) {
            return false;
        }
        lowerSinceNs = Long.MIN_VALUE;
        told = wanted;
        toldNs = nowNs;
        unheeded = 0;
        return true;
    }

    private boolean comesAllTheSame(long nowNs) {
        if (nowNs - toldNs < REPEAT_NS) {
            return false;
        }
        for (Encoding encoding : producer.encodings()) {
            if (encoding.live(nowNs)) {
                toldNs = nowNs;
                return tellsAgain();
            }
        }
        return false;
    }

    // Until it was told often enough.
    private boolean tellsAgain() {
        if (++unheeded == MOST_UNHEEDED) {
            producer.sendsOn();
        }
        return unheeded < MOST_UNHEEDED;
    }

    private int highestWanted() {
        int wanted = producer.exports().wantedQuality();
        for (Consumer consumer : producer.consumers()) {
            wanted = Math.max(wanted, consumer.share().wantedQuality());
        }
        return wanted;
    }

    private int highest() {
        int highest = 0;
        for (PictureLayer layer : producer.layers()) {
            highest = Math.max(highest, layer.quality());
        }
        return highest;
    }

    /** The quality that the sender was told last. */
    int told() {
        return told;
    }
}
