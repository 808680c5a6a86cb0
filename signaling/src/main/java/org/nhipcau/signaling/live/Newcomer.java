// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.util.Locale;
import java.util.Set;
import livekit.LivekitModels.ClientInfo;
import org.nhipcau.signaling.consultation.ConsultationCommand.Arrive;
import org.nhipcau.signaling.consultation.Participant.Device;
import org.nhipcau.signaling.consultation.PublicId;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.token.Grants;

/** What a join says of who comes: the person, the device, who sits beside; and whether it says too much. Pure. */
final class Newcomer {
    /** The claim that names a caregiver who sits at the patient's device. */
    private static final String CAREGIVER = "nhipcau.caregiver";

    private Newcomer() {}

    /** The command by which they come. */
    static Arrive arrival(JoinAttempt attempt) {
        return new Arrive(attempt.grants().identity(), deviceOf(attempt),
                attempt.grants().attributes().get(CAREGIVER));
    }

    /** Whether it names nobody: nothing that others, logs or events would carry may say who somebody is. */
    static boolean isBare(JoinAttempt attempt) {
        Grants grants = attempt.grants();
        String caregiver = grants.attributes().get(CAREGIVER);
        return PublicId.isPerson(grants.identity()) && grants.name().isEmpty() && grants.metadata().isEmpty()
                && Set.of(CAREGIVER).containsAll(grants.attributes().keySet())
                && (caregiver == null || PublicId.isPerson(caregiver))
                && attempt.request().getMetadata().isEmpty()
                && attempt.request().getParticipantAttributesCount() == 0;
    }

    private static Device deviceOf(JoinAttempt attempt) {
        ClientInfo info = attempt.request().getClientInfo();
        String os = info.getOs().toLowerCase(Locale.ROOT);
        boolean phone = os.startsWith("android") || os.startsWith("ios");
        return switch (info.getSdk()) {
            case ANDROID, SWIFT, REACT_NATIVE -> Device.PHONE;
            case JS, FLUTTER, UNITY, UNITY_WEB -> phone ? Device.PHONE
                    : os.isEmpty() ? Device.UNKNOWN : Device.COMPUTER;
            case GO, CPP, RUST, PYTHON, NODE -> Device.ROOM_SYSTEM;
            default -> info.getDeviceModel().equals(JoinAttempt.ENCODER) ? Device.ENCODER : Device.UNKNOWN;
        };
    }
}
