// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampUnwrapperTest {
    private final TimestampUnwrapper unwrapper = new TimestampUnwrapper();

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0x7fff_ffffL, 0x8000_0000L, 0xffff_fffeL, 0xffff_ffffL})
    void shouldGoOnFromAnyFirstTimestamp(long first) {
        assertEquals(first, unwrapper.unwrap(first));
        for (int i = 1; i <= 10; i++) {
            long truth = first + i * 0x4000_0000L;
            assertEquals(truth, unwrapper.unwrap(truth & 0xffff_ffffL));
        }
    }

    @Test
    void shouldCrossTheWrapForwardAndBack() {
        assertEquals(0xffff_ffffL, unwrapper.unwrap(0xffff_ffffL));
        assertEquals(0x1_0000_0000L, unwrapper.unwrap(0));
        assertEquals(0xffff_ff00L, unwrapper.unwrap(0xffff_ff00L));
        assertEquals(0x1_0000_0000L, unwrapper.highest());
        assertEquals(0x1_0000_0bb8L, unwrapper.unwrap(3000));
    }

    @Test
    void shouldReadHalfTheRangeAsAheadAndTheOtherAsBehind() {
        unwrapper.unwrap(1000);
        assertEquals(1000 + 0x7fff_ffffL, unwrapper.peek(1000 + 0x7fff_ffffL));
        assertEquals(1000 - 0x8000_0000L, unwrapper.peek(1000 + 0x8000_0000L));
        unwrapper.reset();
        assertFalse(unwrapper.started());
    }
}
