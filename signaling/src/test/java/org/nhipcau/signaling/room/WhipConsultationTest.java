// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.signaling.whip.WhipFixture.header;
import static org.nhipcau.signaling.whip.WhipFixture.problem;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.signaling.consultation.ConsultationCommand.Admit;
import org.nhipcau.signaling.consultation.ConsultationCommand.Begin;
import org.nhipcau.signaling.consultation.ConsultationCommand.OpenWaiting;
import org.nhipcau.signaling.consultation.ConsultationCommand.Remove;
import org.nhipcau.signaling.consultation.ConsultationCommand.Suspend;
import org.nhipcau.signaling.consultation.ConsultationCommand.WithdrawConsent;
import org.nhipcau.signaling.consultation.Participant.Device;
import org.nhipcau.signaling.consultation.PublicId;
import org.nhipcau.signaling.live.SampleConsultation;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.sdp.DeviceOffer;
import org.nhipcau.signaling.whip.WhipFixture;

/** A device that publishes by WHIP into a consultation: list, lobby, consent, roles, face policy. Path WHIP of V43. */
class WhipConsultationTest {
    @TempDir
    Path directory;
    private ConsultationFixture call;
    private WhipFixture whip;

    @BeforeEach
    void open() throws Exception {
        call = new ConsultationFixture(directory);
        whip = new WhipFixture(call.call.registry);
    }

    @AfterEach
    void close() {
        whip.close();
        call.checkSound();
    }

    private String token(String identity) {
        return whip.token(call.sample.id, identity, 600);
    }

    private HttpResponse<String> post(Role role, String query, String sdp) throws Exception {
        HttpResponse<String> answer = whip.post(query, sdp, token(call.sample.of(role)));
        call.settle();
        return answer;
    }

    private String publish(Role role, String query, String sdp) throws Exception {
        HttpResponse<String> created = post(role, query, sdp);
        assertEquals(201, created.statusCode(), created.body());
        return header(created, "Location");
    }

    private void over(Role role, String location) throws Exception {
        assertEquals("404 not-found", problem(whip.delete(location, token(call.sample.of(role)))));
        assertEquals(0, whip.sessions());
    }

    private ParticipantInfo seen(Role viewer, Role device) {
        return call.clients.get(viewer).known.values().stream()
                .filter(info -> info.getIdentity().equals(call.sample.of(device))).findFirst().orElse(null);
    }

    /** What the node takes of a device, as somebody who sees it knows its session. */
    private Map<String, ProducerParameters> producers(Role viewer, String participantSid) {
        FakeMediaServer.Peer peer = call.call.media.peer(call.clients.get(viewer).roomId(), participantSid + ".s");
        return peer == null ? Map.of() : peer.producers;
    }

    private List<String> tracksTold(Role viewer, Role device) {
        ParticipantInfo info = seen(viewer, device);
        return info == null ? List.of() : info.getTracksList().stream().map(track -> track.getSource().name()).toList();
    }

    @Test
    void shouldKeepToTheListAndToPseudonyms() throws Exception {
        assertTrue(problem(post(Role.EXPERT, "", DeviceOffer.picture())).startsWith("403 forbidden "));
        call.sample.inSession();
        assertEquals("400 invalid-request not-a-pseudonym",
                problem(whip.post("", DeviceOffer.picture(), token("somebody"))));
        String unlisted = PublicId.random(PublicId.PERSON, new Random(7));
        assertEquals("403 forbidden not-on-list", problem(whip.post("", DeviceOffer.picture(), token(unlisted))));
        assertEquals(0, whip.sessions());
        publish(Role.EXPERT, "", DeviceOffer.picture());
    }

    @Test
    void shouldLetNoMediaInFromTheLobbyAndComeInOnceAdmitted() throws Exception {
        call.sample.approved().consented().execute(new OpenWaiting())
                .execute(new Begin());
        call.join(Role.CHAIR);
        assertEquals("403 waiting-in-lobby", problem(post(Role.PATIENT, "", DeviceOffer.picture())));
        assertTrue(call.call.media.rooms.values().stream().flatMap(peers -> peers.values().stream())
                .allMatch(peer -> peer.producers.isEmpty()));
        // Who is on the list can be admitted before the device tries again.
        call.sample.execute(new Admit(call.sample.of(Role.PATIENT)));
        publish(Role.PATIENT, "", DeviceOffer.picture());
    }

    @Test
    void shouldTakeFromEachRoleWhatItMayPublish() throws Exception {
        call.sample.inSession();
        call.join(Role.CHAIR);
        for (Role role : List.of(Role.TRAINEE, Role.RECORDER)) {
            assertEquals("403 source-not-allowed", problem(post(role, "", DeviceOffer.picture())));
        }
        assertEquals("403 source-not-allowed",
                problem(post(Role.IT_TECHNICIAN, "?source=screen_share", DeviceOffer.picture())));
        publish(Role.PRESENTING_DOCTOR, "?source=screen_share", DeviceOffer.picture());
        assertEquals(List.of(TrackSource.SCREEN_SHARE.name()), tracksTold(Role.CHAIR, Role.PRESENTING_DOCTOR));
        assertEquals(Device.ENCODER, call.sample.now().list().get(call.sample.of(Role.PRESENTING_DOCTOR)).device());
    }

    @Test
    void shouldNeverProveThePatientsPicture() throws Exception {
        call.sample.inSession();
        for (Role role : List.of(Role.CHAIR, Role.EXPERT, Role.TRAINEE)) {
            call.join(role);
        }
        call.sample.policy(Role.CHAIR, SampleConsultation.policy(FacePolicy.Mode.COVER, Set.of(Role.EXPERT)));
        call.settle();
        publish(Role.PATIENT, "", DeviceOffer.picture());
        String sid = seen(Role.EXPERT, Role.PATIENT).getSid();
        ProducerParameters producer = producers(Role.EXPERT, sid).values().iterator().next();
        assertEquals(GateAccess.PROVEN, producer.gate().access());
        // Those the policy clears are sent it; nobody else is told of it, nor has a consumer, and no proof ever comes.
        ConsumerParameters cleared = call.consumer(Role.EXPERT, producer.trackId());
        assertTrue(cleared.cleared());
        for (Role restricted : List.of(Role.CHAIR, Role.TRAINEE)) {
            assertNull(call.consumer(restricted, producer.trackId()));
            assertTrue(tracksTold(restricted, Role.PATIENT).isEmpty());
            assertEquals("shut:clear", seen(restricted, Role.PATIENT).getAttributesMap()
                    .get("nhipcau.face." + producer.trackId()));
        }
        call.call.clock.advance(60_000);
        call.settle();
        assertTrue(call.call.media.sent(MediaCommand.ProveTrack.class).isEmpty());
        assertNull(call.consumer(Role.TRAINEE, producer.trackId()));
    }

    @Test
    void shouldEndAtOnceWhenARightIsWithdrawn() throws Exception {
        call.sample.inSession();
        call.join(Role.CHAIR);
        String patient = publish(Role.PATIENT, "", DeviceOffer.pictureAndSound());
        String sid = seen(Role.CHAIR, Role.PATIENT).getSid();
        assertEquals(2, producers(Role.CHAIR, sid).size());
        call.sample.as(Role.PATIENT, new WithdrawConsent());
        assertTrue(producers(Role.CHAIR, sid).isEmpty());
        over(Role.PATIENT, patient);
        assertEquals("403 source-not-allowed", problem(post(Role.PATIENT, "", DeviceOffer.picture())));
        String expert = publish(Role.EXPERT, "", DeviceOffer.picture());
        call.sample.execute(new Remove(call.sample.of(Role.EXPERT)));
        over(Role.EXPERT, expert);
        assertTrue(problem(post(Role.EXPERT, "", DeviceOffer.picture())).startsWith("403 forbidden "));
        String doctor = publish(Role.PRESENTING_DOCTOR, "", DeviceOffer.picture());
        call.sample.execute(new Suspend("later"));
        over(Role.PRESENTING_DOCTOR, doctor);
    }
}
