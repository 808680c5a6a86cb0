// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.signaling.whip.WhipFixture.header;
import static org.nhipcau.signaling.whip.WhipFixture.problem;

import java.net.http.HttpResponse;
import java.util.List;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRoom.DeleteRoomRequest;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.RoomParticipantIdentity;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.StreamState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaEvent.ProducerState;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.signaling.sdp.DeviceOffer;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.whip.WhipFixture;

/** A device that publishes by WHIP into a plain room: the same rules as for anybody. */
class WhipRoomTest {
    private static final String RESTART = "a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n";

    private final CallFixture call = new CallFixture();
    private WhipFixture whip;
    private FakeClient viewer;
    private String token;

    @BeforeEach
    void open() throws Exception {
        whip = new WhipFixture(call.registry);
        token = whip.token(CallFixture.ROOM, "probe", 600);
        viewer = call.dual("doctor");
        viewer.connected();
    }

    @AfterEach
    void close() {
        whip.close();
        call.checkSound();
    }

    private String publish(String query, String sdp) throws Exception {
        HttpResponse<String> created = whip.post(query, sdp, token);
        assertEquals(201, created.statusCode(), created.body());
        call.settle(viewer);
        return header(created, "Location");
    }

    private ParticipantInfo probe() {
        return viewer.known.values().stream().filter(info -> info.getIdentity().equals("probe")).findFirst()
                .orElse(null);
    }

    /** Whoever is silent for longer than clients are learns of nothing any more; the room is asked. */
    private boolean present() {
        return call.registry.listParticipants(ListParticipantsRequest.newBuilder().setRoom(CallFixture.ROOM).build())
                .getParticipantsList().stream().anyMatch(info -> info.getIdentity().equals("probe"));
    }

    private FakeMediaServer.Peer peer() {
        return call.media.peer(viewer.roomId(), probe().getSid() + ".s");
    }

    private void media(PeerState state, PeerFailure failure) {
        call.media.emit(new MediaEvent.PeerStateChanged(viewer.roomId(), probe().getSid() + ".s", state, failure));
        call.settle(viewer);
    }

    private void over(String location) throws Exception {
        assertEquals("404 not-found", problem(whip.delete(location, token)));
        assertEquals(0, whip.sessions());
    }

    @Test
    void shouldPublishPictureAndSoundAndSubscribeToNothing() throws Exception {
        viewer.publish(TrackSource.CAMERA, "own");
        String location = publish("", DeviceOffer.pictureAndSound());
        assertEquals(List.of(TrackSource.MICROPHONE, TrackSource.CAMERA),
                probe().getTracksList().stream().map(TrackInfo::getSource).toList());
        assertEquals(2, peer().producers.size());
        assertTrue(peer().consumers.isEmpty());
        assertEquals(2, viewer.receiving().consumers.size());
        media(PeerState.CONNECTED, PeerFailure.NONE);
        assertEquals(ParticipantInfo.State.ACTIVE, probe().getState());
        assertEquals(200, whip.delete(location, token).statusCode());
        call.settle(viewer);
        assertNull(probe());
        assertTrue(viewer.receiving().consumers.isEmpty());
    }

    @Test
    void shouldNotBeShownAsPausedWhereItsUplinkCarriesTheVoiceAlone() throws Exception {
        publish("", DeviceOffer.pictureAndSound());
        media(PeerState.CONNECTED, PeerFailure.NONE);
        String picture = probe().getTracks(1).getSid();
        call.media.emit(new MediaEvent.WantedQualityChanged(viewer.roomId(), picture,
                MediaEvent.WantedQualityChanged.RESTING));
        assertTrue(viewer.of(MessageCase.STREAM_STATE_UPDATE).isEmpty(), "it cannot be told, and sends on");
        call.media.emit(new MediaEvent.ProducerStateChanged(viewer.roomId(), picture, ProducerState.FROZEN));
        assertEquals(StreamState.PAUSED, viewer.last(MessageCase.STREAM_STATE_UPDATE).getStreamStateUpdate()
                .getStreamStates(0).getState());
    }

    @Test
    void shouldTakeLayersAndNameAScreen() throws Exception {
        publish("?source=screen_share", DeviceOffer.simulcast("q", "h", "f"));
        TrackInfo track = probe().getTracks(0);
        assertEquals(TrackSource.SCREEN_SHARE, track.getSource());
        assertTrue(track.getSimulcast());
        assertEquals(List.of("q0", "h1", "f2"), peer().producers.get(track.getSid()).encodings().stream()
                .map(encoding -> encoding.rid() + encoding.quality()).toList());
    }

    @Test
    void shouldRefuseASourceThatTheTokenDoesNotGrantAndKeepNoSeat() throws Exception {
        Grants.Video camera = CallFixture.rights(true, null, List.of("camera"), null, false);
        String limited = whip.token(camera, "probe", 600);
        assertEquals("403 source-not-allowed",
                problem(whip.post("?source=screen_share", DeviceOffer.picture(), limited)));
        assertEquals("403 source-not-allowed", problem(whip.post("", DeviceOffer.pictureAndSound(), limited)));
        String watcher = whip.token(CallFixture.rights(false, null, List.of(), null, false), "probe", 600);
        assertEquals("403 source-not-allowed", problem(whip.post("", DeviceOffer.picture(), watcher)));
        call.settle(viewer);
        assertNull(probe());
        assertEquals(0, whip.sessions());
        assertEquals(201, whip.post("", DeviceOffer.picture(), limited).statusCode());
    }

    @Test
    void shouldEndAtOnceWhenARightToPublishIsWithdrawn() throws Exception {
        String location = publish("", DeviceOffer.pictureAndSound());
        media(PeerState.CONNECTED, PeerFailure.NONE);
        FakeMediaServer.Peer peer = peer();
        String peerId = probe().getSid() + ".s";
        call.registry.updateParticipant(UpdateParticipantRequest.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("probe").setPermission(ParticipantPermission.newBuilder().setCanPublish(true)
                        .setCanSubscribe(true).addCanPublishSources(TrackSource.MICROPHONE)).build());
        // Without a moment going by: the node takes no more of it, and its transport is closed.
        assertTrue(peer.producers.isEmpty());
        assertNull(call.media.peer(viewer.roomId(), peerId));
        call.settle(viewer);
        assertNull(probe());
        over(location);
    }

    @Test
    void shouldEndWithItsParticipantAndItsRoom() throws Exception {
        String location = publish("", DeviceOffer.picture());
        call.registry.removeParticipant(RoomParticipantIdentity.newBuilder().setRoom(CallFixture.ROOM)
                .setIdentity("probe").build());
        over(location);
        String next = publish("", DeviceOffer.picture());
        call.registry.deleteRoom(DeleteRoomRequest.newBuilder().setRoom(CallFixture.ROOM).build());
        over(next);
    }

    @Test
    void shouldGiveItsSeatToWhomeverJoinsUnderItsIdentity() throws Exception {
        String location = publish("", DeviceOffer.picture());
        String again = publish("", DeviceOffer.picture());
        assertEquals("404 not-found", problem(whip.delete(location, token)));
        assertEquals(1, whip.sessions());
        FakeClient page = call.dual("probe");
        over(again);
        // And the other way round.
        publish("", DeviceOffer.picture());
        assertNotNull(page.last(MessageCase.LEAVE));
    }

    @Test
    void shouldKeepItsPlaceWhileItsMediaIsAwayAndRestartIce() throws Exception {
        String location = publish("", DeviceOffer.picture());
        media(PeerState.CONNECTED, PeerFailure.NONE);
        media(PeerState.DISCONNECTED, PeerFailure.NONE);
        call.clock.advance(MediaEvents.RESUME_AFTER_MS + Seats.OBEYS_MS + Seats.UNNOTICED_MS);
        assertEquals(1, call.counts.resumed);
        HttpResponse<String> restarted = whip.patch(location, RESTART, token, "*");
        assertEquals(200, restarted.statusCode(), restarted.body());
        assertTrue(restarted.body().contains("a=ice-ufrag:ufrag"));
        assertEquals(1, peer().restarts);
        assertEquals(1, peer().producers.size());
        media(PeerState.CONNECTED, PeerFailure.NONE);
        call.clock.advance(call.config.rooms().resumeHoldS() * 1_000L);
        assertEquals(200, whip.delete(location, token).statusCode());
    }

    @Test
    void shouldEndWhenItsMediaIsGoneAndLeaveTheSeatForItToComeBack() throws Exception {
        String location = publish("", DeviceOffer.picture());
        media(PeerState.CONNECTED, PeerFailure.NONE);
        String sid = probe().getSid();
        media(PeerState.FAILED, PeerFailure.CONSENT_EXPIRED);
        over(location);
        assertEquals(sid, probe().getSid());
        assertEquals(0, probe().getTracksCount());
        String again = publish("", DeviceOffer.picture());
        assertEquals(1, viewer.known.values().stream().filter(info -> info.getIdentity().equals("probe")).count());
        media(PeerState.CONNECTED, PeerFailure.NONE);
        media(PeerState.FAILED, PeerFailure.CONSENT_EXPIRED);
        call.clock.advance(call.config.rooms().resumeHoldS() * 1_000L + 1);
        assertFalse(present());
        over(again);
    }

    @Test
    void shouldHaveNoMessageWaitForADevice() throws Exception {
        publish("", DeviceOffer.picture());
        viewer.channels();
        FakeClient nurse = call.single("nurse");
        nurse.connected();
        nurse.channels();
        // More than is held for those who are on the way in.
        for (int i = 0; i < 10; i++) {
            nurse.say(i + "x".repeat(60_000));
        }
        assertEquals(10, viewer.words().size());
        assertEquals(0, call.counts.dataLost);
    }

    @Test
    void shouldEndWhenNoMediaEverComes() throws Exception {
        String location = publish("", DeviceOffer.picture());
        call.clock.advance(call.config.rooms().joinTimeoutS() * 1_000L + 1);
        assertFalse(present());
        over(location);
    }

    @Test
    void shouldLeaveNothingBehindWhenTheNodeRefuses() throws Exception {
        call.media.refuse(MediaReply.Reason.CAPACITY,
                MediaCommand.OpenPeer.class::isInstance);
        assertEquals("503 unavailable", problem(whip.post("", DeviceOffer.picture(), token)));
        assertEquals(0, whip.sessions());
        call.settle(viewer);
        assertNull(probe());
    }
}
