// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Finds the frames that a simulated microphone made in what a listener is sent: plain Opus, several frames in one packet,
 * and copies of earlier ones (RED). Written from the specifications alone, so that it judges the server's own reading.
 *
 * <p>Each frame begins with its number and whether it is speech. Spec: RFC 2198 §3, RFC 6716 §3.2. Thread: one.
 */
final class SoundPayload {
    /** Bytes of a frame that carries its number. */
    static final int MARK_BYTES = 5;
    private static final int TICKS_PER_FRAME = 960;

    /** Gets each frame. */
    interface Taker {
        /** @param copy it came with a packet that is not its own */
        void onFrame(int frame, boolean copy);
    }

    private SoundPayload() {}

    static void readRed(PacketBuffer packet, int from, int end, Taker taker) {
        int heads = from;
        while (packet.getByte(heads) < 0) {
            heads += 4;
        }
        int primary = readPrimaryNumber(packet, from, heads, end);
        int data = heads + 1;
        for (int head = from; head < heads; head += 4) {
            int offset = packet.getUnsignedShort(head + 1) >> 2;
            int length = packet.getUnsignedShort(head + 2) & 0x3ff;
            int first = readOpus(packet, data, data + length, taker, true);
            if (first >= 0 && primary >= 0 && (primary - first) * TICKS_PER_FRAME != offset) {
                throw new AssertionError("a copy of frame " + first + " at " + offset + " ticks before " + primary);
            }
            data += length;
        }
        readOpus(packet, data, end, taker, false);
    }

    private static int readPrimaryNumber(PacketBuffer packet, int from, int heads, int end) {
        int data = heads + 1;
        for (int head = from; head < heads; head += 4) {
            data += packet.getUnsignedShort(head + 2) & 0x3ff;
        }
        return readOpus(packet, data, end, (frame, copy) -> { }, false);
    }

    /** @return number of the first frame; -1: it has none */
    static int readOpus(PacketBuffer packet, int from, int end, Taker taker, boolean copy) {
        if (end <= from) {
            return -1;
        }
        int at = from + 1;
        return switch (packet.getByte(from) & 3) {
            case 0 -> take(packet, at, end, taker, copy);
            case 1 -> {
                int middle = (at + end) / 2;
                int first = take(packet, at, middle, taker, copy);
                take(packet, middle, end, taker, copy);
                yield first;
            }
            case 2 -> {
                int length = length(packet, at);
                at += lengthBytes(packet, at);
                int first = take(packet, at, at + length, taker, copy);
                take(packet, at + length, end, taker, copy);
                yield first;
            }
            default -> readMany(packet, at, end, taker, copy);
        };
    }

    private static int readMany(PacketBuffer packet, int from, int end, Taker taker, boolean copy) {
        int head = packet.getUnsignedByte(from);
        int count = head & 0x3f;
        int at = from + 1;
        int last = end;
        if ((head & 0x40) != 0) {
            int padding;
            do {
                padding = packet.getUnsignedByte(at++);
                last -= padding == 255 ? 254 : padding;
            } while (padding == 255);
        }
        boolean variable = (head & 0x80) != 0;
        int lengthsAt = at;
        for (int i = 0; variable && i < count - 1; i++) {
            at += lengthBytes(packet, at);
        }
        int each = variable ? 0 : (last - at) / Math.max(1, count);
        int first = -1;
        for (int i = 0; i < count; i++) {
            int length = !variable ? each : i == count - 1 ? last - at : length(packet, lengthsAt);
            lengthsAt += variable && i < count - 1 ? lengthBytes(packet, lengthsAt) : 0;
            int number = take(packet, at, at + length, taker, copy);
            first = i == 0 ? number : first;
            at += length;
        }
        return first;
    }

    private static int length(PacketBuffer packet, int at) {
        int first = packet.getUnsignedByte(at);
        return first < 252 ? first : first + 4 * packet.getUnsignedByte(at + 1);
    }

    private static int lengthBytes(PacketBuffer packet, int at) {
        return packet.getUnsignedByte(at) < 252 ? 1 : 2;
    }

    private static int take(PacketBuffer packet, int from, int end, Taker taker, boolean copy) {
        if (end - from < MARK_BYTES) {
            return -1;
        }
        int frame = packet.getInt(from);
        taker.onFrame(frame, copy);
        return frame;
    }
}
