// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SdpReaderTest {
    private static final String HEAD = "v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n";

    private static SdpException refused(String text) {
        return assertThrows(SdpException.class, () -> Samples.read(text));
    }

    @Test
    void shouldReadBothLineEndings() throws SdpException {
        String text = BrowserOffer.placeholders().text();
        assertEquals(Samples.read(text), Samples.read(text.replace("\r\n", "\n")));
        assertEquals(Samples.read(text), Samples.read(text.stripTrailing()));
    }

    @Test
    void shouldInheritSessionAttributes() throws SdpException {
        SessionDescription read = Samples.read(HEAD + "a=group:BUNDLE a b\na=sendonly\na=ice-ufrag:abcd\n"
                + "a=ice-pwd:0123456789012345678901\n" + BrowserOffer.FINGERPRINT + "\na=setup:active\n"
                + "a=extmap:3/recvonly urn:x some more\nm=audio 9 UDP/TLS/RTP/SAVPF 0\na=mid:a\n"
                + "m=video 9/2 UDP/TLS/RTP/SAVPF 96\na=mid:b\na=recvonly\na=ice-ufrag:wxyz\na=setup:passive\n");
        MediaSection first = read.sections().getFirst();
        MediaSection second = read.sections().getLast();
        assertEquals(Direction.SENDONLY, first.direction());
        assertEquals(Direction.RECVONLY, second.direction());
        assertEquals("abcd", first.transport().iceUfrag());
        assertEquals("wxyz", second.transport().iceUfrag());
        assertEquals("0123456789012345678901", second.transport().icePwd());
        assertEquals(TransportAttributes.Setup.ACTIVE, first.transport().setup());
        assertEquals(TransportAttributes.Setup.PASSIVE, second.transport().setup());
        assertEquals(1, second.transport().fingerprints().size());
        assertEquals("some more", second.extensions().getFirst().attributes());
    }

    @Test
    void shouldReadSimulcastWithAlternativesAndPausedStreams() throws SdpException {
        MediaSection section = Samples.read(HEAD + "m=video 9 UDP/TLS/RTP/SAVPF 96\na=rid:1 send pt=96;max-width=9\n"
                + "a=rid:2 send\na=rid:r recv\na=simulcast: send 1,2;~2 recv r\n").sections().getFirst();
        assertEquals(List.of("1", "2"), section.simulcast().send());
        assertEquals(List.of("r"), section.simulcast().receive());
        assertEquals(List.of("1", "2"), EncodingSelector.rids(section));
    }

    @Test
    void shouldSpreadFeedbackForAllFormats() throws SdpException {
        MediaSection section = Samples.read(HEAD + "m=video 9 UDP/TLS/RTP/SAVPF 96 97\na=rtpmap:96 VP8/90000\n"
                + "a=rtcp-fb:* nack\na=rtcp-fb:97 ccm fir\n").sections().getFirst();
        assertEquals(List.of("nack"), section.formats().getFirst().feedback());
        assertEquals(List.of("ccm fir", "nack"), section.formats().getLast().feedback());
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, true", "127, true", "128, false", "255, false", "4294967296, false",
        "18446744073709551616, false", "99999999999999999999999999, false", "-1, false", "'', false", "x, false"})
    void shouldOnlyTakePayloadTypesUpTo127(String payloadType, boolean right) throws SdpException {
        for (String text : List.of(HEAD + "m=audio 9 UDP/TLS/RTP/SAVPF " + payloadType + "\n",
                HEAD + "m=audio 9 UDP/TLS/RTP/SAVPF 1\na=rtpmap:" + payloadType + " opus/48000/2\n",
                HEAD + "m=audio 9 UDP/TLS/RTP/SAVPF 1\na=fmtp:" + payloadType + " a=b\n",
                HEAD + "m=audio 9 UDP/TLS/RTP/SAVPF 1\na=rtcp-fb:" + payloadType + " nack\n")) {
            if (right) {
                assertEquals(1, Samples.read(text).sections().size());
            } else {
                assertTrue(refused(text).getMessage().startsWith("line 5") || refused(text).getMessage()
                        .startsWith("line 6"));
            }
        }
    }

    /** Shapes that have crashed other servers' readers: numbers too large, fields missing, lines cut off. */
    @ParameterizedTest
    @ValueSource(strings = {"m=", "m=audio", "m=audio 9", "m=audio 9 UDP/TLS/RTP/SAVPF",
        "m=audio 65536 UDP/TLS/RTP/SAVPF 0", "m=audio -9 UDP/TLS/RTP/SAVPF 0", "m=audio 9 X 0 0",
        "m=au:dio 9 UDP/TLS/RTP/SAVPF 0", "a=group:BUNDLE nobody", "o=- 1", "o=- x 2 IN IP4 1.1.1.1",
        "a=fingerprint:", "a=fingerprint:sha-256", "a=setup:", "a=setup:both", "a=ice-ufrag:abc",
        "a=ice-ufrag:ab d", "a=ice-pwd:short", "a=extmap:", "a=extmap:1", "a=extmap:0 urn:x", "a=extmap:4352 urn:x",
        "a=extmap:1/sideways urn:x", "a=extmap:4294967297 urn:x", "M=audio 9 X 0", "=", "x", "\u0001=2", "a\u0000=b"})
    void shouldRefuseBrokenLines(String line) {
        refused(HEAD + line + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=mid:", "a=mid:0123456789abcdefg", "a=mid:a b", "a=rtpmap:", "a=rtpmap:96",
        "a=rtpmap:96 VP8", "a=rtpmap:96 VP8/", "a=rtpmap:96 VP8/0", "a=rtpmap:96 VP8/4294967296",
        "a=rtpmap:96 VP8/90000/-1", "a=rtpmap:96 /90000", "a=rtpmap:96 VP8/90000\na=rtpmap:96 VP9/90000", "a=fmtp:96",
        "a=rtcp-fb:96", "a=msid:", "a=rid:", "a=rid:q", "a=rid:q both", "a=rid:q~ send", "a=rid:q send\na=rid:q send",
        "a=rid:12345678901234567 send", "a=simulcast:", "a=simulcast:send", "a=simulcast:send q;h recv",
        "a=simulcast:send ;", "a=simulcast:send q;q", "a=simulcast:up q", "a=ssrc:", "a=ssrc:1",
        "a=ssrc:4294967296 cname:x", "a=ssrc:-1 cname:x", "a=ssrc-group:FID", "a=ssrc-group:FID 1 4294967296",
        "a=sctp-port:0", "a=sctp-port:65536", "a=max-message-size:-1", "a=max-message-size:99999999999999999999",
        "a=extmap:1 urn:a\na=extmap:1 urn:b", "a=ssrc:1 cname:a\u0007b"})
    void shouldRefuseBrokenLinesOfASection(String line) {
        refused(HEAD + "m=video 9 UDP/TLS/RTP/SAVPF 96\n" + line + "\n");
    }

    @Test
    void shouldRefuseWhatIsNoDescription() {
        for (String text : new String[] {null, "", " ", "\r\n\r\n", "{}", "v=1\n", "m=audio 9 X 0\n", "s=-\nv=0\n"}) {
            refused(text);
        }
        refused(HEAD + "m=audio 9 X 0\na=mid:0\nm=audio 9 X 0\na=mid:0\n");
    }

    @Test
    void shouldPassOverUnknownLinesAndFormatsNobodyListed() throws SdpException {
        SessionDescription read = Samples.read(HEAD + "b=AS:500\nk=x\na=nonsense:\na=group:LS a\n"
                + "m=audio 9 UDP/TLS/RTP/SAVPF 111\nb=TIAS:1\na=ptime:20\na=rtpmap:96 X/1\na=fmtp:96 a\na=rtcp-xr:x\n");
        assertEquals(1, read.sections().getFirst().formats().size());
        assertEquals("", read.sections().getFirst().formats().getFirst().encodingName());
    }

    @Test
    void shouldRefuseTenMegabytesAtOnce() {
        String text = HEAD + ("a=candidate:" + "x".repeat(1_000) + "\n").repeat(10_000);
        assertEquals("the description is longer than 2097152 characters", refused(text).getMessage());
    }

    @Test
    void shouldRefuseAHundredThousandSections() {
        String text = HEAD + "m=audio 9 X 0\n".repeat(100_000);
        assertEquals("the description has more than 256 sections", refused(text).getMessage());
        SdpException lines = assertThrows(SdpException.class, () ->
                new SdpReader(new SdpLimits(1 << 20, 100, 256)).read(HEAD + "a=x\n".repeat(97)));
        assertEquals("the description has more than 100 lines", lines.getMessage());
    }

    @Test
    void shouldStayQuickOnDescriptionsFullToTheirLimits() throws SdpException {
        StringBuilder text = new StringBuilder(HEAD);
        for (int i = 1; i <= 256; i++) {
            text.append("a=extmap:").append(i).append(" urn:").append("y".repeat(3_000)).append('\n');
        }
        text.append("a=group:BUNDLE");
        for (int i = 0; i < 256; i++) {
            text.append(' ').append(i);
        }
        text.append('\n').append(BrowserOffer.FINGERPRINT).append("\na=ice-ufrag:abcd\na=ice-pwd:")
                .append(BrowserOffer.PWD).append('\n');
        StringBuilder formats = new StringBuilder();
        for (int payloadType = 0; payloadType < 128; payloadType++) {
            formats.append(' ').append(payloadType);
        }
        for (int i = 0; i < 256; i++) {
            text.append("m=video 9 UDP/TLS/RTP/SAVPF").append(formats).append("\na=rtcp-mux\na=recvonly\na=mid:")
                    .append(i).append('\n');
            for (int payloadType = 0; payloadType < 128; payloadType++) {
                text.append("a=rtpmap:").append(payloadType).append(" VP8/90000\n");
            }
        }
        List<SubscribeIntent> many = java.util.stream.IntStream.range(0, 500).mapToObj(i -> Samples.video("TR_" + i,
                Samples.codec("video/" + (i % 2 == 0 ? "VP8" : "AV1"), 96, 97, java.util.Map.of()))).toList();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long beforeNs = threads.getCurrentThreadCpuTime();
        Negotiated negotiated = Samples.negotiation().answer(text.toString(), Samples.LOCAL, List.of(), many);
        long cpuMs = (threads.getCurrentThreadCpuTime() - beforeNs) / 1_000_000;
        assertEquals(250, negotiated.consumers().size());
        assertEquals(250, negotiated.refusedTracks().size());
        assertTrue(cpuMs < 5_000, "took " + cpuMs + " ms of processor time");
    }

    @Test
    void shouldNotPutTextOfTheDescriptionIntoErrors() {
        String secret = "SECRETcanary";
        for (String line : List.of("a=ice-ufrag:x " + secret, "a=fingerprint:" + secret, "a=mid:" + secret + " x",
                "m=" + secret, "a=rtpmap:" + secret, "a=extmap:" + secret, "a=setup:" + secret, secret)) {
            String message = refused(HEAD + line + "\nm=audio 9 X 0\n" + line + "\n").getMessage();
            assertTrue(!message.contains(secret), message);
        }
    }

    @Test
    void shouldNeverThrowAnythingElseOnMutatedOffers() {
        BrowserOffer small = new BrowserOffer();
        small.videoPayloadTypes = "96 97";
        small.videoLines = "a=rtpmap:96 VP8/90000\na=rtcp-fb:96 nack pli\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n";
        String[] samples = {small.receiveAudio("0").receiveVideo("1").text(),
            small.sendAudio("2", "a").sendSimulcast("3", "v", "q", "h", "f").data("4").text()};
        SplittableRandom random = new SplittableRandom(Samples.SEED);
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            String text = mutate(samples[i / 5 & 1], random);
            try {
                SessionDescription offer = Samples.read(text);
                if (i % 5 != 0) {
                    continue;
                }
                Negotiated negotiated = Samples.negotiation().answer(text, Samples.LOCAL,
                        List.of(Samples.camera("TR_V", "v", "video/H264"), Samples.microphone("TR_A", "a")),
                        List.of(Samples.video("TR_X"), Samples.audio("TR_Y")));
                AnswerRules.check(offer, Samples.read(negotiated.sdp()));
                taken++;
            } catch (SdpException e) {
                assertTrue(!e.getMessage().isEmpty());
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("mutation " + i + " of seed " + Samples.SEED + ": " + text, e);
            }
        }
        assertTrue(taken > 100, "too few mutations were still offers: " + taken);
    }

    private static String mutate(String sample, SplittableRandom random) {
        StringBuilder text = new StringBuilder(sample);
        for (int n = random.nextInt(1, 5); n > 0; n--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(6)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.deleteCharAt(at);
                case 2 -> text.insert(at, "0123456789 ;=:/\r\n*".charAt(random.nextInt(18)));
                case 3 -> text.delete(at, Math.min(text.length(), at + random.nextInt(200)));
                case 4 -> text.insert(at, text.substring(Math.max(0, at - random.nextInt(200)), at));
                default -> {
                    int line = text.indexOf("\n", at) + 1;
                    int next = line == 0 ? -1 : text.indexOf("\n", line);
                    if (next > 0) {
                        text.delete(line, next + 1);
                    }
                }
            }
            if (text.isEmpty()) {
                return sample;
            }
        }
        return text.toString();
    }
}
