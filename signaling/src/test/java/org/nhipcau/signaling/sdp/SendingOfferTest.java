// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.signaling.sdp.SendingOffer.Flaw;
import org.nhipcau.signaling.sdp.SendingOffer.Track;

class SendingOfferTest {
    private static SendingOffer read(String sdp) throws SdpException {
        return SendingOffer.read(sdp, SdpLimits.DEFAULT);
    }

    @Test
    void shouldTellWhatIsSentAndByWhichCredentials() throws Exception {
        SendingOffer offer = read(DeviceOffer.pictureAndSound());
        assertEquals(List.of(new Track(MediaKind.AUDIO, 1, false),
                new Track(MediaKind.VIDEO, 1, false)), offer.tracks());
        assertEquals(new IceFragment(DeviceOffer.UFRAG, DeviceOffer.PWD), offer.credentials());
        assertTrue(offer.flaw().isEmpty());
    }

    @Test
    void shouldCountLayersAndChannels() throws Exception {
        assertEquals(List.of(new Track(MediaKind.VIDEO, 3, false)),
                read(DeviceOffer.simulcast("q", "h", "f")).tracks());
        assertEquals(List.of(new Track(MediaKind.AUDIO, 1, true)), read(DeviceOffer.stereo()).tracks());
    }

    @Test
    void shouldNameTheFlaw() throws Exception {
        assertEquals(Optional.of(Flaw.NOT_SENDING), read(DeviceOffer.receiver()).flaw());
        assertEquals(Optional.of(Flaw.NOT_MEDIA), read(DeviceOffer.withData()).flaw());
        assertEquals(Optional.of(Flaw.SEVERAL_OF_A_KIND), read(DeviceOffer.twoPictures()).flaw());
        assertEquals(Optional.of(Flaw.NO_COMMON_FORMAT), read(DeviceOffer.unknownFormat()).flaw());
        assertEquals(Optional.of(Flaw.NO_COMMON_FORMAT), read(DeviceOffer.pictureAndSound().replace(
                "a=group:BUNDLE 0 1", "a=group:BUNDLE 0")).flaw());
        assertEquals(Optional.of(Flaw.NOT_SENDING),
                read(new BrowserOffer().video("0", "a=inactive\na=msid:s t\n").text()).flaw());
        assertEquals(Optional.of(Flaw.NOT_SENDING), read(new BrowserOffer().video("0", "a=sendrecv\n").text()).flaw());
        assertTrue(read(new BrowserOffer().video("0", "a=sendrecv\na=msid:s t\n").text()).flaw().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v=0\r\n", "hello",
        "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=sendonly\r\n"})
    void shouldRefuseWhatNobodyCanAnswer(String sdp) {
        assertThrows(SdpException.class, () -> read(sdp));
    }

    @Test
    void shouldBeAnsweredToReceiveWhetherTheTracksAreNamedOrNot() throws Exception {
        for (String sdp : List.of(DeviceOffer.withoutMsid(), DeviceOffer.pictureAndSound())) {
            assertTrue(read(sdp).flaw().isEmpty());
            // Sound and picture bear the same track id where there is one: the kind finds the section.
            Negotiated answer = Samples.negotiation().answer(read(sdp).sdp(), Samples.LOCAL, List.of(
                    Samples.camera("TR_v", "video", ""), Samples.microphone("TR_a", "audio")), List.of());
            assertEquals(List.of("TR_a", "TR_v"),
                    answer.producers().stream().map(ProducerParameters::trackId).toList());
            assertEquals(2, answer.sdp().lines().filter("a=recvonly"::equals).count());
        }
    }

    @Test
    void shouldBeAnsweredWithTheLayersThatItOffers() throws Exception {
        PublishIntent intent = new PublishIntent("TR_v", List.of("video"), MediaKind.VIDEO, TrackSource.SCREEN_SHARE,
                "", List.of(new EncodingParameters("", 0, 0, 0, 0, 0, 0), new EncodingParameters("", 0, 0, 1, 0, 0, 0)),
                false, false, false, false, 0);
        Negotiated answer = Samples.negotiation().answer(DeviceOffer.simulcast("low", "high"), Samples.LOCAL,
                List.of(intent), List.of());
        assertTrue(answer.sdp().contains("a=rid:low recv\r\n"));
        assertTrue(answer.sdp().contains("a=simulcast:recv low;high\r\n"));
        assertEquals(List.of("low", "high"), answer.producers().getFirst().encodings().stream()
                .map(EncodingParameters::rid).toList());
    }
}
