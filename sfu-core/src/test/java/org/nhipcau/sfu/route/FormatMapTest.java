// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;

class FormatMapTest {
    private static CodecParameters codec(String mime, int payloadType, int rtx, Map<String, String> parameters) {
        int clockRate = mime.startsWith("audio") ? 48_000 : 90_000;
        return new CodecParameters(mime, payloadType, clockRate, 0, parameters, rtx, true, true, true, false, true);
    }

    private static CodecParameters h264(int payloadType, String mode, String profile) {
        return codec("video/H264", payloadType, -1, Map.of("packetization-mode", mode, "profile-level-id", profile));
    }

    @Test
    void shouldTranslatePayloadTypesByFormat() {
        FormatMap map = new FormatMap(List.of(codec("video/VP8", 96, 97, Map.of()),
                codec("video/VP9", 98, 99, Map.of())),
                List.of(codec("video/vp9", 30, 31, Map.of("profile-id", "0")), codec("video/vp8", 40, -1, Map.of())));
        assertEquals(40, map.payloadType(0));
        assertEquals(-1, map.rtxPayloadType(0));
        assertEquals(30, map.payloadType(1));
        assertEquals(31, map.rtxPayloadType(1));
        assertTrue(map.anyRtx());
    }

    @Test
    void shouldRefuseWhatTheReceiverDoesNotTake() {
        FormatMap map = new FormatMap(List.of(codec("video/AV1", 45, -1, Map.of()),
                codec("video/VP9", 98, -1, Map.of("profile-id", "2"))), List.of(codec("video/VP9", 98, -1, Map.of())));
        assertEquals(FormatMap.Treatment.REFUSED, map.treatment(0));
        assertEquals(FormatMap.Treatment.REFUSED, map.treatment(1));
        assertFalse(map.anyRtx());
    }

    @Test
    void shouldChooseTheNearestProfileOfH264AndNeverAnotherPacketization() {
        List<CodecParameters> accepted = List.of(h264(1, "0", "42e01f"), h264(2, "1", "640c1f"), h264(3, "1", "42e034"),
                h264(4, "1", "42E01F"));
        assertEquals(4, new FormatMap(List.of(h264(100, "1", "42e01f")), accepted).payloadType(0));
        assertEquals(3, new FormatMap(List.of(h264(100, "1", "42e028")), accepted).payloadType(0));
        assertEquals(2, new FormatMap(List.of(h264(100, "1", "4d001f")), accepted).payloadType(0));
        assertEquals(-1, new FormatMap(List.of(h264(100, "1", "42e01f")), accepted.subList(0, 1)).payloadType(0));
    }

    @Test
    void shouldKnowWhetherTheReceiverTakesRedundancy() {
        List<CodecParameters> produced = List.of(codec("audio/red", 63, -1, Map.of()),
                codec("audio/opus", 111, -1, Map.of()));
        CodecParameters opus = codec("audio/opus", 109, -1, Map.of());
        FormatMap plain = new FormatMap(produced, List.of(opus));
        assertEquals(FormatMap.Treatment.REFUSED, plain.treatment(0), "it is opened before");
        assertEquals(109, plain.payloadType(1));
        assertEquals(-1, plain.redPayloadType());
        for (String wrapped : List.of("109/109", "109", "109/13")) {
            FormatMap red = new FormatMap(produced, List.of(opus, codec("audio/red", 110, -1, Map.of(wrapped, ""))));
            assertEquals(110, red.redPayloadType(), wrapped);
            assertEquals(109, red.payloadType(1));
        }
        FormatMap other = new FormatMap(produced, List.of(opus, codec("audio/red", 110, -1, Map.of("10/10", ""))));
        assertEquals(-1, other.redPayloadType(), "it wraps something else");
    }
}
