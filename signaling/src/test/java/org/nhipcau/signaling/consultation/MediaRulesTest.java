// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.signaling.consultation.Course.*;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationEvent.*;
import org.nhipcau.signaling.consultation.ConsultationRequest.Kind;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.FacePolicy.Level;
import org.nhipcau.signaling.policy.FacePolicy.Mode;
import org.nhipcau.signaling.policy.FacePolicy.NoFace;
import org.nhipcau.signaling.policy.FacePolicy.OnViolation;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;

class MediaRulesTest {
    private static final Set<Role> SUBJECTS = FacePolicy.STANDARD.subjectRoles();
    private static final FacePolicy LATCHED = new FacePolicy(Mode.COVER, SUBJECTS, Set.of(), Level.ATTESTED,
            NoFace.COVER_ALL, 0, OnViolation.LATCH);
    private static final FacePolicy FOR_CHAIR = Course.clearFor(FacePolicy.STANDARD, EnumSet.of(Role.CHAIR));

    private static Course session() {
        return Course.in(State.IN_SESSION).arrives(CHAIR, DOCTOR, PATIENT, TRAINEE).admits(PATIENT, TRAINEE);
    }

    @Test
    void shouldTightenForAnybodyEntitledAtOnce_C1() {
        for (String by : List.of(CHAIR, SECRETARY, EXPERT, DOCTOR, PATIENT, CAREGIVER, CONTROLLER)) {
            Course course = session();
            long nowMs = course.at.toEpochMilli();
            assertEquals(List.of(new FacePolicyChanged(nowMs, by, LATCHED, 2, false)),
                    course.events(as(by), new ChangeFacePolicy(LATCHED, 1)));
            assertEquals(2, course.now.policyEpoch());
            assertEquals(List.of(), course.events(as(by), new ChangeFacePolicy(LATCHED, 1)));
        }
        for (String by : List.of(TRAINEE, TECHNICIAN, RECORDER)) {
            assertEquals(RefusalCode.NOT_PERMITTED, session().refusal(as(by), new ChangeFacePolicy(LATCHED, 1)));
        }
    }

    @Test
    void shouldLoosenOnlyForChairOrControllerAndSaySo_C1() {
        for (String by : List.of(CHAIR, CONTROLLER)) {
            Course course = session();
            assertEquals(View.COVERED, course.now.view(CHAIR, PATIENT, Source.CAMERA));
            assertEquals(List.of(new FacePolicyChanged(course.at.toEpochMilli(), by, FOR_CHAIR, 2, true)),
                    course.events(as(by), new ChangeFacePolicy(FOR_CHAIR, 1)));
            assertEquals(View.CLEAR, course.now.view(CHAIR, PATIENT, Source.CAMERA));
            assertEquals(View.COVERED, course.now.view(DOCTOR, PATIENT, Source.CAMERA));
        }
        for (Actor actor : List.of(as(SECRETARY), as(EXPERT), as(DOCTOR), as(PATIENT), as(CAREGIVER), as(TRAINEE),
                as(TECHNICIAN), as(RECORDER), OFFICE, LEADER, SYSTEM, Actor.platform("platform-1"))) {
            assertEquals(RefusalCode.NOT_PERMITTED, session().refusal(actor, new ChangeFacePolicy(FOR_CHAIR, 1)));
        }
    }

    /** Two decide upon the same policy at the same time: the second undoes nothing of the first. */
    @Test
    void shouldMergeTighteningsOfSeveral_C1() {
        Course course = session().does(as(CHAIR), new ChangeFacePolicy(Course.clearFor(FacePolicy.STANDARD,
                EnumSet.of(Role.CHAIR, Role.EXPERT)), 1));
        course.does(as(PATIENT), new TightenFacePolicy(FOR_CHAIR));
        FacePolicy decidedBefore = Course.clearFor(LATCHED, EnumSet.of(Role.CHAIR, Role.EXPERT));
        course.does(as(DOCTOR), new TightenFacePolicy(decidedBefore));
        assertEquals(Course.clearFor(LATCHED, EnumSet.of(Role.CHAIR)), course.now.facePolicy());
        assertEquals(List.of(), course.events(as(DOCTOR), new TightenFacePolicy(decidedBefore)), "so it is already");
        assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(as(TRAINEE), new TightenFacePolicy(LATCHED)));
        assertEquals(RefusalCode.POLICY_NOT_VALID, course.refusal(as(CHAIR), new TightenFacePolicy(null)));
    }

    @Test
    void shouldNotLoosenWhatChangedSinceItWasSeen_C1() {
        Course course = session();
        int seen = course.now.policyEpoch();
        course.does(as(PATIENT), new TightenFacePolicy(LATCHED));
        assertEquals(RefusalCode.VERSION_CONFLICT, course.refusal(as(CHAIR), new ChangeFacePolicy(FOR_CHAIR, seen)));
        assertEquals(RefusalCode.VERSION_CONFLICT, course.refusal(as(CHAIR), new ChangeFacePolicy(FOR_CHAIR, 0)));
        assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(as(DOCTOR), new ChangeFacePolicy(FOR_CHAIR, seen)));
        course.does(as(CHAIR), new ChangeFacePolicy(FOR_CHAIR, course.now.policyEpoch()));
        assertEquals(FOR_CHAIR, course.now.facePolicy());
    }

    /** Tighter in one respect and looser in another is looser. */
    @Test
    void shouldTakeAMixedChangeForALooserOne_C1() {
        FacePolicy mixed = Course.clearFor(LATCHED, EnumSet.of(Role.CHAIR));
        assertEquals(RefusalCode.NOT_PERMITTED, session().refusal(as(DOCTOR), new ChangeFacePolicy(mixed, 1)));
        Course course = session();
        course.does(as(CHAIR), new ChangeFacePolicy(mixed, 1));
        assertEquals(List.of(true), course.events.stream().filter(FacePolicyChanged.class::isInstance)
                .map(event -> ((FacePolicyChanged) event).loosened()).toList());
    }

    /** The station's camera shows patient and doctor together: it is covered like the patient's own. */
    @Test
    void shouldCoverOneParticipantWhateverTheRole_C1_S5() {
        for (String by : List.of(CHAIR, SECRETARY, EXPERT, DOCTOR, PATIENT, CAREGIVER, CONTROLLER)) {
            Course course = session();
            assertFalse(course.now.isSubject(DOCTOR));
            assertEquals(View.CLEAR, course.now.view(TRAINEE, DOCTOR, Source.CAMERA));
            assertEquals(List.of(new ParticipantCovered(course.at.toEpochMilli(), by, DOCTOR, true, 2)),
                    course.events(as(by), new CoverParticipant(DOCTOR, true)));
            assertEquals(List.of(), course.events(as(by), new CoverParticipant(DOCTOR, true)));
            assertTrue(course.now.isSubject(DOCTOR));
            assertEquals(View.COVERED, course.now.view(TRAINEE, DOCTOR, Source.CAMERA));
            assertEquals(View.COVERED, course.now.view(CHAIR, DOCTOR, Source.SCREEN_SHARE), "all video of the person");
            assertEquals(View.CLEAR, course.now.view(TRAINEE, DOCTOR, Source.MICROPHONE));
            course.does(as(PATIENT), new WithdrawConsent());
            assertEquals(View.NONE, course.now.view(CHAIR, DOCTOR, Source.CAMERA), "it shows the patient (C5)");
            assertEquals(View.CLEAR, course.now.view(CHAIR, DOCTOR, Source.MICROPHONE));
        }
        Course course = session().does(as(CHAIR), new CoverParticipant(DOCTOR, true));
        for (Actor actor : List.of(as(DOCTOR), as(SECRETARY), as(PATIENT), OFFICE, LEADER)) {
            assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(actor, new CoverParticipant(DOCTOR, false)));
        }
        course.does(as(CONTROLLER), new CoverParticipant(DOCTOR, false));
        assertEquals(View.CLEAR, course.now.view(TRAINEE, DOCTOR, Source.CAMERA));
        assertEquals(3, course.now.policyEpoch());
        assertTrue(course.now.isSubject(STRANGER), "and one who is not known is covered in any case");
        assertEquals(RefusalCode.NOT_ON_LIST, course.refusal(as(CHAIR), new CoverParticipant(STRANGER, true)));
    }

    @Test
    void shouldClearACoveredParticipantForThoseWhoMaySeeThePatient_C1() {
        Course course = session().does(as(CHAIR), new ChangeFacePolicy(FOR_CHAIR, 1))
                .does(as(CHAIR), new CoverParticipant(DOCTOR, true));
        assertEquals(View.CLEAR, course.now.view(CHAIR, DOCTOR, Source.CAMERA));
        assertEquals(View.COVERED, course.now.view(TRAINEE, DOCTOR, Source.CAMERA));
    }

    /** However loose the policy: a trainee never sees the face clear. */
    @Test
    void shouldNeverShowATraineeTheClearFace_C8() {
        FacePolicy off = new FacePolicy(Mode.OFF, SUBJECTS, Set.of(), Level.ATTESTED, NoFace.COVER_ALL, 0,
                OnViolation.HOLD);
        Course course = session().does(as(CHAIR), new ChangeFacePolicy(off, 1));
        assertEquals(View.CLEAR, course.now.view(DOCTOR, PATIENT, Source.CAMERA));
        assertEquals(View.NONE, course.now.view(TRAINEE, PATIENT, Source.CAMERA));
        assertEquals(View.CLEAR, course.now.view(TRAINEE, PATIENT, Source.MICROPHONE));
        assertEquals(View.CLEAR, course.now.view(TRAINEE, DOCTOR, Source.SCREEN_SHARE));
    }

    @Test
    void shouldRefuseWhatThisServerCannotDoYet_C1() {
        FacePolicy verified = with(Level.VERIFIED, NoFace.COVER_ALL, 0);
        FacePolicy applied = with(Level.APPLIED, NoFace.COVER_ALL, 0);
        FacePolicy noFace = with(Level.ATTESTED, NoFace.ALLOW_IF_VERIFIED, 0);
        FacePolicy heldBack = with(Level.ATTESTED, NoFace.COVER_ALL, 250);
        assertEquals(RefusalCode.LEVEL_UNAVAILABLE, session().refusal(as(CHAIR), new ChangeFacePolicy(verified, 1)));
        assertEquals(RefusalCode.LEVEL_UNAVAILABLE, session().refusal(as(CHAIR), new ChangeFacePolicy(applied, 1)));
        assertEquals(RefusalCode.LEVEL_UNAVAILABLE, session().refusal(as(CHAIR), new ChangeFacePolicy(noFace, 1)));
        assertEquals(RefusalCode.HOLD_BACK_UNAVAILABLE, session().refusal(as(CHAIR), new ChangeFacePolicy(heldBack, 1)));
        assertEquals(RefusalCode.POLICY_NOT_VALID, session().refusal(as(CHAIR), new ChangeFacePolicy(null, 1)));
        ConsultationRequest request = new ConsultationRequest(Kind.APPOINTMENT, UPPER, null, PATIENT, false, 0,
                List.of(), verified, "");
        assertEquals(RefusalCode.LEVEL_UNAVAILABLE, assertThrows(RefusedException.class,
                () -> Course.of(request, OFFICE)).code());
    }

    private static FacePolicy with(Level level, NoFace noFace, int holdBackMs) {
        return new FacePolicy(Mode.COVER, SUBJECTS, Set.of(), level, noFace, holdBackMs, OnViolation.HOLD);
    }

    @Test
    void shouldReleaseACutPictureOnlyForChairOrController_C1() {
        Course course = session();
        assertEquals(List.of(new TrackReleased(course.at.toEpochMilli(), CHAIR, PATIENT, "TR_face")),
                course.events(as(CHAIR), new ReleaseTrack(PATIENT, "TR_face")));
        assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(as(DOCTOR), new ReleaseTrack(PATIENT, "TR_face")));
        assertEquals(RefusalCode.NOT_PRESENT, course.refusal(as(CHAIR), new ReleaseTrack(EXPERT, "TR_face")));
        for (String bad : new String[] {null, "", "face", "TR_", "TR_a b"}) {
            assertEquals(RefusalCode.NOT_VALID, course.refusal(as(CHAIR), new ReleaseTrack(PATIENT, bad)));
        }
    }

    @Test
    void shouldRecordWhatTheGateDid_C1() {
        Course course = session();
        assertEquals(List.of(new GateNoted(course.at.toEpochMilli(), PATIENT, "TR_face", "PROVEN", "VIOLATED",
                "dead")), course.events(SYSTEM, new NoteGate(PATIENT, "TR_face", "PROVEN", "VIOLATED", "dead")));
        assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(as(CHAIR),
                new NoteGate(PATIENT, "TR_face", "PROVEN", "VIOLATED", "dead")));
        assertEquals(RefusalCode.NOT_ON_LIST, course.refusal(SYSTEM,
                new NoteGate(STRANGER, "TR_face", "PROVEN", "VIOLATED", "dead")));
        for (String bad : new String[] {null, "", "two words", "x".repeat(65)}) {
            assertEquals(RefusalCode.NOT_VALID, course.refusal(SYSTEM, new NoteGate(PATIENT, "TR_a", bad, "B", "c")));
            assertEquals(RefusalCode.NOT_VALID, course.refusal(SYSTEM, new NoteGate(PATIENT, "TR_a", "A", bad, "c")));
            assertEquals(RefusalCode.NOT_VALID, course.refusal(SYSTEM, new NoteGate(PATIENT, "TR_a", "A", "B", bad)));
        }
    }

    @Test
    void shouldPutOneSiteOnTheMainScreen_B2() {
        Course course = session().does(as(CONTROLLER), new SetMainScreen(DOCTOR));
        assertEquals(DOCTOR, course.now.mainScreen());
        assertEquals(List.of(), course.events(as(CONTROLLER), new SetMainScreen(DOCTOR)));
        assertEquals(RefusalCode.NOT_PRESENT, course.refusal(as(CHAIR), new SetMainScreen(EXPERT)));
        assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(as(CHAIR), new SetMainScreen(TRAINEE)));
        assertEquals(RefusalCode.NOT_ON_LIST, course.refusal(as(CHAIR), new SetMainScreen(STRANGER)));
        course.does(SYSTEM, new Leave(DOCTOR));
        assertNull(course.now.mainScreen(), "nobody who is gone stays there");
        course.does(as(CHAIR), new SetMainScreen(PATIENT)).does(as(CHAIR), new SetMainScreen(null));
        assertNull(course.now.mainScreen());
    }

    @Test
    void shouldMuteThoseWhoArePresent_B2() {
        Course course = session();
        assertEquals(List.of(new Muted(course.at.toEpochMilli(), TECHNICIAN, PATIENT, Source.MICROPHONE)),
                course.events(as(TECHNICIAN), new Mute(PATIENT, Source.MICROPHONE)));
        assertEquals(RefusalCode.NOT_PRESENT, course.refusal(as(CHAIR), new Mute(EXPERT, Source.MICROPHONE)));
        assertEquals(RefusalCode.NOT_VALID, course.refusal(as(CHAIR), new Mute(PATIENT, null)));
        assertEquals(RefusalCode.NOT_PERMITTED, course.refusal(as(PATIENT), new Mute(CHAIR, Source.MICROPHONE)));
    }
}
