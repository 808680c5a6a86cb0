// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.ScalableStream;
import org.nhipcau.sfu.codec.ScalableStream.Frame;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * A camera of 30 pictures a second that sends one scalable stream. Each packet tells at its end which frame it is of,
 * and which part of it, so that a viewer's packets can be told apart whatever was done to them.
 */
final class ScalableCamera {
    /** How a packet tells what it is of. */
    enum Form {
        VP9("video/VP9", false), DESCRIBED_VP9("video/VP9", true), AV1("video/AV1", true);

        private final String mime;
        private final boolean described;

        Form(String mime, boolean described) {
            this.mime = mime;
            this.described = described;
        }

        CodecParameters sent() {
            return RoomFixture.codec(mime, 98, 99);
        }

        CodecParameters received() {
            return RoomFixture.codec(mime, 102, 103);
        }
    }

    /** A packet by what stands at its end. */
    record Part(Frame frame, int index, int count) {}

    private static final int SSRC = 77;
    private static final int TICKS = 2_970;
    private static final int TRAILER_BYTES = 6;
    /** By spatial layer: packets of a frame and what they weigh; key frames have more of them. */
    private static final int[] PACKETS = {1, 2, 4};
    private static final int[] BYTES = {500, 900, 1_000};
    private static final int[] KEY_PACKETS = {12, 14, 16};

    final int spatialLayers;
    private final RoomFixture room;
    private final Form form;
    private final ScalableStream stream;
    private final Map<Integer, Frame> frames = new HashMap<>();
    private int sequence = 65_000;
    private int pictures;
    boolean keyWanted = true;

    ScalableCamera(RoomFixture room, Form form, int spatial, int temporal, boolean keyMode) {
        this.room = room;
        this.form = form;
        this.spatialLayers = spatial;
        this.stream = new ScalableStream(spatial, temporal, keyMode);
    }

    /** The packets of the next picture, in their order. */
    List<PacketBuffer> picture() {
        List<PacketBuffer> packets = new ArrayList<>();
        for (Frame frame : stream.picture(keyWanted)) {
            frames.put(frame.number(), frame);
            int count = packets(frame);
            for (int i = 0; i < count; i++) {
                packets.add(packet(new Part(frame, i, count)));
            }
        }
        keyWanted = false;
        pictures++;
        return packets;
    }

    /** Of how many packets a frame is. */
    static int packets(Frame frame) {
        return (frame.key() ? KEY_PACKETS : PACKETS)[frame.spatial()];
    }

    private PacketBuffer packet(Part part) {
        boolean start = part.index == 0;
        boolean end = part.index == part.count - 1;
        byte[] head = form == Form.AV1 ? av1(part.frame, start) : stream.vp9(part.frame, start, end);
        byte[] payload = Arrays.copyOf(head, BYTES[part.frame.spatial()]);
        ByteBuffer.wrap(payload, payload.length - TRAILER_BYTES, TRAILER_BYTES).putInt(part.frame.number())
                .put((byte) part.index).put((byte) part.count);
        PacketBuffer out = PacketBuffer.allocate();
        boolean marker = end && part.frame.spatial() == spatialLayers - 1;
        room.header.begin(out, marker, 98, sequence++ & 0xffff, (long) pictures * TICKS, SSRC);
        room.header.extension(RoomFixture.IDS.mid(), "0".getBytes(StandardCharsets.US_ASCII));
        if (form.described) {
            room.header.extension(RoomFixture.IDS.dependencyDescriptor(), stream.descriptor(part.frame, start, end));
        }
        int length = room.header.finish();
        out.setLength(length + payload.length);
        out.putBytes(length, payload, 0, payload.length);
        return out;
    }

    // One OBU element: a frame, its first part with a sequence header's mark where the frame is a key frame.
    private static byte[] av1(Frame frame, boolean start) {
        boolean begins = start && frame.key() && frame.spatial() == 0;
        return new byte[] {(byte) ((start ? 0 : 0x80) | 0x10 | (begins ? 0x08 : 0)), 0x32};
    }

    /** What a packet sent to a viewer is of; null: it is empty. */
    Part partOf(RtpPacketFlyweight packet) {
        if (packet.payloadLength() == 0) {
            return null;
        }
        byte[] trailer = new byte[TRAILER_BYTES];
        packet.packet().getBytes(packet.headerLength() + packet.payloadLength() - TRAILER_BYTES, trailer, 0,
                TRAILER_BYTES);
        return new Part(frames.get(ByteBuffer.wrap(trailer).getInt()), trailer[4], trailer[5]);
    }
}
