// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KeyframeRequesterTest {
    private final KeyframeRequester requester = new KeyframeRequester(500);

    @Test
    void shouldSendAtOnceThenOncePerIntervalUntilAnswered() {
        assertFalse(requester.due(1_000));
        assertEquals(Long.MAX_VALUE, requester.nextDeadlineNs());
        assertTrue(requester.request(1_000));
        requester.onSent(1_000);
        assertFalse(requester.request(1_001));
        assertEquals(1_500, requester.nextDeadlineNs());
        assertFalse(requester.due(1_499));
        assertTrue(requester.due(1_500));
        requester.onSent(1_500);
        requester.onKeyFrame();
        assertFalse(requester.due(9_000));
        assertEquals(0, requester.unansweredNs(9_000));
    }

    @Test
    void shouldSpaceRequestsAlsoAfterAnAnswer() {
        assertTrue(requester.request(1_000));
        requester.onSent(1_000);
        requester.onKeyFrame();
        assertFalse(requester.request(1_200));
        assertEquals(1_500, requester.nextDeadlineNs());
        assertTrue(requester.due(1_500));
    }

    @Test
    void shouldMeasureHowLongItGoesUnanswered() {
        requester.request(1_000);
        assertEquals(0, requester.unansweredNs(5_000), "nothing was sent yet");
        requester.onSent(2_000);
        requester.request(3_000);
        assertEquals(4_000, requester.unansweredNs(5_000));
        requester.cancel();
        assertEquals(0, requester.unansweredNs(5_000));
    }

    @Test
    void shouldNumberFirRequestsInEightBits() {
        for (int i = 0; i < 300; i++) {
            assertEquals(i & 0xff, requester.takeFirSequence());
        }
    }
}
