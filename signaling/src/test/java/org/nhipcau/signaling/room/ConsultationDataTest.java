// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitRoom.SendDataRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.signaling.api.ServiceException;
import org.nhipcau.signaling.consultation.Consent;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.policy.Action;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.RoleTable;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.token.Grants;

/** Messages in a consultation: who may send, who hears, and that each change holds with the next message (V43). */
class ConsultationDataTest {
    @TempDir
    Path directory;
    private ConsultationFixture room;
    private final Map<Role, Integer> heard = new EnumMap<>(Role.class);

    @BeforeEach
    void open() {
        room = new ConsultationFixture(directory);
    }

    @AfterEach
    void sound() {
        room.checkSound();
    }

    private FakeClient join(Role role) {
        FakeClient client = room.join(role);
        client.channels();
        return client;
    }

    private void inSession(Role... roles) {
        room.sample.inSession();
        for (Role role : roles) {
            join(role);
        }
    }

    /** Those who hear what somebody says now, over either channel. */
    private List<Role> hearing(Role sender) {
        room.clients.forEach((role, client) -> heard.put(role, client.words().size()));
        for (DataChannel channel : DataChannel.values()) {
            room.clients.get(sender).say(channel, FakeClient.packet("m"));
        }
        List<Role> hearing = new ArrayList<>();
        room.clients.forEach((role, client) -> {
            int came = client.words().size() - heard.get(role);
            assertTrue(came == 0 || came == 2, "both channels alike");
            if (came > 0) {
                hearing.add(role);
            }
        });
        return hearing;
    }

    private List<Role> others(Role self) {
        return room.clients.keySet().stream().filter(role -> role != self).toList();
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void v43EveryCellOfTheRoleTableHoldsForData(Role role) {
        inSession(Role.values());
        boolean may = RoleTable.may(role, Action.SEND_DATA);
        assertEquals(may ? others(role) : List.of(), hearing(role));
        FakeClient client = room.clients.get(role);
        assertEquals(may, client.join.getParticipant().getPermission().getCanPublishData());
        if (may) {
            DataPacket got = room.clients.get(others(role).getFirst()).messages().getLast();
            assertEquals(room.sample.of(role), got.getParticipantIdentity(), "a pseudonym, whatever the client says");
        }
    }

    @Test
    void c4TheLobbyNeitherSendsNorHears() {
        room.sample.approved().consented();
        for (Role role : List.of(Role.CHAIR, Role.EXPERT, Role.PATIENT)) {
            join(role);
        }
        assertEquals("lobby", room.seat(Role.PATIENT));
        assertEquals(List.of(Role.EXPERT), hearing(Role.CHAIR));
        assertEquals(List.of(), hearing(Role.PATIENT), "not even those who may admit");
        room.clients.get(Role.CHAIR).say(DataChannel.RELIABLE, FakeClient.packet("named")
                .addDestinationIdentities(room.sample.of(Role.PATIENT)));
        assertEquals(List.of(), room.clients.get(Role.PATIENT).words());
        room.sample.execute(new Begin());
        room.sample.as(Role.CHAIR, new Admit(room.sample.of(Role.PATIENT)));
        assertEquals(List.of(), room.clients.get(Role.PATIENT).words(), "nor what was said before");
        assertEquals(List.of(Role.EXPERT, Role.PATIENT), hearing(Role.CHAIR));
        assertEquals(List.of(Role.CHAIR, Role.EXPERT), hearing(Role.PATIENT));
    }

    @Test
    void s5NobodySaysAnythingWhileItIsSuspended() {
        inSession(Role.CHAIR, Role.EXPERT, Role.PATIENT);
        room.sample.as(Role.CHAIR, new Suspend("break"));
        for (Role role : List.copyOf(room.clients.keySet())) {
            assertEquals(List.of(), hearing(role));
        }
        room.sample.as(Role.CHAIR, new Resume());
        assertEquals(List.of(Role.EXPERT, Role.PATIENT), hearing(Role.CHAIR));
    }

    @Test
    void c5ThePatientsSideIsHeardOnlyWithConsent() {
        inSession(Role.CHAIR, Role.EXPERT, Role.PATIENT, Role.CAREGIVER);
        assertEquals(List.of(Role.CHAIR, Role.EXPERT, Role.CAREGIVER), sorted(hearing(Role.PATIENT)));
        long beforeMs = room.call.clock.nowMs();
        room.sample.as(Role.PATIENT, new WithdrawConsent());
        assertEquals(List.of(), hearing(Role.PATIENT));
        assertEquals(List.of(), hearing(Role.CAREGIVER));
        assertEquals(beforeMs, room.call.clock.nowMs(), "with the very next message");
        assertTrue(hearing(Role.CHAIR).contains(Role.PATIENT), "what others say to the patient needs no consent");
        room.sample.as(Role.PATIENT, new RecordConsent(room.sample.of(Role.PATIENT), "consent", "2",
                Consent.Means.PAGE));
        assertEquals(List.of(Role.CHAIR, Role.EXPERT, Role.CAREGIVER), sorted(hearing(Role.PATIENT)));
    }

    private static List<Role> sorted(List<Role> roles) {
        return roles.stream().sorted().toList();
    }

    @Test
    void v43AChangeOfRoleHoldsWithTheNextMessage() {
        inSession(Role.CHAIR, Role.EXPERT, Role.CONTROLLER);
        assertEquals(List.of(Role.CHAIR, Role.CONTROLLER), sorted(hearing(Role.EXPERT)));
        room.sample.as(Role.CHAIR, new ChangeRole(room.sample.of(Role.EXPERT), Role.TRAINEE));
        assertEquals(List.of(), hearing(Role.EXPERT));
        room.sample.as(Role.CHAIR, new Remove(room.sample.of(Role.CONTROLLER)));
        assertTrue(!hearing(Role.CHAIR).contains(Role.CONTROLLER));
        assertEquals(List.of(), hearing(Role.CONTROLLER));
    }

    @Test
    void c5WhatWaitsOfThePatientIsNotSentOnceConsentIsWithdrawn() {
        inSession(Role.CHAIR, Role.PATIENT);
        FakeClient expert = room.join(Role.EXPERT);
        room.clients.get(Role.PATIENT).say("from the patient");
        room.clients.get(Role.CHAIR).say("from the chair");
        room.sample.as(Role.PATIENT, new WithdrawConsent());
        expert.channels();
        assertEquals(List.of("from the chair"), expert.words());
    }

    @Test
    void theRoomServiceSaysNothingInAConsultation() {
        inSession(Role.CHAIR);
        ServiceException refused = assertThrows(ServiceException.class, () -> room.call.registry.sendData(
                SendDataRequest.newBuilder().setRoom(room.sample.id).setData(ByteString.copyFromUtf8("x")).build()));
        assertEquals(ServiceException.Code.FAILED_PRECONDITION, refused.code());
        assertEquals(List.of(), room.clients.get(Role.CHAIR).words());
    }

    @Test
    void nobodySpeaksForAnother() {
        inSession(Role.CHAIR);
        JoinAttempt plain = room.attempt(Role.EXPERT);
        Grants agent = new Grants("key", room.sample.of(Role.EXPERT), "", "", Map.of(), "agent", 0, 9_999_999_999L, "",
                "", "", plain.grants().video());
        room.clients.put(Role.EXPERT, room.call.connect(new JoinAttempt(agent, plain.request(), true)));
        room.clients.get(Role.EXPERT).connected();
        room.clients.get(Role.EXPERT).say(DataChannel.RELIABLE, FakeClient.packet("x")
                .setParticipantIdentity(room.sample.of(Role.CHAIR)));
        assertEquals(room.sample.of(Role.EXPERT),
                room.clients.get(Role.CHAIR).messages().getLast().getParticipantIdentity());
        room.clients.get(Role.EXPERT).say(DataChannel.RELIABLE, DataPacket.newBuilder().setTranscription(
                livekit.LivekitModels.Transcription.getDefaultInstance()));
        assertEquals(1, room.clients.get(Role.CHAIR).messages().size());
    }
}
