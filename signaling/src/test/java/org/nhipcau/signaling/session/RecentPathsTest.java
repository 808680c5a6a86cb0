// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.PathHistory;

class RecentPathsTest {
    private static final PathHistory POOR = new PathHistory(180_000, 220, 0.04, 2.5, 0);

    private long nowMs = 1_000_000;
    private final RecentPaths paths = new RecentPaths(new byte[32], 3, 10_000, () -> nowMs);

    @Test
    void shouldRecallThePathWithItsAge() {
        assertEquals(PathHistory.NONE, paths.recall("trạm-1"));
        paths.remember("trạm-1", POOR);
        nowMs += 9_000;
        assertEquals(POOR.older(9_000), paths.recall("trạm-1"));
        assertEquals(PathHistory.NONE, paths.recall("trạm-2"));
    }

    @Test
    void shouldAddTheAgeThatItWasGivenWith() {
        paths.remember("a", POOR.older(4_000));
        nowMs += 6_000;
        assertEquals(10_000, paths.recall("a").ageMs());
        nowMs++;
        assertEquals(PathHistory.NONE, paths.recall("a"));
        assertEquals(0, paths.size(), "what is too old is not kept");
    }

    @Test
    void shouldForgetThoseNotSeenForLongest() {
        for (String identity : new String[] {"a", "b", "c", "a", "d"}) {
            paths.remember(identity, POOR);
            nowMs += 10;
        }
        assertEquals(3, paths.size());
        assertEquals(PathHistory.NONE, paths.recall("b"));
        assertNotEquals(PathHistory.NONE, paths.recall("a"));
        nowMs += 10_000;
        paths.remember("e", POOR);
        assertEquals(1, paths.size());
    }

    @Test
    void shouldKeepNothingThatSaysNothing() {
        paths.remember("a", PathHistory.NONE);
        paths.remember("b", POOR.older(10_001));
        assertEquals(0, paths.size());
        paths.remember("c", POOR);
        paths.remember("c", PathHistory.NONE);
        assertEquals(POOR, paths.recall("c"));
    }

    @Test
    void shouldBeTheKeyThatMakesThePseudonym() {
        byte[] otherKey = new byte[32];
        otherKey[0] = 1;
        RecentPaths other = new RecentPaths(otherKey, 3, 10_000, () -> nowMs);
        other.remember("a", POOR);
        assertEquals(PathHistory.NONE, paths.recall("a"));
        assertEquals(POOR, other.recall("a"));
    }
}
