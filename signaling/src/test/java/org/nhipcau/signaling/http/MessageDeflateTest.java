// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compression of messages, against the examples of RFC 7692 and against those who mean harm. */
class MessageDeflateTest {
    private static final byte[] HELLO = "Hello".getBytes(StandardCharsets.US_ASCII);

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "permessage-deflate | true", "permessage-deflate; client_max_window_bits | true",
        "permessage-deflate; client_max_window_bits=12; server_no_context_takeover | true",
        "x-webkit-deflate-frame, Permessage-Deflate;Client_No_Context_Takeover | true",
        "permessage-deflate; client_max_window_bits=7 | false", "permessage-deflate; client_max_window_bits= | false",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate | true",
        "permessage-deflate; server_max_window_bits=10 | false", "permessage-deflate; unknown | false",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover | false",
        "permessage-deflate; client_no_context_takeover=1 | false", "permessage-bzip2 | false", "; | false"})
    void shouldAcceptWhatItCanDo(String header, boolean accepted) {
        assertEquals(accepted, MessageDeflate.offered(List.of("other", header)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1 | true",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/126.0 Safari/604.1 | true",
        "Station/1 CFNetwork/1410.0.3 Darwin/22.6.0 | true",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 | false",
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 | false", "okhttp/4.12.0 | false"})
    void shouldKnowWhoOffersWhatItCannotDo(String userAgent, boolean fails) {
        assertEquals(fails, MessageDeflate.failsIn(userAgent));
    }

    @Test
    void shouldPackAndUnpackAsTheRfcShows() throws Exception {
        assertArrayEquals(bytes(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00), MessageDeflate.pack(HELLO));
        assertArrayEquals(HELLO, MessageDeflate.unpack(bytes(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00), 5));
        // Without compression (7.2.3.3), with a final block (7.2.3.4), in two blocks (7.2.3.5).
        assertArrayEquals(HELLO, MessageDeflate.unpack(bytes(0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f,
                0x00), 5));
        assertArrayEquals(HELLO, MessageDeflate.unpack(bytes(0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00), 5));
        assertArrayEquals(HELLO, MessageDeflate.unpack(bytes(0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9,
                0xc9, 0x07, 0x00), 5));
        assertArrayEquals(new byte[0], MessageDeflate.unpack(MessageDeflate.pack(new byte[0]), 0));
    }

    @Test
    void shouldGiveBackWhatWasPacked() throws Exception {
        Random random = new Random(1);
        for (int length = 1; length < 40_000; length = length * 3 + 1) {
            byte[] message = new byte[length];
            random.nextBytes(message);
            assertArrayEquals(message, MessageDeflate.unpack(MessageDeflate.pack(message), length));
            assertNull(MessageDeflate.unpack(MessageDeflate.pack(message), length - 1), "a byte too long");
        }
    }

    @Test
    void shouldSurviveAnything() {
        assertThrows(DataFormatException.class, () -> MessageDeflate.unpack(bytes(0xff, 0xff), 100));
        Random random = new Random(2);
        for (int i = 0; i < 2_000; i++) {
            byte[] garbage = new byte[random.nextInt(60)];
            random.nextBytes(garbage);
            try {
                byte[] plain = MessageDeflate.unpack(garbage, 1_000);
                assertEquals(true, plain == null || plain.length <= 1_000);
            } catch (DataFormatException malformed) {
                // as most of it is
            }
        }
    }
}
