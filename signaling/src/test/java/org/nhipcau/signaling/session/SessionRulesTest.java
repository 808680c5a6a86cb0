// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import livekit.LivekitModels.AudioTrackFeature;
import livekit.LivekitModels.Encryption;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.RequestResponse.Reason;
import livekit.LivekitRtc.SimulcastCodec;
import livekit.LivekitRtc.UpdateTrackSettings;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.signaling.sdp.PublishIntent;
import org.nhipcau.signaling.token.Grants;

/** The pure rules of a session: rights, announcements, settings, ids. */
class SessionRulesTest {
    private static Grants.Video video(Boolean publish, List<String> sources) {
        return new Grants.Video(false, false, false, false, true, "r", publish, null, null, sources, null, false,
                false, false, false, "");
    }

    private static AddTrackRequest.Builder camera() {
        return AddTrackRequest.newBuilder().setCid("c").setType(TrackType.VIDEO).setSource(TrackSource.CAMERA)
                .setWidth(1280).setHeight(720);
    }

    private static AddTrackRequest.Builder microphone() {
        return AddTrackRequest.newBuilder().setCid("m").setType(TrackType.AUDIO).setSource(TrackSource.MICROPHONE);
    }

    private static PublishIntent intent(AddTrackRequest.Builder request) {
        AddTrackRequest built = request.build();
        return TrackAnnouncement.intent(built, TrackAnnouncement.describe(built, "TR_x"), 0);
    }

    @Test
    void shouldReadRightsOfTokens() {
        Permission any = Permission.of(video(null, List.of()));
        assertTrue(any.mayPublish(TrackSource.CAMERA) && any.mayPublish(TrackSource.UNKNOWN));
        assertTrue(any.canSubscribe() && any.canPublishData() && !any.canUpdateMetadata());
        Permission some = Permission.of(video(null, List.of("Camera", "screen_share_audio")));
        assertTrue(some.mayPublish(TrackSource.CAMERA) && some.mayPublish(TrackSource.SCREEN_SHARE_AUDIO));
        assertFalse(some.mayPublish(TrackSource.MICROPHONE) || some.mayPublish(TrackSource.UNKNOWN));
        Permission none = Permission.of(video(false, List.of("camera")));
        assertFalse(none.mayPublish(TrackSource.CAMERA));
        Permission strange = Permission.of(video(null, List.of("hologram")));
        assertFalse(strange.mayPublish(TrackSource.UNKNOWN), "an unknown source must not mean any");
        assertFalse(strange.mayPublish(TrackSource.CAMERA));
    }

    @Test
    void shouldCarryRightsThroughTokensAndMessages() {
        Permission some = Permission.of(video(null, List.of("camera", "microphone")));
        assertEquals(some, Permission.of(some.toWire()));
        assertEquals(some, Permission.of(some.toClaim(Grants.Video.NONE)));
        Permission decree = Permission.of(ParticipantPermission.newBuilder().addCanPublishSourcesValue(99)
                .addCanPublishSources(TrackSource.CAMERA).build());
        assertTrue(decree.toWire().getCanPublishSourcesList().contains(TrackSource.CAMERA));
    }

    @Test
    void shouldRefuseWhatCannotBePublished() {
        assertEquals(Reason.OK, TrackAnnouncement.check(camera().build()));
        assertEquals(Reason.OK, TrackAnnouncement.check(microphone().setSource(TrackSource.UNKNOWN).build()));
        assertEquals(Reason.UNSUPPORTED_TYPE, TrackAnnouncement.check(camera().setType(TrackType.DATA).build()));
        assertEquals(Reason.UNSUPPORTED_TYPE,
                TrackAnnouncement.check(camera().setSource(TrackSource.MICROPHONE).build()));
        assertEquals(Reason.UNSUPPORTED_TYPE,
                TrackAnnouncement.check(microphone().setSource(TrackSource.SCREEN_SHARE).build()));
        assertEquals(Reason.UNSUPPORTED_TYPE, TrackAnnouncement.check(camera().setSourceValue(77).build()));
        assertEquals(Reason.LIMIT_EXCEEDED, TrackAnnouncement.check(camera().setCid("x".repeat(257)).build()));
        AddTrackRequest.Builder layers = camera();
        for (int i = 0; i < 4; i++) {
            layers.addLayers(VideoLayer.getDefaultInstance());
        }
        assertEquals(Reason.LIMIT_EXCEEDED, TrackAnnouncement.check(layers.build()));
        assertEquals(Reason.LIMIT_EXCEEDED, TrackAnnouncement.check(camera().addSimulcastCodecs(
                SimulcastCodec.newBuilder().addAllLayers(layers.getLayersList())).build()));
    }

    @Test
    void shouldPutLayersInRisingSize() {
        PublishIntent intent = intent(camera()
                .addLayers(VideoLayer.newBuilder().setQuality(VideoQuality.HIGH).setWidth(1280).setHeight(720)
                        .setBitrate(1_700_000))
                .addLayers(VideoLayer.newBuilder().setQuality(VideoQuality.OFF).setWidth(1).setHeight(1))
                .addLayers(VideoLayer.newBuilder().setQuality(VideoQuality.LOW).setWidth(320).setHeight(180)
                        .setBitrate(160_000)));
        assertEquals(List.of(new EncodingParameters("", 0, 0, 0, 320, 180, 160_000),
                new EncodingParameters("", 0, 0, 1, 1280, 720, 1_700_000)), intent.layers());
        assertEquals(MediaKind.VIDEO, intent.kind());
        assertEquals("", intent.mimeType(), "settled by the offer");
    }

    @Test
    void shouldNameEveryIdUnderWhichTheTrackMayCome() {
        PublishIntent intent = intent(camera().addSimulcastCodecs(SimulcastCodec.newBuilder().setCodec("VP9")
                .setCid("other")).addSimulcastCodecs(SimulcastCodec.newBuilder().setCodec("video/vp8")));
        assertEquals(List.of("c", "other"), intent.cids());
        assertEquals("video/VP9", intent.mimeType());
        TrackInfo info = TrackAnnouncement.describe(camera().addSimulcastCodecs(SimulcastCodec.newBuilder()
                .setCodec("h266")).addSimulcastCodecs(SimulcastCodec.newBuilder().setCodec("vp8")).build(), "TR_x");
        assertEquals(1, info.getCodecsCount(), "the substitute and the second are the same");
    }

    @Test
    void shouldReadAudioWishes() {
        PublishIntent plain = intent(microphone());
        assertTrue(plain.red() && plain.dtx() && !plain.stereo());
        PublishIntent music = intent(microphone().addAudioFeatures(AudioTrackFeature.TF_STEREO)
                .addAudioFeatures(AudioTrackFeature.TF_NO_DTX));
        assertTrue(music.stereo() && !music.dtx() && !music.red());
        assertFalse(intent(microphone().setDisableRed(true)).red());
        assertTrue(TrackAnnouncement.redundant(microphone().build()));
        assertTrue(TrackAnnouncement.redundant(microphone().setStereo(true).build()));
        assertFalse(TrackAnnouncement.redundant(microphone().setDisableRed(true).build()));
        assertFalse(TrackAnnouncement.redundant(microphone().setEncryption(Encryption.Type.GCM).build()));
        assertFalse(intent(microphone().setEncryption(Encryption.Type.GCM)).red());
    }

    @Test
    void shouldTranslateViewerSettings() {
        TrackInfo hd = TrackInfo.newBuilder().setWidth(1280).setHeight(720).build();
        UpdateTrackSettings.Builder high = UpdateTrackSettings.newBuilder().setQuality(VideoQuality.HIGH);
        assertEquals(ConsumerSettings.DEFAULT, ViewerSettings.of(high.build(), hd));
        assertTrue(ViewerSettings.of(high.clone().setDisabled(true).build(), hd).paused());
        assertTrue(ViewerSettings.of(high.clone().setQuality(VideoQuality.OFF).build(), hd).paused());
        assertEquals(0, ViewerSettings.of(high.clone().setQuality(VideoQuality.LOW).build(), hd).maxQuality());
        assertEquals(180, ViewerSettings.of(high.clone().setWidth(320).build(), hd).maxHeight());
        assertEquals(150, ViewerSettings.of(high.clone().setWidth(300).setHeight(150).build(), hd).maxHeight());
        assertEquals(180, ViewerSettings.of(high.clone().setWidth(320).build(), TrackInfo.getDefaultInstance())
                .maxHeight());
        ConsumerSettings huge = ViewerSettings.of(high.clone().setWidth(-1).setHeight(-1).setFps(-1).setPriority(-1)
                .build(), hd);
        assertEquals(16_384, huge.maxHeight());
        assertEquals(240, huge.maxFps());
        assertEquals(1, huge.priority(), "the least there is");
        assertEquals(100, ViewerSettings.of(high.clone().setPriority(1).build(), hd).priority());
        assertEquals(0, ViewerSettings.of(high.build(), hd).priority());
    }

    @Test
    void shouldMakeIdsThatDoNotRepeat() {
        IdGenerator ids = new IdGenerator(new Random(1));
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            assertTrue(seen.add(ids.track(TrackType.VIDEO, TrackSource.UNKNOWN)));
        }
        assertTrue(seen.iterator().next().startsWith("TR_VU"));
    }

    @Test
    void shouldMergeProfiles() {
        Profile before = new Profile("n", "m", Map.of("a", "1", "b", "2"));
        Profile after = before.changedBy("", "x", Map.of("a", "", "c", "3"));
        assertEquals(new Profile("n", "x", Map.of("b", "2", "c", "3")), after);
    }

    @Test
    void shouldLetNobodySetTheServersOwnAttributes() {
        Profile profile = new Profile("n", "", Map.of("nhipcau.picture.TR_x", "off", "nhipcau", "1"));
        assertEquals(Map.of("nhipcau", "1"), profile.attributes());
        assertEquals(Map.of("nhipcau", "1"),
                profile.changedBy("", "", Map.of(PictureNotes.key("TR_y"), "still")).attributes());
    }

    @Test
    void shouldTellOldClientsWhetherToReconnect() {
        assertFalse(SignalMessages.leave(livekit.LivekitModels.DisconnectReason.ROOM_DELETED,
                LeaveRequest.Action.DISCONNECT).getLeave().getCanReconnect());
        assertTrue(SignalMessages.leave(livekit.LivekitModels.DisconnectReason.MEDIA_FAILURE,
                LeaveRequest.Action.RESUME).getLeave().getCanReconnect());
    }
}
