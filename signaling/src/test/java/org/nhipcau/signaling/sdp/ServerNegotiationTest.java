// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.TrackSource;

class ServerNegotiationTest {
    private final ServerNegotiation server = Samples.negotiation();

    private Negotiated answer(BrowserOffer offer, List<PublishIntent> publish, List<SubscribeIntent> subscribe)
            throws SdpException {
        return server.answer(offer.text(), Samples.LOCAL, publish, subscribe);
    }

    private static MediaSection section(Negotiated negotiated, String mid) throws SdpException {
        return Samples.read(negotiated.sdp()).sections().stream().filter(s -> s.mid().equals(mid)).findFirst()
                .orElseThrow();
    }

    private static List<String> mimeTypes(List<CodecParameters> codecs) {
        return codecs.stream().map(CodecParameters::mimeType).distinct().toList();
    }

    @Test
    void trap1SpareSectionsAreIdleAndNeverRefused() throws SdpException {
        Negotiated negotiated = answer(BrowserOffer.placeholders(), List.of(), List.of());
        SessionDescription answer = Samples.read(negotiated.sdp());
        for (MediaSection section : answer.sections().subList(0, 6)) {
            assertEquals(9, section.port());
            assertEquals(Direction.INACTIVE, section.direction());
            assertFalse(section.formats().isEmpty());
        }
        assertEquals(List.of("0", "1", "2", "3", "4", "5", "6"), answer.bundle());
        assertEquals(9, answer.sections().getLast().port());
        assertEquals(new DataParameters(5000, 65_535, false), negotiated.data());
        assertTrue(answer.iceLite());
        assertTrue(negotiated.sdp().endsWith("\r\n"));
        assertFalse(negotiated.sdp().replace("\r\n", "").contains("\n"));
    }

    @Test
    void trap1HoldsForSectionsWithoutAFormatInCommon() throws SdpException {
        BrowserOffer offer = new BrowserOffer();
        offer.audioLines = "a=rtpmap:0 PCMU/8000\n";
        offer.receiveAudio("0").receiveVideo("1");
        Negotiated negotiated = answer(offer, List.of(), List.of(Samples.audio("TR_A")));
        MediaSection first = section(negotiated, "0");
        assertEquals(9, first.port());
        assertEquals(Direction.INACTIVE, first.direction());
        assertEquals(List.of("TR_A"), negotiated.refusedTracks());
        assertTrue(negotiated.consumers().isEmpty());
        assertEquals(0, negotiated.missingAudio());
    }

    @Test
    void trap3ASecondOfferBeforeTheTransportIsUpIsNoRestart() throws SdpException {
        String offer = BrowserOffer.placeholders().text();
        assertFalse(server.restartsIce(offer));
        Negotiated first = server.answer(offer, Samples.LOCAL, List.of(), List.of());
        assertFalse(server.restartsIce(offer));
        Negotiated second = server.answer(offer, Samples.LOCAL, List.of(), List.of());
        assertEquals(first.remote(), second.remote());
        assertEquals(Samples.read(first.sdp()).version() + 1, Samples.read(second.sdp()).version());
        assertEquals(Samples.read(first.sdp()).sessionId(), Samples.read(second.sdp()).sessionId());
    }

    @Test
    void trap9PublisherOffersMayLackDataAndBeginAtAnyMid() throws SdpException {
        PublishIntent camera = Samples.camera("TR_V", "cid-v", "video/VP8");
        Negotiated first = answer(new BrowserOffer().sendSimulcast("7", "cid-v", "q", "h", "f"), List.of(camera),
                List.of());
        Negotiated second = answer(new BrowserOffer().sendSimulcast("7", "cid-v", "q", "h", "f").data("8"),
                List.of(camera), List.of());
        assertEquals(first.producers(), second.producers());
        assertNull(first.data());
        assertEquals(List.of("7", "8"), Samples.read(second.sdp()).bundle());
        assertEquals(9, section(second, "8").port());
        assertEquals(5000, section(second, "8").sctpPort());
        assertEquals(65_535, section(second, "8").maxMessageSizeBytes());
    }

    @Test
    void shouldTakeOneDataSectionOfTheFormItKnows() throws SdpException {
        String data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel";
        String offer = new BrowserOffer().receiveAudio("0").data("1").text();
        assertEquals(new DataParameters(4000, 1000, false), server.answer(offer.replace("a=sctp-port:5000",
                "a=sctp-port:4000").replace("a=max-message-size:262144", "a=max-message-size:1000"), Samples.LOCAL,
                List.of(), List.of()).data());
        assertEquals(new DataParameters(5000, 65_535, false), Samples.negotiation().answer(
                offer.replace("a=sctp-port:5000\r\n", "").replace("a=max-message-size:262144\r\n", ""), Samples.LOCAL,
                List.of(), List.of()).data(), "what holds where nothing is said");
        assertEquals(65_535, Samples.negotiation().answer(offer.replace("a=max-message-size:262144",
                "a=max-message-size:" + Long.MAX_VALUE), Samples.LOCAL, List.of(), List.of()).data()
                .maxMessageSizeBytes());
        for (String other : List.of("m=application 9 DTLS/SCTP 5000", "m=application 9 UDP/BFCP *",
                "m=application 0 UDP/DTLS/SCTP webrtc-datachannel")) {
            assertTrue(offer.contains(data));
            Negotiated refused = Samples.negotiation().answer(offer.replace(data, other), Samples.LOCAL, List.of(),
                    List.of());
            assertNull(refused.data(), other);
            assertEquals(0, section(refused, "1").port(), other);
        }
        Negotiated second = Samples.negotiation().answer(new BrowserOffer().receiveAudio("0").data("1").data("2").text(),
                Samples.LOCAL, List.of(), List.of());
        assertEquals(9, section(second, "1").port());
        assertEquals(0, section(second, "2").port(), "there is one association on a transport");
    }

    @Test
    void aDataSectionThatTheBundleHangsOnCarriesTheTransport() throws SdpException {
        Negotiated alone = answer(new BrowserOffer().data("0"), List.of(), List.of());
        assertEquals(9, section(alone, "0").port());
        assertFalse(section(alone, "0").transport().candidates().isEmpty());
        Negotiated joined = answer(new BrowserOffer().data("0").sendAudio("1", "cid-a"),
                List.of(Samples.microphone("TR_A", "cid-a")), List.of());
        assertEquals(List.of("0", "1"), Samples.read(joined.sdp()).bundle());
        assertEquals(1, joined.producers().size());
    }

    @Test
    void bundleOnlySectionsWithPortZeroAreNotRefused() throws SdpException {
        BrowserOffer offer = new BrowserOffer();
        offer.bundleOnly = true;
        offer.receiveAudio("0").receiveVideo("1");
        Negotiated negotiated = answer(offer, List.of(), List.of(Samples.video("TR_V")));
        assertEquals(9, section(negotiated, "1").port());
        assertFalse(section(negotiated, "1").bundleOnly());
        assertEquals(Map.of("1", "TR_V"), negotiated.midToTrackId());
    }

    @Test
    void shouldTakeTheTransportAndTellItsOwn() throws SdpException {
        Negotiated negotiated = answer(BrowserOffer.placeholders(), List.of(), List.of());
        assertEquals(BrowserOffer.UFRAG, negotiated.remote().iceUfrag());
        assertEquals(BrowserOffer.PWD, negotiated.remote().icePwd());
        assertEquals(1, negotiated.remote().fingerprints().size());
        assertEquals(DtlsRole.SERVER, negotiated.remote().localRole());
        TransportAttributes head = section(negotiated, "0").transport();
        assertEquals(Samples.LOCAL.iceUfrag(), head.iceUfrag());
        assertEquals(Samples.LOCAL.icePwd(), head.icePwd());
        assertEquals(TransportAttributes.Setup.PASSIVE, head.setup());
        assertEquals(2, head.candidates().size());
        assertTrue(head.endOfCandidates());
        assertTrue(section(negotiated, "1").transport().candidates().isEmpty());
        assertEquals(new HeaderExtensions(4, 10, 11, 1, 3, 2, 0, 5, 0, 0), negotiated.extensions());
    }

    @Test
    void shouldBeTheDtlsClientOnlyWhenTheClientWaits() throws SdpException {
        for (String setup : List.of("active", "passive")) {
            BrowserOffer offer = new BrowserOffer();
            offer.setup = setup;
            offer.receiveAudio("0");
            Negotiated negotiated = Samples.negotiation().answer(offer.text(), Samples.LOCAL, List.of(), List.of());
            boolean waits = setup.equals("passive");
            assertEquals(waits ? DtlsRole.CLIENT : DtlsRole.SERVER, negotiated.remote().localRole());
            assertEquals(waits ? TransportAttributes.Setup.ACTIVE : TransportAttributes.Setup.PASSIVE,
                    section(negotiated, "0").transport().setup());
        }
    }

    @Test
    void shouldRefuseToExchangeDtlsRolesLater() throws SdpException {
        answer(new BrowserOffer().receiveAudio("0"), List.of(), List.of());
        BrowserOffer offer = new BrowserOffer();
        offer.setup = "passive";
        offer.receiveAudio("0");
        assertThrows(SdpException.class, () -> answer(offer, List.of(), List.of()));
    }

    @Test
    void shouldSeeAnIceRestartAndAnswerWithTheNewCredentials() throws SdpException {
        answer(BrowserOffer.placeholders(), List.of(), List.of());
        BrowserOffer offer = new BrowserOffer();
        offer.ufrag = "newU";
        offer.receiveAudio("0").receiveAudio("1").receiveAudio("2").receiveVideo("3").receiveVideo("4")
                .receiveVideo("5").data("6");
        assertTrue(server.restartsIce(offer.text()));
        Negotiated negotiated = server.answer(offer.text(), Samples.local("newSrv", "newServerPassword012345"),
                List.of(), List.of());
        assertEquals("newU", negotiated.remote().iceUfrag());
        assertEquals("newSrv", section(negotiated, "0").transport().iceUfrag());
        assertFalse(server.restartsIce(offer.text()));
    }

    @Test
    void shouldPublishSimulcastWithLayersFromTheAnnouncement() throws SdpException {
        Negotiated negotiated = answer(BrowserOffer.placeholders().sendAudio("7", "cid-a")
                .sendSimulcast("8", "cid-v", "q", "h", "f"), List.of(Samples.camera("TR_V", "cid-v", "video/VP8"),
                Samples.microphone("TR_A", "cid-a")), List.of());
        ProducerParameters camera = negotiated.producers().getLast();
        assertEquals("TR_V", camera.trackId());
        assertEquals("8", camera.mid());
        assertEquals(TrackSource.CAMERA, camera.source());
        assertEquals(List.of(new EncodingParameters("q", 0, 0, 0, 320, 180, 160_000),
                new EncodingParameters("h", 0, 0, 1, 640, 360, 450_000),
                new EncodingParameters("f", 0, 0, 2, 1280, 720, 1_700_000)), camera.encodings());
        assertEquals(96, camera.codecs().getFirst().payloadType());
        assertEquals(97, camera.codecs().getFirst().rtxPayloadType());
        assertTrue(camera.codecs().getFirst().nack() && camera.codecs().getFirst().pli()
                && camera.codecs().getFirst().fir() && camera.codecs().getFirst().transportCc()
                && camera.codecs().getFirst().remb());
        MediaSection answered = section(negotiated, "8");
        assertEquals(Direction.RECVONLY, answered.direction());
        assertEquals(List.of("q", "h", "f"), answered.simulcast().receive());
        assertTrue(negotiated.sdp().contains("a=rid:q recv\r\n"));
        assertTrue(negotiated.sdp().contains("a=simulcast:recv q;h;f\r\n"));
        assertEquals(9, negotiated.extensions().videoLayersAllocation());
        assertEquals(12, negotiated.extensions().dependencyDescriptor());
    }

    @Test
    void shouldTakeCongestionFeedbackWhereTheClientOffersNothingElse() throws SdpException {
        for (boolean numbered : new boolean[] {false, true}) {
            BrowserOffer offer = BrowserOffer.placeholders();
            offer.audioLines += "a=rtcp-fb:* ack ccfb\n";
            offer.videoLines += "a=rtcp-fb:* ack ccfb\n";
            if (!numbered) {
                offer.audioLines = offer.audioLines.replaceAll("a=rtcp-fb:\\d+ transport-cc\n", "");
                offer.videoLines = offer.videoLines.replaceAll("a=rtcp-fb:\\d+ transport-cc\n", "");
            }
            Negotiated negotiated = answer(offer.sendAudio("7", "cid-a").sendSimulcast("8", "cid-v", "q", "h", "f"),
                    List.of(Samples.camera("TR_V", "cid-v", "video/VP8"), Samples.microphone("TR_A", "cid-a")),
                    List.of());
            for (ProducerParameters producer : negotiated.producers()) {
                for (CodecParameters codec : producer.codecs()) {
                    assertEquals(!numbered, codec.ccfb(), codec.mimeType());
                }
            }
            assertEquals(!numbered, negotiated.sdp().contains("a=rtcp-fb:* ack ccfb\r\n"));
            assertFalse(negotiated.sdp().matches("(?s).*a=rtcp-fb:\\d+ ack ccfb.*"), "it stands for all formats");
        }
    }

    @Test
    void shouldPutTheAnnouncedCodecFirstAndLeaveOutWhatItCannotForward() throws SdpException {
        for (String mimeType : List.of("video/VP8", "video/h264", "video/VP9", "video/AV1")) {
            Negotiated negotiated = Samples.negotiation().answer(new BrowserOffer().sendVideo("0", "c").text(),
                    Samples.LOCAL, List.of(Samples.camera("TR_V", "c", mimeType)), List.of());
            List<CodecParameters> codecs = negotiated.producers().getFirst().codecs();
            assertEquals(mimeType.toLowerCase(), codecs.getFirst().mimeKey());
            assertEquals(Set.of("video/VP8", "video/H264", "video/VP9", "video/AV1"),
                    new HashSet<>(mimeTypes(codecs)));
            Set<Integer> payloadTypes = new HashSet<>();
            section(negotiated, "0").formats().forEach(format -> payloadTypes.add(format.payloadType()));
            // Not VP9 profile 2 (100), H264 without fragments (104), RED and FEC for video (116, 117).
            assertEquals(Set.of(96, 97, 98, 99, 102, 103, 108, 109, 45, 46), payloadTypes);
        }
    }

    @Test
    void shouldLeaveFirefoxOnlyTheAnnouncedCodec() throws SdpException {
        BrowserOffer offer = new BrowserOffer();
        offer.originUser = "mozilla...THIS_IS_SDPARTA-140.0";
        offer.sendVideo("0", "c");
        Negotiated negotiated = answer(offer, List.of(Samples.camera("TR_V", "c", "video/H264")), List.of());
        assertEquals(List.of("video/H264"), mimeTypes(negotiated.producers().getFirst().codecs()));
    }

    @Test
    void shouldTakeTheFirstCodecOfTheOfferWhenTheAnnouncedOneIsNotOffered() throws SdpException {
        Negotiated negotiated = answer(new BrowserOffer().sendVideo("0", "c"),
                List.of(Samples.camera("TR_V", "c", "video/H265")), List.of());
        assertEquals("video/VP8", negotiated.producers().getFirst().codecs().getFirst().mimeType());
    }

    @Test
    void shouldPutRedFirstOnlyWhenWanted() throws SdpException {
        PublishIntent red = Samples.microphone("TR_A", "cid-a");
        Negotiated with = answer(new BrowserOffer().sendAudio("0", "cid-a"), List.of(red), List.of());
        assertEquals(List.of("audio/red", "audio/opus"), mimeTypes(with.producers().getFirst().codecs()));
        assertEquals(63, section(with, "0").formats().getFirst().payloadType());
        PublishIntent plain = new PublishIntent("TR_A", List.of("cid-a"), MediaKind.AUDIO, TrackSource.MICROPHONE,
                "", List.of(), true, false, false, true, 0);
        Negotiated without = answer(new BrowserOffer().sendAudio("0", "cid-a"), List.of(plain), List.of());
        assertEquals(List.of("audio/opus"), mimeTypes(without.producers().getFirst().codecs()));
        assertTrue(without.producers().getFirst().muted());
        assertEquals("minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=510000",
                section(without, "0").formats().getFirst().parameters());
        assertEquals("minptime=10;useinbandfec=1;usedtx=1", section(with, "0").formats().getLast().parameters());
        assertEquals(1111, without.producers().getFirst().encodings().getFirst().ssrc());
    }

    @Test
    void shouldNotMixUpTracksWhoseOfferOrderDiffersFromTheAnnouncements() throws SdpException {
        PublishIntent camera = Samples.camera("TR_C", "cid-c", "video/VP8");
        PublishIntent screen = new PublishIntent("TR_S", List.of("cid-s"), MediaKind.VIDEO,
                TrackSource.SCREEN_SHARE, "video/VP8", List.of(), false, false, false, false, 0);
        Negotiated negotiated = answer(new BrowserOffer().sendVideo("0", "cid-s").sendSimulcast("1", "cid-c", "q"),
                List.of(camera, screen), List.of());
        assertEquals(List.of("TR_S", "TR_C"), negotiated.producers().stream().map(ProducerParameters::trackId)
                .toList());
    }

    @Test
    void shouldGiveARenamedTrackTheFirstAnnouncementOfItsKindAndKeepItThere() throws SdpException {
        List<PublishIntent> announced = List.of(Samples.camera("TR_1", "cid-1", ""),
                Samples.camera("TR_2", "cid-2", ""), Samples.microphone("TR_A", "cid-a"));
        BrowserOffer offer = new BrowserOffer().sendVideo("0", "{renamed}").sendVideo("1", "cid-1");
        assertEquals(List.of("TR_2", "TR_1"), answer(offer, announced, List.of()).producers().stream()
                .map(ProducerParameters::trackId).toList());
        offer = new BrowserOffer().sendVideo("0", "{renamed again}").sendVideo("1", "cid-1").sendAudio("2", "x");
        assertEquals(List.of("TR_2", "TR_1", "TR_A"), answer(offer, announced, List.of()).producers().stream()
                .map(ProducerParameters::trackId).toList());
    }

    @Test
    void shouldEndATrackWhoseSectionFallsSilentLosesItsMsidOrStops() throws SdpException {
        List<PublishIntent> announced = List.of(Samples.camera("TR_V", "cid-v", ""));
        BrowserOffer sending = new BrowserOffer().receiveAudio("0").sendVideo("1", "cid-v");
        for (BrowserOffer ending : List.of(new BrowserOffer().receiveAudio("0").video("1", "a=inactive\n"),
                new BrowserOffer().receiveAudio("0").receiveVideo("1"),
                new BrowserOffer().receiveAudio("0").video("1", "a=sendonly\n"),
                new BrowserOffer().receiveAudio("0").stopped("video", "1"))) {
            ServerNegotiation fresh = Samples.negotiation();
            assertEquals(1, fresh.answer(sending.text(), Samples.LOCAL, announced, List.of()).producers().size());
            Negotiated ended = fresh.answer(ending.text(), Samples.LOCAL, announced, List.of());
            assertTrue(ended.producers().isEmpty());
            assertFalse(section(ended, "1").direction().receives());
            assertEquals(1, fresh.answer(sending.text(), Samples.LOCAL, announced, List.of()).producers().size());
        }
    }

    @Test
    void shouldNotTakeMediaThatNobodyAnnouncedOrThatWasWithdrawn() throws SdpException {
        BrowserOffer offer = new BrowserOffer().sendAudio("0", "cid-a");
        Negotiated unannounced = answer(offer, List.of(), List.of());
        assertEquals(Direction.INACTIVE, section(unannounced, "0").direction());
        answer(offer, List.of(Samples.microphone("TR_A", "cid-a")), List.of());
        Negotiated withdrawn = answer(offer, List.of(), List.of());
        assertTrue(withdrawn.producers().isEmpty());
        assertEquals(Direction.INACTIVE, section(withdrawn, "0").direction());
    }

    @Test
    void aSectionOnWhichTheClientPutsAnotherAnnouncedTrackCarriesThatOne() throws SdpException {
        PublishIntent old = Samples.camera("TR_1", "cid-1", "");
        PublishIntent replacement = Samples.camera("TR_2", "cid-2", "");
        answer(new BrowserOffer().sendVideo("0", "cid-1"), List.of(old), List.of());
        Negotiated negotiated = answer(new BrowserOffer().sendVideo("0", "cid-2"), List.of(old, replacement),
                List.of());
        assertEquals(List.of("TR_2"), negotiated.producers().stream().map(ProducerParameters::trackId).toList());
    }

    @Test
    void shouldSendOnSpareSectionsAndCountTheMissingOnes() throws SdpException {
        Negotiated negotiated = answer(new BrowserOffer().receiveAudio("0").receiveVideo("1"), List.of(),
                List.of(Samples.audio("TR_A1"), Samples.video("TR_V1"), Samples.audio("TR_A2"),
                        Samples.audio("TR_A3"), Samples.video("TR_V2")));
        assertEquals(Map.of("0", "TR_A1", "1", "TR_V1"), negotiated.midToTrackId());
        assertEquals(2, negotiated.missingAudio());
        assertEquals(1, negotiated.missingVideo());
        assertTrue(negotiated.refusedTracks().isEmpty());
        ConsumerParameters video = negotiated.consumers().getLast();
        assertEquals("TR_V1", video.consumerId());
        assertEquals(List.of(96), video.codecs().stream().map(CodecParameters::payloadType).toList());
        assertNotEquals(0, video.rtxSsrc());
        assertEquals(0, negotiated.consumers().getFirst().rtxSsrc());
        MediaSection answered = section(negotiated, "1");
        assertEquals(Direction.SENDONLY, answered.direction());
        assertEquals(List.of(new MediaSection.Msid("PA_pub|TR_V1", "TR_V1")), answered.msids());
        assertEquals(List.of(video.ssrc(), video.rtxSsrc()), answered.ssrcGroups().getFirst().ssrcs());
        assertTrue(answered.ssrcs().contains(new MediaSection.Ssrc(video.ssrc(), "cname", "cname-pub")));
        assertEquals(2, answered.extensions().stream().filter(e -> e.uri().endsWith("rtp-stream-id")).count(),
                "kept, or Chromium cannot publish simulcast on a section it adds later");

        Negotiated grown = answer(new BrowserOffer().receiveAudio("0").receiveVideo("1").receiveAudio("2")
                .receiveAudio("3").receiveVideo("4"), List.of(), List.of(Samples.audio("TR_A3"),
                Samples.audio("TR_A1"), Samples.video("TR_V1"), Samples.audio("TR_A2"), Samples.video("TR_V2")));
        assertEquals(5, grown.consumers().size());
        assertEquals("TR_A1", grown.midToTrackId().get("0"));
        assertEquals(negotiated.consumers().getFirst(), grown.consumers().getFirst());
        assertEquals(video.ssrc(), grown.consumers().get(1).ssrc());
        assertEquals(0, grown.missingAudio() + grown.missingVideo());
        Set<Long> ssrcs = new HashSet<>();
        grown.consumers().forEach(c -> {
            assertTrue(ssrcs.add(c.ssrc()));
            assertTrue(c.rtxSsrc() == 0 || ssrcs.add(c.rtxSsrc()));
        });
    }

    @Test
    void shouldReuseASectionOnlyAfterAnAnswerWithItIdle() throws SdpException {
        BrowserOffer offer = new BrowserOffer().receiveAudio("0").receiveVideo("1");
        long before = answer(offer, List.of(), List.of(Samples.video("TR_1"))).consumers().getFirst().ssrc();
        Negotiated exchanged = answer(offer, List.of(), List.of(Samples.video("TR_2")));
        assertEquals(Map.of(), exchanged.midToTrackId());
        assertEquals(Direction.INACTIVE, section(exchanged, "1").direction());
        assertTrue(section(exchanged, "1").msids().isEmpty());
        assertEquals(1, exchanged.missingVideo());
        Negotiated reused = answer(offer, List.of(), List.of(Samples.video("TR_2")));
        assertEquals(Map.of("1", "TR_2"), reused.midToTrackId());
        assertNotEquals(before, reused.consumers().getFirst().ssrc());
    }

    @Test
    void shouldNotReuseASectionWhoseIdleAnswerMayHaveBeenLostWithTheSocket() throws SdpException {
        BrowserOffer offer = new BrowserOffer().receiveAudio("0").receiveVideo("1");
        answer(offer, List.of(), List.of(Samples.video("TR_1")));
        answer(offer, List.of(), List.of());
        BrowserOffer restart = new BrowserOffer();
        restart.ufrag = "newU";
        restart.receiveAudio("0").receiveVideo("1");
        Negotiated resumed = answer(restart, List.of(), List.of(Samples.video("TR_2")));
        assertEquals(Direction.INACTIVE, section(resumed, "1").direction());
        assertEquals(1, resumed.missingVideo());
        assertEquals(Map.of("1", "TR_2"), answer(restart, List.of(), List.of(Samples.video("TR_2")))
                .midToTrackId());
    }

    @Test
    void shouldAnswerFirefox() throws Exception {
        String offer;
        try (var in = getClass().getResourceAsStream("SdpReaderFuzzTestInputs/shouldAnswerOrRefuse/firefox-publish")) {
            offer = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
        Negotiated negotiated = server.answer(offer, Samples.LOCAL,
                List.of(Samples.microphone("TR_A", "cid-a"), Samples.camera("TR_V", "cid-v", "video/H264")),
                List.of(Samples.audio("TR_X")));
        assertEquals(List.of(109), negotiated.producers().getFirst().codecs().stream()
                .map(CodecParameters::payloadType).toList());
        assertEquals(List.of(126), negotiated.producers().getLast().codecs().stream()
                .map(CodecParameters::payloadType).toList());
        assertEquals(3, negotiated.producers().getLast().encodings().size());
        assertEquals(Direction.SENDRECV, section(negotiated, "0").direction());
        assertEquals(Map.of("0", "TR_X"), negotiated.midToTrackId());
        assertTrue(negotiated.sdp().contains("a=extmap:8/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"));
        assertEquals(List.of("0", "1", "2"), Samples.read(negotiated.sdp()).bundle());
        assertEquals(5000, negotiated.data().remotePort());
    }

    /** The whole text once, so that a change of it is seen by eye. */
    @Test
    void goldenAnswer() throws SdpException {
        BrowserOffer offer = new BrowserOffer();
        offer.videoPayloadTypes = "96 97 116";
        offer.videoLines = "a=rtpmap:96 VP8/90000\na=rtcp-fb:96 nack\na=rtcp-fb:96 nack pli\n"
                + "a=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\na=rtpmap:116 red/90000\n";
        offer.receiveAudio("0").sendSimulcast("1", "cid-v", "q", "h").data("2");
        assertEquals("""
                v=0
                o=- ID 1 IN IP4 127.0.0.1
                s=-
                t=0 0
                a=group:BUNDLE 0 1 2
                a=ice-lite
                a=extmap-allow-mixed
                m=audio 9 UDP/TLS/RTP/SAVPF 63 111
                c=IN IP4 0.0.0.0
                a=mid:0
                a=ice-ufrag:srvUfrag
                a=ice-pwd:srvPassword0123456789abc
                a=fingerprint:sha-256 HASH
                a=setup:passive
                a=candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host
                a=candidate:2 1 udp 2130706175 ::1 7882 typ host
                a=end-of-candidates
                a=sendonly
                a=msid:PA_pub|TR_A TR_A
                a=rtcp-mux
                a=rtcp-rsize
                a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
                a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
                a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
                a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
                a=rtpmap:63 red/48000/2
                a=fmtp:63 111/111
                a=rtpmap:111 opus/48000/2
                a=rtcp-fb:111 transport-cc
                a=fmtp:111 minptime=10;useinbandfec=1
                a=ssrc:SSRC cname:cname-pub
                m=video 9 UDP/TLS/RTP/SAVPF 96 97
                c=IN IP4 0.0.0.0
                a=mid:1
                a=ice-ufrag:srvUfrag
                a=ice-pwd:srvPassword0123456789abc
                a=fingerprint:sha-256 HASH
                a=setup:passive
                a=recvonly
                a=rtcp-mux
                a=rtcp-rsize
                a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
                a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
                a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
                a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
                a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
                a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
                a=extmap:9 http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00
                a=extmap:12 https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension
                a=rtpmap:96 VP8/90000
                a=rtcp-fb:96 nack
                a=rtcp-fb:96 nack pli
                a=rtpmap:97 rtx/90000
                a=fmtp:97 apt=96
                a=rid:q recv
                a=rid:h recv
                a=simulcast:recv q;h
                m=application 9 UDP/DTLS/SCTP webrtc-datachannel
                c=IN IP4 0.0.0.0
                a=mid:2
                a=ice-ufrag:srvUfrag
                a=ice-pwd:srvPassword0123456789abc
                a=fingerprint:sha-256 HASH
                a=setup:passive
                a=sendrecv
                a=sctp-port:5000
                a=max-message-size:65535
                """, golden(offer));
    }

    private String golden(BrowserOffer offer) throws SdpException {
        Negotiated negotiated = answer(offer, List.of(Samples.camera("TR_V", "cid-v", "video/VP8")),
                List.of(Samples.audio("TR_A")));
        return negotiated.sdp().replace("\r\n", "\n")
                .replace("o=- " + Samples.read(negotiated.sdp()).sessionId(), "o=- ID")
                .replace("a=ssrc:" + negotiated.consumers().getFirst().ssrc(), "a=ssrc:SSRC")
                .replace("sha-256 " + Samples.LOCAL.fingerprint().value(), "sha-256 HASH");
    }

    @Test
    void shouldMoveATrackWhoseSectionTheClientStopped() throws SdpException {
        answer(new BrowserOffer().receiveAudio("0").receiveVideo("1").receiveVideo("2"), List.of(),
                List.of(Samples.video("TR_1")));
        Negotiated moved = answer(new BrowserOffer().receiveAudio("0").stopped("video", "1").receiveVideo("2"),
                List.of(), List.of(Samples.video("TR_1")));
        assertEquals(Map.of("2", "TR_1"), moved.midToTrackId());
        assertEquals(0, section(moved, "1").port());
        Negotiated recycled = answer(new BrowserOffer().receiveAudio("0").receiveVideo("9").receiveVideo("2"),
                List.of(), List.of(Samples.video("TR_1"), Samples.video("TR_2")));
        assertEquals(Map.of("2", "TR_1", "9", "TR_2"), recycled.midToTrackId());
    }

    @Test
    void shouldOnlyBindFormatsThatThePublisherUses() throws SdpException {
        CodecParameters h264 = Samples.codec("video/H264", 125, 107,
                Map.of("packetization-mode", "1", "profile-level-id", "42e034"));
        CodecParameters vp9 = Samples.codec("video/VP9", 98, 99, Map.of("profile-id", "0"));
        Negotiated negotiated = answer(new BrowserOffer().receiveVideo("0"), List.of(),
                List.of(Samples.video("TR_V", h264, vp9)));
        assertEquals(List.of(108, 98), negotiated.consumers().getFirst().codecs().stream()
                .map(CodecParameters::payloadType).toList());
        assertEquals(List.of(108, 109, 98, 99), section(negotiated, "0").formats().stream()
                .map(PayloadFormat::payloadType).toList());
    }

    @Test
    void shouldSendPlainOpusToAClientWithoutRed() throws SdpException {
        BrowserOffer offer = new BrowserOffer();
        offer.audioLines = "a=rtpmap:111 opus/48000/2\na=fmtp:111 minptime=10;useinbandfec=1\n";
        Negotiated negotiated = answer(offer.receiveAudio("0"), List.of(), List.of(Samples.audio("TR_A")));
        assertEquals(List.of("audio/opus"), mimeTypes(negotiated.consumers().getFirst().codecs()));
        Negotiated both = Samples.negotiation().answer(new BrowserOffer().receiveAudio("0").text(), Samples.LOCAL,
                List.of(), List.of(Samples.audio("TR_A")));
        assertEquals(List.of("audio/red", "audio/opus"), mimeTypes(both.consumers().getFirst().codecs()));
    }

    @Test
    void shouldSendWithRedundancyAlsoWhatComesWithout() throws SdpException {
        List<CodecParameters> opus = List.of(Samples.codec("audio/opus", 96, -1, Map.of()));
        for (boolean red : new boolean[] {true, false}) {
            SubscribeIntent intent = new SubscribeIntent("TR_A", "PA_p|TR_A", "c", MediaKind.AUDIO, opus, red,
                    org.nhipcau.sfu.api.ConsumerSettings.DEFAULT);
            Negotiated negotiated = Samples.negotiation().answer(new BrowserOffer().receiveAudio("0").text(),
                    Samples.LOCAL, List.of(), List.of(intent));
            List<CodecParameters> codecs = negotiated.consumers().getFirst().codecs();
            assertEquals(red ? List.of("audio/red", "audio/opus") : List.of("audio/opus"), mimeTypes(codecs));
            String offer = Samples.negotiation().offer(Samples.LOCAL, List.of(intent));
            assertEquals(red, offer.contains("a=rtpmap:63 red/48000/2\r\n"));
            assertEquals(red, offer.contains("a=fmtp:63 111/111\r\n"));
        }
    }

    @Test
    void shouldAskSendersOfSpeechForWhatIsConfigured() throws SdpException {
        ServerNegotiation rural = new ServerNegotiation(new java.util.SplittableRandom(Samples.SEED),
                ServerNegotiation.ALL_CODECS, new SoundFormat(20_000, 60, false), SdpLimits.DEFAULT);
        Negotiated negotiated = rural.answer(new BrowserOffer().sendAudio("0", "cid-a").receiveAudio("1").text(),
                Samples.LOCAL, List.of(Samples.microphone("TR_A", "cid-a")), List.of(Samples.audio("TR_B")));
        assertEquals(List.of("audio/opus"), mimeTypes(negotiated.producers().getFirst().codecs()));
        assertEquals(List.of("audio/opus"), mimeTypes(negotiated.consumers().getFirst().codecs()));
        String answer = negotiated.sdp();
        assertTrue(answer.contains("minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=20000\r\n"
                + "a=ptime:60\r\na=maxptime:60\r\n"), answer);
        assertEquals(1, answer.split("a=ptime:", -1).length - 1, "only where the client sends");
    }

    @Test
    void shouldAskForLongerPacketsWhileTheyAreWantedOfATrack() throws SdpException {
        ServerNegotiation usual = Samples.negotiation();
        BrowserOffer offer = new BrowserOffer().sendAudio("0", "cid-a").sendAudio("1", "cid-b");
        PublishIntent other = Samples.microphone("TR_B", "cid-b");
        PublishIntent wanted = new PublishIntent("TR_A", List.of("cid-a"), MediaKind.AUDIO, TrackSource.MICROPHONE, "",
                List.of(), false, true, true, false, 60);
        assertFalse(answerSdp(usual, offer, Samples.microphone("TR_A", "cid-a"), other).contains("a=ptime"));
        String answer = answerSdp(usual, offer, wanted, other);
        assertEquals(1, answer.split("a=ptime:60\r\na=maxptime:60\r\n", -1).length - 1, answer);
        assertTrue(answer.indexOf("a=ptime") < answer.lastIndexOf("m=audio"), answer);
        assertFalse(answerSdp(usual, offer, Samples.microphone("TR_A", "cid-a"), other).contains("a=ptime"));
    }

    private static String answerSdp(ServerNegotiation negotiation, BrowserOffer offer, PublishIntent... publish)
            throws SdpException {
        return negotiation.answer(offer.text(), Samples.LOCAL, List.of(publish), List.of()).sdp();
    }

    @Test
    void shouldRefuseATrackWhoseCodecTheClientLacks() throws SdpException {
        BrowserOffer offer = new BrowserOffer();
        offer.videoPayloadTypes = "96";
        Negotiated negotiated = answer(offer.receiveVideo("0"), List.of(),
                List.of(Samples.video("TR_AV1", Samples.codec("video/AV1", 45, 46, Map.of())),
                        Samples.video("TR_VP8")));
        assertEquals(List.of("TR_AV1"), negotiated.refusedTracks());
        assertEquals(Map.of("0", "TR_VP8"), negotiated.midToTrackId());
        assertEquals(0, negotiated.missingVideo());
        assertEquals(-1, negotiated.consumers().getFirst().codecs().getFirst().rtxPayloadType());
        assertEquals(0, negotiated.consumers().getFirst().rtxSsrc());
    }

    @Test
    void shouldUseSectionsThatSendAndReceiveLast() throws SdpException {
        BrowserOffer offer = new BrowserOffer().video("0", "a=sendrecv\na=msid:s cid-v\n").receiveVideo("1");
        List<PublishIntent> publish = List.of(Samples.camera("TR_V", "cid-v", ""));
        Negotiated one = answer(offer, publish, List.of(Samples.video("TR_1")));
        assertEquals(Map.of("1", "TR_1"), one.midToTrackId());
        assertEquals(Direction.RECVONLY, section(one, "0").direction());
        Negotiated two = answer(offer, publish, List.of(Samples.video("TR_1"), Samples.video("TR_2")));
        assertEquals(Direction.SENDRECV, section(two, "0").direction());
        assertEquals("TR_2", two.midToTrackId().get("0"));
        assertEquals(1, two.producers().size());
    }

    @Test
    void shouldKeepItsStateWhenAnOfferIsUnusable() throws SdpException {
        BrowserOffer good = new BrowserOffer().receiveAudio("0").receiveVideo("1");
        Negotiated before = answer(good, List.of(), List.of(Samples.video("TR_1")));
        for (String bad : List.of("", good.text().replace("a=mid:1\r\n", "a=mid:7\r\n"),
                good.text().replace(BrowserOffer.FINGERPRINT, "a=x"), good.text().replace("a=ice-pwd", "a=x"),
                good.text().replace("a=rtcp-mux\r\n", ""), new BrowserOffer().receiveAudio("0").text(),
                new BrowserOffer().receiveAudio("1").receiveVideo("0").text())) {
            SdpException e = assertThrows(SdpException.class,
                    () -> server.answer(bad, Samples.LOCAL, List.of(), List.of()));
            assertFalse(e.getMessage().contains(BrowserOffer.UFRAG) || e.getMessage().contains(BrowserOffer.PWD));
        }
        Negotiated after = answer(good, List.of(), List.of(Samples.video("TR_1")));
        assertEquals(before.consumers(), after.consumers());
    }

    @Test
    void shouldPassOverWeakFingerprintsBesideAStrongOne() throws SdpException {
        BrowserOffer offer = new BrowserOffer();
        offer.fingerprint = "a=fingerprint:sha-1 " + "AA" + ":BB".repeat(19) + "\n" + BrowserOffer.FINGERPRINT;
        Negotiated negotiated = answer(offer.receiveAudio("0"), List.of(), List.of());
        assertEquals(List.of("sha-256"), negotiated.remote().fingerprints().stream().map(f -> f.algorithm()).toList());
        BrowserOffer weak = new BrowserOffer();
        weak.fingerprint = "a=fingerprint:sha-1 " + "AA" + ":BB".repeat(19);
        assertThrows(SdpException.class, () -> Samples.negotiation().answer(weak.receiveAudio("0").text(),
                Samples.LOCAL, List.of(), List.of()));
    }

    @Test
    void shouldNegotiateOnlyEnabledCodecs() throws SdpException {
        ServerNegotiation small = new ServerNegotiation(new java.util.SplittableRandom(Samples.SEED),
                List.of("audio/OPUS", "video/vp8"), SoundFormat.DEFAULT, SdpLimits.DEFAULT);
        Negotiated negotiated = small.answer(new BrowserOffer().sendVideo("0", "c").sendAudio("1", "a").text(),
                Samples.LOCAL, List.of(Samples.camera("TR_V", "c", "video/H264"), Samples.microphone("TR_A", "a")),
                List.of());
        assertEquals(List.of("video/VP8", "audio/opus"), negotiated.producers().stream()
                .flatMap(p -> mimeTypes(p.codecs()).stream()).toList());
    }
}
