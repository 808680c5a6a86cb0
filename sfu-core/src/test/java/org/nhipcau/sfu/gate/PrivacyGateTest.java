// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.Proof;

class PrivacyGateTest {
    private static final long MS = 1_000_000L;

    private final List<String> told = new ArrayList<>();
    private long nowNs = 7_000_000_000L;
    private PrivacyGate gate = gate(OnViolation.HOLD);

    private PrivacyGate gate(OnViolation onViolation) {
        PrivacyGate[] made = new PrivacyGate[1];
        made[0] = new PrivacyGate(GateParameters.proven("policy", 1, onViolation),
                (before, reason, at) -> told.add(before + ">" + made[0].state() + " " + reason));
        return made[0];
    }

    private boolean say(Proof proof, long afterMs) {
        nowNs += afterMs * MS;
        return gate.prove(1, proof, nowNs);
    }

    private void prove() {
        say(Proof.CLEAN, 500);
        say(Proof.CLEAN, 500);
        assertEquals(GateState.PROVEN, gate.state());
    }

    private void beClean(long ms) {
        for (long passed = 0; passed < ms; passed += 500) {
            say(Proof.CLEAN, 500);
        }
    }

    @Test
    void shouldBeShutFromTheBeginningAndOpenWithTheSecondFreshProof() {
        assertFalse(gate.open(nowNs));
        say(Proof.CLEAN, 0);
        assertFalse(gate.open(nowNs));
        say(Proof.WHOLE, 250);
        assertTrue(gate.open(nowNs));
        assertEquals(List.of("UNPROVEN>PROVEN PROOF"), told);
    }

    @Test
    void shouldNotCountProofsThatComeInABurst() {
        for (int i = 0; i < 10; i++) {
            say(Proof.CLEAN, i == 0 ? 0 : 24);
        }
        assertFalse(gate.open(nowNs));
        say(Proof.CLEAN, 34);
        assertTrue(gate.open(nowNs));
    }

    @Test
    void shouldNotCountAProofThatCameALeaseAgo() {
        say(Proof.CLEAN, 0);
        say(Proof.CLEAN, 1_500);
        assertFalse(gate.open(nowNs));
        say(Proof.CLEAN, 1_499);
        assertTrue(gate.open(nowNs));
    }

    @Test
    void shouldShutByItselfToTheNanosecondWhenTheLeaseRunsOut() {
        prove();
        long until = nowNs + PrivacyGate.LEASE_NS;
        assertEquals(until, gate.nextDeadlineNs());
        assertTrue(gate.open(until - 1));
        assertFalse(gate.open(until));
        gate.advance(until - 1);
        assertEquals(GateState.PROVEN, gate.state());
        gate.advance(until);
        assertEquals(GateState.UNPROVEN, gate.state());
        assertEquals("PROVEN>UNPROVEN SILENT", told.getLast());
    }

    @Test
    void shouldExtendTheLeaseWithEachGoodProof() {
        prove();
        for (int i = 0; i < 10; i++) {
            say(Proof.CLEAN, 1_499);
            assertTrue(gate.open(nowNs + PrivacyGate.LEASE_NS - 1));
        }
        assertEquals(1, told.size());
    }

    @Test
    void shouldTellOfAnExpiryEvenIfTheNextProofComesBeforeAnyTimer() {
        prove();
        say(Proof.CLEAN, 1_500);
        assertEquals("PROVEN>UNPROVEN SILENT", told.getLast());
        assertFalse(gate.open(nowNs));
    }

    @Test
    void shouldTakeNoProofOfAnotherEpochAndTellThatOneCame() {
        prove();
        nowNs += 100 * MS;
        assertFalse(gate.prove(0, Proof.CLEAN, nowNs));
        assertFalse(gate.prove(2, Proof.CLEAN, nowNs));
        nowNs += 1_400 * MS;
        gate.advance(nowNs);
        assertEquals("PROVEN>UNPROVEN OTHER_EPOCH", told.getLast());
    }

    @Test
    void shouldNotBeHarmedByABadProofOfAnotherEpoch() {
        prove();
        assertFalse(gate.prove(0, Proof.OFF, nowNs));
        assertTrue(gate.open(nowNs));
    }

    @ParameterizedTest
    @EnumSource(value = Proof.class, names = {"DEAD", "OFF"})
    void shouldShutAtOnceOnAViolationAndOpenAfterFiveCleanSeconds(Proof bad) {
        prove();
        say(bad, 0);
        assertFalse(gate.open(nowNs));
        assertEquals("PROVEN>VIOLATED " + bad, told.getLast());
        say(Proof.CLEAN, 100);
        long cleanSinceNs = nowNs;
        beClean(4_500);
        say(Proof.CLEAN, 499);
        assertEquals(4_999 * MS, nowNs - cleanSinceNs);
        assertFalse(gate.open(nowNs));
        say(Proof.CLEAN, 1);
        assertTrue(gate.open(nowNs));
    }

    @ParameterizedTest
    @EnumSource(value = Proof.class, names = {"STALE", "DEAD", "OFF"})
    void shouldBeginTheFiveSecondsAnewAfterAnythingButGoodProof(Proof interruption) {
        say(Proof.OFF, 0);
        beClean(4_500);
        say(interruption, 500);
        beClean(4_500);
        assertEquals(GateState.VIOLATED, gate.state());
        beClean(1_000);
        assertEquals(GateState.PROVEN, gate.state());
        assertEquals(1, gate.violations());
    }

    @Test
    void shouldBeginTheFiveSecondsAnewAfterASilence() {
        say(Proof.OFF, 0);
        beClean(4_500);
        say(Proof.CLEAN, 1_500);
        beClean(4_500);
        assertEquals(GateState.VIOLATED, gate.state());
        beClean(500);
        assertEquals(GateState.PROVEN, gate.state());
    }

    @Test
    void shouldStayShutFromTheThirdViolationUntilAnotherPolicy() {
        for (int i = 1; i <= 3; i++) {
            say(Proof.DEAD, 500);
            assertEquals(i, gate.violations());
            beClean(6_000);
            assertEquals(i < 3, gate.open(nowNs));
        }
        beClean(60_000);
        assertFalse(gate.open(nowNs));
        assertFalse(gate.release(1, nowNs));
        assertTrue(gate.begin(GateParameters.proven("next", 2, OnViolation.HOLD), nowNs));
        assertEquals("VIOLATED>UNPROVEN POLICY", told.getLast());
        assertEquals(0, gate.violations());
        gate.prove(2, Proof.CLEAN, nowNs + 500 * MS);
        gate.prove(2, Proof.CLEAN, nowNs + 1_000 * MS);
        assertTrue(gate.open(nowNs + 1_000 * MS));
    }

    @Test
    void shouldWaitForAReleaseWhereLatchedWheneverItComes() {
        gate = gate(OnViolation.LATCH);
        assertFalse(gate.release(1, nowNs), "nothing is latched");
        say(Proof.OFF, 0);
        beClean(20_000);
        assertFalse(gate.open(nowNs));
        assertFalse(gate.release(0, nowNs), "another epoch");
        assertTrue(gate.release(1, nowNs));
        assertFalse(gate.open(nowNs), "only with the next proof");
        say(Proof.CLEAN, 500);
        assertTrue(gate.open(nowNs));
        say(Proof.OFF, 500);
        assertTrue(gate.release(1, nowNs));
        beClean(1_000);
        say(Proof.OFF, 500);
        beClean(8_000);
        assertFalse(gate.open(nowNs), "what went wrong after the release needs another");
    }

    @Test
    void shouldHoldBackOnWeakProofAndOpenAfterTwoGoodOnes() {
        prove();
        say(Proof.STALE, 500);
        assertFalse(gate.open(nowNs));
        assertEquals("PROVEN>SUSPECT STALE", told.getLast());
        say(Proof.CLEAN, 500);
        assertFalse(gate.open(nowNs));
        say(Proof.CLEAN, 500);
        assertTrue(gate.open(nowNs));
        assertEquals(0, gate.violations());
    }

    @Test
    void shouldTakeWeakProofForAViolationWhenItIsNotResolvedInTime() {
        prove();
        say(Proof.STALE, 500);
        long until = nowNs + PrivacyGate.SUSPECT_NS;
        say(Proof.STALE, 1_000);
        assertEquals(until, gate.nextDeadlineNs());
        gate.advance(until - 1);
        assertEquals(GateState.SUSPECT, gate.state());
        gate.advance(until);
        assertEquals("SUSPECT>VIOLATED UNRESOLVED", told.getLast());
        assertEquals(1, gate.violations());
    }

    @Test
    void shouldProveAnewAfterTheStreamChangedButForgiveNothing() {
        prove();
        gate.restart(nowNs);
        assertFalse(gate.open(nowNs));
        assertEquals("PROVEN>UNPROVEN STREAM_CHANGED", told.getLast());
        say(Proof.CLEAN, 0);
        assertFalse(gate.open(nowNs), "the proof before the change does not count");
        say(Proof.OFF, 500);
        gate.restart(nowNs);
        assertEquals(GateState.VIOLATED, gate.state());
        beClean(4_900);
        assertFalse(gate.open(nowNs));
    }

    @Test
    void shouldKeepItsPolicyAgainstOlderOnes() {
        prove();
        assertFalse(gate.begin(GateParameters.NONE, nowNs));
        assertFalse(gate.begin(GateParameters.proven("policy", 1, OnViolation.LATCH), nowNs));
        assertTrue(gate.restricts());
        assertTrue(gate.open(nowNs));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE / 2, -1, 0, 1, Long.MAX_VALUE / 2})
    void shouldWorkWhereverTheClockBegan(long startNs) {
        nowNs = startNs;
        assertFalse(gate.open(nowNs));
        prove();
        assertTrue(gate.open(nowNs + PrivacyGate.LEASE_NS - 1));
        assertFalse(gate.open(nowNs + PrivacyGate.LEASE_NS));
    }

    // ---- a gate of another worker's track

    private void follow(GateState state, long untilNs, int openings) {
        gate.follow(1, state, untilNs, openings, 0, GateReason.PROOF, nowNs);
    }

    @Test
    void shouldFollowAnotherWorkersGateAndItsLease() {
        long until = nowNs + 900 * MS;
        follow(GateState.PROVEN, until, 1);
        assertTrue(gate.open(until - 1));
        assertFalse(gate.open(until));
        follow(GateState.PROVEN, until + 500 * MS, 1);
        assertTrue(gate.open(until));
        assertEquals(1, told.size());
        follow(GateState.VIOLATED, 0, 1);
        assertFalse(gate.open(nowNs));
    }

    @Test
    void shouldNoticeAShutThatItWasNotToldOf() {
        follow(GateState.PROVEN, nowNs + 900 * MS, 1);
        follow(GateState.PROVEN, nowNs + 1_400 * MS, 2);
        assertTrue(gate.open(nowNs));
        assertEquals(List.of("UNPROVEN>PROVEN PROOF", "PROVEN>UNPROVEN PROOF", "UNPROVEN>PROVEN PROOF"), told);
    }

    @Test
    void shouldNotFollowIntoAnotherEpochNorIntoALeaseThatIsOver() {
        gate.follow(2, GateState.PROVEN, nowNs + 900 * MS, 1, 0, GateReason.PROOF, nowNs);
        assertFalse(gate.open(nowNs));
        follow(GateState.PROVEN, nowNs, 1);
        assertFalse(gate.open(nowNs));
        assertEquals(List.of(), told);
    }
}
