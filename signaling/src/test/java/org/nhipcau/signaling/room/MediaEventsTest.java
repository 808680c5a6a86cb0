// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import livekit.LivekitModels.ConnectionQuality;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRtc.ConnectionQualityInfo;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.StreamState;
import livekit.LivekitRtc.SubscribedQualityUpdate;
import livekit.LivekitRtc.UpdateSubscription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaEvent.ProducerState;
import org.nhipcau.sfu.api.PictureStep;
import org.nhipcau.sfu.api.QualityCause;
import org.nhipcau.signaling.quality.QualitySample;
import org.nhipcau.signaling.quality.QualityTimeline;

/** What the media node tells, as clients hear it. */
class MediaEventsTest {
    private static final DirectionQuality GOOD = quality(0, 4.3, QualityCause.NONE, 0);
    private static final DirectionQuality LOSSY = quality(0.2, 2.1, QualityCause.PUBLISHER_UPLINK, 45);

    private final CallFixture call = new CallFixture();
    private FakeClient alice;
    private FakeClient bob;
    private FakeClient carol;
    private String camera;

    @BeforeEach
    void begin() {
        alice = call.single("alice");
        bob = call.single("bob");
        carol = call.connect("carol", CallFixture.join(), CallFixture.request().clearConnectionSettings(), true);
        List.of(alice, bob, carol).forEach(FakeClient::connected);
        camera = alice.publish(TrackSource.CAMERA, "c1");
        call.settle(alice, bob, carol);
    }

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private static DirectionQuality quality(double loss, double score, QualityCause cause, double impairment) {
        return new DirectionQuality(loss, loss, loss, 1, 5, 30_000, 300_000, 50, 0, 0, 80, score, score, cause,
                impairment);
    }

    private void statistics(FakeClient client, DirectionQuality up, DirectionQuality down) {
        call.media.emit(new MediaEvent.QualityReport(client.roomId(), client.peerId(), up, down, 40));
    }

    private void round() {
        List.of(alice, bob, carol).forEach(client -> client.session.onMessage(
                livekit.LivekitRtc.SignalRequest.newBuilder().setPing(1).build()));
        call.clock.advance(5_000);
    }

    private static ConnectionQuality heard(FakeClient client, FakeClient of) {
        ConnectionQuality mark = null;
        for (var response : client.of(MessageCase.CONNECTION_QUALITY)) {
            for (ConnectionQualityInfo info : response.getConnectionQuality().getUpdatesList()) {
                mark = info.getParticipantSid().equals(of.sid()) ? info.getQuality() : mark;
            }
        }
        return mark;
    }

    @Test
    void speakersAreToldToThemselvesAndToThoseWhoHearThem() {
        call.media.emit(new MediaEvent.SpeakersChanged(alice.roomId(),
                List.of(new MediaEvent.Speaker(alice.sid(), 0.5, true), new MediaEvent.Speaker("PA_gone", 1, true))));
        assertEquals(alice.sid(), bob.last(MessageCase.SPEAKERS_CHANGED).getSpeakersChanged().getSpeakers(0).getSid());
        assertEquals(1, bob.last(MessageCase.SPEAKERS_CHANGED).getSpeakersChanged().getSpeakersCount());
        assertEquals(0.5f, alice.last(MessageCase.SPEAKERS_CHANGED).getSpeakersChanged().getSpeakers(0).getLevel());
        assertEquals(0, carol.of(MessageCase.SPEAKERS_CHANGED).size(), "carol is subscribed to nobody");
    }

    @Test
    void qualityIsToldWhenItChanges() {
        statistics(alice, GOOD, GOOD);
        round();
        assertEquals(ConnectionQuality.EXCELLENT, heard(alice, alice));
        assertEquals(ConnectionQuality.EXCELLENT, heard(bob, alice));
        assertEquals(null, heard(carol, alice));
        int before = bob.of(MessageCase.CONNECTION_QUALITY).size();
        statistics(alice, GOOD, GOOD);
        round();
        assertEquals(before, bob.of(MessageCase.CONNECTION_QUALITY).size());
        statistics(alice, LOSSY, GOOD);
        round();
        assertEquals(ConnectionQuality.POOR, heard(alice, alice));
        assertEquals(ConnectionQuality.POOR, heard(bob, alice));
        statistics(alice, GOOD, GOOD);
        round();
        assertEquals(ConnectionQuality.POOR, heard(bob, alice), "one good interval is not enough");
        statistics(alice, GOOD, GOOD);
        round();
        assertEquals(ConnectionQuality.EXCELLENT, heard(bob, alice));
    }

    private static int cause(FakeClient client, FakeClient of) {
        int cause = -1;
        for (var response : client.of(MessageCase.CONNECTION_QUALITY)) {
            for (ConnectionQualityInfo info : response.getConnectionQuality().getUpdatesList()) {
                cause = !info.getParticipantSid().equals(of.sid()) ? cause : (int) (long) info.getUnknownFields()
                        .getField(QualityBoard.CAUSE_FIELD).getVarintList().getFirst();
            }
        }
        return cause;
    }

    private static long toldOf(FakeClient subject, FakeClient client) {
        return client.of(MessageCase.CONNECTION_QUALITY).stream().filter(response -> response.getConnectionQuality()
                .getUpdatesList().stream().anyMatch(info -> info.getParticipantSid().equals(subject.sid()))).count();
    }

    @Test
    void theCauseIsToldWithTheMarkAndOnlyWhereItMatters() {
        statistics(alice, GOOD, GOOD);
        statistics(bob, GOOD, GOOD);
        round();
        assertEquals(0, cause(bob, alice));
        long before = toldOf(alice, bob);
        // Alice's own mark stays: her link is well. Yet bob learns why he sees nothing new.
        statistics(alice, quality(0, 4.3, QualityCause.CAMERA_STOPPED, 100), GOOD);
        statistics(bob, GOOD, quality(0, 4.3, QualityCause.CAMERA_STOPPED, 100));
        round();
        assertEquals(3, cause(bob, alice));
        assertEquals(0, cause(bob, bob), "what another's camera does is not bob's own trouble");
        assertEquals(ConnectionQuality.EXCELLENT, heard(bob, alice));
        assertEquals(before + 1, toldOf(alice, bob));
        // Bob's own link is worse still: that explains more of what he sees of alice.
        statistics(alice, quality(0.1, 3.5, QualityCause.PUBLISHER_UPLINK, 20), GOOD);
        statistics(bob, GOOD, quality(0.3, 2, QualityCause.VIEWER_DOWNLINK, 60));
        round();
        assertEquals(2, cause(bob, alice));
        assertEquals(2, cause(bob, bob));
        assertEquals(1, cause(alice, alice));
        statistics(alice, GOOD, GOOD);
        statistics(bob, GOOD, GOOD);
        round();
        assertEquals(0, cause(bob, alice));
        assertEquals(0, cause(alice, alice));
    }

    @Test
    void howTheCallWentIsKeptUnderSessionIdsBeyondTheEndOfTheRoom() {
        statistics(alice, LOSSY, GOOD);
        statistics(alice, GOOD, GOOD);
        statistics(bob, GOOD, GOOD);
        round();
        List<QualityTimeline.Session> sessions = call.timeline.sessions(CallFixture.ROOM);
        assertEquals(1, sessions.size());
        List<QualitySample> samples = call.timeline.samples(sessions.getFirst().id(), 0, Long.MAX_VALUE);
        assertEquals(List.of(alice.sid(), alice.sid(), bob.sid(), bob.sid()),
                samples.stream().map(QualitySample::participant).toList());
        QualitySample uplink = samples.getFirst();
        assertEquals(true, uplink.uplink());
        assertEquals(0.1, uplink.audioLossRatio(), 1e-9);
        assertEquals(QualityCause.PUBLISHER_UPLINK, uplink.cause());
        assertEquals(45, uplink.impairment(), 1e-9);
        assertEquals(QualityCause.NONE, samples.get(1).cause());
        statistics(bob, LOSSY, GOOD);
        call.registry.deleteRoom(livekit.LivekitRoom.DeleteRoomRequest.newBuilder().setRoom(CallFixture.ROOM).build());
        assertEquals(6, call.timeline.samples(sessions.getFirst().id(), 0, Long.MAX_VALUE).size(),
                "the last seconds of those who were there are kept too");
        assertEquals(call.clock.epochMs(), call.timeline.sessions(CallFixture.ROOM).getFirst().endedAtEpochMs());
    }

    @Test
    void lostIsToldToOthersAndNeverToOneself() {
        statistics(alice, GOOD, GOOD);
        round();
        alice.state(alice.peerId(), PeerState.DISCONNECTED, PeerFailure.NONE);
        round();
        assertEquals(ConnectionQuality.LOST, heard(bob, alice));
        assertEquals(ConnectionQuality.POOR, heard(alice, alice));
        alice.state(alice.peerId(), PeerState.CONNECTED, PeerFailure.NONE);
        round();
        assertEquals(ConnectionQuality.EXCELLENT, heard(bob, alice));
    }

    @Test
    void aFrozenPictureIsNotTakenForALiveOne() {
        statistics(alice, GOOD, GOOD);
        round();
        call.media.emit(new MediaEvent.ProducerStateChanged(alice.roomId(), camera, ProducerState.FROZEN));
        var state = bob.last(MessageCase.STREAM_STATE_UPDATE).getStreamStateUpdate().getStreamStates(0);
        assertEquals(StreamState.PAUSED, state.getState());
        assertEquals(camera, state.getTrackSid());
        assertEquals(alice.sid(), state.getParticipantSid());
        assertEquals(0, carol.of(MessageCase.STREAM_STATE_UPDATE).size());
        round();
        assertEquals(ConnectionQuality.POOR, heard(bob, alice));
        assertEquals(ConnectionQuality.EXCELLENT, heard(alice, alice), "her network is not at fault");
        alice.mute(camera, true);
        assertEquals(StreamState.ACTIVE, bob.last(MessageCase.STREAM_STATE_UPDATE).getStreamStateUpdate()
                .getStreamStates(0).getState(), "muted is another thing than frozen");
        alice.mute(camera, false);
        call.media.emit(new MediaEvent.ProducerStateChanged(alice.roomId(), camera, ProducerState.ACTIVE));
        assertEquals(StreamState.ACTIVE, bob.last(MessageCase.STREAM_STATE_UPDATE).getStreamStateUpdate()
                .getStreamStates(0).getState());
    }

    @Test
    void aRestingPictureIsNotTakenForALiveOne() {
        statistics(alice, GOOD, GOOD);
        round();
        call.media.emit(new MediaEvent.WantedQualityChanged(alice.roomId(), camera,
                MediaEvent.WantedQualityChanged.RESTING));
        assertEquals(StreamState.PAUSED, bob.last(MessageCase.STREAM_STATE_UPDATE).getStreamStateUpdate()
                .getStreamStates(0).getState());
        assertEquals(List.of(false, false, false), alice.last(MessageCase.SUBSCRIBED_QUALITY_UPDATE)
                .getSubscribedQualityUpdate().getSubscribedCodecs(0).getQualitiesList().stream()
                .map(quality -> quality.getEnabled()).toList());
        round();
        assertEquals(ConnectionQuality.POOR, heard(bob, alice));
        call.media.emit(new MediaEvent.WantedQualityChanged(alice.roomId(), camera, 2));
        assertEquals(StreamState.ACTIVE, bob.last(MessageCase.STREAM_STATE_UPDATE).getStreamStateUpdate()
                .getStreamStates(0).getState());
    }

    @Test
    void congestionPausesAreToldToTheViewerAlone() {
        call.media.emit(new MediaEvent.ConsumerPaused(bob.roomId(), bob.peerId(), camera, true));
        assertEquals(StreamState.PAUSED, bob.last(MessageCase.STREAM_STATE_UPDATE).getStreamStateUpdate()
                .getStreamStates(0).getState());
        call.media.emit(new MediaEvent.ConsumerPaused(bob.roomId(), bob.peerId(), camera, true));
        assertEquals(1, bob.of(MessageCase.STREAM_STATE_UPDATE).size());
        call.media.emit(new MediaEvent.ConsumerPaused(bob.roomId(), bob.peerId(), camera, false));
        assertEquals(StreamState.ACTIVE, bob.last(MessageCase.STREAM_STATE_UPDATE).getStreamStateUpdate()
                .getStreamStates(0).getState());
    }

    @Test
    void whatTheLinkLeavesOfAPictureIsToldToTheViewerAlone() {
        int toldCarol = carol.of(MessageCase.UPDATE).size();
        step(PictureStep.STILL);
        assertEquals("still", noted(bob));
        assertEquals(toldCarol, carol.of(MessageCase.UPDATE).size());
        assertEquals(0, bob.of(MessageCase.STREAM_STATE_UPDATE).size(), "a still picture is no paused one");
        // Every description is complete: the note stays as long as it holds, and others never see it.
        alice.mute(camera, true);
        alice.mute(camera, false);
        assertEquals("still", noted(bob));
        assertNull(noted(carol));
        step(PictureStep.FEW_FRAMES);
        assertEquals("few", noted(bob));
        step(PictureStep.OFF);
        assertEquals("off", noted(bob));
        int told = bob.of(MessageCase.UPDATE).size();
        step(PictureStep.OFF);
        assertEquals(told, bob.of(MessageCase.UPDATE).size());
        step(PictureStep.MOVING);
        assertNull(noted(bob));
        call.media.emit(new MediaEvent.PictureStepChanged(alice.roomId(), "PA_x.s", camera, PictureStep.STILL));
        call.media.emit(new MediaEvent.PictureStepChanged(bob.roomId(), bob.peerId(), "TR_VCnone", PictureStep.STILL));
    }

    private void step(PictureStep step) {
        call.media.emit(new MediaEvent.PictureStepChanged(bob.roomId(), bob.peerId(), camera, step));
    }

    private String noted(FakeClient viewer) {
        return viewer.last(MessageCase.UPDATE).getUpdate().getParticipantsList().stream()
                .filter(info -> info.getSid().equals(alice.sid())).findFirst().orElseThrow()
                .getAttributesMap().get("nhipcau.picture." + camera);
    }

    @Test
    void thePublisherLearnsWhichLayersAnybodyWants() {
        call.media.emit(new MediaEvent.WantedQualityChanged(alice.roomId(), camera, 1));
        SubscribedQualityUpdate update = alice.last(MessageCase.SUBSCRIBED_QUALITY_UPDATE).getSubscribedQualityUpdate();
        assertEquals("vp8", update.getSubscribedCodecs(0).getCodec());
        assertEquals(List.of(true, true, false), update.getSubscribedCodecs(0).getQualitiesList().stream()
                .map(quality -> quality.getEnabled()).toList());
        call.media.emit(new MediaEvent.WantedQualityChanged(alice.roomId(), camera, -1));
        call.media.emit(new MediaEvent.ProducerStateChanged(alice.roomId(), camera, ProducerState.SILENT));
        assertEquals(0, bob.of(MessageCase.STREAM_STATE_UPDATE).size(), "silent because nobody looks");
        call.media.emit(new MediaEvent.WantedQualityChanged(alice.roomId(), "TR_VCnone", 1));
    }

    @Test
    void thePublisherAloneLearnsHowThinItsSpeechShouldBe() {
        String microphone = alice.publish(TrackSource.MICROPHONE, "m1");
        call.settle(alice, bob, carol);
        call.media.emit(new MediaEvent.WantedSpeechChanged(alice.roomId(), microphone, 12_000, 60));
        assertEquals("12000", speechNote(alice, microphone));
        assertEquals("60", ownNote(alice, "nhipcau.packet." + microphone));
        int told = alice.of(MessageCase.UPDATE).size();
        call.media.emit(new MediaEvent.WantedSpeechChanged(alice.roomId(), microphone, 12_000, 60));
        call.media.emit(new MediaEvent.WantedSpeechChanged(alice.roomId(), "TR_AMnone", 10_000, 0));
        assertEquals(told, alice.of(MessageCase.UPDATE).size());
        call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("alice").setMetadata("m").build());
        assertEquals("12000", speechNote(alice, microphone), "goes along with what else it is told of itself");
        assertTrue(bob.of(MessageCase.UPDATE).stream().flatMap(update -> update.getUpdate().getParticipantsList()
                .stream()).noneMatch(info -> info.getAttributesMap().containsKey("nhipcau.speech." + microphone)));
        call.media.emit(new MediaEvent.WantedSpeechChanged(alice.roomId(), microphone, 12_000, 0));
        assertEquals("12000", speechNote(alice, microphone));
        assertNull(ownNote(alice, "nhipcau.packet." + microphone));
        call.media.emit(new MediaEvent.WantedSpeechChanged(alice.roomId(), microphone, 0, 0));
        assertNull(speechNote(alice, microphone));
    }

    @Test
    void eachMicrophoneOfAPersonIsToldOfItself() {
        String one = alice.publish(TrackSource.MICROPHONE, "m1");
        String other = alice.publish(TrackSource.MICROPHONE, "m2");
        call.settle(alice, bob, carol);
        call.media.emit(new MediaEvent.WantedSpeechChanged(alice.roomId(), one, 12_000, 0));
        call.media.emit(new MediaEvent.WantedSpeechChanged(alice.roomId(), other, 10_000, 0));
        assertEquals("12000", speechNote(alice, one));
        assertEquals("10000", speechNote(alice, other));
        call.media.emit(new MediaEvent.WantedSpeechChanged(alice.roomId(), one, 0, 0));
        assertNull(speechNote(alice, one));
        assertEquals("10000", speechNote(alice, other));
    }

    private static String speechNote(FakeClient publisher, String microphone) {
        return ownNote(publisher, "nhipcau.speech." + microphone);
    }

    private static String ownNote(FakeClient publisher, String key) {
        return publisher.last(MessageCase.UPDATE).getUpdate().getParticipantsList().stream()
                .filter(info -> info.getSid().equals(publisher.sid())).findFirst().orElseThrow()
                .getAttributesMap().get(key);
    }

    @Test
    void trackSubscribedIsToldOnce() {
        assertEquals(1, alice.of(MessageCase.TRACK_SUBSCRIBED).size());
        carol.send(request -> request.setSubscription(UpdateSubscription.newBuilder().addTrackSids(camera)
                .setSubscribe(true)));
        call.settle(alice, bob, carol);
        assertTrue(carol.receiving().consumers.containsKey(camera));
        assertEquals(1, alice.of(MessageCase.TRACK_SUBSCRIBED).size());
    }

    @Test
    void aLostRoomLetsEverybodyRejoin() {
        String lost = alice.roomId();
        call.media.emit(new MediaEvent.RoomLost(lost, "worker fault"));
        assertEquals(LeaveRequest.Action.RECONNECT, alice.last(MessageCase.LEAVE).getLeave().getAction());
        assertEquals(DisconnectReason.SERVER_SHUTDOWN, bob.last(MessageCase.LEAVE).getLeave().getReason());
        FakeClient again = call.single("alice");
        assertFalse(again.roomId().equals(lost));
    }

    @Test
    void aClientThatClosesDtlsBeforeItsLeaveIsGivenTime() {
        alice.state(alice.peerId(), PeerState.CLOSED, PeerFailure.REMOTE_CLOSED);
        assertFalse(alice.closed);
        alice.leave();
        assertEquals(DisconnectReason.CLIENT_INITIATED,
                bob.last(MessageCase.UPDATE).getUpdate().getParticipants(0).getDisconnectReason());
        bob.state(bob.peerId(), PeerState.CLOSED, PeerFailure.REMOTE_CLOSED);
        call.clock.advance(1_100);
        assertTrue(bob.closed);
    }

    @Test
    void eventsOfUnknownThingsAreIgnored() {
        call.media.emit(new MediaEvent.PeerStateChanged("RM_none", "x", PeerState.FAILED, PeerFailure.INTERNAL));
        call.media.emit(new MediaEvent.PeerStateChanged(alice.roomId(), "x", PeerState.FAILED, PeerFailure.INTERNAL));
        call.media.emit(new MediaEvent.PeerStateChanged(alice.roomId(), alice.sid() + ".v", PeerState.FAILED,
                PeerFailure.INTERNAL));
        call.media.emit(new MediaEvent.ConsumerPaused(alice.roomId(), "PA_x.s", camera, true));
        call.media.emit(new MediaEvent.ProducerStateChanged(alice.roomId(), "TR_x", ProducerState.SILENT));
        assertFalse(alice.closed);
    }
}
