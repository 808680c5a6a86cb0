// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

/**
 * The recorded agreement of the patient, or of a guardian for the patient: who, for whom, to what text, how and when.
 *
 * <p>Spec: requirements C5.
 *
 * @param by the pseudonym of who agreed
 * @param patient the pseudonym of whom it is for
 * @param capacity in which capacity
 * @param textId which text
 * @param textVersion which version of it
 * @param means how the agreement was given
 * @param recordedBy the id of who recorded it
 * @param atMs when, milliseconds since the epoch
 * @param withdrawnBy the id of who withdrew it, or empty
 * @param withdrawnAtMs when it was withdrawn, or 0
 */
public record Consent(String by, String patient, Capacity capacity, String textId, String textVersion, Means means,
        String recordedBy, long atMs, String withdrawnBy, long withdrawnAtMs) {

    /** In which capacity somebody agrees. */
    public enum Capacity { SELF, GUARDIAN, LEADER }

    /** How an agreement was given. */
    public enum Means {
        /** By the person's own hand on the page or in the app. */
        PAGE,
        /** On a signed sheet that the facility keeps. */
        PAPER,
        /** Spoken, before a witness of the staff. */
        VOICE,
        /** By telephone. */
        TELEPHONE,
        /** In an emergency, decided by the facility's leader where neither patient nor guardian can be asked. */
        LEADER_DECISION
    }

    /** Whether it holds. */
    public boolean holds() {
        return withdrawnAtMs == 0;
    }

    Consent withdrawn(String actor, long nowMs) {
        return new Consent(by, patient, capacity, textId, textVersion, means, recordedBy, atMs, actor, nowMs);
    }
}
