// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Reads the table-of-contents byte of an Opus packet: how long it lasts, and whether it is silence.
 *
 * <pre>
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * | config  |s| c |    c: 0 one frame, 1 and 2 two frames, 3 a count in the next byte
 * +-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: RFC 6716 §3.1, §3.2; RFC 7587. Thread: the packet owner's; no state.
 */
public final class OpusPacket {
    /** RTP clock of Opus, always. */
    public static final int CLOCK_RATE_HZ = 48_000;
    private static final int MAX_DURATION_US = 120_000;
    private static final int DTX_MAX_BYTES = 2;

    private OpusPacket() {}

    /** Whether the encoder had nothing to say: such packets have at most two bytes (RFC 7587 §3.1.3, libopus DTX). */
    public static boolean isDtx(int payloadLength) {
        return payloadLength <= DTX_MAX_BYTES;
    }

    /** Whether the packet is coded in stereo. The packet has at least one byte. */
    public static boolean stereo(PacketBuffer packet, int index) {
        return (packet.getByte(index) & 0x04) != 0;
    }

    /** Duration of one frame in us. The packet has at least one byte. */
    public static int frameDurationUs(PacketBuffer packet, int index) {
        return frameDurationUs(packet.getUnsignedByte(index));
    }

    /** Duration of one frame in us, from the table-of-contents byte, 0 to 255. */
    static int frameDurationUs(int toc) {
        int config = toc >>> 3;
        if (config >= 16) {
            return 2_500 << (config & 3);
        }
        if (config >= 12) {
            return 10_000 << (config & 1);
        }
        int size = config & 3;
        return size == 3 ? 60_000 : 10_000 << size;
    }

    /** Duration of the whole packet in us; -1 when empty, without its frame count, or longer than Opus allows. */
    public static int durationUs(PacketBuffer packet, int index, int payloadLength) {
        if (payloadLength < 1) {
            return -1;
        }
        int frames = switch (packet.getByte(index) & 0x03) {
            case 0 -> 1;
            case 1, 2 -> 2;
            default -> payloadLength < 2 ? 0 : packet.getByte(index + 1) & 0x3f;
        };
        int durationUs = frames * frameDurationUs(packet, index);
        return durationUs == 0 || durationUs > MAX_DURATION_US ? -1 : durationUs;
    }
}
