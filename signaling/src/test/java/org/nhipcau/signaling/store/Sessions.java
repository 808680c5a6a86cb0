// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consent;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationRequest;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.Facility;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.store.keys.KeyRing;
import org.nhipcau.signaling.store.keys.UnusableKeyException;

/** A store with a clock of its own, and consultations brought through their course with it. */
public final class Sessions implements AutoCloseable {
    public static final Instant START = Instant.parse("2026-03-02T01:00:00Z");
    public static final Facility UPPER = new Facility("BM-01", Facility.Level.CENTRAL, "01", "");
    public static final Facility LOWER = new Facility("YT-27", Facility.Level.COMMUNE, "02", "26");
    public static final Actor OFFICE = Actor.office("office-1", UPPER.code());
    public static final Actor LEADER = Actor.leader("leader-1", UPPER.code());

    public final String url;
    public final Path directory;
    public final Store store;
    public final ConsultationService service;
    public final String chair;
    public final String doctor;
    public final String patient;
    public Instant now = START;

    /** Opens the store; the first time with facilities and three people. */
    public Sessions(String url, Path directory) throws IOException {
        this.url = url;
        this.directory = directory;
        InstantSource clock = () -> now;
        store = Store.open(settings(url, directory), keys(1), clock);
        service = new ConsultationService(store.journal(), clock, new SecureRandom(), fault -> {
            throw new AssertionError(fault);
        });
        if (store.directory().site(UPPER.code()).isEmpty()) {
            store.directory().putSite(UPPER, "Bệnh viện Bạch Mai", true, 0, "test", now);
            store.directory().putSite(LOWER, "Trạm Y tế xã Mù Cả", true, 0, "test", now);
        }
        List<DirectoryStore.Person> there = store.directory().people("", "", 500).items();
        chair = person(there, Role.CHAIR, "Trần Văn Chủ", UPPER.code());
        doctor = person(there, Role.PRESENTING_DOCTOR, "Lò Thị Sĩ", LOWER.code());
        patient = person(there, Role.PATIENT, "Giàng A Bệnh", "");
    }

    private String person(List<DirectoryStore.Person> there, Role role, String name, String facility) {
        return there.stream().filter(person -> person.role() == role).map(DirectoryStore.Person::pseudonym).findFirst()
                .orElseGet(() -> store.directory().addPerson(new DirectoryStore.Details(name, "ref-" + role, "0900"),
                role,
                        facility, "test", now).pseudonym());
    }

    /** A new store. */
    static Sessions open(Backend backend, Path directory) throws IOException {
        return new Sessions(backend.url(directory), directory);
    }

    /** The same store after a restart, at the same moment. */
    Sessions again() throws IOException {
        close();
        Sessions after = new Sessions(url, directory);
        after.now = now;
        return after;
    }

    public static StoreSettings settings(String url, Path directory) {
        return new StoreSettings(url, directory, null, KeepTimes.DEFAULT);
    }

    /** A clock that stands at the start. */
    public static InstantSource clock() {
        return InstantSource.fixed(START);
    }

    /** A key that differs by its number. */
    public static KeyRing keys(int... numbers) {
        StringBuilder text = new StringBuilder();
        for (int number : numbers) {
            byte[] key = new byte[32];
            new Random(number).nextBytes(key);
            text.append(Base64.getEncoder().encodeToString(key)).append('\n');
        }
        try {
            return KeyRing.parse(text.toString());
        } catch (UnusableKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A request on demand. */
    public Consultation requested() {
        return service.create(new ConsultationRequest(ConsultationRequest.Kind.ON_DEMAND, UPPER, LOWER, patient, false,
                0,
                List.of(new ConsultationRequest.Invitee(chair, Role.CHAIR, UPPER.code()),
                        new ConsultationRequest.Invitee(doctor, Role.PRESENTING_DOCTOR, LOWER.code()),
                        new ConsultationRequest.Invitee(patient, Role.PATIENT, "")), null, ""), OFFICE);
    }

    /** A consultation in session with all three in it. */
    public Consultation inSession() {
        String id = requested().id();
        does(id, LEADER, new ConsultationCommand.Approve(Set.of(chair, doctor, patient)));
        does(id, OFFICE, new ConsultationCommand.Accept());
        does(id, OFFICE, new ConsultationCommand.RecordConsent(patient, "consent-vi", "1", Consent.Means.PAPER));
        does(id, OFFICE, new ConsultationCommand.OpenWaiting());
        arrives(id, chair, Participant.Device.ROOM_SYSTEM);
        arrives(id, doctor, Participant.Device.COMPUTER);
        arrives(id, patient, Participant.Device.PHONE);
        does(id, OFFICE, new ConsultationCommand.Begin());
        return does(id, OFFICE, new ConsultationCommand.Admit(patient));
    }

    public void arrives(String id, String pseudonym, Participant.Device device) {
        does(id, Actor.participant(pseudonym), new ConsultationCommand.Arrive(pseudonym, device, null));
    }

    public Consultation does(String id, Actor actor, ConsultationCommand command) {
        return service.execute(id, command, actor);
    }

    /** Lets time pass. */
    public void pass(long seconds) {
        now = now.plusSeconds(seconds);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
