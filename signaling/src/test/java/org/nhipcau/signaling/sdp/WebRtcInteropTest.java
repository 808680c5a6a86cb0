// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.onvoid.webrtc.RTCBundlePolicy;
import dev.onvoid.webrtc.RTCRtpTransceiverDirection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Offers made by libwebrtc, and our descriptions judged by it. */
class WebRtcInteropTest {
    private final ServerNegotiation server = Samples.negotiation();

    @Test
    void shouldAnswerPlaceholdersThenPublishWithSimulcastAndSubscribe() throws Exception {
        try (WebRtcClient client = new WebRtcClient(RTCBundlePolicy.BALANCED)) {
            client.withPlaceholders(3).withDataChannel();
            Negotiated first = server.answer(client.offer(), Samples.LOCAL, List.of(), List.of());
            client.accept(first.sdp());
            client.directions().forEach((mid, direction) ->
                    assertEquals(RTCRtpTransceiverDirection.INACTIVE, direction, mid));

            client.sendAudio("cid-a");
            client.sendVideo("cid-v", 3);
            Negotiated second = server.answer(client.offer(), Samples.LOCAL,
                    List.of(Samples.microphone("TR_AM1", "cid-a"), Samples.camera("TR_VC1", "cid-v", "video/VP8")),
                    List.of(Samples.audio("TR_AMx"), Samples.video("TR_VCx")));
            client.accept(second.sdp());
            assertEquals(2, second.producers().size());
            assertEquals(3, second.producers().getLast().encodings().size());
            assertEquals(2, second.consumers().size());
            assertTrue(client.seenTracks.contains("[PA_pub|TR_AMx]/TR_AMx"));
        }
    }
}
