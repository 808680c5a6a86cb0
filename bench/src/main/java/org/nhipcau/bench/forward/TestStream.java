// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.util.List;
import java.util.Map;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * The one stream of the forward bench: packets of one size, VP8 of eight packets a frame or Opus, each with its own
 * number in the payload and bytes that follow from it, so that a viewer can tell every packet from every other.
 *
 * <p>A packet's size is that of its RTP packet before encryption, header included, as the C program's is.
 *
 * <p>Thread: one. Owns: its header writer.
 */
final class TestStream {
    static final long SSRC = 0x1122_3344L;
    static final HeaderExtensions IDS = new HeaderExtensions(4, 0, 0, 1, 3, 2, 0, 0, 0, 0);
    static final String TRACK = "track";
    /** Below this a packet is audio. */
    static final int SMALLEST_VIDEO_BYTES = 400;
    /** Where a payload's own number stands: behind the descriptor and the start of a key frame. */
    static final int NUMBER_AT = 24;

    private static final int VIDEO_PACKETS_PER_FRAME = 8;
    private static final int FRAMES_PER_KEY_FRAME = 600;
    private static final CodecParameters OPUS = new CodecParameters("audio/opus", 111, 48_000, 2, Map.of(), -1, true,
            false, false, false, true);
    private static final CodecParameters VP8 = new CodecParameters("video/VP8", 96, 90_000, 0, Map.of(), 97, true, true,
            true, false, true);

    private final boolean audio;
    private final int packetBytes;
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final byte[] pattern = new byte[PacketBuffer.MAX_LENGTH + 256];
    private boolean keyFrameWanted;

    TestStream(int packetBytes) {
        this.packetBytes = packetBytes;
        audio = packetBytes < SMALLEST_VIDEO_BYTES;
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = (byte) i;
        }
    }

    boolean audio() {
        return audio;
    }

    ProducerParameters producer() {
        EncodingParameters encoding = audio ? new EncodingParameters("", SSRC, 0, 0, 0, 0, 0)
                : new EncodingParameters("", SSRC, SSRC + 1, 2, 1_280, 720, 0);
        return new ProducerParameters(TRACK, audio ? MediaKind.AUDIO : MediaKind.VIDEO,
                audio ? TrackSource.MICROPHONE : TrackSource.CAMERA, "0", List.of(codec()), List.of(encoding), false);
    }

    ConsumerParameters consumer(int viewer) {
        return new ConsumerParameters("consumer", TRACK, "0", viewerSsrc(viewer), audio ? 0 : viewerSsrc(viewer) + 1,
                "sender", List.of(codec()), ConsumerSettings.DEFAULT);
    }

    private CodecParameters codec() {
        return audio ? OPUS : VP8;
    }

    /** Viewers count from 1. */
    static long viewerSsrc(int viewer) {
        return 0x5000_0000L + viewer * 16L;
    }

    /** Another key frame with the next frame. */
    void wantKeyFrame() {
        keyFrameWanted = true;
    }

    /** Media ticks of a packet. */
    long timestamp(long number) {
        return audio ? number * 960 : number / VIDEO_PACKETS_PER_FRAME * 3_000;
    }

    /** Writes a packet. @return length of its header */
    int write(PacketBuffer packet, long number) {
        boolean last = audio ? number == 0 : number % VIDEO_PACKETS_PER_FRAME == VIDEO_PACKETS_PER_FRAME - 1;
        header.begin(packet, last, codec().payloadType(), number & 0xffff, timestamp(number) & 0xffff_ffffL, SSRC);
        header.extensionMedium(IDS.absSendTime(), (int) (number >>> 3) & 0xff_ffff);
        header.extensionShort(IDS.transportCc(), (int) number & 0xffff);
        if (audio) {
            header.extensionByte(IDS.audioLevel(), 0x95);
        }
        int at = header.finish();
        packet.setLength(packetBytes);
        packet.putBytes(at, pattern, (int) (number & 0x7f), packetBytes - at);
        if (audio) {
            // Opus, CELT full band, 20 ms, one frame.
            packet.putByte(at, 0xf8);
        } else {
            writeDescriptor(packet, at, number);
        }
        packet.putLong(at + NUMBER_AT, number);
        return at;
    }

    // RFC 7741 §4.2, with the fields that browsers send, and the first bytes of a frame (RFC 6386 §9.1).
    private void writeDescriptor(PacketBuffer packet, int at, long number) {
        long frame = number / VIDEO_PACKETS_PER_FRAME;
        boolean first = number % VIDEO_PACKETS_PER_FRAME == 0;
        packet.putByte(at, first ? 0x90 : 0x80);
        packet.putByte(at + 1, 0xe0);
        packet.putShort(at + 2, 0x8000 | (int) frame & 0x7fff);
        packet.putByte(at + 4, (int) frame);
        packet.putByte(at + 5, 0);
        if (first) {
            boolean key = keyFrameWanted || frame % FRAMES_PER_KEY_FRAME == 0;
            keyFrameWanted = false;
            packet.putByte(at + 6, key ? 0x10 : 0x11);
            packet.putMedium(at + 9, 0x9d012a);
            packet.putShort(at + 12, 0x8002);
            packet.putShort(at + 14, 0xe001);
        }
    }

    /** Checks a decrypted packet at a viewer. @return its number, -1 when a byte is wrong */
    long check(PacketBuffer packet, RtpPacketFlyweight view) {
        int at = view.headerLength();
        int length = packet.length() - at;
        if (length < NUMBER_AT + 8) {
            return -1;
        }
        long number = packet.getLong(at + NUMBER_AT);
        if (number < 0) {
            return -1;
        }
        for (int i = NUMBER_AT + 8; i < length; i++) {
            if (packet.getByte(at + i) != pattern[(int) (number & 0x7f) + i]) {
                return -1;
            }
        }
        return number;
    }
}
