// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.policy.FacePolicy.Level;
import org.nhipcau.signaling.policy.FacePolicy.Mode;
import org.nhipcau.signaling.policy.FacePolicy.NoFace;
import org.nhipcau.signaling.policy.FacePolicy.OnViolation;

/** Walks every cell of the table of roles against grids written down here, by hand, a second time. */
class RoleTableTest {
    /** Columns: CAMERA, MICROPHONE, SCREEN_SHARE, SCREEN_SHARE_AUDIO, UNKNOWN. */
    private static final String PUBLISHES = """
            CHAIR              x x x x .
            SECRETARY          x x x x .
            EXPERT             x x x x .
            PRESENTING_DOCTOR  x x x x .
            PATIENT            x x . . .
            CAREGIVER          x x . . .
            TRAINEE            . . . . .
            IT_TECHNICIAN      x x . . .
            CONTROLLER         x x x x .
            RECORDER           . . . . .
            """;

    /** Columns: CHAIR, SECRETARY, EXPERT, PRESENTING_DOCTOR, PATIENT, CAREGIVER, TRAINEE, IT_TECHNICIAN, CONTROLLER,
     * RECORDER. */
    private static final String DOES = """
            SEND_DATA          x x x x x x . x x .
            ENLIST             x x . . . . . . x .
            APPROVE            . . . . . . . . . .
            CHANGE_ROLE        x . . . . . . . x .
            ANSWER             x . x . . . . . . .
            SCHEDULE           x x . . . . . . x .
            TEST               x x . x . . . x x .
            OPEN               x x . . . . . . x .
            BEGIN              x . . . . . . . x .
            ADMIT              x x . . . . . . x .
            REMOVE             x . . . . . . . x .
            MUTE               x x . . . . . x x .
            SET_MAIN_SCREEN    x x . . . . . . x .
            RECORD_CONSENT     x x . x x x . . . .
            WITHDRAW_CONSENT   x x . x x x . . . .
            TIGHTEN_POLICY     x x x x x x . . x .
            LOOSEN_POLICY      x . . . . . . . x .
            RELEASE_TRACK      x . . . . . . . x .
            ALLOW_RECORDER     . . . . . . . . . .
            SUSPEND            x . . . . . . . x .
            RESUME             x . . . . . . . x .
            CANCEL             x x . x x x . . x .
            CONCLUDE           x . . . . . . . x .
            DECLARE_EMERGENCY  x . x x . . . . x .
            CONFIRM_EMERGENCY  x . . . . . . . . .
            KEEP_TIME          . . . . . . . . . .
            """;

    /**
     * How each role sees a picture of the patient, by policy: off; cover, clear for nobody; cover, clear for chair and
     * expert; blur, clear for nobody.
     */
    private static final String SEES_THE_PATIENT = """
            CHAIR              CLEAR COVERED CLEAR   COVERED
            SECRETARY          CLEAR COVERED COVERED COVERED
            EXPERT             CLEAR COVERED CLEAR   COVERED
            PRESENTING_DOCTOR  CLEAR COVERED COVERED COVERED
            PATIENT            CLEAR COVERED COVERED COVERED
            CAREGIVER          CLEAR COVERED COVERED COVERED
            TRAINEE            NONE  COVERED COVERED COVERED
            IT_TECHNICIAN      NONE  COVERED COVERED COVERED
            CONTROLLER         CLEAR COVERED COVERED COVERED
            RECORDER           NONE  COVERED COVERED COVERED
            """;

    static FacePolicy policy(Mode mode, Set<Role> clearFor) {
        return new FacePolicy(mode, EnumSet.of(Role.PATIENT, Role.CAREGIVER), clearFor, Level.ATTESTED,
                NoFace.COVER_ALL, 0, OnViolation.HOLD);
    }

    private static final List<FacePolicy> POLICIES = List.of(policy(Mode.OFF, Set.of()), policy(Mode.COVER, Set.of()),
            policy(Mode.COVER, EnumSet.of(Role.CHAIR, Role.EXPERT)), policy(Mode.BLUR, Set.of()));

    private static Map<String, List<String>> grid(String text) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            List<String> cells = Arrays.asList(line.strip().split("\\s+"));
            rows.put(cells.getFirst(), cells.subList(1, cells.size()));
        }
        return rows;
    }

    @Test
    void shouldAnswerEveryCellOfWhoPublishesWhat_D2() {
        Map<String, List<String>> rows = grid(PUBLISHES);
        assertEquals(Role.values().length, rows.size());
        for (Role role : Role.values()) {
            List<String> cells = rows.get(role.name());
            assertEquals(Source.values().length, cells.size());
            for (Source source : Source.values()) {
                assertEquals(cells.get(source.ordinal()).equals("x"), RoleTable.mayPublish(role, source),
                        role + " " + source);
            }
        }
    }

    @Test
    void shouldAnswerEveryCellOfWhoDoesWhat_D2() {
        Map<String, List<String>> rows = grid(DOES);
        assertEquals(Action.values().length, rows.size());
        for (Action action : Action.values()) {
            List<String> cells = rows.get(action.name());
            assertEquals(Role.values().length, cells.size());
            for (Role role : Role.values()) {
                assertEquals(cells.get(role.ordinal()).equals("x"), RoleTable.may(role, action), role + " " + action);
            }
        }
    }

    /** Viewer by subject by source by policy: 10 x 10 x 5 x 4 cells. */
    @Test
    void shouldAnswerEveryCellOfWhoSeesWhomAndHow_C1_C8() {
        Map<String, List<String>> patient = grid(SEES_THE_PATIENT);
        for (int p = 0; p < POLICIES.size(); p++) {
            for (Role viewer : Role.values()) {
                View face = View.valueOf(patient.get(viewer.name()).get(p));
                for (Role subject : Role.values()) {
                    for (Source source : Source.values()) {
                        boolean published = grid(PUBLISHES).get(subject.name()).get(source.ordinal()).equals("x");
                        boolean hidden = subject == Role.PATIENT || subject == Role.CAREGIVER;
                        View expected = !published ? View.NONE
                                : hidden && source == Source.CAMERA ? face : View.CLEAR;
                        assertEquals(expected, RoleTable.view(viewer, subject, source, POLICIES.get(p)),
                                viewer + " of " + subject + " " + source + " " + POLICIES.get(p));
                    }
                }
            }
        }
    }

    @Test
    void shouldGiveAnUnknownRoleNothing_C1() {
        for (FacePolicy policy : POLICIES) {
            for (Source source : Source.values()) {
                assertFalse(RoleTable.mayPublish(null, source));
                for (Role role : Role.values()) {
                    assertEquals(View.NONE, RoleTable.view(null, role, source, policy));
                    assertEquals(View.NONE, RoleTable.view(role, null, source, policy));
                }
            }
            assertFalse(policy.isClear(null));
        }
        for (Action action : Action.values()) {
            assertFalse(RoleTable.may(null, action));
        }
        for (Role role : Role.values()) {
            assertFalse(RoleTable.may(role, null));
            assertFalse(RoleTable.mayPublish(role, null));
            assertEquals(View.NONE, RoleTable.view(Role.CHAIR, role, null, FacePolicy.STANDARD));
            assertEquals(View.NONE, RoleTable.view(Role.CHAIR, role, Source.CAMERA, null));
        }
        assertTrue(Role.named("GUEST").isEmpty());
        assertTrue(Role.named("chair").isEmpty());
        assertTrue(Role.named(null).isEmpty());
        assertEquals(Role.CHAIR, Role.named("CHAIR").orElseThrow());
    }

    /** The policy binds all video of its subject, whatever the label: a second way around the cover is no way. */
    @Test
    void shouldKeepEveryPictureOfASubjectUnderThePolicy_C1() {
        FacePolicy doctorToo = new FacePolicy(Mode.COVER, EnumSet.of(Role.PATIENT, Role.PRESENTING_DOCTOR), Set.of(),
                Level.ATTESTED, NoFace.COVER_ALL, 0, OnViolation.HOLD);
        for (Role viewer : Role.values()) {
            assertEquals(View.COVERED, RoleTable.view(viewer, Role.PRESENTING_DOCTOR, Source.CAMERA, doctorToo));
            assertEquals(View.COVERED, RoleTable.view(viewer, Role.PRESENTING_DOCTOR, Source.SCREEN_SHARE, doctorToo));
            assertEquals(View.CLEAR, RoleTable.view(viewer, Role.PRESENTING_DOCTOR, Source.MICROPHONE, doctorToo));
        }
    }

    /** Nobody gains by a change of role within what was approved; checked against the table's own words. */
    @Test
    void shouldCallARoleWithinAnotherOnlyWhenItGainsNothing_C4() {
        for (Role approved : Role.values()) {
            for (Role other : Role.values()) {
                if (!RoleTable.isWithin(other, approved)) {
                    continue;
                }
                for (Source source : Source.values()) {
                    assertTrue(RoleTable.mayPublish(approved, source) || !RoleTable.mayPublish(other, source));
                }
                for (Action action : Action.values()) {
                    assertTrue(RoleTable.may(approved, action) || !RoleTable.may(other, action));
                }
                assertTrue(RoleTable.mayEverSeeClear(approved) || !RoleTable.mayEverSeeClear(other));
                assertTrue(approved.isStaff() || !other.isStaff());
            }
        }
        assertTrue(RoleTable.isWithin(Role.EXPERT, Role.CHAIR));
        assertTrue(RoleTable.isWithin(Role.TRAINEE, Role.EXPERT));
        assertFalse(RoleTable.isWithin(Role.EXPERT, Role.TRAINEE));
        assertFalse(RoleTable.isWithin(Role.RECORDER, Role.CHAIR));
    }
}
