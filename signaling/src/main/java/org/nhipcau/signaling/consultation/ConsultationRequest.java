// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;

/**
 * What is asked for when a consultation is requested: the facts that do not change afterwards, and the first list.
 *
 * <p>Spec: requirements S3, S5, C4, D (request, receipt), D1.
 *
 * @param kind how soon
 * @param facility the facility that answers the request and is responsible for the consultation
 * @param requester the facility that asks, or null when a person asks from home
 * @param patient the pseudonym of the one patient
 * @param childUnderSix whether the patient is a child under six, who must have a caregiver present (S5)
 * @param wantedAtMs when it is wanted, milliseconds since the epoch, or 0; an appointment not accepted by then expires
 * @param participants the list as first proposed; nobody on it is approved by this
 * @param facePolicy how the face is kept, or null for {@link FacePolicy#STANDARD}
 * @param reason a code for an emergency ({@code a-z 0-9 -}, at most 40), else empty; never a diagnosis or a name
 */
public record ConsultationRequest(Kind kind, Facility facility, Facility requester, String patient,
        boolean childUnderSix, long wantedAtMs, List<Invitee> participants, FacePolicy facePolicy, String reason) {

    /** How soon a consultation is wanted. */
    public enum Kind {
        /** Now, from whoever is free; expires after 5 minutes (S3). */
        ON_DEMAND,
        /** At an agreed time (S5). */
        APPOINTMENT,
        /** At once, without waiting and approval, to be confirmed afterwards (D1). */
        EMERGENCY
    }

    /** More people than this are not taken on one list. */
    public static final int MAX_PARTICIPANTS = 1_000;

    /**
     * One proposed for the list.
     *
     * @param pseudonym the person
     * @param role as what
     * @param facility the code of the person's facility, or empty for a patient's or family's own phone
     */
    public record Invitee(String pseudonym, Role role, String facility) {
        /** Refuses what cannot be on a list. */
        public Invitee {
            Objects.requireNonNull(role, "role");
            facility = facility == null ? "" : facility;
            if (!PublicId.isPerson(pseudonym)) {
                throw new IllegalArgumentException("pseudonym must be P_ and 12 base58 characters");
            }
            if (facility.isEmpty() ? role != Role.PATIENT && role != Role.CAREGIVER : !Facility.isCode(facility)) {
                throw new IllegalArgumentException(role + " needs a facility's code");
            }
        }
    }

    /** Refuses what cannot be asked for. */
    public ConsultationRequest {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(facility, "facility");
        participants = participants == null ? List.of() : List.copyOf(participants);
        facePolicy = facePolicy == null ? FacePolicy.STANDARD : facePolicy;
        reason = reason == null ? "" : reason;
        if (!PublicId.isPerson(patient)) {
            throw new IllegalArgumentException("patient must be P_ and 12 base58 characters");
        }
        if (wantedAtMs < 0) {
            throw new IllegalArgumentException("wantedAtMs must not be negative");
        }
        if (participants.size() > MAX_PARTICIPANTS) {
            throw new IllegalArgumentException("at most " + MAX_PARTICIPANTS + " participants");
        }
        Set<String> seen = new HashSet<>();
        for (Invitee invitee : participants) {
            if (!seen.add(invitee.pseudonym)) {
                throw new IllegalArgumentException("a person is on the list twice");
            }
            if ((invitee.role == Role.PATIENT) != invitee.pseudonym.equals(patient)) {
                throw new IllegalArgumentException("the patient, and nobody else, has the role PATIENT");
            }
        }
        if (kind == Kind.EMERGENCY ? !ReasonCode.isValid(reason) : !reason.isEmpty()) {
            throw new IllegalArgumentException("exactly an emergency has a reason, a code of a-z 0-9 -, at most 40");
        }
    }
}
