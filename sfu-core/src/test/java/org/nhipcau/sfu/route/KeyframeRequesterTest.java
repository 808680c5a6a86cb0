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
        requester.onKeyFrame(1_600);
        assertFalse(requester.due(9_000));
        assertEquals(0, requester.unansweredNs(9_000));
    }

    @Test
    void shouldSpaceRequestsAlsoAfterAnAnswer() {
        assertTrue(requester.request(1_000));
        requester.onSent(1_000);
        requester.onKeyFrame(1_100);
        assertFalse(requester.request(1_200));
        assertEquals(1_500, requester.nextDeadlineNs());
        assertTrue(requester.due(1_500));
    }

    @Test
    void shouldNotAskAgainForWhatASlowUplinkIsStillBringing() {
        KeyframeRequester slow = new KeyframeRequester(500_000_000L);
        long nowNs = 1_000_000_000L;
        slow.request(nowNs);
        slow.onSent(nowNs);
        slow.onKeyFrame(nowNs + 1_000_000_000L);
        nowNs += 10_000_000_000L;
        assertTrue(slow.request(nowNs));
        slow.onSent(nowNs);
        assertFalse(slow.due(nowNs + 1_499_000_000L), "the last answer took a second");
        assertTrue(slow.due(nowNs + 1_500_000_000L));
        // One that never comes is asked for again within bounds, however long the last took.
        slow.onKeyFrame(nowNs + 60_000_000_000L);
        nowNs += 100_000_000_000L;
        slow.request(nowNs);
        slow.onSent(nowNs);
        assertTrue(slow.due(nowNs + KeyframeRequester.MAX_RETRY_NS));
        // Quick answers are believed bit by bit.
        for (int i = 0; i < 40; i++) {
            slow.onKeyFrame(nowNs + 50_000_000L);
            nowNs += 10_000_000_000L;
            slow.request(nowNs);
            slow.onSent(nowNs);
        }
        assertTrue(slow.due(nowNs + 500_000_000L));
    }

    @Test
    void shouldLeaveTheUplinkTimeForOtherThingsAfterAKeyFrame() {
        requester.spaceBy(3_000);
        assertTrue(requester.request(1_000), "the first is not held back");
        requester.onSent(1_000);
        requester.onKeyFrame(1_100);
        assertFalse(requester.request(2_000));
        assertEquals(4_100, requester.nextDeadlineNs());
        assertEquals(0, requester.unansweredNs(3_000), "nothing was asked yet");
        assertTrue(requester.due(4_100));
    }

    @Test
    void shouldMeasureHowLongItGoesUnanswered() {
        requester.request(1_000);
        assertEquals(0, requester.unansweredNs(5_000), "nothing was sent yet");
        requester.onSent(2_000);
        requester.request(3_000);
        assertEquals(3_000, requester.unansweredNs(5_000), "from the first that was sent");
        requester.cancel();
        assertEquals(0, requester.unansweredNs(5_000));
    }

    @Test
    void shouldNotTakeAHoleForASlowAnswer() {
        requester.request(0);
        requester.onSent(0);
        requester.onKeyFrame(10_000_000_000L);
        requester.request(11_000_000_000L);
        requester.onSent(11_000_000_000L);
        assertTrue(requester.due(11_000_000_000L + KeyframeRequester.MAX_RETRY_NS));
        for (int i = 1; i <= 5; i++) {
            long atNs = (11 + 5L * i) * 1_000_000_000L;
            requester.request(atNs);
            requester.onSent(atNs);
            requester.onKeyFrame(atNs + 100_000_000L);
        }
        requester.request(50_000_000_000L);
        requester.onSent(50_000_000_000L);
        assertTrue(requester.due(51_200_000_000L), "a few quick answers, and the hole is forgotten");
    }

    @Test
    void shouldAskEverMoreRarelyWhileNothingComes() {
        KeyframeRequester stuck = new KeyframeRequester(500_000_000L);
        stuck.request(0);
        long atNs = 0;
        for (long waitMs : new long[] {500, 1_000, 2_000, 2_000}) {
            stuck.onSent(atNs);
            atNs += waitMs * 1_000_000;
            assertFalse(stuck.due(atNs - 1), waitMs + " ms");
            assertTrue(stuck.due(atNs), waitMs + " ms");
        }
        stuck.onSent(atNs);
        stuck.onKeyFrame(atNs + 50_000_000L);
        stuck.onKeyFrame(atNs + 60_000_000_000L);
        // Answered: the next is repeated as soon as the first was, once long answers are forgotten.
        for (int i = 0; i < 40; i++) {
            atNs += 100_000_000_000L;
            stuck.request(atNs);
            stuck.onSent(atNs);
            stuck.onKeyFrame(atNs + 50_000_000L);
        }
        atNs += 100_000_000_000L;
        stuck.request(atNs);
        stuck.onSent(atNs);
        assertTrue(stuck.due(atNs + 500_000_000L));
    }

    @Test
    void shouldNotAskForWhatIsOnlyWanted() {
        requester.want(1_000);
        assertTrue(requester.wanted());
        assertEquals(0, requester.unansweredNs(9_000));
        requester.onKeyFrame(9_000);
        assertFalse(requester.due(9_000), "it came by itself");
    }

    @Test
    void shouldNumberFirRequestsInEightBits() {
        for (int i = 0; i < 300; i++) {
            assertEquals(i & 0xff, requester.takeFirSequence());
        }
    }
}
