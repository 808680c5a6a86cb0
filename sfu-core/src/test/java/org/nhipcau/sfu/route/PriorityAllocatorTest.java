// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How a budget is divided; the rates are those of {@link LayerChoiceTest}. */
class PriorityAllocatorTest {
    private static final int LOW = 2;
    private static final int MEDIUM = 4;
    private static final int HIGH = 6;

    private final PriorityAllocator allocator = new PriorityAllocator();

    private static PriorityAllocator.Claim claim(boolean stage, int topRung) {
        PriorityAllocator.Claim claim = new PriorityAllocator.Claim();
        Ladder all = LayerChoiceTest.ladder();
        claim.ladder.begin(6_000, 4_000_000_000L);
        for (int rung = 0; rung <= topRung; rung++) {
            claim.ladder.add(all.layer(rung), all.temporal(rung), all.bps(rung), all.framesPerSecond(rung),
                    all.baseBps(all.layer(rung)), 8_000);
        }
        claim.choice = new LayerChoice();
        claim.stage = stage;
        return claim;
    }

    private static PriorityAllocator.Claim[] consultation() {
        return new PriorityAllocator.Claim[] {claim(true, HIGH), claim(true, MEDIUM), claim(false, LOW),
            claim(false, LOW)};
    }

    private List<Integer> divide(PriorityAllocator.Claim[] claims, long kbps) {
        allocator.divide(claims, claims.length, kbps * 1_000);
        return Stream.of(claims).map(claim -> claim.granted).toList();
    }

    @Test
    void shouldFollowTheOrderOfTheConsultation() {
        // Main screen, shared screen, two others.
        assertEquals(List.of(-2, -2, -2, -2), divide(consultation(), 10));
        assertEquals(List.of(-1, -2, -2, -2), divide(consultation(), 20));
        assertEquals(List.of(0, -1, -1, -2), divide(consultation(), 90));
        assertEquals(List.of(1, 0, -1, -1), divide(consultation(), 200));
        assertEquals(List.of(0, 0, -1, -1), divide(consultation(), 160));
        assertEquals(List.of(2, 2, 0, 0), divide(consultation(), 430));
        assertEquals(List.of(2, 2, 2, 2), divide(consultation(), 630));
        assertEquals(List.of(4, 2, 2, 2), divide(consultation(), 960));
        assertEquals(List.of(4, 4, 2, 2), divide(consultation(), 1_300));
        assertEquals(List.of(6, 4, 2, 2), divide(consultation(), 2_700));
    }

    private long left(PriorityAllocator.Claim[] claims, long kbps) {
        return allocator.divide(claims, claims.length, kbps * 1_000);
    }

    @Test
    void shouldKeepWhatIsHeldOnAWaveringPathAndAskForMoreRoomToGoUp() {
        PriorityAllocator.Claim[] one = {claim(true, MEDIUM)};
        assertEquals(List.of(LOW), divide(one, 215), "200 and an eighth is needed for the next layer");
        one[0].choice.grant(one[0].ladder, LOW, 215_000, 0);
        assertEquals(List.of(LOW), divide(one, 145), "held, and nearly fits");
        assertEquals(List.of(1), divide(one, 135));
        PriorityAllocator.Claim[] slow = {claim(true, MEDIUM)};
        slow[0].choice.grant(slow[0].ladder, 0, 60_000, 0);
        assertEquals(List.of(0), divide(slow, 50), "slow pictures rather than none");
        assertEquals(List.of(Ladder.STILL), divide(slow, 45));
        slow[0].choice.grant(slow[0].ladder, Ladder.STILL, 20_000, 0);
        assertEquals(List.of(Ladder.STILL), divide(slow, 4), "more rarely");
        assertEquals(List.of(Ladder.OFF), divide(slow, 2));
    }

    @Test
    void shouldLeaveRoomForWhatIsSentAgain() {
        assertEquals(1, ViewerBudget.firstTimeShare(0), 0);
        // A tenth lost is a ninth sent again, of three fifths of the bytes.
        assertEquals(1 / (1 + 0.6 / 9), ViewerBudget.firstTimeShare(0.1), 1e-9);
        assertEquals(1 / 1.15, ViewerBudget.firstTimeShare(0.2), 1e-9);
        assertEquals(1 / 1.3, ViewerBudget.firstTimeShare(0.9), 1e-9, "more than that is never sent again");
    }

    /** Nothing is granted that does not fit, nothing is left unused that somebody could have, the stage comes first. */
    @Test
    void shouldHoldItsRulesForAnyViewer() {
        for (long seed = 1; seed <= 400; seed++) {
            Random random = new Random(seed);
            PriorityAllocator.Claim[] claims = new PriorityAllocator.Claim[1 + random.nextInt(50)];
            for (int i = 0; i < claims.length; i++) {
                claims[i] = claim(i < 2, random.nextInt(7));
            }
            for (long kbps = 0; kbps < 12_000; kbps += 1 + random.nextInt(900)) {
                check(claims, kbps, "seed " + seed + " at " + kbps + " kbit/s");
            }
        }
    }

    private void check(PriorityAllocator.Claim[] claims, long kbps, String state) {
        long left = left(claims, kbps);
        long sum = 0;
        for (PriorityAllocator.Claim claim : claims) {
            sum += claim.ladder.bps(claim.granted);
        }
        assertEquals(kbps * 1_000 - sum, left, state);
        assertTrue(left >= 0, state);
        for (int i = 0; i < claims.length; i++) {
            Ladder ladder = claims[i].ladder;
            int next = claims[i].granted + 1;
            assertTrue(next > ladder.top() || left < (ladder.bps(next) - ladder.bps(next - 1)) + 0.121 * ladder.bps(next),
                    "claim " + i + " could have more: " + state);
            boolean stageStill = claims[0].granted < 0;
            assertTrue(i < 2 || !stageStill || claims[i].granted <= Ladder.STILL, "others move first: " + state);
        }
    }

    @Test
    void shouldLeaveAStillPictureItsShareWhereSoundWithCopiesTakesAll() {
        assertEquals(40_000, PriorityAllocator.forPictures(100_000, 60_000, 6_000), 1);
        assertEquals(6_000, PriorityAllocator.forPictures(62_000, 60_000, 6_000), 1);
        assertEquals(6_000, PriorityAllocator.forPictures(62_000, 90_000, 6_000), 1);
        assertEquals(3_600, PriorityAllocator.forPictures(30_000, 40_000, 6_000), 1, "sound comes first");
    }

    @Test
    void shouldLeaveOthersTheirStillPictureWhileTheCameraOnTheStageRests() {
        PriorityAllocator.Claim[] others = {claim(false, HIGH), claim(false, LOW)};
        long leastBps = PriorityAllocator.leastStillBps(others, 2);
        assertEquals(others[0].ladder.stillBps(5_000_000_000L), leastBps);
        assertTrue(leastBps > 0);
        assertEquals(0, PriorityAllocator.leastStillBps(others, 0), "nothing is to be seen");
    }
}
