// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.overload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.sfu.overload.SimulatedWorker.MS;
import static org.nhipcau.sfu.overload.SimulatedWorker.SECOND_NS;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hours of a worker's life in milliseconds. Each message names the seed. */
class OverloadPolicyTest {
    private static final double PACKETS_PER_SECOND = 10_000;
    private static final int QUEUE = 3_000;

    // Share of the cost at level NONE that is left at each level: three sites, each with camera, screen and sound.
    private static final double[] LEFT = {1.0, 0.72, 0.45, 0.28, 0.16, 0.10};

    private static SimulatedWorker worker(long seed, double demand, boolean lossKnown) {
        SimulatedWorker worker = new SimulatedWorker(seed, lossKnown, QUEUE);
        worker.packetsPerSecond = PACKETS_PER_SECOND;
        worker.cost = demand(demand);
        worker.effectNs = 250 * MS;
        return worker;
    }

    private static SimulatedWorker.Cost demand(double share) {
        return level -> LEFT[level.ordinal()] * share * 1e9 / PACKETS_PER_SECOND;
    }

    private static String told(SimulatedWorker worker, long seed) {
        return "seed " + seed + ": " + worker.story;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldLeaveAWorkerAloneThatKeepsUp(long seed) {
        SimulatedWorker worker = worker(seed, 0.80, seed % 2 == 0);
        worker.run(120 * SECOND_NS);
        assertEquals(OverloadLevel.NONE, worker.policy.level(), told(worker, seed));
        assertEquals(0, worker.changes, told(worker, seed));
        assertEquals(0, worker.dropped);
        assertTrue(worker.gate.open());
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void shouldRiseWithinAFifthOfASecondOfPacketsBeingLate(long seed) {
        SimulatedWorker worker = worker(seed, 0.5, seed % 2 == 0);
        worker.run(10 * SECOND_NS);
        long fromNs = worker.nowNs;
        worker.cost = demand(2.5);
        worker.run(SECOND_NS);
        // The queue takes a moment to fill: late is a packet that waited for 60 ms.
        assertTrue(worker.firstRiseNs - fromNs <= 60 * MS + 2 * LoadMonitor.WINDOW_NS, told(worker, seed));
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void shouldStopAtTheLevelThatHelps(long seed) {
        SimulatedWorker worker = worker(seed, 1.25, seed % 2 == 0);
        worker.run(8 * SECOND_NS);
        assertEquals(OverloadLevel.HIGH_LAYERS, worker.policy.level(), told(worker, seed));
        assertFalse(worker.gate.open(), "nobody is let in while anything is given up");
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34})
    void shouldGoToTheEndOfTheTableWhileNothingElseHelps(long seed) {
        SimulatedWorker worker = worker(seed, 9.0, true);
        worker.run(2 * SECOND_NS);
        assertEquals(OverloadLevel.SPEECH_ONLY, worker.policy.level(), told(worker, seed));
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44, 45, 46})
    void shouldRecoverByItselfStepByStep(long seed) {
        SimulatedWorker worker = worker(seed, 6.0, seed % 2 == 0);
        worker.run(5 * SECOND_NS);
        assertTrue(worker.policy.level().compareTo(OverloadLevel.NO_VIDEO) >= 0, told(worker, seed));
        worker.cost = demand(0.4);
        int before = worker.changes;
        int steps = worker.policy.level().ordinal();
        worker.run(60 * SECOND_NS);
        assertEquals(OverloadLevel.NONE, worker.policy.level(), told(worker, seed));
        assertEquals(steps, worker.changes - before, "each step once: " + told(worker, seed));
        assertTrue(worker.gate.open(), told(worker, seed));
    }

    @ParameterizedTest
    @ValueSource(longs = {51, 52, 53, 54, 55, 56})
    void shouldNotFlapUnderALoadThatFitsOneLevelAndNotTheNext(long seed) {
        SimulatedWorker worker = worker(seed, 1.3, seed % 2 == 0);
        worker.run(60 * SECOND_NS);
        int settling = worker.changes;
        worker.run(1_200 * SECOND_NS);
        // It may try a level less about once a minute, and come back.
        assertTrue(worker.changes - settling <= 2 * 1_200 / 55, told(worker, seed));
        assertTrue(settling <= 12, told(worker, seed));
        assertTrue(worker.policy.level().compareTo(OverloadLevel.LOW_LAYER) <= 0, told(worker, seed));
    }

    @ParameterizedTest
    @ValueSource(longs = {61, 62, 63, 64})
    void shouldRecoverAlsoWhereALevelLessLeavesLittleRoom(long seed) {
        SimulatedWorker worker = worker(seed, 1.6, seed % 2 == 0);
        worker.run(4 * SECOND_NS);
        worker.cost = demand(0.85);
        worker.run(300 * SECOND_NS);
        assertEquals(OverloadLevel.NONE, worker.policy.level(), told(worker, seed));
    }

    @Test
    void shouldForgiveASingleHiccup() {
        SimulatedWorker worker = worker(71, 0.3, true);
        worker.run(5 * SECOND_NS);
        worker.cost = level -> 70 * MS / 32.0;
        worker.run(60 * MS);
        worker.cost = demand(0.3);
        worker.run(10 * SECOND_NS);
        assertEquals(0, worker.changes, told(worker, 71));
    }

    @ParameterizedTest
    @ValueSource(longs = {81, 82, 83, 84})
    void shouldCloseTheDoorBeforeItGivesAnythingUp(long seed) {
        SimulatedWorker worker = worker(seed, 0.5, seed % 2 == 0);
        boolean closed = false;
        // A joiner a second, each of two percent, while the door is open.
        for (double demand = 0.5; demand < 0.95 && !closed; demand += 0.02) {
            worker.cost = demand(demand);
            worker.run(SECOND_NS);
            closed = !worker.gate.open();
            assertEquals(0, worker.changes, told(worker, seed));
        }
        assertTrue(closed, "the door stayed open; seed " + seed);
        worker.run(120 * SECOND_NS);
        assertEquals(0, worker.changes, "those let in fit: " + told(worker, seed));
        worker.cost = demand(0.7);
        worker.run(5 * SECOND_NS);
        assertTrue(worker.gate.open(), "seed " + seed);
    }

    @Test
    void shouldGiveNothingUpWhenSwitchedOff() {
        OverloadPolicy off = new OverloadPolicy(false, 60 * MS);
        LoadMonitor late = new LoadMonitor();
        for (long now = 0; now < 10 * SECOND_NS; now += 100 * MS) {
            late.onCycle(now, now + 100 * MS, false);
            late.endWindow(now + 100 * MS, now);
            assertFalse(off.onWindow(late, now + 100 * MS));
        }
        assertEquals(OverloadLevel.NONE, off.level());
    }
}
