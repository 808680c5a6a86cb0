// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SsrcTableTest {
    @Test
    void shouldAgreeWithAMapUnderRandomUse() {
        for (long seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            SsrcTable<Integer> table = new SsrcTable<>(20);
            Map<Integer, Integer> model = new HashMap<>();
            for (int i = 0; i < 5_000; i++) {
                // Few keys, many of them with the same home: removal must keep all probe paths whole.
                int key = random.nextInt(40) * (seed % 2 == 0 ? 1 : 0x10000);
                if (random.nextBoolean()) {
                    boolean fits = model.containsKey(key) || model.size() < 20;
                    assertEquals(fits, table.put(key, i));
                    if (fits) {
                        model.put(key, i);
                    }
                } else {
                    table.remove(key);
                    model.remove(key);
                }
                assertEquals(model.size(), table.size());
                for (int k = 0; k < 40; k++) {
                    int asked = k * (seed % 2 == 0 ? 1 : 0x10000);
                    assertEquals(model.get(asked), table.get(asked), "seed " + seed + " step " + i);
                }
            }
        }
    }

    @Test
    void shouldRefuseMoreThanItsLimit() {
        SsrcTable<String> table = new SsrcTable<>(4);
        for (int i = 0; i < 4; i++) {
            assertTrue(table.put(i, "x"));
        }
        assertTrue(table.full());
        assertFalse(table.put(9, "x"));
        assertTrue(table.put(3, "y"));
        assertNull(table.get(9));
    }
}
