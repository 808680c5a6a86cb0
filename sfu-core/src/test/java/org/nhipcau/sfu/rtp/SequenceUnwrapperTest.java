// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceUnwrapperTest {
    private final SequenceUnwrapper unwrapper = new SequenceUnwrapper();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 255, 256, 32767, 32768, 65534, 65535})
    void shouldTakeTheFirstNumberAsItIsAndGoOnFromThere(int first) {
        assertFalse(unwrapper.started());
        assertEquals(first, unwrapper.unwrap(first));
        assertTrue(unwrapper.started());
        for (int i = 1; i <= 200_000; i++) {
            assertEquals(first + (long) i, unwrapper.unwrap(first + i & 0xffff));
        }
        assertEquals(first + 200_000L, unwrapper.highest());
    }

    @Test
    void shouldCrossTheWrapForwardAndBack() {
        assertEquals(65535, unwrapper.unwrap(65535));
        assertEquals(65536, unwrapper.unwrap(0));
        assertEquals(65535, unwrapper.unwrap(65535));
        assertEquals(65534, unwrapper.unwrap(65534));
        assertEquals(65537, unwrapper.unwrap(1));
        assertEquals(65537, unwrapper.highest());
    }

    @Test
    void shouldGiveNegativeNumbersBeforeTheFirst() {
        assertEquals(0, unwrapper.unwrap(0));
        assertEquals(-1, unwrapper.unwrap(65535));
        assertEquals(0, unwrapper.highest());
        assertEquals(1, unwrapper.unwrap(1));
    }

    @Test
    void shouldReadUpTo32767AsAheadAndFromThereAsBehind() {
        unwrapper.unwrap(100);
        assertEquals(100 + 32767, unwrapper.peek(100 + 32767));
        assertEquals(100 - 32768, unwrapper.peek(100 + 32768));
        assertEquals(100, unwrapper.highest());
    }

    @Test
    void shouldNotLetALatePacketPullTheReferenceBack() {
        unwrapper.unwrap(40_000);
        unwrapper.unwrap(40_000 + 30_000 & 0xffff);
        assertEquals(40_000 - 2_000, unwrapper.unwrap(38_000));
        assertEquals(70_000, unwrapper.highest());
        assertEquals(70_001, unwrapper.unwrap(70_001 & 0xffff));
    }

    @Test
    void shouldForgetOnReset() {
        unwrapper.unwrap(65535);
        unwrapper.unwrap(0);
        unwrapper.reset();
        assertFalse(unwrapper.started());
        assertEquals(5, unwrapper.unwrap(5));
    }

    @Test
    void shouldFollowAnyWalkWithinHalfTheRange() {
        long seed = 3550;
        Random random = new Random(seed);
        long truth = random.nextInt(65536);
        unwrapper.unwrap((int) truth & 0xffff);
        long highest = truth;
        for (int i = 0; i < 100_000; i++) {
            truth = highest + random.nextInt(-32768, 32768);
            assertEquals(truth, unwrapper.unwrap((int) truth & 0xffff), "seed " + seed + ", step " + i);
            highest = Math.max(highest, truth);
            assertEquals(highest, unwrapper.highest());
        }
    }
}
