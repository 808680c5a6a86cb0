// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderExtensionReaderTest {
    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static RtpPacketFlyweight with(byte... data) {
        return RtpSamples.view(RtpSamples.packet(1, 5, data, (byte) 1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReadWhatABrowserSendsInBothForms(boolean twoByte) {
        RtpPacketFlyweight packet = RtpSamples.view(RtpSamples.browserLike(twoByte));
        int level = HeaderExtensionReader.audioLevel(packet, 1);
        assertEquals(30, HeaderExtensionReader.levelDbov(level));
        assertTrue(HeaderExtensionReader.isVoice(level));
        assertEquals(0xfffe, HeaderExtensionReader.transportSequence(packet, 3));
        assertEquals(0x812345, HeaderExtensionReader.absSendTime(packet, 2));
        assertEquals("0", HeaderExtensionReader.text(packet, 4));
        assertTrue(HeaderExtensionReader.textEquals(packet, 10, ascii("hi")));
        assertFalse(HeaderExtensionReader.textEquals(packet, 10, ascii("ho")));
        assertFalse(HeaderExtensionReader.textEquals(packet, 10, ascii("h")));
        assertFalse(HeaderExtensionReader.textEquals(packet, 10, ascii("hii")));
    }

    @Test
    void shouldFindNothingUnderAnIdNotNegotiatedOrAbsent() {
        RtpPacketFlyweight packet = RtpSamples.view(RtpSamples.browserLike(false));
        for (int id : new int[] {0, 9, 15, 200}) {
            assertEquals(-1, HeaderExtensionReader.audioLevel(packet, id));
            assertEquals(-1, HeaderExtensionReader.transportSequence(packet, id));
            assertEquals(-1, HeaderExtensionReader.absSendTime(packet, id));
            assertNull(HeaderExtensionReader.text(packet, id));
            assertFalse(HeaderExtensionReader.textEquals(packet, id, ascii("0")));
            assertFalse(HeaderExtensionReader.textEquals(packet, id, new byte[0]));
        }
    }

    @Test
    void shouldRefuseElementsOfTheWrongLength() {
        assertEquals(-1, HeaderExtensionReader.transportSequence(with((byte) 1), 5));
        assertEquals(-1, HeaderExtensionReader.absSendTime(with((byte) 1, (byte) 2), 5));
        assertEquals(-1, HeaderExtensionReader.audioLevel(with(), 5));
    }

    @Test
    void shouldTakeLevelsFromLoudestToSilence() {
        assertEquals(0, HeaderExtensionReader.levelDbov(HeaderExtensionReader.audioLevel(with((byte) 0), 5)));
        int silence = HeaderExtensionReader.audioLevel(with((byte) 0xff), 5);
        assertEquals(127, HeaderExtensionReader.levelDbov(silence));
        assertTrue(HeaderExtensionReader.isVoice(silence));
        assertFalse(HeaderExtensionReader.isVoice(HeaderExtensionReader.audioLevel(with((byte) 127), 5)));
    }

    @Test
    void shouldEndATextBeforeItsZeros() {
        RtpPacketFlyweight packet = with((byte) 'q', (byte) 0, (byte) 0);
        assertEquals("q", HeaderExtensionReader.text(packet, 5));
        assertTrue(HeaderExtensionReader.textEquals(packet, 5, ascii("q")));
        assertNull(HeaderExtensionReader.text(with((byte) 0), 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a b", "a\nb", "é", "a:b", "a/b", "\u007f", "a\"", "a\u0000b"})
    void shouldRefuseTextsThatAreNoToken(String text) {
        assertNull(HeaderExtensionReader.text(with(text.getBytes(StandardCharsets.UTF_8)), 5));
    }

    @Test
    void shouldConvertAbsSendTimeBothWays() {
        assertEquals(0, HeaderExtensionReader.toAbsSendTime(0));
        assertEquals(1 << 18, HeaderExtensionReader.toAbsSendTime(1_000_000_000L));
        assertEquals(0, HeaderExtensionReader.toAbsSendTime(64_000_000_000L));
        assertEquals(0xff_ffff, HeaderExtensionReader.toAbsSendTime(-1));
        assertEquals(500_000_000L, HeaderExtensionReader.absSendTimeNs(1 << 17));
        for (long ns = 0; ns < 64_000_000_000L; ns += 1_234_567_891L) {
            long back = HeaderExtensionReader.absSendTimeNs(HeaderExtensionReader.toAbsSendTime(ns));
            assertTrue(ns - back >= 0 && ns - back < 3_900, "within a step of 3.8 us: " + ns + " " + back);
        }
    }
}
