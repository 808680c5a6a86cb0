// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

import java.nio.charset.StandardCharsets;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** RTP packets for tests. */
public final class RtpSamples {
    private RtpSamples() {}

    /** A packet without extensions. */
    public static PacketBuffer packet(int payloadType, int sequence, long timestamp, long ssrc, byte... payload) {
        RtpHeaderWriter writer = new RtpHeaderWriter();
        PacketBuffer buffer = PacketBuffer.allocate();
        writer.begin(buffer, false, payloadType, sequence, timestamp, ssrc);
        return withPayload(buffer, writer.finish(), payload);
    }

    /** A packet with one extension element. */
    public static PacketBuffer packet(long timestamp, int extensionId, byte[] extension, byte... payload) {
        RtpHeaderWriter writer = new RtpHeaderWriter();
        PacketBuffer buffer = PacketBuffer.allocate();
        writer.begin(buffer, false, 96, 1, timestamp, 0x1234);
        writer.extension(extensionId, extension);
        return withPayload(buffer, writer.finish(), payload);
    }

    /** A view of a packet in the clear; fails where it is not well-formed. */
    public static RtpPacketFlyweight view(PacketBuffer buffer) {
        RtpPacketFlyweight view = new RtpPacketFlyweight();
        if (!view.wrapPlain(buffer)) {
            throw new AssertionError("not well-formed");
        }
        return view;
    }

    /** What a browser sends: mid, transport sequence, abs-send-time, audio level; and a longer element. */
    public static PacketBuffer browserLike(boolean twoByte) {
        RtpHeaderWriter writer = new RtpHeaderWriter();
        PacketBuffer buffer = PacketBuffer.allocate();
        writer.begin(buffer, true, 111, 65535, 0xffff_fff0L, 0xdead_beefL);
        writer.extension(4, "0".getBytes(StandardCharsets.US_ASCII));
        writer.extensionShort(3, 0xfffe);
        writer.extensionMedium(2, 0x812345);
        writer.extensionByte(1, 0x80 | 30);
        writer.extension(10, "hi".getBytes(StandardCharsets.US_ASCII));
        if (twoByte) {
            writer.extension(12, new byte[40]);
        }
        return withPayload(buffer, writer.finish(), new byte[] {1, 2, 3, 4, 5});
    }

    static PacketBuffer withPayload(PacketBuffer buffer, int header, byte[] payload) {
        buffer.setLength(header + payload.length);
        buffer.putBytes(header, payload, 0, payload.length);
        return buffer;
    }
}
