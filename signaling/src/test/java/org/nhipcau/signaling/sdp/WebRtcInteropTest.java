// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import static dev.onvoid.webrtc.RTCRtpTransceiverDirection.INACTIVE;
import static dev.onvoid.webrtc.RTCRtpTransceiverDirection.RECV_ONLY;
import static dev.onvoid.webrtc.RTCRtpTransceiverDirection.SEND_ONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.onvoid.webrtc.RTCBundlePolicy;
import dev.onvoid.webrtc.RTCRtpTransceiver;
import dev.onvoid.webrtc.RTCSignalingState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.ProducerParameters;

/** Offers and answers made by libwebrtc, and our descriptions judged by it. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64", disabledReason = "the native library is there for this one")
class WebRtcInteropTest {
    private final ServerNegotiation server = Samples.negotiation();
    private WebRtcClient client = new WebRtcClient(RTCBundlePolicy.BALANCED);

    @AfterEach
    void close() {
        client.close();
    }

    private Negotiated round(List<PublishIntent> publish, List<SubscribeIntent> subscribe) throws Exception {
        Negotiated negotiated = server.answer(client.offer(), Samples.LOCAL, publish, subscribe);
        client.accept(negotiated.sdp());
        assertEquals(RTCSignalingState.STABLE, client.connection.getSignalingState());
        return negotiated;
    }

    private Negotiated subscriberRound(List<SubscribeIntent> subscribe) throws Exception {
        return server.accept(client.answer(server.offer(Samples.LOCAL, subscribe)));
    }

    @Test
    void shouldAnswerPlaceholdersThenPublishWithSimulcastAndSubscribe() throws Exception {
        client.withPlaceholders(3).withDataChannel();
        round(List.of(), List.of());
        assertEquals(List.of(INACTIVE, INACTIVE, INACTIVE, INACTIVE, INACTIVE, INACTIVE),
                List.copyOf(client.directions().values()));

        client.sendAudio("cid-a");
        client.sendVideo("cid-v", 3);
        Negotiated negotiated = round(
                List.of(Samples.microphone("TR_AM1", "cid-a"), Samples.camera("TR_VC1", "cid-v", "video/VP8")),
                List.of(Samples.audio("TR_AMx"), Samples.video("TR_VCx")));
        assertEquals(List.of("TR_AM1", "TR_VC1"),
                negotiated.producers().stream().map(ProducerParameters::trackId).toList());
        List<EncodingParameters> layers = negotiated.producers().getLast().encodings();
        assertEquals(List.of(0, 1, 2), layers.stream().map(EncodingParameters::quality).toList());
        assertEquals(List.of(180, 360, 720), layers.stream().map(EncodingParameters::height).toList());
        assertEquals(Map.of("0", "TR_AMx", "3", "TR_VCx"), negotiated.midToTrackId());
        assertEquals(RECV_ONLY, client.directions().get("0"));
        assertEquals(RECV_ONLY, client.directions().get("3"));
        assertEquals(INACTIVE, client.directions().get("1"));
        assertEquals(SEND_ONLY, client.directions().get("7"));
        assertEquals(SEND_ONLY, client.directions().get("8"));
        assertEquals(List.of("0", "3"), List.copyOf(client.shownMids));
    }

    @Test
    void trap3ASecondOfferWhileConnectingIsAnsweredWithoutRestart() throws Exception {
        client.withPlaceholders(3).withDataChannel();
        Negotiated first = round(List.of(), List.of());
        String again = client.offer();
        assertFalse(server.restartsIce(again));
        Negotiated second = server.answer(again, Samples.LOCAL, List.of(), List.of());
        client.accept(second.sdp());
        assertEquals(first.remote(), second.remote());
    }

    @Test
    void shouldShowANewTrackOnAReusedSection() throws Exception {
        client.withPlaceholders(1);
        round(List.of(), List.of(Samples.video("TR_1")));
        assertEquals(List.of("1"), List.copyOf(client.shownMids));
        Negotiated unbound = round(List.of(), List.of(Samples.video("TR_2")));
        assertEquals(1, unbound.missingVideo());
        assertEquals(INACTIVE, client.directions().get("1"));
        round(List.of(), List.of(Samples.video("TR_2")));
        assertEquals(List.of("1", "1"), List.copyOf(client.shownMids));
        assertEquals(RECV_ONLY, client.directions().get("1"));
    }

    @Test
    void shouldBindTracksToSectionsThatTheClientAddsOnRequest() throws Exception {
        client.withPlaceholders(1);
        List<SubscribeIntent> wanted = List.of(Samples.audio("TR_A1"), Samples.audio("TR_A2"),
                Samples.video("TR_V1"), Samples.video("TR_V2"), Samples.video("TR_V3"));
        Negotiated negotiated = round(List.of(), wanted);
        for (int i = 0; i < negotiated.missingAudio(); i++) {
            client.receiveAudio();
        }
        for (int i = 0; i < negotiated.missingVideo(); i++) {
            client.receiveVideo();
        }
        Negotiated complete = round(List.of(), wanted);
        assertEquals(5, complete.midToTrackId().size());
        assertEquals(5, client.shownMids.size());
        assertEquals(0, complete.missingAudio() + complete.missingVideo());
    }

    @Test
    void shouldRestartIceWithMediaKept() throws Exception {
        client.withPlaceholders(1);
        client.sendAudio("cid-a");
        List<PublishIntent> publish = List.of(Samples.microphone("TR_A", "cid-a"));
        Negotiated before = round(publish, List.of(Samples.video("TR_1")));
        client.connection.restartIce();
        String offer = client.offer();
        assertTrue(server.restartsIce(offer));
        Negotiated after = server.answer(offer, Samples.local("secondUfrag", "secondPassword0123456789"), publish,
                List.of(Samples.video("TR_1")));
        client.accept(after.sdp());
        assertNotEquals(before.remote().iceUfrag(), after.remote().iceUfrag());
        assertEquals(before.remote().fingerprints(), after.remote().fingerprints());
        assertEquals(before.consumers(), after.consumers());
        assertEquals(before.producers(), after.producers());
        assertEquals(1, client.shownMids.size());
    }

    @Test
    void shouldEndAPublicationAndTakeAnotherOnTheSameOrANewSection() throws Exception {
        RTCRtpTransceiver sender = client.sendVideo("cid-1", 0);
        List<PublishIntent> first = List.of(Samples.camera("TR_1", "cid-1", ""));
        Negotiated begun = round(first, List.of());
        assertNotEquals(0, begun.producers().getFirst().encodings().getFirst().ssrc());
        assertNotEquals(0, begun.producers().getFirst().encodings().getFirst().rtxSsrc());
        client.connection.removeTrack(sender.getSender());
        assertTrue(round(first, List.of()).producers().isEmpty());
        assertEquals(INACTIVE, client.directions().get("0"));
        client.sendVideo("cid-2", 0);
        assertEquals("TR_2", round(List.of(Samples.camera("TR_2", "cid-2", "")), List.of()).producers().getFirst()
                .trackId());
        sender.stop();
        client.sendVideo("cid-3", 0);
        Negotiated last = round(List.of(Samples.camera("TR_2", "cid-2", ""), Samples.camera("TR_3", "cid-3", "")),
                List.of());
        assertEquals(2, last.producers().size());
    }

    @Test
    void shouldSteerTheCodecOfAPublication() throws Exception {
        for (String mimeType : List.of("video/VP9", "video/H264", "video/AV1", "video/VP8")) {
            try (WebRtcClient publisher = new WebRtcClient(RTCBundlePolicy.MAX_BUNDLE)) {
                publisher.sendVideo("cid", 0);
                Negotiated negotiated = Samples.negotiation().answer(publisher.offer(), Samples.LOCAL,
                        List.of(Samples.camera("TR", "cid", mimeType)), List.of());
                publisher.accept(negotiated.sdp());
                assertEquals(mimeType, negotiated.producers().getFirst().codecs().getFirst().mimeType());
                assertEquals(SEND_ONLY, publisher.directions().get("0"));
            }
        }
    }

    @Test
    void shouldTakeStereoAndPlainOpusOfOneBundle() throws Exception {
        client.withPlaceholders(1);
        client.sendAudio("cid-mic");
        client.sendAudio("cid-music");
        PublishIntent music = new PublishIntent("TR_M", List.of("cid-music"), org.nhipcau.sfu.api.MediaKind.AUDIO,
                org.nhipcau.sfu.api.TrackSource.SCREEN_SHARE_AUDIO, "", List.of(), false, false, false, true, 0);
        Negotiated negotiated = round(List.of(Samples.microphone("TR_A", "cid-mic"), music),
                List.of(Samples.audio("TR_X")));
        CodecParameters opus = negotiated.producers().getLast().codecs().getFirst();
        assertEquals("1", opus.formatParameters().get("stereo"));
        assertEquals("510000", opus.formatParameters().get("maxaveragebitrate"));
    }

    @Test
    void shouldAnswerMaxBundleOffers() throws Exception {
        try (WebRtcClient bundled = new WebRtcClient(RTCBundlePolicy.MAX_BUNDLE)) {
            bundled.withPlaceholders(3).withDataChannel();
            Negotiated negotiated = server.answer(bundled.offer(), Samples.LOCAL, List.of(),
                    List.of(Samples.audio("TR_A"), Samples.video("TR_V")));
            bundled.accept(negotiated.sdp());
            assertEquals(2, bundled.shownMids.size());
        }
    }

    @Test
    void aDataSectionInFrontOfTheBundleDoesNotTakeTheTransport() throws Exception {
        client.withDataChannel();
        round(List.of(), List.of());
        client.sendAudio("cid-a");
        assertEquals(1, round(List.of(Samples.microphone("TR_A", "cid-a")), List.of()).producers().size());
        assertEquals(SEND_ONLY, client.directions().get("1"));
    }

    @Test
    void theJudgeDoesRefuseWrongAnswers() throws Exception {
        client.withPlaceholders(1);
        String answer = server.answer(client.offer(), Samples.LOCAL, List.of(), List.of()).sdp();
        assertThrows(ExecutionException.class, () -> client.accept(answer.replace("a=mid:1", "a=mid:9")));
        assertThrows(ExecutionException.class, () -> client.accept(answer.replace("a=setup:passive", "a=x")
                .replace("a=fingerprint", "a=y")));
    }

    @Test
    void shouldOfferTracksToASubscriberAndReuseIdleSections() throws Exception {
        Negotiated first = subscriberRound(List.of(Samples.audio("TR_A1"), Samples.video("TR_V1")));
        assertEquals(Map.of("0", "TR_A1", "1", "TR_V1"), first.midToTrackId());
        assertEquals(2, first.consumers().size());
        assertEquals(96, first.consumers().getLast().codecs().getFirst().payloadType());
        assertEquals(97, first.consumers().getLast().codecs().getFirst().rtxPayloadType());
        assertEquals(List.of("0", "1"), List.copyOf(client.shownMids));
        assertTrue(first.extensions().mid() > 0 && first.extensions().transportCc() > 0
                && first.extensions().absSendTime() > 0);

        Negotiated grown = subscriberRound(List.of(Samples.video("TR_V2"), Samples.audio("TR_A1"),
                Samples.video("TR_V3")));
        assertEquals(Map.of("0", "TR_A1", "3", "TR_V2", "4", "TR_V3"), grown.midToTrackId());
        assertEquals(INACTIVE, client.directions().get("1"));
        assertEquals(first.consumers().getFirst(), grown.consumers().getFirst());

        Negotiated reused = subscriberRound(List.of(Samples.audio("TR_A1"), Samples.video("TR_V2"),
                Samples.video("TR_V3"), Samples.video("TR_V4")));
        assertEquals("TR_V4", reused.midToTrackId().get("1"));
        assertEquals(RECV_ONLY, client.directions().get("1"));
        assertEquals(List.of("0", "1", "3", "4", "1"), List.copyOf(client.shownMids));
    }

    @Test
    void shouldOfferEveryCodecToASubscriberWhoTakesIt() throws Exception {
        SubscribeIntent h264 = Samples.video("TR_H", Samples.codec("video/H264", 102, 103,
                Map.of("packetization-mode", "1", "profile-level-id", "42e01f")));
        SubscribeIntent vp9 = Samples.video("TR_9", Samples.codec("video/VP9", 45, 46, Map.of("profile-id", "0")));
        SubscribeIntent av1 = Samples.video("TR_1", Samples.codec("video/AV1", 47, 48, Map.of()));
        Negotiated negotiated = subscriberRound(List.of(h264, vp9, av1));
        assertEquals(List.of(125, 98, 35), negotiated.consumers().stream()
                .map(c -> c.codecs().getFirst().payloadType()).toList());
        assertTrue(negotiated.refusedTracks().isEmpty());
    }

    @Test
    void shouldOfferASubscriberATransportBeforeThereIsATrack() throws Exception {
        Negotiated empty = subscriberRound(List.of());
        assertTrue(empty.consumers().isEmpty());
        assertTrue(empty.data().opensChannels());
        Negotiated one = subscriberRound(List.of(Samples.audio("TR_A")));
        assertEquals(Map.of("1", "TR_A"), one.midToTrackId());
        assertEquals(empty.data(), one.data());
        assertEquals(empty.remote(), one.remote());
    }

    @Test
    void shouldRestartIceOfASubscriber() throws Exception {
        Negotiated before = subscriberRound(List.of(Samples.audio("TR_A")));
        Negotiated after = server.accept(client.answer(server.offer(
                Samples.local("otherUfrag", "otherPassword01234567890"), List.of(Samples.audio("TR_A")))));
        assertNotEquals(before.remote().iceUfrag(), after.remote().iceUfrag());
        assertEquals(before.consumers(), after.consumers());
    }
}
