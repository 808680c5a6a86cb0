// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateParameters;
import org.nhipcau.sfu.api.GateParameters.OnViolation;
import org.nhipcau.sfu.api.Proof;

/**
 * C1, C8: whatever happens in whatever order, no packet reaches a viewer that must not have it, on any way; and what is
 * proven is seen from its next key frame on. The rules are those of {@link GateRules} alone.
 */
class GateInterleavingTest {
    /** What can happen. */
    enum Kind {
        FRAME, KEY_FRAME, BATCHED_KEY_FRAME, HELD_BACK, LATE, FORWARD, EXCHANGE, TIME, TIME_WITHOUT_TIMERS, GOOD_PROOF,
        WEAK_PROOF, BAD_PROOF, STRAY_PROOF, POLICY, RELEASE, CLEARANCE, LAYER, PAUSE, RECONNECT, READD, NACK, NARROW,
        NEW_SOURCE, TURN, MUTE, VARIANT, REPUBLISH
    }

    private static final int[] TIMES_MS = {5, 100, 250, 500, 1_000, 1_499, 1_500, 5_000};

    /** One thing that happens; {@code a} chooses among its forms. */
    record Step(Kind kind, int a) {}

    private long epoch = 1;
    private final boolean[] paused = new boolean[GateWorld.VIEWERS];

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(8, Kind.FRAME), Tuple.of(8, Kind.KEY_FRAME), Tuple.of(3, Kind.BATCHED_KEY_FRAME),
                Tuple.of(3, Kind.HELD_BACK), Tuple.of(3, Kind.LATE), Tuple.of(2, Kind.FORWARD),
                Tuple.of(6, Kind.EXCHANGE), Tuple.of(6, Kind.TIME), Tuple.of(2, Kind.TIME_WITHOUT_TIMERS),
                Tuple.of(16, Kind.GOOD_PROOF), Tuple.of(1, Kind.WEAK_PROOF), Tuple.of(1, Kind.BAD_PROOF),
                Tuple.of(1, Kind.STRAY_PROOF), Tuple.of(2, Kind.POLICY), Tuple.of(1, Kind.RELEASE),
                Tuple.of(3, Kind.CLEARANCE), Tuple.of(2, Kind.LAYER), Tuple.of(1, Kind.PAUSE),
                Tuple.of(1, Kind.RECONNECT), Tuple.of(1, Kind.READD), Tuple.of(6, Kind.NACK), Tuple.of(2, Kind.NARROW),
                Tuple.of(1, Kind.NEW_SOURCE), Tuple.of(1, Kind.TURN), Tuple.of(1, Kind.MUTE), Tuple.of(2, Kind.VARIANT),
                Tuple.of(1, Kind.REPUBLISH));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 63)).as(Step::new)
                .list().ofMinSize(30).ofMaxSize(150);
    }

    @Property(tries = 400, seed = "20261122")
    void forwardsNoPacketThatItMustNotAndEachThatItMay(@ForAll("histories") List<Step> steps) {
        epoch = 1;
        java.util.Arrays.fill(paused, false);
        GateWorld world = new GateWorld();
        for (Step step : steps) {
            act(world, step);
            assertEquals(0, world.forbidden(), () -> "came as far as the way out after " + step);
        }
        settle(world);
        assertEquals(0, world.forbidden());
    }

    private void act(GateWorld world, Step step) {
        int a = step.a();
        int viewer = a % GateWorld.VIEWERS;
        String track = a % 3 == 2 && world.has(GateWorld.COVERED) ? GateWorld.COVERED : GateWorld.CAMERA;
        String layer = world.layersOf(track).get(a / 4 % world.layersOf(track).size());
        switch (step.kind()) {
            case FRAME -> picture(world, track, layer, false, -1);
            case KEY_FRAME -> picture(world, track, layer, true, -1);
            case BATCHED_KEY_FRAME -> world.frame(track, layer, true, -1);
            case HELD_BACK -> picture(world, track, layer, true, a % 2);
            case LATE -> world.late();
            case FORWARD -> world.forward();
            case EXCHANGE -> world.exchange();
            case TIME -> world.pass(TIMES_MS[a % TIMES_MS.length]);
            case TIME_WITHOUT_TIMERS -> world.skip(TIMES_MS[a % TIMES_MS.length]);
            case GOOD_PROOF -> {
                world.pass(a % 4 == 0 ? 20 : 300);
                world.prove(track, epochOf(world, track), a % 2 == 0 ? Proof.CLEAN : Proof.WHOLE);
            }
            case WEAK_PROOF -> world.prove(track, epochOf(world, track), Proof.STALE);
            case BAD_PROOF -> world.prove(track, epochOf(world, track), a % 2 == 0 ? Proof.DEAD : Proof.OFF);
            case STRAY_PROOF -> world.prove(track, epochOf(world, track) - 1, Proof.CLEAN);
            case POLICY -> world.setGate(track, policy(track, a / 3));
            case RELEASE -> world.release(track, epochOf(world, track));
            case CLEARANCE -> world.setClearance(viewer, a / 4 % 2 == 0);
            case LAYER -> world.settings(viewer, new ConsumerSettings(paused[viewer], a / 4 % 2, 0, 0, 0));
            case PAUSE -> {
                paused[viewer] = !paused[viewer];
                world.settings(viewer, new ConsumerSettings(paused[viewer], 2, 0, 0, 0));
            }
            case RECONNECT -> world.reconnect(viewer, a / 4 % 2 == 0);
            case READD -> world.readd(viewer, a / 4 % 2 == 0);
            case NACK -> world.nack(viewer);
            case NARROW -> world.claim(a % 2 == 0 ? 60_000 : 300_000);
            case NEW_SOURCE -> world.renew(layer);
            case TURN -> world.turn();
            case MUTE -> world.mute(track, a % 2 == 0);
            case VARIANT -> variant(world);
            case REPUBLISH -> {
                world.unpublish(GateWorld.CAMERA);
                world.pass(20);
                world.publish(GateWorld.CAMERA, policy(GateWorld.CAMERA, a));
            }
        }
    }

    private static long epochOf(GateWorld world, String track) {
        return world.rules.standing(track, world.ms).policy.epoch();
    }

    private static void picture(GateWorld world, String track, String layer, boolean key, int hold) {
        world.frame(track, layer, key, hold);
        world.forward();
    }

    private GateParameters policy(String track, int form) {
        OnViolation onViolation = form % 2 == 0 ? OnViolation.HOLD : OnViolation.LATCH;
        boolean camera = track.equals(GateWorld.CAMERA);
        GateAccess access = switch (form % 5) {
            case 0 -> GateAccess.ALL;
            case 1 -> camera ? GateAccess.CLEARED : GateAccess.PROVEN;
            default -> GateAccess.PROVEN;
        };
        return new GateParameters(access, "p" + form, ++epoch, onViolation,
                camera && form % 4 == 1 ? GateWorld.COVERED : "");
    }

    private void variant(GateWorld world) {
        if (world.has(GateWorld.COVERED)) {
            world.unpublish(GateWorld.COVERED);
        } else {
            world.publish(GateWorld.COVERED, GateParameters.proven("variant", ++epoch, OnViolation.HOLD));
            world.setGate(GateWorld.CAMERA, GateParameters.clearVariant("camera", ++epoch, GateWorld.COVERED));
        }
    }

    /** Everything that can be proven is; then each viewer must see what it may. */
    private void settle(GateWorld world) {
        for (int viewer = 0; viewer < GateWorld.VIEWERS; viewer++) {
            world.settings(viewer, ConsumerSettings.DEFAULT);
        }
        List<String> tracks = world.has(GateWorld.COVERED) ? List.of(GateWorld.CAMERA, GateWorld.COVERED)
                : List.of(GateWorld.CAMERA);
        tracks.forEach(track -> world.mute(track, false));
        // What has another shape than before makes the gate begin anew: that is over before the proofs.
        tracks.forEach(track -> world.layersOf(track).forEach(layer -> picture(world, track, layer, true, -1)));
        for (int i = 0; i < 13; i++) {
            world.pass(500);
            tracks.forEach(track -> world.prove(track, epochOf(world, track), Proof.CLEAN));
            tracks.forEach(track -> world.layersOf(track).forEach(layer -> picture(world, track, layer, false, -1)));
            world.exchange();
        }
        for (String track : tracks) {
            assertEquals(world.rules.standing(track, world.ms).hopeful(),
                    world.rules.standing(track, world.ms).open(), "the model itself opens what can be opened");
        }
        for (int round = 0; round < 2; round++) {
            for (String track : tracks) {
                for (String layer : world.layersOf(track)) {
                    picture(world, track, layer, true, -1);
                    picture(world, track, layer, false, -1);
                }
            }
            world.exchange();
            world.pass(300);
        }
        for (int viewer = 0; viewer < GateWorld.VIEWERS; viewer++) {
            if (viewer != GateWorld.NARROW) {
                world.viewers[viewer].seen.clear();
            }
        }
        for (String track : tracks) {
            for (String layer : world.layersOf(track)) {
                picture(world, track, layer, false, -1);
            }
        }
        world.exchange();
        for (int viewer = 0; viewer < GateWorld.VIEWERS; viewer++) {
            if (viewer != GateWorld.NARROW) {
                assertSees(world, viewer);
            }
        }
    }

    private void assertSees(GateWorld world, int viewer) {
        GateParameters camera = world.rules.standing(GateWorld.CAMERA, world.ms).policy;
        boolean cleared = world.rules.cleared(viewer);
        boolean shownCovered = !cleared && camera.coveredTrackId().equals(GateWorld.COVERED)
                && world.has(GateWorld.COVERED);
        String shown = shownCovered ? GateWorld.COVERED : GateWorld.CAMERA;
        var standing = world.rules.standing(shown, world.ms);
        boolean may = cleared || standing.policy.access() == GateAccess.ALL || standing.open();
        boolean sees = world.viewers[viewer].seen.values().stream()
                .anyMatch(layer -> world.layersOf(shown).contains(layer));
        assertEquals(may, sees, () -> "viewer " + viewer + " of " + shown + ", " + standing.policy);
    }

    /** The world is not one in which nothing ever passes: in a plain call proof opens, and its absence shuts. */
    @Test
    void shouldLetRestrictedViewersSeeWhatIsProvenInAPlainCall() {
        GateWorld world = new GateWorld();
        for (int i = 0; i < 20; i++) {
            world.pass(250);
            world.prove(GateWorld.CAMERA, 1, Proof.CLEAN);
            picture(world, GateWorld.CAMERA, "q", i % 4 == 3, -1);
            picture(world, GateWorld.CAMERA, "h", i % 4 == 3, -1);
            world.exchange();
        }
        assertTrue(world.rules.throughTheGate > 60, world.rules.throughTheGate + " packets");
        int before = world.rules.throughTheGate;
        world.pass(1_500);
        picture(world, GateWorld.CAMERA, "q", true, -1);
        world.exchange();
        assertEquals(before, world.rules.throughTheGate);
        assertEquals(0, world.forbidden());
    }
}
