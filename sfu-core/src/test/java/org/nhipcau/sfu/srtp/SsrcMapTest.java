// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The map against the Java library's, with keys that collide. */
class SsrcMapTest {
    @Test
    void shouldAgreeWithAHashMap() {
        long seed = 3;
        Random random = new Random(seed);
        SsrcMap<Integer> map = new SsrcMap<>();
        Map<Integer, Integer> model = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            int range = 1 + i / 2000;
            int ssrc = random.nextInt(range) - range / 2 << (i & 3) * 8;
            if (random.nextBoolean()) {
                assertEquals(model.remove(ssrc), map.remove(ssrc), "seed " + seed + " step " + i);
            } else {
                model.put(ssrc, i);
                map.put(ssrc, i);
            }
            assertEquals(model.size(), map.size());
            assertEquals(model.get(ssrc ^ 1), map.get(ssrc ^ 1));
        }
        model.forEach((ssrc, value) -> assertEquals(value, map.get(ssrc)));
        int[] count = {0};
        map.forEach(value -> count[0]++);
        assertEquals(model.size(), count[0]);
    }
}
