// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.signal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.bench.swarm.signal.SdpDescription.Section;
import org.nhipcau.bench.swarm.transport.RemoteEnd;
import org.nhipcau.sfu.api.DtlsRole;

final class SdpDescriptionTest {
    private static final String FINGERPRINT = "sha-256 " + "AB:".repeat(31) + "CD";
    private static final String OFFER = """
            v=0
            o=- 1 1 IN IP4 127.0.0.1
            s=-
            t=0 0
            a=group:BUNDLE 0 1
            a=ice-lite
            m=audio 9 UDP/TLS/RTP/SAVPF 111
            c=IN IP4 0.0.0.0
            a=mid:0
            a=ice-ufrag:abcdefgh
            a=ice-pwd:abcdefghijklmnopqrstuvwx
            a=fingerprint:%s
            a=setup:actpass
            a=candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host
            a=candidate:2 1 tcp 2130706431 127.0.0.1 7882 typ host tcptype passive
            a=candidate:3 2 udp 2130706431 127.0.0.1 7883 typ host
            a=candidate:4 1 udp 2130706431 some-name.local 7884 typ host
            a=sendonly
            a=msid:PA_1|TR_1 TR_1
            a=rtcp-mux
            a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
            a=extmap:3/recvonly http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
            a=rtpmap:111 opus/48000/2
            a=ssrc:77 cname:x
            m=video 9 UDP/TLS/RTP/SAVPF 96 97
            c=IN IP4 0.0.0.0
            a=mid:1
            a=sendonly
            a=rtpmap:96 VP8/90000
            a=rtpmap:97 rtx/90000
            a=fmtp:97 apt=96
            a=ssrc-group:FID 88 89
            a=ssrc:88 cname:x
            """.formatted(FINGERPRINT);

    @Test
    void shouldReadAnOffer() throws SdpException {
        SdpDescription offer = SdpDescription.read(OFFER.replace("\n", "\r\n"));
        assertTrue(offer.isIceLite());
        assertEquals(2, offer.sections().size());
        Section audio = offer.sections().getFirst();
        assertEquals("0", audio.mid());
        assertTrue(audio.sends());
        assertEquals(111, SdpMedia.payloadType(audio, "opus/48000"));
        assertEquals(1, SdpMedia.extensions(audio).mid());
        assertEquals(3, SdpMedia.extensions(audio).transportCc());
        assertEquals("TR_1", SdpMedia.trackId(audio));
        assertArrayEquals(new long[] {77, 0}, SdpMedia.ssrcs(audio));
        Section video = offer.sections().getLast();
        assertEquals(96, SdpMedia.payloadType(video, "VP8/90000"));
        assertEquals(97, SdpMedia.rtxPayloadType(video, 96));
        assertArrayEquals(new long[] {88, 89}, SdpMedia.ssrcs(video));
        RemoteEnd remote = SdpTransport.remoteEnd(offer);
        assertEquals("abcdefgh", remote.credentials().ufrag());
        assertEquals(1, remote.candidates().size());
        assertEquals(7882, remote.candidates().getFirst().getPort());
        assertEquals(DtlsRole.CLIENT, SdpTransport.roleAgainstOffer(offer));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v=1\r\n", "x", "v=0\r\nm=audio\r\n", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF\r\n",
        "v=0\r\nm=audio 70000 UDP/TLS/RTP/SAVPF 111\r\n", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 128\r\n",
        "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF -1\r\n", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 1111111111111111111\r\n",
        "v=0\r\nA=mid:0\r\n", "v=0\r\na:mid\r\n", "v=0\r\na=mid:\u0000\r\n",
        "v=0\r\nm=audio 9 X 111\r\na=mid:0\r\nm=audio 9 X 111\r\na=mid:0\r\n", "\u0000\u0000\u0000",
        "m=audio 9 X 1\r\n"})
    void shouldRefuseWhatIsNoDescription(String text) {
        assertThrows(SdpException.class, () -> SdpDescription.read(text));
    }

    @Test
    void shouldRefuseWhatIsTooMuch() {
        assertThrows(SdpException.class, () -> SdpDescription.read("v=0\n" + "a=" + "x".repeat(70_000)));
        assertThrows(SdpException.class, () -> SdpDescription.read("v=0\n" + "a=x\n".repeat(2_000)));
        assertThrows(SdpException.class, () -> SdpDescription.read("v=0\n" + "m=audio 9 X 1\n".repeat(5_000)));
        assertThrows(SdpException.class, () -> SdpDescription.read("v=0\nm=audio 9 X" + " 1".repeat(300)));
        assertThrows(SdpException.class, () -> SdpDescription.read("v=0\n".repeat(2_000_000)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=ice-ufrag:abcdefgh", "a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=fingerprint:"})
    void shouldRefuseATransportWithAPartMissing(String part) throws SdpException {
        SdpDescription description = SdpDescription.read(OFFER.lines().filter(line -> !line.startsWith(part))
                .reduce("", (all, line) -> all + line + "\r\n"));
        assertThrows(SdpException.class, () -> SdpTransport.remoteEnd(description));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "candidate:", "1 1 udp 1 127.0.0.1 0 typ host", "1 1 udp 1 127.0.0.1 99999 typ host",
        "1 1 udp 1 127.0.0.1 x typ host", "1 1 udp 1 :::::: 9 typ host", "1 1 udp 1 999.1.1.1 9 typ host",
        "1 1 udp 1 host.example 9 typ host", "1 1 udp 1 127.0.0.1 9", "1 2 udp 1 127.0.0.1 9 typ host"})
    void shouldPassOverCandidatesThatAreNone(String line) {
        assertTrue(SdpTransport.candidate(line).isEmpty());
    }

    @Test
    void shouldReadTrickledCandidatesAndPassOverWhatIsNone() {
        assertEquals(7882, SdpTransport.trickled("{\"candidate\":\"candidate:1 1 udp 1 127.0.0.1 7882 typ host\","
                + "\"sdpMid\":\"0\",\"sdpMLineIndex\":0}").orElseThrow().getPort());
        for (String json : new String[] {"", "{", "[]", "null", "{\"candidate\":7}", "{\"candidate\":\"x\"}"}) {
            assertTrue(SdpTransport.trickled(json).isEmpty(), json);
        }
    }

    /** Whatever bytes come: either a description or a refusal, and everything asked of it has an answer. */
    @Test
    void shouldNeverThrowAnythingButARefusal() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            StringBuilder text = new StringBuilder(OFFER);
            for (int i = random.nextInt(12); i >= 0; i--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(4)) {
                    case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                    case 1 -> text.insert(at, (char) random.nextInt(128));
                    case 2 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(40)));
                    default -> text.insert(at, OFFER, at % OFFER.length(), OFFER.length());
                }
                if (text.isEmpty()) {
                    text.append('v');
                }
            }
            try {
                askEverything(SdpDescription.read(text.toString()));
            } catch (SdpException refused) {
                // As it should be.
            } catch (RuntimeException fault) {
                throw new AssertionError("seed " + seed + ", round " + round, fault);
            }
        }
    }

    private static void askEverything(SdpDescription description) throws SdpException {
        for (Section section : description.sections()) {
            SdpMedia.extensions(section);
            SdpMedia.ssrcs(section);
            SdpMedia.trackId(section);
            SdpMedia.rtxPayloadType(section, SdpMedia.payloadType(section, "VP8/90000"));
            SdpText.accepts(section);
        }
        SdpTransport.roleAgainstOffer(description);
        SdpTransport.remoteEnd(description);
    }
}
