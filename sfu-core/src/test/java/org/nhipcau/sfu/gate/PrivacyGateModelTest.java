// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.Proof;

/** The gate and its {@link GateModel} agree after every sequence of inputs: all short ones, and many long ones. */
class PrivacyGateModelTest {
    private static final long MS = 1_000_000L;
    private static final long[] STEPS_MS = {0, 200, 500, 1_500};
    private static final int INPUTS = 11;
    private static final int ACTIONS = 4 * INPUTS;
    private static final int EXHAUSTIVE_DEPTH = 4;

    /** Gate and model side by side. */
    private static final class Pair implements PrivacyGate.Listener {
        final PrivacyGate gate;
        final GateModel model;
        /** The gate's state as its changes told it. */
        GateState told = GateState.UNPROVEN;
        boolean shutSinceOpened = true;
        long epoch = 1;
        long ms = 10_000;
        int everOpen;

        Pair(OnViolation onViolation) {
            GateParameters parameters = GateParameters.proven("p", epoch, onViolation);
            gate = new PrivacyGate(parameters, this);
            model = new GateModel(parameters, ms);
        }

        @Override
        public void onChange(GateState before, org.nhipcau.sfu.api.GateReason reason, long nowNs) {
            assertEquals(told, before);
            told = gate.state();
            shutSinceOpened |= told != GateState.PROVEN;
        }

        void act(int action) {
            ms += STEPS_MS[action % STEPS_MS.length];
            int openings = gate.openings();
            input(action / STEPS_MS.length);
            compare(action);
            if (gate.openings() != openings) {
                assertTrue(shutSinceOpened, "opened twice without a shut that anybody was told of");
                shutSinceOpened = false;
            }
        }

        private void input(int input) {
            switch (input) {
                case 0 -> { }
                case 1 -> say(epoch, Proof.CLEAN);
                case 2 -> say(epoch, Proof.WHOLE);
                case 3 -> say(epoch, Proof.STALE);
                case 4 -> say(epoch, Proof.DEAD);
                case 5 -> say(epoch - 1, Proof.CLEAN);
                case 6 -> {
                    gate.restart(ms * MS);
                    model.restarted(ms);
                }
                case 7 -> begin(GateParameters.proven("p", ++epoch,
                        epoch % 2 == 0 ? OnViolation.HOLD : OnViolation.LATCH));
                case 8 -> {
                    gate.release(epoch, ms * MS);
                    model.released(epoch, ms);
                }
                case 9 -> gate.advance(ms * MS);
                case 10 -> {
                    for (int i = 0; i <= 10; i++) {
                        say(epoch, Proof.CLEAN);
                        ms += 500;
                    }
                }
                default -> throw new AssertionError(input);
            }
        }

        private void say(long forEpoch, Proof proof) {
            gate.prove(forEpoch, proof, ms * MS);
            model.said(forEpoch, proof, ms);
        }

        private void begin(GateParameters parameters) {
            gate.begin(parameters, ms * MS);
            model.policy(parameters, ms);
        }

        private void compare(Object where) {
            GateModel.Standing standing = model.at(ms);
            assertEquals(standing.open(), gate.open(ms * MS), () -> "open after " + where);
            everOpen += standing.open() ? 1 : 0;
            gate.advance(ms * MS);
            assertEquals(standing.open(), gate.provenBy(ms * MS), () -> "proof after " + where);
            assertEquals(standing.open() ? GateState.PROVEN : standing.suspect() ? GateState.SUSPECT
                    : standing.pending ? GateState.VIOLATED : GateState.UNPROVEN, gate.state(), () -> "after " + where);
            assertEquals(standing.violations, gate.violations(), () -> "violations after " + where);
            assertEquals(standing.openings, gate.openings(), () -> "openings after " + where);
            assertEquals(gate.state(), told);
        }
    }

    @Test
    void shouldAgreeWithTheModelOnEveryShortHistory() {
        int[] actions = new int[EXHAUSTIVE_DEPTH];
        int opened = 0;
        for (long history = 0; history < Math.powExact((long) ACTIONS, EXHAUSTIVE_DEPTH); history++) {
            long left = history;
            for (int i = 0; i < EXHAUSTIVE_DEPTH; i++) {
                actions[i] = (int) (left % ACTIONS);
                left /= ACTIONS;
            }
            Pair pair = new Pair((history & 1) == 0 ? OnViolation.LATCH : OnViolation.HOLD);
            // Open, so that short histories reach what lies behind.
            pair.act(1 * STEPS_MS.length);
            pair.act(1 * STEPS_MS.length + 2);
            try {
                for (int action : actions) {
                    pair.act(action);
                }
            } catch (AssertionError e) {
                throw new AssertionError(Arrays.toString(actions), e);
            }
            opened += pair.everOpen > 0 ? 1 : 0;
        }
        assertTrue(opened > 100_000);
    }

    @Property(tries = 600, seed = "20261122")
    void agreesWithTheModelOnLongHistories(
            @ForAll @Size(min = 20, max = 120) List<@IntRange(min = 0, max = ACTIONS - 1) Integer> actions,
            @ForAll OnViolation onViolation) {
        Pair pair = new Pair(onViolation);
        List<Integer> done = new ArrayList<>();
        for (int action : actions) {
            done.add(action);
            pair.act(action);
        }
    }

    @Property(tries = 200, seed = "20261123")
    void neverOpensWhereNobodyIsToSeeItUncleared(
            @ForAll @Size(min = 5, max = 40) List<@IntRange(min = 0, max = ACTIONS - 1) Integer> actions) {
        long[] now = {10_000};
        GateParameters closed = new GateParameters(GateAccess.CLEARED, "p", 1, OnViolation.HOLD, "other");
        PrivacyGate gate = new PrivacyGate(closed, (before, reason, nowNs) -> { });
        for (int action : actions) {
            now[0] += STEPS_MS[action % STEPS_MS.length];
            gate.prove(1, Proof.values()[action % Proof.values().length], now[0] * MS);
            assertEquals(false, gate.open(now[0] * MS));
        }
    }
}
