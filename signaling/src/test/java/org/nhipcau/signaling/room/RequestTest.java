// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import livekit.LivekitModels.AudioTrackFeature;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.SubscriptionError;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.Ping;
import livekit.LivekitRtc.PublishDataTrackRequest;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.RequestResponse.Reason;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.SimulateScenario;
import livekit.LivekitRtc.SimulcastCodec;
import livekit.LivekitRtc.SubscriptionPermission;
import livekit.LivekitRtc.TrackPermission;
import livekit.LivekitRtc.UpdateLocalAudioTrack;
import livekit.LivekitRtc.UpdateLocalVideoTrack;
import livekit.LivekitRtc.UpdateParticipantMetadata;
import livekit.LivekitRtc.UpdateSubscription;
import livekit.LivekitRtc.UpdateTrackSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaReply;

/** Every client message, answered rightly or refused with the protocol's code. */
class RequestTest {
    private final CallFixture call = new CallFixture();

    @AfterEach
    void sound() {
        call.checkSound();
    }

    private static RequestResponse response(FakeClient client) {
        return client.last(MessageCase.REQUEST_RESPONSE).getRequestResponse();
    }

    private static void metadata(FakeClient client, UpdateParticipantMetadata.Builder change) {
        client.send(request -> request.setUpdateMetadata(change.setRequestId(5)));
    }

    private FakeClient mayUpdate(int protocol) {
        livekit.LivekitRtc.JoinRequest.Builder request = CallFixture.request();
        request.getClientInfoBuilder().setProtocol(protocol);
        return call.connect("m" + protocol, CallFixture.rights(null, null, List.of(), true, false), request, true);
    }

    @Test
    void pingsAreAnsweredEachInItsWay() {
        FakeClient alice = call.single("alice");
        alice.send(request -> request.setPing(4));
        assertEquals(call.clock.epochMs(), alice.last(MessageCase.PONG).getPong());
        alice.send(request -> request.setPingReq(Ping.newBuilder().setTimestamp(77)));
        assertEquals(77, alice.last(MessageCase.PONG_RESP).getPongResp().getLastPingTimestamp());
        assertEquals(call.clock.epochMs(), alice.last(MessageCase.PONG_RESP).getPongResp().getTimestamp());
    }

    @Test
    void addTrackDescribesWhatWasAsked() {
        FakeClient alice = call.single("alice");
        alice.send(request -> request.setAddTrack(FakeClient.track(TrackSource.CAMERA, "c1")
                .addLayers(VideoLayer.newBuilder().setQuality(VideoQuality.LOW).setWidth(320).setHeight(180))
                .addLayers(VideoLayer.newBuilder().setQuality(VideoQuality.HIGH).setWidth(1280).setHeight(720))
                .addSimulcastCodecs(SimulcastCodec.newBuilder().setCodec("h265").setCid("c1"))
                .addSimulcastCodecs(SimulcastCodec.newBuilder().setCodec("av1"))));
        TrackInfo info = alice.last(MessageCase.TRACK_PUBLISHED).getTrackPublished().getTrack();
        assertEquals("c1", alice.last(MessageCase.TRACK_PUBLISHED).getTrackPublished().getCid());
        assertEquals("video/VP8", info.getMimeType(), "not enabled: the first enabled one in its place");
        assertEquals(List.of("video/VP8", "video/AV1"), info.getCodecsList().stream().map(each -> each.getMimeType())
                .toList());
        assertEquals(2, info.getCodecs(0).getLayersCount());
        assertEquals("camera", info.getStream());
        alice.send(request -> request.setAddTrack(FakeClient.track(TrackSource.SCREEN_SHARE, "s1")));
        assertEquals("screen", alice.last(MessageCase.TRACK_PUBLISHED).getTrackPublished().getTrack().getStream());
    }

    @Test
    void addTrackIsRefusedWithTheReason() {
        FakeClient alice = call.connect("alice", CallFixture.rights(null, null, List.of("microphone"), null, false),
                CallFixture.request(), true);
        assertNull(alice.addTrack(TrackSource.CAMERA, "c1"));
        assertEquals(Reason.NOT_ALLOWED, response(alice).getReason());
        assertEquals("c1", response(alice).getAddTrack().getCid());
        assertNull(alice.addTrack(TrackSource.UNKNOWN, "c1"));
        assertEquals(Reason.NOT_ALLOWED, response(alice).getReason());
        alice.send(request -> request.setAddTrack(FakeClient.track(TrackSource.MICROPHONE, "x")
                .setType(TrackType.VIDEO)));
        assertEquals(Reason.UNSUPPORTED_TYPE, response(alice).getReason(), "no picture under a microphone's right");
        alice.send(request -> request.setAddTrack(FakeClient.track(TrackSource.MICROPHONE, "x")
                .setType(TrackType.DATA)));
        assertEquals(Reason.UNSUPPORTED_TYPE, response(alice).getReason());
        alice.send(request -> request.setAddTrack(FakeClient.track(TrackSource.MICROPHONE, "x").setTypeValue(99)));
        assertEquals(Reason.UNSUPPORTED_TYPE, response(alice).getReason());
        alice.send(request -> request.setAddTrack(FakeClient.track(TrackSource.MICROPHONE, "")));
        assertEquals(Reason.LIMIT_EXCEEDED, response(alice).getReason());
        String mic = alice.addTrack(TrackSource.MICROPHONE, "m1");
        alice.send(request -> request.setAddTrack(FakeClient.track(TrackSource.MICROPHONE, "m2").setSid(mic)));
        assertEquals(Reason.UNSUPPORTED_TYPE, response(alice).getReason());
        alice.send(request -> request.setAddTrack(FakeClient.track(TrackSource.MICROPHONE, "m2").setSid("TR_no")));
        assertEquals(Reason.NOT_FOUND, response(alice).getReason());
    }

    @Test
    void aTrackOfTheSameCidWaitsForTheFirstToEnd() {
        FakeClient alice = call.single("alice");
        String first = alice.publish(TrackSource.MICROPHONE, "m1");
        assertNull(alice.addTrack(TrackSource.MICROPHONE, "m1"));
        assertEquals(Reason.QUEUED, response(alice).getReason());
        assertEquals(1, alice.of(MessageCase.TRACK_PUBLISHED).size());
        alice.unpublish("m1");
        assertEquals(2, alice.of(MessageCase.TRACK_PUBLISHED).size());
        assertFalse(first.equals(alice.last(MessageCase.TRACK_PUBLISHED).getTrackPublished().getTrack().getSid()));
    }

    @Test
    void muteIsToldToOthersAndTheNode() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        int own = alice.of(MessageCase.UPDATE).size();
        alice.mute(mic, true);
        assertTrue(bob.known.get(alice.sid()).getTracks(0).getMuted());
        assertEquals(new MediaCommand.MuteProducer(alice.roomId(), mic, true),
                call.media.sent(MediaCommand.MuteProducer.class).getLast());
        assertEquals(own, alice.of(MessageCase.UPDATE).size(), "no answer to the one who did it");
        alice.mute(mic, false);
        assertFalse(bob.known.get(alice.sid()).getTracks(0).getMuted());
        alice.mute("TR_AMnone", true);
        assertEquals(Reason.NOT_FOUND, response(alice).getReason());
        assertEquals("TR_AMnone", response(alice).getMute().getSid());
        bob.mute(mic, true);
        assertEquals(Reason.NOT_FOUND, response(bob).getReason(), "another's track");
        assertFalse(bob.known.get(alice.sid()).getTracks(0).getMuted());
    }

    @Test
    void ownMetadataNeedsTheRightAndKeepsToTheLimits() {
        FakeClient alice = call.single("alice");
        metadata(alice, UpdateParticipantMetadata.newBuilder().setName("Bác sĩ"));
        assertEquals(Reason.NOT_ALLOWED, response(alice).getReason());
        assertEquals(5, response(alice).getRequestId());
        FakeClient bob = mayUpdate(17);
        metadata(bob, UpdateParticipantMetadata.newBuilder().setName("Bác sĩ").setMetadata("m")
                .putAttributes("a", "1").putAttributes("b", "2"));
        assertEquals(Reason.OK, response(bob).getReason());
        ParticipantInfo own = bob.last(MessageCase.UPDATE).getUpdate().getParticipants(0);
        assertEquals("Bác sĩ", own.getName());
        assertEquals(own, alice.known.get(bob.sid()));
        metadata(bob, UpdateParticipantMetadata.newBuilder().putAttributes("a", ""));
        assertEquals(Set.of("b"), alice.known.get(bob.sid()).getAttributesMap().keySet());
        assertEquals("Bác sĩ", alice.known.get(bob.sid()).getName(), "empty means unchanged");
        assertEquals("2", call.refreshed.getLast().attributes().get("b"), "the token says it too");
        metadata(bob, UpdateParticipantMetadata.newBuilder().setName("x".repeat(257)));
        assertEquals(Reason.LIMIT_EXCEEDED, response(bob).getReason());
        metadata(bob, UpdateParticipantMetadata.newBuilder().setMetadata("x".repeat(1001)));
        assertEquals(Reason.LIMIT_EXCEEDED, response(bob).getReason());
        metadata(bob, UpdateParticipantMetadata.newBuilder().putAttributes("k", "ế".repeat(400)));
        assertEquals(Reason.LIMIT_EXCEEDED, response(bob).getReason(), "bytes count, not characters");
        FakeClient old = mayUpdate(13);
        metadata(old, UpdateParticipantMetadata.newBuilder().setName("n"));
        assertNull(old.last(MessageCase.REQUEST_RESPONSE), "protocol below 15 gets no answer to success");
    }

    @Test
    void trackDescriptionsCanChange() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        alice.send(request -> request.setUpdateAudioTrack(UpdateLocalAudioTrack.newBuilder().setTrackSid(mic)
                .addFeatures(AudioTrackFeature.TF_NOISE_SUPPRESSION)));
        alice.send(request -> request.setUpdateVideoTrack(UpdateLocalVideoTrack.newBuilder().setTrackSid(camera)
                .setWidth(640).setHeight(480)));
        assertEquals(List.of(AudioTrackFeature.TF_NOISE_SUPPRESSION),
                bob.known.get(alice.sid()).getTracks(0).getAudioFeaturesList());
        assertEquals(640, bob.known.get(alice.sid()).getTracks(1).getWidth());
        alice.send(request -> request.setUpdateAudioTrack(UpdateLocalAudioTrack.newBuilder().setTrackSid("TR_x")));
        assertEquals(Reason.NOT_FOUND, response(alice).getReason());
        alice.send(request -> request.setUpdateVideoTrack(UpdateLocalVideoTrack.newBuilder().setTrackSid("TR_x")));
        assertTrue(response(alice).hasUpdateVideoTrack());
    }

    @Test
    void viewerSettingsReachTheNodeAtMostTenTimesASecond() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        call.settle(alice, bob);
        for (int height = 100; height <= 200; height += 10) {
            int wanted = height;
            bob.send(request -> request.setTrackSetting(UpdateTrackSettings.newBuilder().addTrackSids(camera)
                    .setHeight(wanted).setQuality(VideoQuality.HIGH)));
        }
        assertEquals(100, bob.receiving().consumers.get(camera).settings().maxHeight());
        call.clock.advance(100);
        assertEquals(200, bob.receiving().consumers.get(camera).settings().maxHeight());
        assertEquals(2, call.media.sent(MediaCommand.UpdateConsumer.class).size());
        call.clock.advance(200);
        bob.send(request -> request.setTrackSetting(UpdateTrackSettings.newBuilder().addTrackSids(camera)
                .setDisabled(true)));
        assertTrue(bob.receiving().consumers.get(camera).settings().paused());
    }

    /** Without the bound this takes some 10 s of the room's thread: each unknown id is looked for at everybody. */
    @Test
    void settingsForTracksWithoutNumberCostNothing() {
        FakeClient alice = call.single("alice");
        for (int i = 0; i < 100; i++) {
            call.single("viewer" + i);
        }
        UpdateTrackSettings.Builder many = UpdateTrackSettings.newBuilder()
                .addAllTrackSids(Collections.nCopies(1_000_000, "x"));
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            for (int i = 0; i < 5; i++) {
                alice.send(request -> request.setTrackSetting(many));
            }
        });
    }

    @Test
    void settingsMadeBeforeTheTrackIsBoundAreKept() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.dual("bob");
        bob.cooperative = false;
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        call.clock.advance(100);
        bob.send(request -> request.setTrackSetting(UpdateTrackSettings.newBuilder().addTrackSids(camera)
                .setQuality(VideoQuality.MEDIUM).setFps(15).setPriority(1)));
        bob.send(request -> request.setAnswer(SessionDescription.newBuilder().setSdp("ufrag=u1")));
        assertEquals(new ConsumerSettings(false, 1, 0, 15, 100), bob.receiving().consumers.get(camera).settings());
    }

    @Test
    void unknownSubscriptionsAreAnswered() {
        FakeClient alice = call.single("alice");
        alice.send(request -> request.setSubscription(UpdateSubscription.newBuilder().addTrackSids("TR_VCx")
                .setSubscribe(true)));
        assertEquals(SubscriptionError.SE_TRACK_NOTFOUND,
                alice.last(MessageCase.SUBSCRIPTION_RESPONSE).getSubscriptionResponse().getErr());
        int before = alice.received.size();
        alice.send(request -> request.setSubscription(UpdateSubscription.newBuilder().addTrackSids("TR_VCx")));
        assertEquals(before, alice.received.size(), "not to want what is not there is no error");
    }

    @Test
    void aTrackNoFormatCanCarryIsReportedAndNotTriedAgain() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        bob.cooperative = false;
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        bob.send(request -> request.setOffer(SessionDescription.newBuilder().setId(9)
                .setSdp("ufrag=u1 recv:video:0 novideo")));
        assertEquals(SubscriptionError.SE_CODEC_UNSUPPORTED,
                bob.last(MessageCase.SUBSCRIPTION_RESPONSE).getSubscriptionResponse().getErr());
        assertEquals(camera, bob.last(MessageCase.SUBSCRIPTION_RESPONSE).getSubscriptionResponse().getTrackSid());
        assertTrue(bob.receiving().consumers.isEmpty());
    }

    @Test
    void aPublisherChoosesItsAudience() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        FakeClient carol = call.single("carol");
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        String camera = alice.publish(TrackSource.CAMERA, "c1");
        call.settle(alice, bob, carol);
        alice.send(request -> request.setSubscriptionPermission(SubscriptionPermission.newBuilder()
                .addTrackPermissions(TrackPermission.newBuilder().setParticipantIdentity("bob").addTrackSids(mic))
                .addTrackPermissions(TrackPermission.newBuilder().setParticipantSid(carol.sid()).setAllTracks(true))));
        assertEquals(Set.of(mic), bob.receiving().consumers.keySet(), "at once");
        assertEquals(Set.of(mic, camera), carol.receiving().consumers.keySet());
        var told = bob.last(MessageCase.SUBSCRIPTION_PERMISSION_UPDATE).getSubscriptionPermissionUpdate();
        assertEquals(List.of(camera, alice.sid(), "false"),
                List.of(told.getTrackSid(), told.getParticipantSid(), Boolean.toString(told.getAllowed())));
        call.settle(alice, bob, carol);
        bob.send(request -> request.setSubscription(UpdateSubscription.newBuilder().addTrackSids(camera)
                .setSubscribe(true)));
        call.settle(alice, bob, carol);
        assertEquals(Set.of(mic), bob.receiving().consumers.keySet(), "asking does not help");
        alice.send(request -> request.setSubscriptionPermission(
                SubscriptionPermission.newBuilder().setAllParticipants(true)));
        call.settle(alice, bob, carol);
        assertEquals(Set.of(mic, camera), bob.receiving().consumers.keySet());
        assertTrue(bob.last(MessageCase.SUBSCRIPTION_PERMISSION_UPDATE).getSubscriptionPermissionUpdate()
                .getAllowed());
        SubscriptionPermission.Builder huge = SubscriptionPermission.newBuilder();
        for (int i = 0; i <= AudienceRule.MAX_ENTRIES; i++) {
            huge.addTrackPermissions(TrackPermission.newBuilder().setParticipantIdentity("x" + i));
        }
        alice.send(request -> request.setSubscriptionPermission(huge));
        assertEquals(Reason.LIMIT_EXCEEDED, response(alice).getReason());
    }

    @Test
    void dataTracksAreRefusedAndUnknownMessagesIgnored() {
        FakeClient alice = call.single("alice");
        alice.send(request -> request.setPublishDataTrackRequest(
                PublishDataTrackRequest.newBuilder().setPubHandle(1).setName("n")));
        assertEquals(Reason.NOT_ALLOWED, response(alice).getReason());
        assertTrue(response(alice).hasPublishDataTrack());
        int before = alice.received.size();
        alice.send(request -> request.mergeFrom(SignalRequest.newBuilder().setUnknownFields(
                com.google.protobuf.UnknownFieldSet.newBuilder().addField(23,
                        com.google.protobuf.UnknownFieldSet.Field.newBuilder().addVarint(1).build()).build())
                .build()));
        assertEquals(before, alice.received.size());
        assertFalse(alice.closed);
    }

    @Test
    void anUnusableOfferMeansStartingAnewAndLeavesTheRoomAlone() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        alice.cooperative = false;
        alice.send(request -> request.setOffer(SessionDescription.newBuilder().setSdp("rubbish")));
        assertEquals(LeaveRequest.Action.RECONNECT, alice.last(MessageCase.LEAVE).getLeave().getAction());
        assertTrue(alice.closed);
        assertFalse(bob.closed);
        bob.send(request -> request.setOffer(SessionDescription.newBuilder().setSdp("ufrag=" + "x".repeat(200_000))));
        assertTrue(bob.closed);
        assertEquals(2, call.counts.negotiationFailures);
    }

    @Test
    void whatTheNodeRefusesIsToldToTheClient() {
        FakeClient alice = call.single("alice");
        FakeClient bob = call.single("bob");
        call.media.refuse(MediaReply.Reason.CAPACITY, command -> command instanceof MediaCommand.AddProducer);
        String mic = alice.publish(TrackSource.MICROPHONE, "m1");
        assertEquals(mic, alice.last(MessageCase.TRACK_UNPUBLISHED).getTrackUnpublished().getTrackSid());
        assertEquals(Reason.LIMIT_EXCEEDED, response(alice).getReason());
        assertEquals(0, bob.known.get(alice.sid()).getTracksCount());
        call.media.refuse(MediaReply.Reason.INTERNAL, command -> command instanceof MediaCommand.AddConsumer);
        alice.publish(TrackSource.MICROPHONE, "m2");
        call.settle(alice, bob);
        assertEquals(SubscriptionError.SE_UNKNOWN,
                bob.last(MessageCase.SUBSCRIPTION_RESPONSE).getSubscriptionResponse().getErr());
        call.media.refuse(MediaReply.Reason.CONFLICT, command -> command instanceof MediaCommand.ConfigurePeer);
        bob.offer();
        assertEquals(LeaveRequest.Action.RECONNECT, bob.last(MessageCase.LEAVE).getLeave().getAction());
    }

    @Test
    void simulationsNeedTheDeveloperSwitch() {
        FakeClient alice = call.single("alice");
        alice.send(request -> request.setSimulate(SimulateScenario.newBuilder().setServerLeave(true)));
        assertFalse(alice.closed);
        CallFixture dev = new CallFixture(CallFixture.config(true, true, 8, 100, 20));
        FakeClient bob = dev.single("bob");
        bob.send(request -> request.setSimulate(SimulateScenario.newBuilder().setSpeakerUpdate(3)));
        assertTrue(bob.last(MessageCase.SPEAKERS_CHANGED).getSpeakersChanged().getSpeakers(0).getActive());
        dev.clock.advance(3_000);
        assertFalse(bob.last(MessageCase.SPEAKERS_CHANGED).getSpeakersChanged().getSpeakers(0).getActive());
        bob.connected();
        bob.send(request -> request.setSimulate(SimulateScenario.newBuilder().setDisconnectSignalOnResume(true)));
        bob.dropSocket();
        FakeClient back = bob.resume();
        assertTrue(back.closed && back.received.getFirst().hasReconnect());
        FakeClient again = back.resume();
        assertFalse(again.closed);
        again.send(request -> request.setSimulate(SimulateScenario.newBuilder().setLeaveRequestFullReconnect(true)));
        assertEquals(LeaveRequest.Action.RECONNECT, again.last(MessageCase.LEAVE).getLeave().getAction());
        dev.checkNothingLeft();
    }

    @Test
    void tokensAreRefreshedInTime() {
        FakeClient alice = call.single("alice");
        assertNotNull(alice.last(MessageCase.REFRESH_TOKEN));
        assertEquals(1, alice.position(MessageCase.REFRESH_TOKEN));
        alice.connected();
        for (int i = 0; i < 31; i++) {
            call.clock.advance(10_000);
            alice.send(request -> request.setPing(1));
        }
        assertEquals(2, alice.of(MessageCase.REFRESH_TOKEN).size());
    }
}
