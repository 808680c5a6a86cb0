// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OutboundStreamTest {
    private final OutboundStream stream = new OutboundStream(1, 2, 65_535);

    @Test
    void shouldIgnoreReportsOnWhatWasNeverSent() {
        assertFalse(stream.onReport(0, 0, 5, 0, 4, 0));
        stream.onSent(1, 100, 80, 0);
        assertFalse(stream.onReport(0, 0, 5, 0, 4, 0));
        assertFalse(stream.acknowledged());
        assertTrue(stream.onReport(0, 0, 4, 0, 4, 0));
        assertTrue(stream.acknowledged());
    }

    @Test
    void shouldDigestLossBetweenReportsAcrossTheWrapWhateverTheCycles() {
        stream.onSent(1, 100, 80, 0);
        assertTrue(stream.onReport(0, 10, 65_500, 0, 65_530, 0));
        assertEquals(0, stream.takeExpected());
        stream.onSent(76, 100, 80, 0);
        // The viewer counts no cycle: it has seen the stream from behind the wrap on.
        assertTrue(stream.onReport(0, 15, 64, 0, 65_536 + 70, 0));
        assertEquals(100, stream.takeExpected());
        assertEquals(5, stream.takeLost());
        assertEquals(0, stream.takeLost());
    }

    @Test
    void shouldNotCountMoreLossThanWasExpected() {
        stream.onSent(1, 100, 80, 0);
        stream.onReport(0, 0, 100, 0, 200, 0);
        stream.onSent(10, 100, 80, 0);
        stream.onReport(255, 0x7f_ffff, 110, 0, 210, 0);
        assertEquals(10, stream.takeExpected());
        assertEquals(10, stream.takeLost());
    }

    @Test
    void shouldLeaveOutWhatThePublishersLinkLost() {
        stream.onSent(10, 100, 80, 0);
        stream.onReport(0, 0, 10, 0, 10, 0);
        // Numbers 11 to 30 were given out, five of them never came to be sent; the viewer misses seven.
        stream.onSent(15, 100, 80, 0);
        stream.onReport(0, 7, 30, 0, 30, 0);
        assertEquals(20, stream.takeExpected());
        assertEquals(2, stream.takeLost());
        // Two of the five come late: the viewer takes back as much.
        stream.onSent(12, 100, 80, 0);
        stream.onReport(0, 5, 40, 0, 40, 0);
        assertEquals(10, stream.takeExpected());
        assertEquals(0, stream.takeLost());
    }

    @Test
    void shouldWrapTheNumbersOfRtx() {
        assertEquals(65_535, stream.takeRtxSequence());
        assertEquals(0, stream.takeRtxSequence());
    }
}
