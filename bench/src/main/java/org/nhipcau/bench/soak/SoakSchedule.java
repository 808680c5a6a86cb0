// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.soak;

import java.util.Random;

/** What happens next, by a seeded draw: the same seed makes the same run. Thread: one. */
final class SoakSchedule {
    /** What a client may do, and how often among all. */
    enum Act {
        /** A guest joins; it sends, or only listens. */
        JOIN(30),
        /** A guest leaves as it should. */
        LEAVE(18),
        /** A guest loses its network and comes back under its name. */
        RECONNECT(12),
        /** A client offers again without a change. */
        RENEGOTIATE(10),
        /** A client shows a picture in another size. */
        SWITCH_LAYER(20),
        /** A client hides a track and shows it again. */
        PAUSE(8),
        /** A client sends a further track for a moment. */
        PUBLISH(8),
        /** A client mutes a track of its own and unmutes it. */
        MUTE(8);

        private final int weight;

        Act(int weight) {
            this.weight = weight;
        }
    }

    private static final long MIN_PAUSE_MS = 40;
    private static final int PAUSE_SPREAD_MS = 200;

    private final Random random;
    private final int weights;

    SoakSchedule(long seed) {
        random = new Random(seed);
        int sum = 0;
        for (Act act : Act.values()) {
            sum += act.weight;
        }
        weights = sum;
    }

    Act next() {
        int drawn = random.nextInt(weights);
        for (Act act : Act.values()) {
            drawn -= act.weight;
            if (drawn < 0) {
                return act;
            }
        }
        throw new AssertionError(drawn);
    }

    /** One of so many, from 0. */
    int pick(int count) {
        return random.nextInt(count);
    }

    long pauseMs() {
        return MIN_PAUSE_MS + random.nextInt(PAUSE_SPREAD_MS);
    }
}
