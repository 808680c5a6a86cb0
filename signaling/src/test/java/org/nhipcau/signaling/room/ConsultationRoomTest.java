// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import livekit.LivekitModels;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRtc.RequestResponse.Reason;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.UpdateParticipantMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.Proof;
import org.nhipcau.sfu.api.QualityCause;
import org.nhipcau.signaling.consultation.Consultation.Outcome;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationEvent;
import org.nhipcau.signaling.live.SampleConsultation;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.RoleTable;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;
import org.nhipcau.signaling.store.AttendanceStore;
import org.nhipcau.signaling.token.StrictJson;

/** What a consultation's rules do to its running room. Store and media node are in memory, all else is real. */
class ConsultationRoomTest {
    private static final List<TrackSource> SOURCES = List.of(TrackSource.CAMERA, TrackSource.MICROPHONE,
            TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO);

    @TempDir
    Path directory;
    private ConsultationFixture room;

    @BeforeEach
    void open() {
        room = new ConsultationFixture(directory);
    }

    @AfterEach
    void sound() {
        room.checkSound();
    }

    private void everybody(Role... roles) {
        room.sample.inSession();
        for (Role role : roles) {
            room.join(role);
        }
    }

    @Test
    void c4NobodyJoinsWhoIsNotApproved() {
        assertEquals("403 not-approved", room.refusal(room.attempt(Role.EXPERT)));
        room.sample.approved();
        assertEquals("", room.refusal(room.attempt(Role.EXPERT)));
        assertEquals("403 not-on-list", room.refusal(room.attempt("P_123456789ABC", "", Map.of(),
                CallFixture.request().build())));
    }

    @Test
    void c2NamesAreRefusedWherePseudonymsBelong() {
        room.sample.inSession();
        String chair = room.sample.of(Role.CHAIR);
        assertEquals("400 not-a-pseudonym", room.refusal(room.attempt("bac-si-an", "", Map.of(),
                CallFixture.request().build())));
        assertEquals("400 not-a-pseudonym", room.refusal(room.attempt(chair, "An", Map.of(),
                CallFixture.request().build())));
        assertEquals("400 not-a-pseudonym", room.refusal(room.attempt(chair, "", Map.of("note", "An"),
                CallFixture.request().build())));
        assertEquals("400 not-a-pseudonym", room.refusal(room.attempt(chair + "#cam", "", Map.of(),
                CallFixture.request().build())));
        FakeClient client = room.join(Role.CHAIR);
        client.send(request -> request.setUpdateMetadata(UpdateParticipantMetadata.newBuilder().setRequestId(7)
                .setName("An")));
        assertEquals(Reason.NOT_ALLOWED, client.last(MessageCase.REQUEST_RESPONSE).getRequestResponse().getReason());
        room.join(Role.EXPERT);
        String sid = room.publish(Role.CHAIR, TrackSource.CAMERA);
        assertEquals("", room.seen(Role.EXPERT, Role.CHAIR).getTracksList().stream()
                .filter(track -> track.getSid().equals(sid)).findFirst().orElseThrow().getName());
    }

    @Test
    void plainRoomsAreClosedWhereTheOperatorDoesNotAllowThem() {
        assertEquals(404, room.call.statusOf(new org.nhipcau.signaling.session.JoinAttempt(
                CallFixture.grants("guest", CallFixture.join()), CallFixture.request().build(), true)));
    }

    @Test
    void s5StaffAreInWhileOthersWaitInTheLobbyAndLearnNothing() {
        room.sample.approved().consented();
        room.join(Role.CHAIR);
        room.join(Role.PATIENT);
        assertEquals("in", room.seat(Role.CHAIR));
        assertEquals("lobby", room.seat(Role.PATIENT));
        String doctor = room.publish(Role.CHAIR, TrackSource.CAMERA);
        assertNull(room.seen(Role.PATIENT, Role.CHAIR));
        assertNull(room.consumer(Role.PATIENT, doctor));
        assertNotNull(room.seen(Role.CHAIR, Role.PATIENT), "who admits knows who waits");
        assertNull(room.publish(Role.PATIENT, TrackSource.CAMERA));
        room.join(Role.EXPERT);
        assertNull(room.seen(Role.EXPERT, Role.PATIENT), "who does not admit does not");
    }

    @Test
    void s5WhoIsAdmittedIsInAtOnceAndSeesAndIsSeen() {
        room.sample.approved().consented();
        room.join(Role.CHAIR);
        room.join(Role.PATIENT);
        String doctor = room.publish(Role.CHAIR, TrackSource.CAMERA);
        room.sample.as(Role.CHAIR, new Begin());
        room.sample.as(Role.CHAIR, new Admit(room.sample.of(Role.PATIENT)));
        assertEquals("in", room.seat(Role.PATIENT));
        room.settle();
        assertTrue(room.announced(Role.PATIENT, Role.CHAIR, doctor));
        assertNotNull(room.consumer(Role.PATIENT, doctor));
        assertNotNull(room.publish(Role.PATIENT, TrackSource.MICROPHONE));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void d2EachRolePublishesWhatTheTableSays(Role role) {
        everybody(role, role == Role.CHAIR ? Role.EXPERT : Role.CHAIR);
        for (TrackSource source : SOURCES) {
            String sid = room.publish(role, source);
            boolean may = RoleTable.mayPublish(role, Oversight.sourceOf(source));
            assertEquals(may, sid != null && room.producer(role, sid) != null, role + " " + source);
        }
    }

    @Test
    void d2EachRoleReceivesWhatTheTableSaysOfEachOther() {
        everybody(Role.values());
        Map<Role, Map<TrackSource, String>> published = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            published.put(role, new EnumMap<>(TrackSource.class));
            for (TrackSource source : SOURCES) {
                if (RoleTable.mayPublish(role, Oversight.sourceOf(source))) {
                    published.get(role).put(source, room.publish(role, source));
                }
            }
        }
        published.get(Role.PATIENT).forEach((source, sid) -> cover(Role.PATIENT, source, sid));
        published.get(Role.CAREGIVER).forEach((source, sid) -> cover(Role.CAREGIVER, source, sid));
        room.settle();
        published.forEach((publisher, tracks) -> tracks.forEach((source, sid) -> {
            for (Role viewer : Role.values()) {
                if (viewer != publisher) {
                    check(viewer, publisher, Oversight.sourceOf(source), sid);
                }
            }
        }));
    }

    private void cover(Role role, TrackSource source, String sid) {
        if (source == TrackSource.CAMERA) {
            room.beat(role, sid, 1, 1, "whole");
        }
    }

    private void check(Role viewer, Role publisher, Source source, String sid) {
        View view = RoleTable.view(viewer, publisher, source, FacePolicy.STANDARD);
        String what = viewer + " sees " + publisher + " " + source;
        assertEquals(view != View.NONE, room.announced(viewer, publisher, sid), what);
        assertEquals(view == View.CLEAR, room.mayFlow(viewer, publisher, sid, false), what + " unproven");
        assertEquals(view != View.NONE, room.mayFlow(viewer, publisher, sid, true), what + " proven");
    }

    @Test
    void c1APatientsPictureIsBornUnderTheGateAndNotAnnouncedUntilItIsCovered() {
        everybody(Role.PATIENT, Role.TRAINEE);
        String sid = room.publish(Role.PATIENT, TrackSource.CAMERA);
        assertEquals(GateAccess.PROVEN, room.producer(Role.PATIENT, sid).gate().access());
        MediaCommand.AddProducer first = room.call.media.sent(MediaCommand.AddProducer.class).stream()
                .filter(add -> add.producer().trackId().equals(sid)).findFirst().orElseThrow();
        assertEquals(GateAccess.PROVEN, first.producer().gate().access(), "not even for a moment without");
        assertFalse(room.announced(Role.TRAINEE, Role.PATIENT, sid));
        assertEquals("shut:clear", room.face(Role.TRAINEE, Role.PATIENT, sid));
        room.beat(Role.PATIENT, sid, 1, 1, "warming");
        room.settle();
        assertTrue(room.announced(Role.TRAINEE, Role.PATIENT, sid));
        assertFalse(room.consumer(Role.TRAINEE, sid).cleared());
        assertEquals("shut:policy", room.face(Role.TRAINEE, Role.PATIENT, sid));
        room.gate(Role.PATIENT, sid, GateState.PROVEN, GateReason.PROOF);
        assertEquals("covered", room.face(Role.TRAINEE, Role.PATIENT, sid));
        room.gate(Role.PATIENT, sid, GateState.UNPROVEN, GateReason.SILENT);
        assertEquals("shut:silent", room.face(Role.TRAINEE, Role.PATIENT, sid));
    }

    private JsonNode told(Role role) {
        FakeClient client = room.clients.get(role);
        LivekitModels.Room last = client.of(MessageCase.ROOM_UPDATE).isEmpty() ? client.join.getRoom()
                : client.last(MessageCase.ROOM_UPDATE).getRoomUpdate().getRoom();
        return StrictJson.read(last.getMetadata().getBytes(StandardCharsets.UTF_8)).get("consultation");
    }

    private int updates(Role role) {
        return room.clients.get(role).of(MessageCase.ROOM_UPDATE).size();
    }

    private static List<String> names(JsonNode told) {
        List<String> names = new ArrayList<>();
        told.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void c4WhoWaitsIsToldTheStateAndWhatIsNeededAndNothingElse() {
        room.sample.approved().consented().execute(new OpenWaiting()).execute(new Begin());
        for (Role role : List.of(Role.CHAIR, Role.PATIENT, Role.TRAINEE)) {
            room.join(role);
        }
        assertEquals("lobby", room.seat(Role.TRAINEE));
        assertEquals(List.of("state", "facePolicy"), names(told(Role.TRAINEE)));
        assertEquals(List.of("state", "facePolicy", "consent"), names(told(Role.PATIENT)));
        assertEquals(1, room.clients.get(Role.TRAINEE).join.getRoom().getNumParticipants());
        int before = updates(Role.TRAINEE);
        room.join(Role.EXPERT);
        room.sample.as(Role.CHAIR, new SetMainScreen(room.sample.of(Role.EXPERT)));
        room.join(Role.RECORDER);
        room.call.clock.advance(2_000);
        assertEquals(room.sample.of(Role.EXPERT), told(Role.CHAIR).get("mainScreen").textValue());
        assertTrue(told(Role.CHAIR).get("recording").booleanValue());
        assertEquals(before, updates(Role.TRAINEE), "not even that there was something");
        room.sample.as(Role.CHAIR, new Admit(room.sample.of(Role.TRAINEE)));
        assertEquals(room.sample.of(Role.EXPERT), told(Role.TRAINEE).get("mainScreen").textValue());
        assertTrue(told(Role.TRAINEE).get("recording").booleanValue(), "and now it is seen who records");
        room.sample.as(Role.CHAIR, new Suspend("line-down"));
        assertEquals(List.of("state", "facePolicy"), names(told(Role.TRAINEE)));
    }

    @Test
    void c1HeartbeatsGoToTheNodeAndNowhereElse() {
        everybody(Role.PATIENT, Role.TRAINEE);
        String sid = room.publish(Role.PATIENT, TrackSource.CAMERA);
        int before = room.clients.get(Role.TRAINEE).received.size();
        room.beat(Role.PATIENT, sid, 3, 1, "whole");
        List<MediaCommand.ProveTrack> proofs = room.call.media.sent(MediaCommand.ProveTrack.class);
        assertEquals(List.of(Proof.WHOLE), proofs.stream().map(MediaCommand.ProveTrack::proof).toList());
        assertEquals(room.producer(Role.PATIENT, sid).gate().epoch(), proofs.getFirst().epoch());
        assertTrue(room.clients.get(Role.TRAINEE).received.stream().skip(before)
                .noneMatch(message -> message.toString().contains("nhipcau.proof")));
        room.beat(Role.PATIENT, sid, 3, 1, "whole");
        room.beat(Role.PATIENT, "TR_VCunknown", 3, 2, "whole");
        assertEquals(1, room.call.media.sent(MediaCommand.ProveTrack.class).size());
        assertEquals(Reason.NOT_ALLOWED, room.clients.get(Role.PATIENT).last(MessageCase.REQUEST_RESPONSE)
                .getRequestResponse().getReason());
    }

    @Test
    void c1AnotherCoverOfTheSameTrackMustBeProvenAnew() {
        everybody(Role.PATIENT, Role.TRAINEE);
        String sid = room.publishCovered(Role.PATIENT);
        long epoch = room.producer(Role.PATIENT, sid).gate().epoch();
        room.beat(Role.PATIENT, sid, 2, 1, "whole");
        assertEquals(epoch + 1, room.producer(Role.PATIENT, sid).gate().epoch());
        assertEquals(epoch + 1, room.call.media.sent(MediaCommand.ProveTrack.class).getLast().epoch());
    }

    @Test
    void c1LooseningClearsWhomItNamesAndTighteningRestrictsThemInTheSameMoment() {
        everybody(Role.PATIENT, Role.EXPERT, Role.TRAINEE);
        String sid = room.publishCovered(Role.PATIENT);
        assertFalse(room.consumer(Role.EXPERT, sid).cleared());
        room.sample.policy(Role.CHAIR, SampleConsultation.policy(FacePolicy.Mode.COVER, EnumSet.of(Role.EXPERT)));
        assertTrue(room.consumer(Role.EXPERT, sid).cleared());
        assertFalse(room.consumer(Role.TRAINEE, sid).cleared());
        assertEquals("clear", room.face(Role.EXPERT, Role.PATIENT, sid));
        long epoch = room.producer(Role.PATIENT, sid).gate().epoch();
        room.sample.policy(Role.PATIENT, FacePolicy.STANDARD);
        assertFalse(room.consumer(Role.EXPERT, sid).cleared());
        assertTrue(room.producer(Role.PATIENT, sid).gate().epoch() > epoch);
    }

    @Test
    void c8OfTwoVariantsOfACameraEachIsToldOfTheOneThatIsForThem() {
        everybody(Role.PATIENT, Role.EXPERT, Role.TRAINEE);
        String covered = room.publishCovered(Role.PATIENT);
        room.sample.policy(Role.CHAIR, SampleConsultation.policy(FacePolicy.Mode.COVER, EnumSet.of(Role.EXPERT)));
        String clear = room.clients.get(Role.PATIENT).publish(TrackSource.CAMERA, "clear");
        room.settle();
        assertTrue(room.announced(Role.EXPERT, Role.PATIENT, clear));
        assertFalse(room.announced(Role.EXPERT, Role.PATIENT, covered));
        assertTrue(room.mayFlow(Role.EXPERT, Role.PATIENT, clear, false));
        assertFalse(room.announced(Role.TRAINEE, Role.PATIENT, clear));
        assertNull(room.face(Role.TRAINEE, Role.PATIENT, clear), "not even that there is one");
        assertFalse(room.mayFlow(Role.TRAINEE, Role.PATIENT, clear, true));
        assertTrue(room.announced(Role.TRAINEE, Role.PATIENT, covered));
        // Who comes while both are there knows of the clear one alone, and is shown the other when that ends.
        room.join(Role.EXPERT);
        assertNull(room.consumer(Role.EXPERT, covered));
        room.clients.get(Role.PATIENT).unpublish("clear");
        room.settle();
        assertTrue(room.announced(Role.EXPERT, Role.PATIENT, covered));
        assertNotNull(room.consumer(Role.EXPERT, covered), "the covered one in its place");
    }

    @Test
    void c8ACoverThatEndsFirstDoesNotTellOfTheClearPictureThatWasBesideIt() {
        everybody(Role.PATIENT, Role.EXPERT, Role.TRAINEE);
        String covered = room.publishCovered(Role.PATIENT);
        room.sample.policy(Role.CHAIR, SampleConsultation.policy(FacePolicy.Mode.COVER, EnumSet.of(Role.EXPERT)));
        String clear = room.clients.get(Role.PATIENT).publish(TrackSource.CAMERA, "clear");
        room.settle();
        room.clients.get(Role.PATIENT).unpublish("cid-" + Role.PATIENT + TrackSource.CAMERA);
        room.settle();
        assertFalse(room.announced(Role.TRAINEE, Role.PATIENT, covered));
        assertNull(room.face(Role.TRAINEE, Role.PATIENT, clear), "not even that there is one");
        assertFalse(room.mayFlow(Role.TRAINEE, Role.PATIENT, clear, true));
        assertTrue(room.announced(Role.EXPERT, Role.PATIENT, clear));
        // As soon as it is covered it is one like any other.
        room.beat(Role.PATIENT, clear, 1, 1, "whole");
        room.settle();
        assertTrue(room.announced(Role.TRAINEE, Role.PATIENT, clear));
    }

    @Test
    void c8TighteningPutsTheCoverInThePlaceOfTheClearPictureForThoseWhoSawIt() {
        everybody(Role.PATIENT, Role.EXPERT);
        String covered = room.publishCovered(Role.PATIENT);
        room.sample.policy(Role.CHAIR, SampleConsultation.policy(FacePolicy.Mode.COVER, EnumSet.of(Role.EXPERT)));
        String clear = room.clients.get(Role.PATIENT).publish(TrackSource.CAMERA, "clear");
        room.settle();
        room.sample.policy(Role.PATIENT, FacePolicy.STANDARD);
        assertNull(room.consumer(Role.EXPERT, clear), "in the same moment");
        assertFalse(room.announced(Role.EXPERT, Role.PATIENT, clear));
        room.settle();
        assertFalse(room.mayFlow(Role.EXPERT, Role.PATIENT, covered, false), "it is to be proven anew");
        assertTrue(room.mayFlow(Role.EXPERT, Role.PATIENT, covered, true));
    }

    @Test
    void c8APublisherIsAskedForTheClearPictureOnlyWhileSomebodyHereMaySeeItAndTheCoverIsProven() {
        everybody(Role.PATIENT, Role.CHAIR, Role.TRAINEE);
        String covered = room.publishCovered(Role.PATIENT);
        room.gate(Role.PATIENT, covered, GateState.PROVEN, GateReason.PROOF);
        assertFalse(told(Role.PATIENT).has("offerClear"), "nobody may see it");
        room.sample.policy(Role.CHAIR, SampleConsultation.policy(FacePolicy.Mode.COVER, EnumSet.of(Role.EXPERT)));
        room.gate(Role.PATIENT, covered, GateState.PROVEN, GateReason.PROOF);
        assertFalse(told(Role.PATIENT).has("offerClear"), "who may see it is not here");
        room.join(Role.EXPERT);
        assertEquals(covered, told(Role.PATIENT).get("offerClear").textValue());
        for (Role other : List.of(Role.CHAIR, Role.EXPERT, Role.TRAINEE)) {
            assertFalse(told(other).has("offerClear"), other + " is not told");
        }
        room.clients.get(Role.EXPERT).leave();
        assertFalse(told(Role.PATIENT).has("offerClear"), "who may see it is gone");
        room.join(Role.EXPERT);
        assertTrue(told(Role.PATIENT).has("offerClear"));
        room.gate(Role.PATIENT, covered, GateState.UNPROVEN, GateReason.SILENT);
        assertFalse(told(Role.PATIENT).has("offerClear"), "the cover is not proven");
        room.gate(Role.PATIENT, covered, GateState.PROVEN, GateReason.PROOF);
        assertTrue(told(Role.PATIENT).has("offerClear"));
        room.sample.policy(Role.PATIENT, FacePolicy.STANDARD);
        assertFalse(told(Role.PATIENT).has("offerClear"), "covered for all");
        room.gate(Role.PATIENT, covered, GateState.PROVEN, GateReason.PROOF);
        room.sample.policy(Role.CHAIR, SampleConsultation.policy(FacePolicy.Mode.COVER, EnumSet.of(Role.EXPERT)));
        room.gate(Role.PATIENT, covered, GateState.PROVEN, GateReason.PROOF);
        assertTrue(told(Role.PATIENT).has("offerClear"));
        room.clients.get(Role.PATIENT).unpublish("cid-" + Role.PATIENT + TrackSource.CAMERA);
        room.settle();
        assertFalse(told(Role.PATIENT).has("offerClear"), "the cover is gone");
    }

    @Test
    void c8APolicyThatIsOffShowsTraineesNothingAtAll() {
        everybody(Role.PATIENT, Role.TRAINEE, Role.EXPERT);
        String sid = room.publishCovered(Role.PATIENT);
        assertNotNull(room.consumer(Role.TRAINEE, sid));
        room.sample.policy(Role.CHAIR, SampleConsultation.policy(FacePolicy.Mode.OFF, Set.of()));
        assertNull(room.consumer(Role.TRAINEE, sid));
        assertFalse(room.announced(Role.TRAINEE, Role.PATIENT, sid));
        assertFalse(room.mayFlow(Role.TRAINEE, Role.PATIENT, sid, true));
        assertTrue(room.mayFlow(Role.EXPERT, Role.PATIENT, sid, false));
    }

    @Test
    void c1AStationsCameraThatShowsThePatientIsPutUnderTheGateWhileItRuns() {
        everybody(Role.PRESENTING_DOCTOR, Role.TRAINEE);
        String sid = room.publish(Role.PRESENTING_DOCTOR, TrackSource.CAMERA);
        assertTrue(room.mayFlow(Role.TRAINEE, Role.PRESENTING_DOCTOR, sid, false));
        room.sample.as(Role.CHAIR, new CoverParticipant(room.sample.of(Role.PRESENTING_DOCTOR), true));
        assertFalse(room.mayFlow(Role.TRAINEE, Role.PRESENTING_DOCTOR, sid, false));
        assertEquals(GateAccess.PROVEN, room.producer(Role.PRESENTING_DOCTOR, sid).gate().access());
        assertFalse(room.announced(Role.TRAINEE, Role.PRESENTING_DOCTOR, sid));
        assertEquals("true", room.seen(Role.TRAINEE, Role.PRESENTING_DOCTOR).getAttributesMap().get("nhipcau.covered"));
        room.sample.as(Role.CHAIR, new CoverParticipant(room.sample.of(Role.PRESENTING_DOCTOR), false));
        room.settle();
        assertTrue(room.mayFlow(Role.TRAINEE, Role.PRESENTING_DOCTOR, sid, false));
    }

    @Test
    void c5WithdrawnConsentEndsThePatientsMediaAtOnce() {
        everybody(Role.PATIENT, Role.CHAIR);
        String picture = room.publishCovered(Role.PATIENT);
        String sound = room.publish(Role.PATIENT, TrackSource.MICROPHONE);
        assertNotNull(room.consumer(Role.CHAIR, sound));
        room.sample.as(Role.PATIENT, new WithdrawConsent());
        assertNull(room.producer(Role.PATIENT, picture));
        assertNull(room.producer(Role.PATIENT, sound));
        assertNull(room.consumer(Role.CHAIR, picture));
        assertNull(room.consumer(Role.CHAIR, sound));
        assertNull(room.publish(Role.PATIENT, TrackSource.MICROPHONE));
        room.sample.consented();
        assertNotNull(room.publish(Role.PATIENT, TrackSource.MICROPHONE));
    }

    @Test
    void c5WithdrawalWhileATrackIsOnItsWayLetsNoneBegin() {
        everybody(Role.PATIENT, Role.CHAIR);
        room.call.media.hold();
        room.clients.get(Role.PATIENT).publish(TrackSource.MICROPHONE, "late");
        room.sample.as(Role.PATIENT, new WithdrawConsent());
        room.call.media.release();
        room.settle();
        assertTrue(room.clients.get(Role.PATIENT).sending().producers.isEmpty());
        assertTrue(room.clients.get(Role.CHAIR).receiving() == null
                || room.clients.get(Role.CHAIR).receiving().consumers.isEmpty());
    }

    @Test
    void d2AChangeOfRoleActsOnRunningMedia() {
        everybody(Role.PATIENT, Role.EXPERT);
        room.sample.policy(Role.CHAIR, SampleConsultation.policy(FacePolicy.Mode.COVER, EnumSet.of(Role.EXPERT)));
        String patient = room.publish(Role.PATIENT, TrackSource.CAMERA);
        String expert = room.publish(Role.EXPERT, TrackSource.CAMERA);
        assertTrue(room.consumer(Role.EXPERT, patient).cleared());
        room.sample.execute(new ChangeRole(room.sample.of(Role.EXPERT), Role.TRAINEE));
        assertNull(room.producer(Role.EXPERT, expert), "a trainee sends nothing");
        assertNull(room.consumer(Role.EXPERT, patient), "and sees no clear picture");
        assertFalse(room.announced(Role.EXPERT, Role.PATIENT, patient));
    }

    @Test
    void s5SuspendSendsAllToTheLobbyAndResumeBringsThemBack() {
        everybody(Role.CHAIR, Role.PATIENT);
        String sid = room.publish(Role.CHAIR, TrackSource.MICROPHONE);
        assertNotNull(room.consumer(Role.PATIENT, sid));
        room.sample.as(Role.CHAIR, new Suspend("line-down"));
        assertNull(room.consumer(Role.PATIENT, sid));
        assertEquals("lobby", room.seat(Role.PATIENT));
        assertFalse(room.clients.get(Role.PATIENT).known.containsKey(room.clients.get(Role.CHAIR).sid()));
        room.sample.as(Role.CHAIR, new Resume());
        assertEquals("in", room.seat(Role.PATIENT));
        String again = room.publish(Role.CHAIR, TrackSource.MICROPHONE);
        assertNotNull(room.consumer(Role.PATIENT, again));
    }

    @Test
    void whoIsRemovedIsGoneAndStaysOut() {
        everybody(Role.CHAIR, Role.TRAINEE);
        room.sample.as(Role.CHAIR, new Remove(room.sample.of(Role.TRAINEE)));
        assertTrue(room.clients.get(Role.TRAINEE).closed);
        assertEquals("403 removed", room.refusal(room.attempt(Role.TRAINEE)));
    }

    @Test
    void s3ConcludingEndsTheRoom() {
        everybody(Role.CHAIR, Role.PATIENT);
        room.sample.as(Role.CHAIR, new Conclude(Outcome.DONE));
        assertTrue(room.clients.get(Role.CHAIR).closed);
        assertTrue(room.clients.get(Role.PATIENT).closed);
        assertTrue(room.call.registry.rooms().isEmpty());
        assertEquals("403 concluded", room.refusal(room.attempt(Role.CHAIR)));
    }

    @Test
    void aCaregiverAtThePatientsDeviceComesAndGoesWithIt() {
        room.sample.inSession();
        FakeClient device = room.call.connect(room.attempt(room.sample.of(Role.PATIENT), "",
                Map.of("nhipcau.caregiver", room.sample.of(Role.CAREGIVER)), CallFixture.request().build()));
        assertTrue(room.sample.now().list().get(room.sample.of(Role.CAREGIVER)).present());
        assertEquals(room.sample.of(Role.CAREGIVER), room.call.refreshed.getLast().attributes()
                .get("nhipcau.caregiver"), "the client comes back with it");
        device.leave();
        assertFalse(room.sample.now().list().get(room.sample.of(Role.CAREGIVER)).present());
    }

    @Test
    void c4ComingAndGoingIsOnRecord() {
        everybody(Role.CHAIR, Role.EXPERT);
        room.clients.get(Role.EXPERT).leave();
        assertEquals(2, room.journal.of(ConsultationEvent.Arrived.class).size());
        assertEquals(List.of(room.sample.of(Role.EXPERT)), room.journal.of(ConsultationEvent.Left.class).stream()
                .map(ConsultationEvent.Left::pseudonym).toList());
    }

    @Test
    void aSecondJoinOfTheSamePersonDoesNotLookLikeALeave() {
        everybody(Role.CHAIR);
        room.join(Role.CHAIR);
        assertTrue(room.journal.of(ConsultationEvent.Left.class).isEmpty());
        assertTrue(room.sample.now().list().get(room.sample.of(Role.CHAIR)).present());
        room.clients.get(Role.CHAIR).leave();
        assertFalse(room.sample.now().list().get(room.sample.of(Role.CHAIR)).present());
    }

    @Test
    void aDeadStoreKeepsTheCallAndRefusesNewPatients() {
        everybody(Role.CHAIR, Role.EXPERT);
        String sid = room.publish(Role.CHAIR, TrackSource.MICROPHONE);
        room.journal.dead = true;
        assertEquals("", room.refusal(room.attempt(Role.PATIENT)), "as far as is known");
        assertTrue(room.join(Role.PATIENT).closed);
        assertNotNull(room.consumer(Role.EXPERT, sid));
        assertFalse(room.join(Role.SECRETARY).closed, "staff come");
        assertNotNull(room.consumer(Role.SECRETARY, sid));
        room.clients.get(Role.EXPERT).leave();
        room.journal.dead = false;
        room.live.tick();
        assertEquals(List.of(room.sample.of(Role.EXPERT)), room.journal.of(ConsultationEvent.Left.class).stream()
                .map(ConsultationEvent.Left::pseudonym).toList());
        assertTrue(room.sample.now().list().get(room.sample.of(Role.SECRETARY)).present());
        assertFalse(room.join(Role.PATIENT).closed, "it has healed");
    }

    @Test
    void whatTheGateDoesIsOnRecord() {
        everybody(Role.PATIENT, Role.TRAINEE);
        String sid = room.publishCovered(Role.PATIENT);
        room.gate(Role.PATIENT, sid, GateState.PROVEN, GateReason.PROOF);
        room.gate(Role.PATIENT, sid, GateState.VIOLATED, GateReason.DEAD);
        room.live.tick();
        assertEquals(List.of("PROVEN", "VIOLATED"), room.journal.of(ConsultationEvent.GateNoted.class).stream()
                .map(ConsultationEvent.GateNoted::to).toList());
    }

    @Test
    void howLinksAreIsOnRecordByPseudonym() {
        everybody(Role.CHAIR);
        FakeClient chair = room.clients.get(Role.CHAIR);
        MediaEvent.DirectionQuality some = new MediaEvent.DirectionQuality(0.02, -1, 0, 1, 12, 32_000, 0, 500, -1, 0,
                80, 4.0, 4.1, QualityCause.PUBLISHER_UPLINK, 3);
        room.call.media.emit(new MediaEvent.QualityReport(chair.roomId(), chair.peerId(), some, some, 40));
        room.call.clock.advance(5_000);
        room.attendance.dead = true;
        room.live.tick();
        assertTrue(room.attendance.qualities.isEmpty());
        room.attendance.dead = false;
        room.live.tick();
        AttendanceStore.Quality kept = room.attendance.qualities.getFirst();
        assertEquals(room.sample.of(Role.CHAIR), kept.pseudonym());
        assertEquals(room.sample.id, kept.consultation());
        assertEquals(20, kept.audioLossPm());
        assertEquals(-1, kept.videoLossPm());
    }

    @Test
    void s5TheDoorsOpenFiveMinutesBeforeAndNotSooner() {
        long startsAtMs = room.call.clock.epochMs() + 3_600_000;
        room.sample.approved().consented();
        room.sample.execute(new Schedule(startsAtMs));
        assertEquals("403 too-early", room.refusal(room.attempt(Role.CHAIR)));
        room.call.clock.advance(3_600_000 - 300_001);
        assertEquals("403 too-early", room.refusal(room.attempt(Role.CHAIR)));
        room.call.clock.advance(1);
        room.join(Role.CHAIR);
        room.join(Role.PATIENT);
        assertEquals("in", room.seat(Role.CHAIR));
        assertEquals("lobby", room.seat(Role.PATIENT));
    }

    @Test
    void aReleasedTrackIsReleasedOnTheNode() {
        everybody(Role.PATIENT, Role.CHAIR);
        String sid = room.publishCovered(Role.PATIENT);
        room.sample.as(Role.CHAIR, new ReleaseTrack(room.sample.of(Role.PATIENT), sid));
        assertEquals(List.of(sid), room.call.media.sent(MediaCommand.ReleaseTrack.class).stream()
                .map(MediaCommand.ReleaseTrack::trackId).toList());
    }

    @Test
    void aGateThatTheNodeDoesNotTakeEndsTheTrack() {
        everybody(Role.PATIENT, Role.CHAIR);
        String sid = room.publishCovered(Role.PATIENT);
        room.call.media.refuse(org.nhipcau.sfu.api.MediaReply.Reason.INTERNAL,
                command -> command instanceof MediaCommand.SetGate);
        room.sample.policy(Role.CHAIR, SampleConsultation.policy(FacePolicy.Mode.COVER, EnumSet.of(Role.EXPERT)));
        assertNull(room.producer(Role.PATIENT, sid));
    }

    @Test
    void aRestrictionThatTheNodeDoesNotTakeEndsWhatIsSent() {
        everybody(Role.PATIENT, Role.EXPERT);
        room.sample.policy(Role.CHAIR, SampleConsultation.policy(FacePolicy.Mode.COVER, EnumSet.of(Role.EXPERT)));
        String sid = room.publishCovered(Role.PATIENT);
        assertTrue(room.consumer(Role.EXPERT, sid).cleared());
        room.call.media.refuse(org.nhipcau.sfu.api.MediaReply.Reason.CAPACITY,
                command -> command instanceof MediaCommand.SetClearance);
        room.sample.policy(Role.CHAIR, FacePolicy.STANDARD);
        assertNull(room.consumer(Role.EXPERT, sid));
    }

    @Test
    void whoCannotBeLetInThroughABugIsToldSo() {
        room.sample.inSession();
        room.journal.beforeAppend = () -> {
            throw new IllegalStateException("a bug");
        };
        FakeClient client = room.join(Role.CHAIR);
        assertTrue(client.closed);
        assertNull(client.join);
        assertEquals(1, room.call.counts.faults);
        room.call.counts.faults = 0;
        room.journal.beforeAppend = () -> { };
        assertNotNull(room.join(Role.CHAIR).join);
    }
}
