// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.room.Heartbeat;

class HeartbeatsTest {
    private static final String TRACK = "TR_VC";

    private final Heartbeats heartbeats = new Heartbeats();
    private long nowMs;

    private static String beat(long epoch, long seq, String mode, String state, long out, long covered, long whole,
            long ageMs) {
        return "{\"epoch\":" + epoch + ",\"seq\":" + seq + ",\"mode\":\"" + mode + "\",\"state\":\"" + state
                + "\",\"in\":" + out + ",\"out\":" + out + ",\"covered\":" + covered + ",\"whole\":" + whole
                + ",\"lastDetectAgeMs\":" + ageMs + "}";
    }

    private static String whole(long epoch, long seq) {
        return beat(epoch, seq, "cover", "whole", 10, 0, 10, 20);
    }

    private Heartbeat judge(String json) {
        return judge(FacePolicy.STANDARD, json);
    }

    private Heartbeat judge(FacePolicy policy, String json) {
        nowMs += 500;
        return heartbeats.judge(policy, TRACK, json, nowMs);
    }

    @ParameterizedTest
    @CsvSource({"whole,WHOLE", "covering,CLEAN", "stale,STALE", "noFace,STALE", "dead,DEAD"})
    void c1EachStateIsWhatItProves(String state, Proof proof) {
        Heartbeat taken = judge(beat(1, 1, "cover", state, 10, 4, 6, 20));
        assertEquals(proof, taken.proof());
        assertTrue(taken.covers());
        assertFalse(taken.restarted());
    }

    @Test
    void c1WarmingOffersTheTrackAndProvesNothing() {
        Heartbeat taken = judge(beat(1, 1, "cover", "warming", 0, 0, 0, 0));
        assertNull(taken.proof());
        assertTrue(taken.covers());
    }

    @Test
    void c1ASearchThatIsOldOrAFrameThatWentUncoveredIsNotClean() {
        assertEquals(Proof.STALE, judge(beat(1, 1, "cover", "covering", 10, 10, 0, 501)).proof());
        assertEquals(Proof.STALE, judge(beat(1, 2, "cover", "covering", 11, 10, 0, 20)).proof());
        assertEquals(Proof.CLEAN, judge(beat(1, 3, "cover", "covering", 11, 10, 1, 500)).proof());
    }

    @Test
    void c1LessThanThePolicyAsksForCountsAsOff() {
        assertEquals(Proof.OFF, judge(beat(1, 1, "blur", "covering", 10, 10, 0, 20)).proof());
        Heartbeat off = judge(beat(1, 2, "off", "covering", 10, 10, 0, 20));
        assertEquals(Proof.OFF, off.proof());
        assertFalse(off.covers());
        FacePolicy blur = new FacePolicy(FacePolicy.Mode.BLUR, FacePolicy.STANDARD.subjectRoles(), Set.of(),
                FacePolicy.Level.ATTESTED, FacePolicy.NoFace.COVER_ALL, 0, FacePolicy.OnViolation.HOLD);
        assertEquals(Proof.CLEAN, judge(blur, beat(1, 3, "cover", "covering", 10, 10, 0, 20)).proof());
        assertEquals(Proof.CLEAN, judge(blur, beat(1, 4, "blur", "covering", 10, 10, 0, 20)).proof());
    }

    @Test
    void c1RepeatedAndEarlierHeartbeatsCountForNothing() {
        assertNotNull(judge(whole(2, 5)));
        assertNull(judge(whole(2, 5)));
        assertNull(judge(whole(2, 4)));
        assertNull(judge(whole(1, 9)));
        assertNotNull(judge(whole(2, 6)));
    }

    @Test
    void c1AnotherCoverBeginsAnew() {
        assertFalse(judge(whole(1, 7)).restarted());
        assertTrue(judge(whole(2, 1)).restarted());
        assertFalse(judge(whole(2, 2)).restarted());
    }

    @Test
    void c1TooManyHeartbeatsOpenNothingYetWhatShutsIsHeard() {
        int taken = 0;
        for (int i = 1; i <= 40; i++) {
            taken += heartbeats.judge(FacePolicy.STANDARD, TRACK, whole(1, i), 1_000) == null ? 0 : 1;
        }
        assertEquals(8, taken);
        Heartbeat dead = heartbeats.judge(FacePolicy.STANDARD, TRACK, beat(1, 41, "cover", "dead", 1, 0, 1, 0), 1_000);
        assertEquals(Proof.DEAD, dead.proof());
        Heartbeat off = heartbeats.judge(FacePolicy.STANDARD, TRACK, beat(2, 1, "off", "warming", 1, 0, 1, 0), 1_000);
        assertEquals(Proof.OFF, off.proof());
        assertFalse(off.restarted(), "each new beginning goes on record");
        assertNull(heartbeats.judge(FacePolicy.STANDARD, TRACK, beat(3, 1, "cover", "warming", 1, 0, 1, 0), 1_000));
    }

    @Test
    void aTrackThatEndedIsForgotten() {
        assertNotNull(judge(whole(9, 9)));
        heartbeats.forget(TRACK);
        assertNotNull(judge(whole(1, 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "null", "whole", "{\"epoch\":1}",
        "{\"epoch\":1,\"seq\":0,\"mode\":\"cover\",\"state\":\"whole\",\"in\":1,\"out\":1,\"covered\":0,\"whole\":1,"
            + "\"lastDetectAgeMs\":1}",
        "{\"epoch\":1,\"seq\":1,\"mode\":\"cover\",\"state\":\"whole\",\"in\":1,\"out\":1,\"covered\":0,\"whole\":1,"
            + "\"lastDetectAgeMs\":1,\"more\":1}",
        "{\"epoch\":1,\"seq\":1,\"mode\":\"cover\",\"state\":\"clean\",\"in\":1,\"out\":1,\"covered\":0,\"whole\":1,"
            + "\"lastDetectAgeMs\":1}",
        "{\"epoch\":1,\"seq\":1,\"mode\":\"pixel\",\"state\":\"whole\",\"in\":1,\"out\":1,\"covered\":0,\"whole\":1,"
            + "\"lastDetectAgeMs\":1}",
        "{\"epoch\":-1,\"seq\":1,\"mode\":\"cover\",\"state\":\"whole\",\"in\":1,\"out\":1,\"covered\":0,\"whole\":1,"
            + "\"lastDetectAgeMs\":1}",
        "{\"epoch\":1.5,\"seq\":1,\"mode\":\"cover\",\"state\":\"whole\",\"in\":1,\"out\":1,\"covered\":0,\"whole\":1,"
            + "\"lastDetectAgeMs\":1}",
        "{\"epoch\":1,\"epoch\":2,\"seq\":1,\"mode\":\"cover\",\"state\":\"whole\",\"in\":1,\"out\":1,\"covered\":0,"
            + "\"whole\":1,\"lastDetectAgeMs\":1}",
        "{\"epoch\":99999999999999999999,\"seq\":1,\"mode\":\"cover\",\"state\":\"whole\",\"in\":1,\"out\":1,"
            + "\"covered\":0,\"whole\":1,\"lastDetectAgeMs\":1}"})
    void c1WhatIsNotExactlyAHeartbeatCountsForNothing(String json) {
        assertNull(judge(json));
        // Nor does it stand in the way of a right one.
        assertNotNull(judge(whole(1, 1)));
    }

    @Test
    void c1AHeartbeatThatIsTooLongCountsForNothing() {
        assertNull(judge(whole(1, 1) + " ".repeat(Heartbeats.MAX_BYTES)));
    }
}
