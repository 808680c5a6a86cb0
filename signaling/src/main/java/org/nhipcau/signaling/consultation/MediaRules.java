// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.nhipcau.signaling.consultation.Situation.require;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.nhipcau.signaling.consultation.ConsultationCommand.AllowRecorder;
import org.nhipcau.signaling.consultation.ConsultationCommand.ChangeFacePolicy;
import org.nhipcau.signaling.consultation.ConsultationCommand.CoverParticipant;
import org.nhipcau.signaling.consultation.ConsultationCommand.Mute;
import org.nhipcau.signaling.consultation.ConsultationCommand.NoteGate;
import org.nhipcau.signaling.consultation.ConsultationCommand.ReleaseTrack;
import org.nhipcau.signaling.consultation.ConsultationCommand.SetMainScreen;
import org.nhipcau.signaling.consultation.ConsultationCommand.TightenFacePolicy;
import org.nhipcau.signaling.consultation.ConsultationEvent.*;
import org.nhipcau.signaling.consultation.Participant.Seat;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.FacePolicy.Level;
import org.nhipcau.signaling.policy.FacePolicy.NoFace;
import org.nhipcau.signaling.policy.RoleTable;
import org.nhipcau.signaling.policy.Source;

/**
 * The rules of what is seen and heard: face policy, cut pictures, main screen, mute, recorder.
 *
 * <p>Spec: requirements B2, C1, C3, C8.
 */
record MediaRules(Situation situation) {
    private static final Pattern TRACK = Pattern.compile("TR_[A-Za-z0-9_-]{1,40}");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Refuses what this server cannot do: better no consultation than one that seems verified. */
    static void requireAvailable(FacePolicy policy) {
        require(policy.level() == Level.ATTESTED && policy.noFace() == NoFace.COVER_ALL,
                RefusalCode.LEVEL_UNAVAILABLE);
        require(policy.holdBackMs() == 0, RefusalCode.HOLD_BACK_UNAVAILABLE);
    }

    /** Upon whatever others have made of the policy meanwhile: nothing that any of them tightened is lost. */
    List<ConsultationEvent> tightenFacePolicy(TightenFacePolicy command) {
        require(command.policy() != null, RefusalCode.POLICY_NOT_VALID);
        requireAvailable(command.policy());
        return changed(situation.now().facePolicy().and(command.policy()));
    }

    List<ConsultationEvent> changeFacePolicy(ChangeFacePolicy command) {
        FacePolicy next = command.policy();
        require(next != null, RefusalCode.POLICY_NOT_VALID);
        requireAvailable(next);
        FacePolicy last = situation.now().facePolicy();
        require(next.isAtLeastAsTightAs(last) || command.seenEpoch() == situation.now().policyEpoch(),
                RefusalCode.VERSION_CONFLICT);
        return changed(next);
    }

    private List<ConsultationEvent> changed(FacePolicy next) {
        FacePolicy last = situation.now().facePolicy();
        return next.equals(last) ? List.of() : List.of(new FacePolicyChanged(situation.atMs(), situation.by(), next,
                situation.now().policyEpoch() + 1, !next.isAtLeastAsTightAs(last)));
    }

    List<ConsultationEvent> coverParticipant(CoverParticipant command) {
        Participant participant = situation.onList(command.pseudonym());
        return participant.covered() == command.covered() ? List.of() : List.of(new ParticipantCovered(
                situation.atMs(), situation.by(), participant.pseudonym(), command.covered(),
                situation.now().policyEpoch() + 1));
    }

    List<ConsultationEvent> releaseTrack(ReleaseTrack command) {
        requirePresent(command.pseudonym());
        requireTrack(command.trackId());
        return List.of(new TrackReleased(situation.atMs(), situation.by(), command.pseudonym(), command.trackId()));
    }

    List<ConsultationEvent> noteGate(NoteGate command) {
        situation.onList(command.pseudonym());
        requireTrack(command.trackId());
        require(isWord(command.from()) && isWord(command.to()) && isWord(command.reason()), RefusalCode.NOT_VALID,
                "states and reasons of the gate must match " + WORD);
        return List.of(new GateNoted(situation.atMs(), command.pseudonym(), command.trackId(), command.from(),
                command.to(), command.reason()));
    }

    List<ConsultationEvent> setMainScreen(SetMainScreen command) {
        String pseudonym = command.pseudonym();
        if (pseudonym != null) {
            Participant participant = situation.onList(pseudonym);
            require(situation.now().seat(pseudonym) == Seat.IN, RefusalCode.NOT_PRESENT);
            require(RoleTable.mayPublish(participant.role(), Source.CAMERA), RefusalCode.NOT_PERMITTED,
                    "this role has no picture to show");
        }
        return Objects.equals(pseudonym, situation.now().mainScreen()) ? List.of()
                : List.of(new MainScreenSet(situation.atMs(), situation.by(), pseudonym));
    }

    List<ConsultationEvent> mute(Mute command) {
        requirePresent(command.pseudonym());
        require(command.source() != null, RefusalCode.NOT_VALID, "what to mute is not said");
        return List.of(new Muted(situation.atMs(), situation.by(), command.pseudonym(), command.source()));
    }

    List<ConsultationEvent> allowRecorder(AllowRecorder command) {
        return command.allowed() == situation.now().recorderAllowed() ? List.of()
                : List.of(new RecorderAllowed(situation.atMs(), situation.by(), command.allowed()));
    }

    private void requirePresent(String pseudonym) {
        require(situation.onList(pseudonym).present(), RefusalCode.NOT_PRESENT);
    }

    private static void requireTrack(String trackId) {
        require(trackId != null && TRACK.matcher(trackId).matches(), RefusalCode.NOT_VALID,
                "a track's id must match " + TRACK);
    }

    private static boolean isWord(String value) {
        return value != null && WORD.matcher(value).matches();
    }
}
