// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import livekit.LivekitModels.ClientInfo;
import livekit.LivekitRtc.JoinRequest;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consent;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationRequest;
import org.nhipcau.signaling.consultation.ConsultationRequest.Invitee;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.consultation.PublicId;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.token.Grants;

/** A consultation with one person of each role, brought as far as a test wants it. */
public final class SampleConsultation {
    public static final Actor LEADER = Actor.leader("leader-1", "H1");
    private static final Facility HOSPITAL = new Facility("H1", Facility.Level.CENTRAL, "01", "");

    public final ConsultationService service;
    public final String id;
    private final Map<Role, String> people = new EnumMap<>(Role.class);

    /** Requested and accepted, on demand. */
    public SampleConsultation(ConsultationService service, Random random) {
        this.service = service;
        List<Invitee> invitees = new ArrayList<>();
        for (Role role : Role.values()) {
            people.put(role, PublicId.random(PublicId.PERSON, random));
            boolean atHome = role == Role.PATIENT || role == Role.CAREGIVER;
            invitees.add(new Invitee(people.get(role), role, atHome ? "" : "H1"));
        }
        id = service.create(new ConsultationRequest(ConsultationRequest.Kind.ON_DEMAND, HOSPITAL, null,
                of(Role.PATIENT), false, 0, invitees, FacePolicy.STANDARD, ""), LEADER).id();
        execute(new Accept());
    }

    /** The same with a service of its own. */
    static SampleConsultation on(MemoryJournal journal, InstantSource clock) {
        return new SampleConsultation(new ConsultationService(journal, clock, new Random(1), fault -> {
            throw fault;
        }), new Random(2));
    }

    /** The same one, after a restart. */
    public SampleConsultation(ConsultationService service, SampleConsultation before) {
        this.service = service;
        this.id = before.id;
        people.putAll(before.people);
    }

    /** The pseudonym of the one who has a role. */
    public String of(Role role) {
        return people.get(role);
    }

    /** What a token says to let somebody into the room. */
    public Grants.Video video() {
        return new Grants.Video(false, false, false, false, true, id, null, null, null, List.of(), null, false, false,
                false, false, "");
    }

    /** What the token says of the one who has a role. */
    Grants grants(Role role) {
        return new Grants("key", of(role), "", "", Map.of(), "", 0, 0, "", "", "", video());
    }

    /** They ask to come in by a browser. */
    JoinAttempt attempt(Role role) {
        return new JoinAttempt(grants(role), JoinRequest.newBuilder().setClientInfo(ClientInfo.newBuilder()
                .setSdk(ClientInfo.SDK.JS)).build(), false);
    }

    public SampleConsultation execute(ConsultationCommand command) {
        service.execute(id, command, LEADER);
        return this;
    }

    public SampleConsultation as(Role role, ConsultationCommand command) {
        service.execute(id, command, Actor.participant(of(role)));
        return this;
    }

    /** Somebody who has seen the present policy sets another. */
    public SampleConsultation policy(Role role, FacePolicy policy) {
        return as(role, new ChangeFacePolicy(policy, now().policyEpoch()));
    }

    public SampleConsultation approved() {
        execute(new Approve(Set.copyOf(people.values())));
        return execute(new AllowRecorder(true));
    }

    public SampleConsultation consented() {
        return as(Role.PATIENT, new RecordConsent(of(Role.PATIENT), "consent", "1", Consent.Means.PAGE));
    }

    /** In session; all who wait have been let in. */
    public SampleConsultation inSession() {
        approved().consented();
        execute(new OpenWaiting());
        execute(new Begin());
        for (Role role : List.of(Role.PATIENT, Role.CAREGIVER, Role.TRAINEE)) {
            execute(new Admit(of(role)));
        }
        return this;
    }

    public Consultation now() {
        return service.find(id).orElseThrow();
    }

    /** The standard policy with other values of what tests change. */
    public static FacePolicy policy(FacePolicy.Mode mode, Set<Role> clearFor) {
        FacePolicy standard = FacePolicy.STANDARD;
        return new FacePolicy(mode, standard.subjectRoles(), clearFor, standard.level(), standard.noFace(),
                standard.holdBackMs(), standard.onViolation());
    }
}
