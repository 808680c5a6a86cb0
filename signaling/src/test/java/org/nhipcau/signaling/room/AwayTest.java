// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRoom.MuteRoomTrackRequest;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.StreamState;
import livekit.LivekitRtc.SubscriptionPermission;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.PictureStep;

/** What happens to a participant while it has no socket: it must learn of it when it comes back. */
class AwayTest {
    private final CallFixture call = new CallFixture();
    private FakeClient alice;
    private FakeClient bob;
    private String camera;

    @BeforeEach
    void begin() {
        alice = call.single("alice");
        alice.connected();
        bob = call.single("bob");
        bob.connected();
        camera = alice.publish(TrackSource.CAMERA, "c1");
        call.settle(alice, bob);
    }

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private void muteByService(boolean muted) {
        call.registry.mutePublishedTrack(MuteRoomTrackRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("alice").setTrackSid(camera).setMuted(muted).build());
    }

    @Test
    void aTrackMutedMeanwhileIsMutedBeforeTheClientComparesStates() {
        alice.dropSocket();
        muteByService(true);
        FakeClient back = alice.resume();
        assertTrue(back.last(MessageCase.MUTE).getMute().getMuted());
        assertEquals(camera, back.last(MessageCase.MUTE).getMute().getSid());
        assertTrue(back.position(MessageCase.MUTE) < back.position(MessageCase.UPDATE));
    }

    @Test
    void theClientsOwnMutingIsNotRepeatedToIt() {
        muteByService(true);
        alice.mute(camera, true);
        alice.mute(camera, false);
        alice.dropSocket();
        FakeClient back = alice.resume();
        assertTrue(back.of(MessageCase.MUTE).isEmpty());
    }

    @Test
    void theLayersWantedMeanwhileAreTold() {
        call.media.emit(new MediaEvent.WantedQualityChanged(alice.roomId(), camera, 0));
        alice.dropSocket();
        call.media.emit(new MediaEvent.WantedQualityChanged(alice.roomId(), camera, 2));
        FakeClient back = alice.resume();
        assertEquals(List.of(true, true, true), back.last(MessageCase.SUBSCRIBED_QUALITY_UPDATE)
                .getSubscribedQualityUpdate().getSubscribedCodecs(0).getQualitiesList().stream()
                .map(quality -> quality.getEnabled()).toList());
    }

    @Test
    void howThinSpeechShouldBeIsToldAgain() {
        String microphone = alice.publish(TrackSource.MICROPHONE, "m1");
        call.settle(alice, bob);
        alice.dropSocket();
        call.media.emit(new MediaEvent.WantedSpeechChanged(alice.roomId(), microphone, 12_000, 60));
        FakeClient back = alice.resume();
        assertEquals("12000", back.of(MessageCase.UPDATE).getFirst().getUpdate().getParticipantsList().stream()
                .filter(info -> info.getSid().equals(alice.sid())).findFirst().orElseThrow()
                .getAttributesMap().get("nhipcau.speech." + microphone));
    }

    @Test
    void aPictureThatStoppedMeanwhileIsNotTakenForALiveOne() {
        bob.dropSocket();
        call.media.emit(new MediaEvent.ConsumerPaused(bob.roomId(), bob.peerId(), camera, true));
        FakeClient back = bob.resume();
        assertEquals(StreamState.PAUSED, back.last(MessageCase.STREAM_STATE_UPDATE).getStreamStateUpdate()
                .getStreamStates(0).getState());
        back.dropSocket();
        call.media.emit(new MediaEvent.ConsumerPaused(bob.roomId(), bob.peerId(), camera, false));
        FakeClient again = back.resume();
        assertEquals(StreamState.ACTIVE, again.last(MessageCase.STREAM_STATE_UPDATE).getStreamStateUpdate()
                .getStreamStates(0).getState());
    }

    @Test
    void whatTheLinkLeavesOfAPictureMeanwhileIsTold() {
        bob.dropSocket();
        call.media.emit(new MediaEvent.PictureStepChanged(bob.roomId(), bob.peerId(), camera, PictureStep.STILL));
        FakeClient back = bob.resume();
        assertEquals("still", back.of(MessageCase.UPDATE).getFirst().getUpdate().getParticipantsList().stream()
                .filter(info -> info.getSid().equals(alice.sid())).findFirst().orElseThrow()
                .getAttributesMap().get("nhipcau.picture." + camera));
    }

    @Test
    void aSubscriptionForbiddenAndAllowedMeanwhileIsTold() {
        bob.dropSocket();
        alice.send(request -> request.setSubscriptionPermission(SubscriptionPermission.newBuilder()));
        FakeClient back = bob.resume();
        assertFalse(back.last(MessageCase.SUBSCRIPTION_PERMISSION_UPDATE).getSubscriptionPermissionUpdate()
                .getAllowed());
        back.dropSocket();
        alice.send(request -> request.setSubscriptionPermission(
                SubscriptionPermission.newBuilder().setAllParticipants(true)));
        FakeClient again = back.resume();
        assertTrue(again.last(MessageCase.SUBSCRIPTION_PERMISSION_UPDATE).getSubscriptionPermissionUpdate()
                .getAllowed());
        call.settle(alice, again);
        assertTrue(again.receiving().consumers.containsKey(camera));
    }

    @Test
    void whoBecameHiddenMeanwhileIsGone() {
        bob.dropSocket();
        call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("alice").setPermission(ParticipantPermission.newBuilder().setCanPublish(true)
                        .setCanSubscribe(true).setHidden(true)).build());
        FakeClient back = bob.resume();
        assertFalse(back.known.containsKey(alice.sid()));
        alice.dropSocket();
        FakeClient hidden = alice.resume();
        assertEquals(List.of(ParticipantInfo.State.ACTIVE), hidden.received.get(1).getUpdate().getParticipantsList()
                .stream().filter(info -> info.getSid().equals(alice.sid())).map(ParticipantInfo::getState).toList());
    }

    @Test
    void whoWasHiddenForAWhileHasNotLeft() {
        for (boolean hidden : List.of(true, false)) {
            call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                    .setIdentity("alice").setPermission(ParticipantPermission.newBuilder().setCanPublish(true)
                            .setCanSubscribe(true).setHidden(hidden)).build());
        }
        call.settle(alice, bob);
        bob.dropSocket();
        FakeClient back = bob.resume();
        assertEquals(1, back.received.get(1).getUpdate().getParticipantsList().stream()
                .filter(info -> info.getSid().equals(alice.sid())).count());
    }
}
