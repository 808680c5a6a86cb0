// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.signaling.sdp.TransportAttributes.FingerprintLine;
import org.nhipcau.signaling.sdp.TransportAttributes.Setup;

class SubscriberOffersTest {
    private final ServerNegotiation server = Samples.negotiation();

    /** Answers as a client would that takes everything, then lets the test change it. */
    private static SessionDescription answer(String offer, Setup setup) throws SdpException {
        SessionDescription read = Samples.read(offer);
        List<MediaSection> sections = new ArrayList<>();
        for (MediaSection offered : read.sections()) {
            MediaSection.Builder answered = new MediaSection.Builder(offered.media(), offered.port(),
                    offered.protocol());
            answered.mid = offered.mid();
            answered.direction = offered.direction().reversed();
            answered.formats = offered.formats();
            answered.otherFormats = offered.otherFormats();
            answered.sctpPort = offered.sctpPort();
            answered.maxMessageSizeBytes = offered.maxMessageSizeBytes();
            answered.extensions.addAll(offered.extensions());
            answered.rtcpMux = true;
            answered.transport = new TransportAttributes(BrowserOffer.UFRAG, BrowserOffer.PWD,
                    List.of(new FingerprintLine("sha-256", "0A" + ":1B".repeat(31))), setup, List.of(), false);
            sections.add(answered.build());
        }
        return new SessionDescription("-", 1, 1, false, true, read.bundle(), sections);
    }

    private static String refusing(SessionDescription answer, int index) {
        List<MediaSection> sections = new ArrayList<>(answer.sections());
        MediaSection.Builder refused = new MediaSection.Builder(sections.get(index).media(), 0,
                sections.get(index).protocol());
        refused.formats = sections.get(index).formats();
        refused.otherFormats = sections.get(index).otherFormats();
        refused.mid = sections.get(index).mid();
        List<String> bundle = new ArrayList<>(answer.bundle());
        bundle.remove(refused.mid);
        sections.set(index, refused.build());
        return SdpWriter.write(new SessionDescription("-", 1, 1, false, true, bundle, sections));
    }

    private Negotiated round(SubscribeIntent... tracks) throws SdpException {
        return server.accept(SdpWriter.write(answer(server.offer(Samples.LOCAL, List.of(tracks)), Setup.ACTIVE)));
    }

    @Test
    void shouldOfferLegalPayloadTypesThatMeanTheSameEverywhere() throws SdpException {
        CodecParameters[] all = {Samples.codec("video/VP9", 1, 2, Map.of()),
            Samples.codec("video/AV1", 3, 4, Map.of()), Samples.codec("video/VP8", 5, 6, Map.of()),
            Samples.codec("video/H264", 7, 8, Map.of("profile-level-id", "42e01f")),
            Samples.codec("video/H264", 9, 10, Map.of("profile-level-id", "42001f")),
            Samples.codec("video/H264", 11, 12, Map.of("profile-level-id", "4d0032")),
            Samples.codec("video/H264", 13, 14, Map.of("profile-level-id", "640c1f"))};
        String text = server.offer(Samples.LOCAL, List.of(Samples.video("TR_V", all), Samples.audio("TR_A"),
                Samples.video("TR_W")));
        SessionDescription offer = Samples.read(text);
        assertTrue(offer.iceLite());
        Set<Integer> payloadTypes = new HashSet<>();
        Set<PayloadFormat> distinct = new HashSet<>();
        for (MediaSection section : offer.sections()) {
            assertEquals(Setup.ACTPASS, section.transport().setup());
            if (!section.isRtp()) {
                continue;
            }
            assertEquals(Direction.SENDONLY, section.direction());
            assertTrue(section.rtcpMux());
            section.formats().forEach(format -> {
                assertTrue(format.payloadType() < 64 || format.payloadType() > 95, "mistaken for RTCP");
                distinct.add(format);
                payloadTypes.add(format.payloadType());
            });
        }
        assertEquals(payloadTypes.size(), distinct.size());
        assertEquals(7 * 2, offer.sections().getFirst().formats().size());
        assertEquals(98, offer.sections().getFirst().formats().getFirst().payloadType());
        assertEquals(Map.of("0", "TR_V", "1", "TR_A", "2", "TR_W"), server.offeredMidToTrackId());
        assertEquals(5000, offer.sections().getLast().sctpPort());
        assertEquals(65_535, offer.sections().getLast().maxMessageSizeBytes());
    }

    @Test
    void shouldMarkStereoForClientsThatLookForItInTheOffer() throws SdpException {
        SubscribeIntent stereo = new SubscribeIntent("TR_A", "PA_p|TR_A", "c", org.nhipcau.sfu.api.MediaKind.AUDIO,
                List.of(Samples.codec("audio/opus", 111, -1, Map.of("stereo", "1"))), false,
                org.nhipcau.sfu.api.ConsumerSettings.DEFAULT);
        PayloadFormat opus = Samples.read(server.offer(Samples.LOCAL, List.of(stereo))).sections().getFirst()
                .formats().getFirst();
        assertEquals("1", opus.parameter("sprop-stereo", "0"));
        assertTrue(opus.feedback().contains("nack"));
    }

    @Test
    void shouldKeepMidsAndSsrcsAndReuseASectionOnlyAfterAnIdleRound() throws SdpException {
        Negotiated first = round(Samples.audio("TR_A"), Samples.video("TR_1"));
        Negotiated exchanged = round(Samples.audio("TR_A"), Samples.video("TR_2"));
        assertEquals(Map.of("0", "TR_A", "3", "TR_2"), exchanged.midToTrackId());
        assertEquals(first.consumers().getFirst(), exchanged.consumers().getFirst());
        Negotiated reused = round(Samples.audio("TR_A"), Samples.video("TR_2"), Samples.video("TR_3"));
        assertEquals("TR_3", reused.midToTrackId().get("1"));
        assertNotEquals(first.consumers().getLast().ssrc(), reused.consumers().get(1).ssrc());
        assertEquals(3, reused.midToTrackId().size());
    }

    @Test
    void shouldReportARefusedTrackAndTakeItsPlaceWithANewSection() throws SdpException {
        String offer = server.offer(Samples.LOCAL, List.of(Samples.audio("TR_A"), Samples.video("TR_V")));
        Negotiated negotiated = server.accept(refusing(answer(offer, Setup.ACTIVE), 1));
        assertEquals(List.of("TR_V"), negotiated.refusedTracks());
        assertEquals(Map.of("0", "TR_A"), negotiated.midToTrackId());
        SessionDescription without = Samples.read(server.offer(Samples.LOCAL, List.of(Samples.audio("TR_A"))));
        assertEquals(0, without.sections().get(1).port());
        assertEquals(List.of("0", "2"), without.bundle());
        server.accept(refusing(answer(SdpWriter.write(without), Setup.ACTIVE), 1));
        Negotiated again = round(Samples.audio("TR_A"), Samples.video("TR_W"));
        assertEquals(Map.of("0", "TR_A", "3", "TR_W"), again.midToTrackId());
        assertEquals(2, again.consumers().size());
    }

    @Test
    void shouldMoveTheCandidatesWhenTheFirstSectionIsRefused() throws SdpException {
        String offer = server.offer(Samples.LOCAL, List.of(Samples.video("TR_V"), Samples.audio("TR_A")));
        Negotiated negotiated = server.accept(refusing(answer(offer, Setup.ACTIVE), 0));
        assertEquals(BrowserOffer.UFRAG, negotiated.remote().iceUfrag());
        SessionDescription next = Samples.read(server.offer(Samples.LOCAL, List.of(Samples.audio("TR_A"))));
        assertTrue(next.sections().getFirst().transport().candidates().isEmpty());
        assertFalse(next.sections().get(1).transport().candidates().isEmpty());
    }

    @Test
    void shouldOfferDataOnceAndOpenItsChannels() throws SdpException {
        Negotiated alone = round();
        assertEquals(new DataParameters(5000, 65_535, true), alone.data());
        assertTrue(alone.consumers().isEmpty());
        Negotiated more = round(Samples.audio("TR_A"));
        assertEquals(alone.data(), more.data());
        assertEquals(Map.of("1", "TR_A"), more.midToTrackId());
        assertEquals(alone.remote(), more.remote());
    }

    @Test
    void aClientWithoutDataKeepsItsTracks() throws SdpException {
        String offer = server.offer(Samples.LOCAL, List.of(Samples.audio("TR_A")));
        Negotiated without = server.accept(refusing(answer(offer, Setup.ACTIVE), 1));
        assertNull(without.data());
        assertEquals(Map.of("0", "TR_A"), without.midToTrackId());
        SessionDescription next = Samples.read(server.offer(Samples.LOCAL, List.of(Samples.audio("TR_A"))));
        assertEquals(0, next.sections().get(1).port());
        server.accept(refusing(answer(SdpWriter.write(next), Setup.ACTIVE), 1));
        Negotiated grown = round(Samples.audio("TR_A"), Samples.video("TR_V"));
        assertEquals(Map.of("0", "TR_A", "2", "TR_V"), grown.midToTrackId());
        assertNull(grown.data());
    }

    @Test
    void shouldBindOnlyWhatTheAnswerAllows() throws SdpException {
        CodecParameters vp9 = Samples.codec("video/VP9", 45, 46, Map.of());
        String offer = server.offer(Samples.LOCAL, List.of(Samples.video("TR_9", vp9), Samples.video("TR_8"),
                Samples.audio("TR_A")));
        SessionDescription answer = answer(offer, Setup.PASSIVE);
        String limited = SdpWriter.write(answer).replace("a=rtpmap:98 VP9/90000", "a=rtpmap:98 nothing/90000")
                .replace("a=rtpmap:97 rtx", "a=rtpmap:97 nothing").replace("a=rtpmap:63 red", "a=rtpmap:63 nothing")
                .replace("a=extmap:3 ", "a=extmap:9 ");
        Negotiated negotiated = server.accept(limited);
        assertEquals(List.of("TR_9"), negotiated.refusedTracks());
        assertEquals(-1, negotiated.consumers().getFirst().codecs().getFirst().rtxPayloadType());
        assertEquals(0, negotiated.consumers().getFirst().rtxSsrc());
        assertEquals(1, negotiated.consumers().getLast().codecs().size());
        assertEquals(DtlsRole.CLIENT, negotiated.remote().localRole());
        assertEquals(0, negotiated.extensions().transportCc());
        assertEquals(1, negotiated.extensions().mid());
    }

    @Test
    void shouldRefuseAnswersThatDoNotFitTheOffer() throws SdpException {
        assertThrows(SdpException.class, () -> server.accept(BrowserOffer.placeholders().text()));
        String offer = server.offer(Samples.LOCAL, List.of(Samples.audio("TR_A"), Samples.video("TR_V")));
        String right = SdpWriter.write(answer(offer, Setup.ACTIVE));
        SessionDescription read = Samples.read(right);
        for (String wrong : List.of(right.replace("a=setup:active", "a=setup:actpass"),
                right.replace("BUNDLE 0 1 2", "BUNDLE 0 7 2").replace("a=mid:1", "a=mid:7"),
                right.replace("m=video", "m=audio"), right.replace("a=ice-ufrag", "a=x"),
                right.replace("a=fingerprint:sha-256", "a=fingerprint:sha-1"),
                SdpWriter.write(new SessionDescription("-", 1, 1, false, true, List.of("0"),
                        read.sections().subList(0, 1))),
                right.replace("m=application", "m=text"),
                refusing(Samples.read(refusing(Samples.read(refusing(read, 0)), 1)), 2))) {
            assertThrows(SdpException.class, () -> server.accept(wrong));
        }
        assertEquals(2, server.accept(right).consumers().size());
        assertThrows(SdpException.class, () -> server.accept(right));
    }
}
