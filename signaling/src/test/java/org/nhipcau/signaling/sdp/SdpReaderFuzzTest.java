// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any text is either refused or answered by the rules; the seeds are offers of Chromium, Firefox and libwebrtc. */
class SdpReaderFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void shouldAnswerOrRefuse(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        SessionDescription offer;
        try {
            offer = Samples.read(text);
        } catch (SdpException e) {
            return;
        }
        try {
            assertEquals(offer, Samples.read(SdpWriter.write(offer)));
        } catch (SdpException e) {
            throw new AssertionError("what was read could not be read again: " + e.getMessage(), e);
        }
        try {
            ServerNegotiation server = Samples.negotiation();
            Negotiated negotiated = server.answer(text, Samples.LOCAL,
                    List.of(Samples.camera("TR_V", "cid-v", "video/H264"), Samples.microphone("TR_A", "cid-a")),
                    List.of(Samples.video("TR_X"), Samples.audio("TR_Y")));
            AnswerRules.check(offer, Samples.read(negotiated.sdp()));
            server.answer(text, Samples.LOCAL, List.of(), List.of());
        } catch (SdpException e) {
            return;
        }
    }

    @FuzzTest(maxDuration = "30s")
    void shouldAcceptOrRefuseAnswers(byte[] data) {
        ServerNegotiation server = Samples.negotiation();
        List<SubscribeIntent> tracks = List.of(Samples.audio("TR_A"), Samples.video("TR_V"));
        server.offer(Samples.LOCAL, tracks);
        try {
            Negotiated negotiated = server.accept(new String(data, StandardCharsets.UTF_8));
            assertEquals(2, negotiated.consumers().size() + negotiated.refusedTracks().size());
        } catch (SdpException e) {
            assertEquals(2, server.offeredMidToTrackId().size());
        }
        server.offer(Samples.LOCAL, tracks);
    }
}
