// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.policy.FacePolicy.Level;
import org.nhipcau.signaling.policy.FacePolicy.Mode;
import org.nhipcau.signaling.policy.FacePolicy.NoFace;
import org.nhipcau.signaling.policy.FacePolicy.OnViolation;

class FacePolicyTest {
    private static FacePolicy covered(Set<Role> clearFor) {
        return RoleTableTest.policy(Mode.COVER, clearFor);
    }

    @Test
    void shouldCoverForEverybodyWhenNobodyChose_C1() {
        assertEquals(Mode.COVER, FacePolicy.STANDARD.mode());
        assertEquals(Set.of(), FacePolicy.STANDARD.clearFor());
        assertEquals(Level.ATTESTED, FacePolicy.STANDARD.level());
        for (Role viewer : Role.values()) {
            assertEquals(View.COVERED, RoleTable.view(viewer, Role.PATIENT, Source.CAMERA, FacePolicy.STANDARD));
        }
    }

    @Test
    void shouldNeverClearATraineeATechnicianOrARecorder_C8() {
        for (Role role : EnumSet.of(Role.TRAINEE, Role.IT_TECHNICIAN, Role.RECORDER)) {
            assertThrows(IllegalArgumentException.class, () -> covered(EnumSet.of(Role.CHAIR, role)));
        }
    }

    @Test
    void shouldRefuseWhatNoPolicyMaySay() {
        Set<Role> patient = EnumSet.of(Role.PATIENT);
        assertThrows(IllegalArgumentException.class, () -> new FacePolicy(Mode.COVER, EnumSet.of(Role.CAREGIVER),
                Set.of(), Level.ATTESTED, NoFace.COVER_ALL, 0, OnViolation.HOLD));
        assertThrows(IllegalArgumentException.class, () -> new FacePolicy(Mode.COVER, patient, Set.of(),
                Level.ATTESTED, NoFace.COVER_ALL, -1, OnViolation.HOLD));
        assertThrows(IllegalArgumentException.class, () -> new FacePolicy(Mode.COVER, patient, Set.of(),
                Level.ATTESTED, NoFace.COVER_ALL, FacePolicy.MAX_HOLD_BACK_MS + 1, OnViolation.HOLD));
        assertThrows(NullPointerException.class, () -> new FacePolicy(null, patient, Set.of(), Level.ATTESTED,
                NoFace.COVER_ALL, 0, OnViolation.HOLD));
        assertEquals(Set.of(), new FacePolicy(Mode.COVER, patient, null, Level.ATTESTED, NoFace.COVER_ALL,
                FacePolicy.MAX_HOLD_BACK_MS, OnViolation.HOLD).clearFor());
    }

    @Test
    void shouldKnowTighterFromLooser_C1() {
        FacePolicy off = RoleTableTest.policy(Mode.OFF, Set.of());
        FacePolicy blur = RoleTableTest.policy(Mode.BLUR, Set.of());
        FacePolicy forChair = covered(EnumSet.of(Role.CHAIR));
        FacePolicy forExpert = covered(EnumSet.of(Role.EXPERT));
        FacePolicy forNobody = covered(Set.of());

        assertTrue(forNobody.isTighterThan(forChair));
        assertTrue(forNobody.isTighterThan(blur));
        assertTrue(blur.isTighterThan(off));
        assertTrue(forChair.isTighterThan(off), "off shows the face to the chair too");
        assertFalse(forChair.isTighterThan(forExpert), "neither is tighter: another one sees");
        assertFalse(forExpert.isTighterThan(forChair));
        assertFalse(off.isTighterThan(forChair));
        assertFalse(blur.isTighterThan(blur));
        assertTrue(blur.isAtLeastAsTightAs(blur));
    }

    @Provide
    Arbitrary<FacePolicy> policies() {
        Arbitrary<Set<Role>> clearFor = Arbitraries.of(Role.values()).set().map(roles -> roles.stream()
                .filter(RoleTable::mayEverSeeClear).collect(Collectors.toSet()));
        Arbitrary<Set<Role>> subjects = Arbitraries.of(Role.CAREGIVER, Role.PRESENTING_DOCTOR).set().map(roles -> {
            EnumSet<Role> all = EnumSet.of(Role.PATIENT);
            all.addAll(roles);
            return all;
        });
        return Combinators.combine(Arbitraries.of(Mode.values()), subjects, clearFor, Arbitraries.of(Level.values()),
                Arbitraries.of(NoFace.values()), Arbitraries.integers().between(0, 2),
                Arbitraries.of(OnViolation.values())).as(FacePolicy::new);
    }

    @Property
    void shouldOrderPoliciesWithoutCircles(@ForAll("policies") FacePolicy a, @ForAll("policies") FacePolicy b,
            @ForAll("policies") FacePolicy c) {
        assertTrue(a.isAtLeastAsTightAs(a));
        assertFalse(a.isTighterThan(b) && b.isTighterThan(a));
        if (a.isAtLeastAsTightAs(b) && b.isAtLeastAsTightAs(c)) {
            assertTrue(a.isAtLeastAsTightAs(c));
        }
    }

    @Property
    void shouldPutTighteningsTogetherInAnySequence_C1(@ForAll("policies") FacePolicy a,
            @ForAll("policies") FacePolicy b, @ForAll("policies") FacePolicy c) {
        assertEquals(a.and(b), b.and(a));
        assertEquals(a.and(b).and(c), a.and(b.and(c)));
        assertEquals(a, a.and(a));
        assertTrue(a.and(b).isAtLeastAsTightAs(a) && a.and(b).isAtLeastAsTightAs(b), "never looser than either");
    }

    /** Nothing is tightened that nobody asked for. */
    @Property
    void shouldPutNoMoreIntoItThanEitherAskedFor_C1(@ForAll("policies") FacePolicy a,
            @ForAll("policies") FacePolicy b, @ForAll("policies") FacePolicy tighterThanBoth) {
        if (tighterThanBoth.isAtLeastAsTightAs(a) && tighterThanBoth.isAtLeastAsTightAs(b)) {
            assertTrue(tighterThanBoth.isAtLeastAsTightAs(a.and(b)));
        }
        if (a.isAtLeastAsTightAs(b)) {
            assertTrue(a.isAtLeastAsTightAs(a.and(b)), "it is a already");
        }
    }

    /** What tightening means to those who look: nobody gets to see a face clear who did not before. */
    @Property
    void shouldShowNobodyAClearFaceByTightening_C1(@ForAll("policies") FacePolicy before,
            @ForAll("policies") FacePolicy after) {
        if (!after.isAtLeastAsTightAs(before)) {
            return;
        }
        for (Role viewer : Role.values()) {
            for (Role subject : Role.values()) {
                for (Source source : Source.values()) {
                    boolean clearNow = RoleTable.view(viewer, subject, source, after) == View.CLEAR;
                    assertTrue(!clearNow || RoleTable.view(viewer, subject, source, before) == View.CLEAR,
                            viewer + " of " + subject + " " + source);
                }
            }
        }
    }
}
