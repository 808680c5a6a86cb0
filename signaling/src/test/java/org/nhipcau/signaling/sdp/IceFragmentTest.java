// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IceFragmentTest {
    private static final String PWD = "vw5LmwG4y/e6dPP/zAP9Gp5k";
    private static final String TRICKLE = "a=ice-ufrag:EsAw\r\na=ice-pwd:" + PWD + "\r\nm=audio 9 RTP/AVP 0\r\n"
            + "a=mid:0\r\na=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host\r\na=end-of-candidates\r\n";

    @Test
    void shouldReadCredentialsAndPassOverCandidates() throws Exception {
        assertEquals(new IceFragment("EsAw", PWD), IceFragment.read(TRICKLE));
        assertFalse(IceFragment.read("a=candidate:1 1 udp 1 x.local 9 typ host\n").hasCredentials());
        // As some clients write it, with the credentials in the section, and twice.
        assertEquals("EsAw", IceFragment.read("m=video 9 RTP/AVP 0\na=mid:0\na=ice-ufrag:EsAw\na=ice-pwd:" + PWD
                + "\nm=audio 9 RTP/AVP 0\na=ice-ufrag:EsAw\n").iceUfrag());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\r\n", "hello", "a=ice-ufrag:EsAw\r\n", "a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k",
        "a=ice-ufrag:x\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k", "a=ice-ufrag:EsAw\r\na=ice-pwd:short",
        "a=ice-ufrag:EsAw\r\na=ice-ufrag:Other\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k",
        "a=ice-ufrag:Es\u0000Aw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k"})
    void shouldRefuseWhatIsMalformed(String text) {
        assertThrows(SdpException.class, () -> IceFragment.read(text));
    }

    @Test
    void shouldRefuseWhatIsTooLong() {
        assertThrows(SdpException.class, () -> IceFragment.read("a=x\n".repeat(1_001)));
        assertThrows(SdpException.class, () -> IceFragment.read("a=" + "x".repeat(IceFragment.MAX_CHARS)));
    }

    @Test
    void shouldTurnAnOfferIntoOneThatRestarts() throws Exception {
        ServerNegotiation negotiation = Samples.negotiation();
        String offer = DeviceOffer.pictureAndSound();
        List<PublishIntent> tracks = List.of(Samples.camera("TR_v", "video", ""), Samples.microphone("TR_a", "audio"));
        negotiation.answer(offer, Samples.LOCAL, tracks, List.of());
        String again = new IceFragment("next", PWD).in(offer);
        assertFalse(negotiation.restartsIce(offer));
        assertTrue(negotiation.restartsIce(again));
        Negotiated answer = negotiation.answer(again, Samples.local("srv2", "srvPassword2222222222222"), tracks,
                List.of());
        assertEquals(2, answer.producers().size());
        assertEquals(PWD, answer.remote().icePwd());
        String fragment = IceFragment.of(answer.sdp());
        assertEquals(new IceFragment("srv2", "srvPassword2222222222222"), IceFragment.read(fragment));
        List<String> lines = fragment.lines().toList();
        assertEquals("a=ice-lite", lines.getFirst());
        assertEquals("a=end-of-candidates", lines.getLast());
        assertTrue(lines.contains("a=mid:0"));
        assertEquals(2, lines.stream().filter(line -> line.startsWith("a=candidate:")).count());
    }

    @Test
    void shouldSurviveAnyBytes() {
        long seed = 20_260_801L;
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder(TRICKLE);
            for (int i = 0; i < 1 + random.nextInt(6); i++) {
                int at = random.nextInt(text.length());
                text.replace(at, Math.min(text.length(), at + random.nextInt(9)),
                        String.valueOf((char) random.nextInt(512)));
            }
            try {
                IceFragment read = IceFragment.read(text.toString());
                assertEquals(read.icePwd().isEmpty(), read.iceUfrag().isEmpty(), "seed " + seed + " round " + round);
            } catch (SdpException refused) {
                assertFalse(refused.getMessage().contains(PWD));
            }
        }
    }
}
