// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.fuzz.Mutations;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * Any payload must be read without a Throwable by each codec reader. Readers with memory get the bytes as a row of
 * packets: a byte of length, then so many of payload. Seeds are replayed in each run.
 */
class CodecFuzzTest {
    private static final HeaderExtensions EXTENSIONS = new HeaderExtensions(0, 0, 0, 0, 0, 0, 0, 0, 12, 0);
    private final FrameMark mark = new FrameMark();
    private final RtpHeaderWriter writer = new RtpHeaderWriter();
    private final PacketBuffer packet = PacketBuffer.allocate();
    private final RtpPacketFlyweight view = new RtpPacketFlyweight();
    private final RedPacket red = new RedPacket();
    private final OpusRepacketizer repacketizer = new OpusRepacketizer();
    private final Vp8PayloadDescriptor vp8 = new Vp8PayloadDescriptor();

    @FuzzTest(maxDuration = "30s")
    void vp8(byte[] data) {
        row("video/vp8", data);
        rewriteVp8(data);
    }

    @FuzzTest(maxDuration = "30s")
    void vp9(byte[] data) {
        row("video/vp9", data);
    }

    @FuzzTest(maxDuration = "30s")
    void h264(byte[] data) {
        row("video/h264", data);
    }

    @FuzzTest(maxDuration = "30s")
    void av1(byte[] data) {
        row("video/av1", data);
    }

    @FuzzTest(maxDuration = "30s")
    void dependencyDescriptor(byte[] data) {
        descriptors(data);
    }

    @FuzzTest(maxDuration = "30s")
    void red(byte[] data) {
        readRed(data);
    }

    @FuzzTest(maxDuration = "30s")
    void opus(byte[] data) {
        repacketize(data);
    }

    @Test
    void shouldSurviveMutatedVideo() {
        run("video/vp8", 1, CodecSamples.VP8_KEY, CodecSamples.VP8_CONTINUATION, CodecSamples.VP8_PLAIN_DELTA);
        run("video/vp9", 2, CodecSamples.VP9_KEY, CodecSamples.VP9_KEY_UPPER, CodecSamples.VP9_FLEXIBLE);
        run("video/h264", 3, CodecSamples.H264_STAP_A, CodecSamples.H264_SPS, CodecSamples.H264_FU_START);
        run("video/av1", 4, CodecSamples.AV1_KEY, CodecSamples.AV1_DELTA, CodecSamples.AV1_CONTINUATION);
    }

    @Test
    void shouldSurviveMutatedVp8Rewrites() {
        byte[][] samples = {CodecSamples.bytes(CodecSamples.VP8_KEY),
            CodecSamples.bytes(CodecSamples.VP8_CONTINUATION)};
        Mutations.run(5, 50_000, samples, this::rewriteVp8);
    }

    @Test
    void shouldSurviveMutatedDescriptors() {
        byte[][] samples = {rowOf(CodecSamples.descriptorL1T3(60, 1), CodecSamples.head(true, true, 61, 2).bytes()),
            rowOf(CodecSamples.descriptorL1T3(0, 9))};
        Mutations.run(6, 50_000, samples, this::descriptors);
    }

    @Test
    void shouldSurviveMutatedRed() {
        byte[][] samples = {CodecSamples.bytes(CodecSamples.RED), {0x6f, 1, 2}};
        Mutations.run(7, 50_000, samples, this::readRed);
    }

    @Test
    void shouldSurviveMutatedOpus() {
        byte[][] samples = {rowOf(CodecSamples.bytes("78aabb"), CodecSamples.bytes("78cc"), CodecSamples.bytes("78")),
            rowOf(CodecSamples.bytes("7b830101aabbcccc"), CodecSamples.bytes("7bc20101aabbbb00")),
            rowOf(CodecSamples.bytes("7a02aabbcc"), CodecSamples.bytes("79aabb"))};
        Mutations.run(8, 50_000, samples, this::repacketize);
    }

    private void run(String mimeKey, long seed, String... hex) {
        byte[][] samples = new byte[hex.length][];
        for (int i = 0; i < hex.length; i++) {
            samples[i] = rowOf(CodecSamples.bytes(hex[i]), CodecSamples.bytes(hex[(i + 1) % hex.length]));
        }
        Mutations.run(seed, 50_000, samples, data -> row(mimeKey, data));
    }

    static byte[] rowOf(byte[]... packets) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] bytes : packets) {
            out.write(bytes.length);
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    private void row(String mimeKey, byte[] data) {
        PayloadReader reader = PayloadReaders.create(mimeKey, EXTENSIONS);
        for (int at = 0, index = 0; at < data.length; index++) {
            int length = Math.min(data[at] & 0xff, data.length - at - 1);
            writer.begin(packet, false, 96, index, index / 3 * 3000L, 1);
            int header = writer.finish();
            packet.setLength(header + length);
            packet.putBytes(header, data, at + 1, length);
            check(reader, length);
            at += 1 + length;
        }
    }

    private void descriptors(byte[] data) {
        PayloadReader reader = PayloadReaders.create("video/av1", EXTENSIONS);
        for (int at = 0, index = 0; at < data.length; index++) {
            int length = Math.min(data[at] & 0xff, data.length - at - 1);
            writer.begin(packet, false, 96, index, index * 3000L, 1);
            writer.extension(12, java.util.Arrays.copyOfRange(data, at + 1, at + 1 + length));
            int header = writer.finish();
            packet.setLength(header + 2);
            packet.putShort(header, 0x9001);
            check(reader, 2);
            at += 1 + length;
        }
    }

    private void check(PayloadReader reader, int length) {
        if (!view.wrapPlain(packet)) {
            throw new AssertionError("the test made a malformed packet");
        }
        boolean read = reader.read(view, mark);
        if (!read && (mark.frameStart || mark.keyFrame || mark.width != 0 || mark.temporalId != 0)) {
            throw new AssertionError("not well-formed and yet marked");
        }
        if (read && length == 0 || mark.temporalId > 7 || mark.spatialId > 7 || mark.temporalId < 0
                || mark.width < 0 || mark.width > 65_536 || mark.height < 0 || mark.height > 65_536) {
            throw new AssertionError("impossible marks");
        }
    }

    private void rewriteVp8(byte[] data) {
        packet.setBytes(data, 0, Math.min(data.length, PacketBuffer.MAX_LENGTH));
        if (!vp8.wrap(packet, 0, packet.length())) {
            return;
        }
        int bits = vp8.pictureIdBits();
        int length = vp8.length();
        boolean tl0 = vp8.tl0PicIdx() >= 0;
        vp8.setPictureId(0x5555);
        vp8.setTl0PicIdx(0xaa);
        if (!vp8.wrap(packet, 0, packet.length()) || vp8.length() != length || vp8.pictureIdBits() != bits
                || bits != 0 && vp8.pictureId() != (0x5555 & (1 << bits) - 1) || tl0 && vp8.tl0PicIdx() != 0xaa) {
            throw new AssertionError("rewriting changed the descriptor's shape");
        }
    }

    // What goes together must come apart again into as many frames, in a packet that lasts as long as it should.
    private void repacketize(byte[] data) {
        repacketizer.begin();
        int toc = -1;
        for (int at = 0; at < data.length;) {
            int length = Math.min(data[at] & 0xff, data.length - at - 1);
            int before = repacketizer.length();
            if (repacketizer.add(data, at + 1, length)) {
                toc = data[at + 1] & 0xff;
            } else if (repacketizer.length() != before) {
                throw new AssertionError("refused and yet changed");
            }
            at += 1 + length;
        }
        if (toc < 0) {
            return;
        }
        int frames = repacketizer.frames();
        int length = repacketizer.length();
        if (length > PacketBuffer.MAX_LENGTH) {
            return;
        }
        packet.clear();
        packet.setLength(length);
        if (repacketizer.write(packet, 0) != length
                || OpusPacket.durationUs(packet, 0, length) != frames * OpusPacket.frameDurationUs(toc)) {
            throw new AssertionError("not the packet that was told");
        }
        byte[] whole = packet.toByteArray();
        repacketizer.begin();
        if (!repacketizer.add(whole, 0, length) || repacketizer.frames() != frames || repacketizer.length() != length) {
            throw new AssertionError("does not come apart again");
        }
    }

    private void readRed(byte[] data) {
        writer.begin(packet, false, 63, 1, 2, 3);
        int header = writer.finish();
        int length = Math.min(data.length, 1_500);
        packet.setLength(header + length);
        packet.putBytes(header, data, 0, length);
        if (!view.wrapPlain(packet) || !red.wrap(view)) {
            return;
        }
        int bytes = 0;
        while (red.next()) {
            OpusPacket.durationUs(packet, red.dataIndex(), red.dataLength());
            bytes += red.dataLength() + (red.primary() ? 1 : 4);
        }
        int primary = red.primaryLength();
        if (bytes != length) {
            throw new AssertionError("blocks do not add up");
        }
        red.unwrapPrimary(view);
        if (view.payloadLength() != primary || packet.length() != header + primary) {
            throw new AssertionError("wrong primary block");
        }
    }
}
