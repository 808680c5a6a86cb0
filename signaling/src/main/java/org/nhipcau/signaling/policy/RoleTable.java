// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.policy;

import static org.nhipcau.signaling.policy.Action.*;
import static org.nhipcau.signaling.policy.Source.CAMERA;
import static org.nhipcau.signaling.policy.Source.MICROPHONE;
import static org.nhipcau.signaling.policy.Source.SCREEN_SHARE;
import static org.nhipcau.signaling.policy.Source.SCREEN_SHARE_AUDIO;

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The one table of what each role may send, see and do. Whoever asks elsewhere asks this.
 *
 * <p>Spec: requirements C6, C8, D2. What a person may at a given moment also depends on the consultation's state, on
 * consent and on the lobby: {@code consultation.Consultation} asks this table and adds those.
 */
public final class RoleTable {
    private static final Set<Source> ALL = EnumSet.of(CAMERA, MICROPHONE, SCREEN_SHARE, SCREEN_SHARE_AUDIO);
    private static final Set<Source> FACE_AND_VOICE = EnumSet.of(CAMERA, MICROPHONE);
    private static final Set<Source> NOTHING = EnumSet.noneOf(Source.class);

    private record Row(Set<Source> publishes, Set<Action> does) { }

    private static final Map<Role, Row> ROWS = rows();

    private RoleTable() {
    }

    private static Map<Role, Row> rows() {
        EnumMap<Role, Row> rows = new EnumMap<>(Role.class);
        rows.put(Role.CHAIR, new Row(ALL, EnumSet.of(SEND_DATA, ENLIST, CHANGE_ROLE, ANSWER, SCHEDULE, TEST, OPEN,
                BEGIN, ADMIT, REMOVE, MUTE, SET_MAIN_SCREEN, RECORD_CONSENT, WITHDRAW_CONSENT, TIGHTEN_POLICY,
                LOOSEN_POLICY, RELEASE_TRACK, SUSPEND, RESUME, CANCEL, CONCLUDE, DECLARE_EMERGENCY,
                CONFIRM_EMERGENCY)));
        rows.put(Role.SECRETARY, new Row(ALL, EnumSet.of(SEND_DATA, ENLIST, SCHEDULE, TEST, OPEN, ADMIT, MUTE,
                SET_MAIN_SCREEN, RECORD_CONSENT, WITHDRAW_CONSENT, TIGHTEN_POLICY, CANCEL)));
        rows.put(Role.EXPERT, new Row(ALL, EnumSet.of(SEND_DATA, ANSWER, TIGHTEN_POLICY, DECLARE_EMERGENCY)));
        rows.put(Role.PRESENTING_DOCTOR, new Row(ALL, EnumSet.of(SEND_DATA, TEST, RECORD_CONSENT, WITHDRAW_CONSENT,
                TIGHTEN_POLICY, CANCEL, DECLARE_EMERGENCY)));
        rows.put(Role.PATIENT, new Row(FACE_AND_VOICE, EnumSet.of(SEND_DATA, RECORD_CONSENT, WITHDRAW_CONSENT,
                TIGHTEN_POLICY, CANCEL)));
        rows.put(Role.CAREGIVER, new Row(FACE_AND_VOICE, EnumSet.of(SEND_DATA, RECORD_CONSENT, WITHDRAW_CONSENT,
                TIGHTEN_POLICY, CANCEL)));
        rows.put(Role.TRAINEE, new Row(NOTHING, EnumSet.noneOf(Action.class)));
        rows.put(Role.IT_TECHNICIAN, new Row(FACE_AND_VOICE, EnumSet.of(SEND_DATA, TEST, MUTE)));
        rows.put(Role.CONTROLLER, new Row(ALL, EnumSet.of(SEND_DATA, ENLIST, CHANGE_ROLE, SCHEDULE, TEST, OPEN, BEGIN,
                ADMIT, REMOVE, MUTE, SET_MAIN_SCREEN, TIGHTEN_POLICY, LOOSEN_POLICY, RELEASE_TRACK, SUSPEND, RESUME,
                CANCEL, CONCLUDE, DECLARE_EMERGENCY)));
        rows.put(Role.RECORDER, new Row(NOTHING, EnumSet.noneOf(Action.class)));
        return Collections.unmodifiableMap(rows);
    }

    /** Whether a role may ever be cleared for a patient's face: trainees (C8), technicians and recorders never. */
    public static boolean mayEverSeeClear(Role viewer) {
        return viewer != null && switch (viewer) {
            case CHAIR, SECRETARY, EXPERT, PRESENTING_DOCTOR, PATIENT, CAREGIVER, CONTROLLER -> true;
            case TRAINEE, IT_TECHNICIAN, RECORDER -> false;
        };
    }

    /** Whether a role may send this kind of track. */
    public static boolean mayPublish(Role role, Source source) {
        return role != null && source != null && ROWS.get(role).publishes.contains(source);
    }

    /** Whether a role may do this. */
    public static boolean may(Role role, Action action) {
        return role != null && action != null && ROWS.get(role).does.contains(action);
    }

    /**
     * How a viewer may receive what a subject sends.
     *
     * <p>Where the policy is off, no picture is covered: those who may never see a patient's clear face then see none.
     */
    public static View view(Role viewer, Role subject, Source source, FacePolicy policy) {
        if (viewer == null || policy == null || !mayPublish(subject, source)) {
            return View.NONE;
        }
        if (!source.isVideo() || !policy.subjectRoles().contains(subject) || policy.isClear(viewer)) {
            return View.CLEAR;
        }
        return policy.mode() == FacePolicy.Mode.OFF ? View.NONE : View.COVERED;
    }

    /** Whether one who was approved for {@code approved} gains nothing by becoming {@code other}. */
    public static boolean isWithin(Role other, Role approved) {
        Row wanted = ROWS.get(other);
        Row given = ROWS.get(approved);
        return given.publishes.containsAll(wanted.publishes) && given.does.containsAll(wanted.does)
                && (mayEverSeeClear(approved) || !mayEverSeeClear(other))
                && (approved.isStaff() || !other.isStaff()) && other != Role.RECORDER;
    }
}
