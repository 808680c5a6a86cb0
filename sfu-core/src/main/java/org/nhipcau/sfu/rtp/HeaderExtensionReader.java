// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

import java.nio.charset.StandardCharsets;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Reads the header extension elements that a forwarder acts upon. An id of 0 (not negotiated) is never found.
 *
 * <pre>
 *  audio level            transport-wide sequence           abs-send-time
 *  0 1 2 3 4 5 6 7        0                   1             0                   1                   2
 * +-+-+-+-+-+-+-+-+       0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * |V|    level    |      +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * +-+-+-+-+-+-+-+-+      |        sequence number        | |  seconds  |        fraction of a second       |
 *                        +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: RFC 6464 (audio level), draft-holmer-rmcat-transport-wide-cc-extensions-01, RFC 8843 §15 (mid), RFC 8852
 * (rid, repaired rid). Elements that are only carried on (dependency descriptor, video-layers-allocation, playout
 * delay, abs-capture-time) are copied with {@link RtpHeaderWriter#copyExtension} and not read here.
 *
 * <p>Thread: the packet owner's; no state.
 */
public final class HeaderExtensionReader {
    private static final int VOICE_FLAG = 0x80;
    private static final int ABS_SEND_TIME_FRACTION_BITS = 18;

    private HeaderExtensionReader() {}

    /** The audio level byte, or -1 when absent: to be read by {@link #levelDbov} and {@link #isVoice}. */
    public static int audioLevel(RtpPacketFlyweight packet, int id) {
        int at = packet.findExtension(id);
        return at < 0 || packet.foundLength() < 1 ? -1 : packet.packet().getUnsignedByte(at);
    }

    /** Level in dB below full scale of an audio level byte: 0 loudest, 127 silence. */
    public static int levelDbov(int audioLevel) {
        return audioLevel & ~VOICE_FLAG;
    }

    /** Whether the sender believes the packet to hold speech. */
    public static boolean isVoice(int audioLevel) {
        return (audioLevel & VOICE_FLAG) != 0;
    }

    /** The transport-wide sequence number, 16 bits; -1 when absent. */
    public static int transportSequence(RtpPacketFlyweight packet, int id) {
        int at = packet.findExtension(id);
        return at < 0 || packet.foundLength() < 2 ? -1 : packet.packet().getUnsignedShort(at);
    }

    /** abs-send-time: 24 bits, seconds modulo 64 in 6.18 fixed point; -1 when absent. */
    public static int absSendTime(RtpPacketFlyweight packet, int id) {
        int at = packet.findExtension(id);
        return at < 0 || packet.foundLength() != 3 ? -1 : packet.packet().getUnsignedMedium(at);
    }

    /** The value of abs-send-time for a moment of any monotonic clock. */
    public static int toAbsSendTime(long nowNs) {
        long wholeSeconds = Math.floorDiv(nowNs, 1_000_000_000L);
        long fraction = (Math.floorMod(nowNs, 1_000_000_000L) << ABS_SEND_TIME_FRACTION_BITS) / 1_000_000_000L;
        return (int) ((wholeSeconds << ABS_SEND_TIME_FRACTION_BITS) + fraction) & 0xff_ffff;
    }

    /** Time in ns of an abs-send-time value, within its 64 seconds. */
    public static long absSendTimeNs(int absSendTime) {
        return (absSendTime * 1_000_000_000L) >>> ABS_SEND_TIME_FRACTION_BITS;
    }

    /** Whether a text element (mid, rid, repaired rid) is present and equals these bytes. Allocates nothing. */
    public static boolean textEquals(RtpPacketFlyweight packet, int id, byte[] expected) {
        int at = packet.findExtension(id);
        if (at < 0 || textLength(packet, at) != expected.length) {
            return false;
        }
        PacketBuffer bytes = packet.packet();
        for (int i = 0; i < expected.length; i++) {
            if (bytes.getByte(at + i) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * A text element (mid, rid, repaired rid) as a string, for the slow path that binds an SSRC to its stream.
     *
     * @return null when absent, empty or with a byte that no SDP token has (RFC 8866 §9)
     */
    public static String text(RtpPacketFlyweight packet, int id) {
        int at = packet.findExtension(id);
        int length = at < 0 ? 0 : textLength(packet, at);
        if (length == 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        packet.packet().getBytes(at, bytes, 0, length);
        for (byte b : bytes) {
            if (!isTokenByte(b)) {
                return null;
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    // Some senders fill the element up with zeros to keep its size constant: the text ends before them.
    private static int textLength(RtpPacketFlyweight packet, int at) {
        int length = packet.foundLength();
        while (length > 0 && packet.packet().getByte(at + length - 1) == 0) {
            length--;
        }
        return length;
    }

    private static boolean isTokenByte(byte b) {
        return b > ' ' && b < 0x7f && "\"(),/:;<=>?@[\\]".indexOf(b) < 0;
    }
}
