// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.policy.Action;

/** Names the right that a command needs, as the role table knows it. */
final class Rights {
    private Rights() {
    }

    /** The right for a command; arriving and leaving need none, they are one's own. */
    static Action actionOf(ConsultationCommand command, Consultation now) {
        return switch (command) {
            case Accept _ -> Action.ANSWER;
            case Decline _ -> Action.ANSWER;
            case Expire _ -> Action.KEEP_TIME;
            case NoteGate _ -> Action.KEEP_TIME;
            case Schedule _ -> Action.SCHEDULE;
            case BeginTest _ -> Action.TEST;
            case EndTest _ -> Action.TEST;
            case OpenWaiting _ -> Action.OPEN;
            case Begin _ -> Action.BEGIN;
            case Suspend _ -> Action.SUSPEND;
            case Resume _ -> Action.RESUME;
            case Conclude _ -> now.state().compareTo(State.WAITING) <= 0 ? Action.CANCEL : Action.CONCLUDE;
            case DeclareEmergency _ -> Action.DECLARE_EMERGENCY;
            case ConfirmEmergency _ -> Action.CONFIRM_EMERGENCY;
            case Enlist _ -> Action.ENLIST;
            case Approve _ -> Action.APPROVE;
            case Revoke _ -> Action.APPROVE;
            case ChangeRole _ -> Action.CHANGE_ROLE;
            case NarrowRole _ -> Action.CHANGE_ROLE;
            case Admit _ -> Action.ADMIT;
            case Deny _ -> Action.ADMIT;
            case Remove _ -> Action.REMOVE;
            case RecordConsent _ -> Action.RECORD_CONSENT;
            case WithdrawConsent _ -> Action.WITHDRAW_CONSENT;
            case TightenFacePolicy _ -> Action.TIGHTEN_POLICY;
            case ChangeFacePolicy c -> c.policy() == null || c.policy().isAtLeastAsTightAs(now.facePolicy())
                    ? Action.TIGHTEN_POLICY : Action.LOOSEN_POLICY;
            case CoverParticipant c -> c.covered() ? Action.TIGHTEN_POLICY : Action.LOOSEN_POLICY;
            case ReleaseTrack _ -> Action.RELEASE_TRACK;
            case SetMainScreen _ -> Action.SET_MAIN_SCREEN;
            case Mute _ -> Action.MUTE;
            case AllowRecorder _ -> Action.ALLOW_RECORDER;
            case Arrive _ -> throw new IllegalArgumentException("arriving needs no right of a role");
            case Leave _ -> throw new IllegalArgumentException("leaving needs no right of a role");
        };
    }
}
