// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.nhipcau.signaling.consultation.Consent;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationRequest;
import org.nhipcau.signaling.consultation.Emergency;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.rest.json.BodyProblem;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.rest.route.ProblemException;

/** The bodies in which consultations are asked for and shown. Thread: any; values only. */
public final class ConsultationBodies {
    static final String CONSULTATION_ID = "C_[1-9A-HJ-NP-Za-km-z]{12}";
    static final String PSEUDONYM = "P_[1-9A-HJ-NP-Za-km-z]{12}";
    static final String FACILITY_CODE = "[A-Za-z0-9._-]{1,32}";
    static final String REASON_CODE = "[a-z0-9-]{1,40}";

    private ConsultationBodies() {}

    /** What is asked for when a consultation is requested. */
    public record ConsultationDraft(
            @Field("How soon: now (expires after 5 minutes unanswered), at an agreed time, or an emergency.")
            ConsultationRequest.Kind kind,
            @Field(value = "Code of the facility that answers and is responsible.", pattern = FACILITY_CODE)
            String facility,
            @Field(value = "Code of the facility that asks; absent when a person asks from home.", optional = true,
                    pattern = FACILITY_CODE) String requester,
            @Field(value = "Pseudonym of the one patient.", pattern = PSEUDONYM) String patient,
            @Field(value = "The patient is under six: a caregiver must be present. Absent: no.", optional = true)
            Boolean childUnderSix,
            @Field(value = "When it is wanted; a request not accepted by then expires.", optional = true)
            Instant wantedAt,
            @Field(value = "The list as first proposed; nobody is approved by it.", optional = true, maxItems = 1_000)
            List<Invitee> participants,
            @Field(value = "How the face is kept. Absent: covered for everybody.", optional = true)
            FacePolicyBody facePolicy,
            @Field(value = "Only and always for an emergency: a code, never a diagnosis or a name.", optional = true,
                    pattern = REASON_CODE) String reason) {}

    /** One proposed for the list. */
    public record Invitee(
            @Field(value = "The person.", pattern = PSEUDONYM) String pseudonym,
            @Field("As what.") Role role,
            @Field(value = "Code of the person's facility; absent for a patient's or family's own phone.",
                    optional = true, pattern = FACILITY_CODE) String facility) {
        ConsultationRequest.Invitee invitee() {
            return new ConsultationRequest.Invitee(pseudonym, role, facility);
        }
    }

    /** How the patient's face is kept from those who may not see it. */
    public record FacePolicyBody(
            @Field("What is done to the face; only cover is called compliant.") FacePolicy.Mode mode,
            @Field(value = "Roles whose pictures are under the policy; the patient always is.", maxItems = 10)
            List<Role> subjectRoles,
            @Field(value = "Roles that may see the clear face; everybody else may not.", maxItems = 10)
            List<Role> clearFor,
            @Field("How a cover is proved.") FacePolicy.Level level,
            @Field("What is sent of a picture in which no face was found.") FacePolicy.NoFace noFace,
            @Field(value = "For how long packets wait for a later proof, milliseconds.",
                    max = FacePolicy.MAX_HOLD_BACK_MS) int holdBackMs,
            @Field("What opens a picture again that was cut.") FacePolicy.OnViolation onViolation) {
        static FacePolicyBody of(FacePolicy policy) {
            return new FacePolicyBody(policy.mode(), policy.subjectRoles().stream().sorted().toList(),
                    policy.clearFor().stream().sorted().toList(), policy.level(), policy.noFace(),
                    policy.holdBackMs(), policy.onViolation());
        }

        FacePolicy policy() {
            try {
                return new FacePolicy(mode, roles(subjectRoles), roles(clearFor), level, noFace, holdBackMs,
                        onViolation);
            } catch (IllegalArgumentException e) {
                throw new ProblemException(List.of(new BodyProblem("/facePolicy", e.getMessage())));
            }
        }

        private static Set<Role> roles(List<Role> list) {
            Set<Role> roles = EnumSet.noneOf(Role.class);
            roles.addAll(list);
            return roles;
        }
    }

    /** A consultation as it is now; its list is under {@code /participants}. */
    public record ConsultationView(
            @Field(value = "Its id, which is its room's name too.", pattern = CONSULTATION_ID) String id,
            @Field("Grows with all that happens to it; also its ETag.") long version,
            @Field("Where it is in its course.") Consultation.State state,
            @Field("How soon it was wanted.") ConsultationRequest.Kind kind,
            @Field("Code of the facility that answers and is responsible.") String facility,
            @Field(value = "Code of the facility that asked.", optional = true) String requester,
            @Field(value = "Pseudonym of the patient.", pattern = PSEUDONYM) String patient,
            @Field("The patient is under six.") boolean childUnderSix,
            @Field("Id of who asked.") String requestedBy,
            @Field("When it was asked for.") Instant requestedAt,
            @Field(value = "When it was wanted.", optional = true) Instant wantedAt,
            @Field(value = "When it is to begin, or to go on.", optional = true) Instant startsAt,
            @Field("Verdict of the last test of line, sound and picture.") Consultation.LineTest lineTest,
            @Field(value = "When the session began.", optional = true) Instant beganAt,
            @Field(value = "When it ended in any way.", optional = true) Instant endedAt,
            @Field(value = "How it ended.", optional = true) Consultation.Outcome outcome,
            @Field("A consent is recorded and holds.") boolean consentGiven,
            @Field("How the face is kept.") FacePolicyBody facePolicy,
            @Field(value = "Grows with each change of the face policy.", min = 1) int policyEpoch,
            @Field(value = "That it skipped waiting and approval.", optional = true) EmergencyView emergency,
            @Field(value = "Pseudonym of who is on everybody's main screen.", optional = true) String mainScreen,
            @Field("The hospital's own recorder may enter.") boolean recorderAllowed,
            @Field("The recorder is in the room.") boolean recording,
            @Field("How many are on the list.") int participants) {
        static ConsultationView of(Consultation c) {
            ConsultationRequest request = c.request();
            return new ConsultationView(c.id(), c.version(), c.state(), request.kind(), request.facility().code(),
                    request.requester() == null ? null : request.requester().code(), request.patient(),
                    request.childUnderSix(), c.requestedBy(), Instant.ofEpochMilli(c.requestedAtMs()),
                    moment(request.wantedAtMs()), moment(c.startsAtMs()), c.lineTest(), moment(c.beganAtMs()),
                    moment(c.endedAtMs()), c.outcome(), c.consentGiven(), FacePolicyBody.of(c.facePolicy()),
                    c.policyEpoch(), EmergencyView.of(c.emergency()), c.mainScreen(), c.recorderAllowed(),
                    c.recording(), c.list().size());
        }
    }

    /** The emergency path. */
    public record EmergencyView(
            @Field("Id of who declared it.") String declaredBy,
            @Field("When.") Instant declaredAt,
            @Field("Why, as a code.") String reason,
            @Field(value = "Id of who confirmed it afterwards; absent: still owed.", optional = true)
            String confirmedBy,
            @Field(value = "When it was confirmed.", optional = true) Instant confirmedAt) {
        static EmergencyView of(Emergency e) {
            return e == null ? null : new EmergencyView(e.declaredBy(), Instant.ofEpochMilli(e.declaredAtMs()),
                    e.reason(), e.confirmed() ? e.confirmedBy() : null, moment(e.confirmedAtMs()));
        }
    }

    /** The patient's agreement. */
    public record ConsentView(
            @Field("Pseudonym of who agreed.") String by,
            @Field("Pseudonym of whom it is for.") String patient,
            @Field("In which capacity.") Consent.Capacity capacity,
            @Field("Which text.") String textId,
            @Field("Which version of it.") String textVersion,
            @Field("How it was given.") Consent.Means means,
            @Field("Id of who recorded it.") String recordedBy,
            @Field("When.") Instant at,
            @Field("It holds.") boolean holds,
            @Field(value = "Id of who withdrew it.", optional = true) String withdrawnBy,
            @Field(value = "When it was withdrawn.", optional = true) Instant withdrawnAt) {
        static ConsentView of(Consent c) {
            return new ConsentView(c.by(), c.patient(), c.capacity(), c.textId(), c.textVersion(), c.means(),
                    c.recordedBy(), Instant.ofEpochMilli(c.atMs()), c.holds(), c.holds() ? null : c.withdrawnBy(),
                    moment(c.withdrawnAtMs()));
        }
    }

    /** A page of consultations. */
    public record ConsultationPage(
            @Field(value = "Newest first; may be fewer than asked for, or none, and more to come.", maxItems = Pages.MAX_LIMIT)
            List<ConsultationView> items,
            @Field(value = Pages.NEXT, optional = true) String nextCursor) {}

    static Instant moment(long ms) {
        return ms == 0 ? null : Instant.ofEpochMilli(ms);
    }
}
