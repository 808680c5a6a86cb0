// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;

class PayloadFormatsTest {
    private static CodecParameters codec(String mime, int payloadType, int rtxPayloadType) {
        return new CodecParameters(mime, payloadType, 90_000, 0, Map.of(), rtxPayloadType, true, true, true, true, true);
    }

    @Test
    void shouldKnowNothingButWhatWasNegotiated() {
        PayloadFormats formats = new PayloadFormats(List.of(codec("video/H264", 127, 0), codec("video/VP8", 96, -1)));
        for (int payloadType = 0; payloadType < 128; payloadType++) {
            assertEquals(payloadType == 127 ? 0 : payloadType == 96 ? 1 : -1, formats.of(payloadType));
            assertEquals(payloadType == 0 ? 0 : -1, formats.repairedBy(payloadType));
        }
        assertFalse(formats.vp8(0));
        assertTrue(formats.vp8(1), "the case of a MIME type does not matter");
        assertFalse(formats.anyRed());
    }

    @Test
    void shouldTellTheFormatThatWrapsAnother() {
        PayloadFormats formats = new PayloadFormats(List.of(codec("audio/red", 63, -1), codec("audio/opus", 111, -1)));
        assertTrue(formats.anyRed());
        assertTrue(formats.red(formats.of(63)));
        assertFalse(formats.red(formats.of(111)));
    }
}
