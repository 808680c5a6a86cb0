// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Puts the frames of several Opus packets into one, without decoding them: on a thin link the headers of small packets
 * weigh more than the sound.
 *
 * <pre>
 *  code 0: | TOC | frame |                              code 1: | TOC | frame | frame |   of one size
 *  code 2: | TOC | N1 | frame of N1 bytes | frame |     code 3: | TOC |v p M| [padding length] [N1 .. N(M-1)] M frames
 * </pre>
 * Packets go together only when configuration and channels are the same, so that all frames last equally long, and
 * while the whole lasts no longer than {@link #MAX_DURATION_US}. A silent frame (DTX) has no bytes and is one of them.
 * Padding of the packets put in is left out.
 *
 * <p>Spec: RFC 6716 §3.1, §3.2; RFC 7587 §4.2.
 *
 * <p>Thread: one; reused. Owns nothing: the bytes of the packets put in must stay until {@link #write}.
 */
public final class OpusRepacketizer {
    /** Of a packet, by RFC 6716 §3.2.5 R5. */
    public static final int MAX_DURATION_US = 120_000;
    /** Frames in {@link #MAX_DURATION_US} of the shortest. */
    private static final int MAX_FRAMES = 48;
    /** RFC 6716 §3.4 R2. */
    private static final int MAX_FRAME_BYTES = 1_275;
    private static final int ONE_BYTE_LENGTHS = 252;
    private static final int CODE = 0x03;
    private static final int VARIABLE = 0x80;
    private static final int PADDED = 0x40;
    private static final int COUNT = 0x3f;

    private final byte[][] sources = new byte[MAX_FRAMES][];
    private final int[] starts = new int[MAX_FRAMES];
    private final int[] lengths = new int[MAX_FRAMES];
    private int frames;
    private int dataBytes;
    private int toc;
    // Where the packet that is being read goes on, and where it ends.
    private int at;
    private int end;

    /** Begins a packet without frames. */
    public void begin() {
        frames = 0;
        dataBytes = 0;
    }

    /**
     * Adds the frames of a packet.
     *
     * @return false when they do not fit to those before, or the packet is not well-formed: nothing was added
     */
    public boolean add(byte[] source, int from, int lengthBytes) {
        if (lengthBytes < 1) {
            return false;
        }
        int head = source[from] & 0xff;
        if (frames > 0 && (head ^ toc) > CODE) {
            return false;
        }
        at = from + 1;
        end = from + lengthBytes;
        int count = split(source, head & CODE);
        if (count <= 0 || (frames + count) * OpusPacket.frameDurationUs(head) > MAX_DURATION_US) {
            return false;
        }
        toc = head & ~CODE;
        for (int i = frames; i < frames + count; i++) {
            sources[i] = source;
            dataBytes += lengths[i];
        }
        frames += count;
        return true;
    }

    // Notes the frames of a packet behind those there are. Answers how many, -1 when the packet is not well-formed.
    private int split(byte[] source, int code) {
        int left = end - at;
        return switch (code) {
            case 0 -> note(0, left) ? place(1) : -1;
            case 1 -> left % 2 == 0 && note(0, left / 2) && note(1, left / 2) ? place(2) : -1;
            case 2 -> {
                int first = readLength(source);
                yield first >= 0 && note(0, first) && note(1, end - at - first) ? place(2) : -1;
            }
            default -> splitMany(source);
        };
    }

    private int splitMany(byte[] source) {
        if (at >= end) {
            return -1;
        }
        int head = source[at++] & 0xff;
        int count = head & COUNT;
        if (count == 0 || frames + count > MAX_FRAMES || (head & PADDED) != 0 && !cutPadding(source)) {
            return -1;
        }
        if ((head & VARIABLE) == 0) {
            int left = end - at;
            for (int i = 0; i < count; i++) {
                if (left % count != 0 || !note(i, left / count)) {
                    return -1;
                }
            }
            return place(count);
        }
        int told = 0;
        for (int i = 0; i < count - 1; i++) {
            int length = readLength(source);
            if (length < 0 || !note(i, length)) {
                return -1;
            }
            told += length;
        }
        return note(count - 1, end - at - told) ? place(count) : -1;
    }

    // 255 stands for 254 bytes of padding and another byte of length.
    private boolean cutPadding(byte[] source) {
        int padding = 0;
        int told;
        do {
            if (at >= end) {
                return false;
            }
            told = source[at++] & 0xff;
            padding += told == 255 ? 254 : told;
        } while (told == 255);
        end -= padding;
        return end >= at;
    }

    private int readLength(byte[] source) {
        if (at >= end) {
            return -1;
        }
        int first = source[at++] & 0xff;
        if (first < ONE_BYTE_LENGTHS) {
            return first;
        }
        return at >= end ? -1 : first + 4 * (source[at++] & 0xff);
    }

    private boolean note(int index, int lengthBytes) {
        if (lengthBytes < 0 || lengthBytes > MAX_FRAME_BYTES || frames + index >= MAX_FRAMES) {
            return false;
        }
        lengths[frames + index] = lengthBytes;
        return true;
    }

    // All lengths are noted and the data begins here: tells each frame its place, unless they pass the end.
    private int place(int count) {
        int from = at;
        for (int i = frames; i < frames + count; i++) {
            starts[i] = from;
            from += lengths[i];
        }
        return from == end ? count : -1;
    }

    /** Frames added. */
    public int frames() {
        return frames;
    }

    /** Bytes of the packet that {@link #write} makes; 0 without frames. */
    public int length() {
        return switch (frames) {
            case 0 -> 0;
            case 1 -> 1 + dataBytes;
            case 2 -> 1 + dataBytes + (equal() ? 0 : lengthBytes(lengths[0]));
            default -> 2 + dataBytes + (equal() ? 0 : toldBytes());
        };
    }

    /** Writes the packet of all frames. @return where it ends */
    public int write(PacketBuffer target, int index) {
        int to = index;
        boolean variable = !equal();
        switch (frames) {
            case 1 -> target.putByte(to++, toc);
            case 2 -> target.putByte(to++, toc | (variable ? 2 : 1));
            default -> {
                target.putByte(to++, toc | CODE);
                target.putByte(to++, frames | (variable ? VARIABLE : 0));
            }
        }
        for (int i = 0; variable && i < frames - 1; i++) {
            to = writeLength(target, to, lengths[i]);
        }
        for (int i = 0; i < frames; i++) {
            target.putBytes(to, sources[i], starts[i], lengths[i]);
            to += lengths[i];
        }
        return to;
    }

    private boolean equal() {
        for (int i = 1; i < frames; i++) {
            if (lengths[i] != lengths[0]) {
                return false;
            }
        }
        return true;
    }

    private int toldBytes() {
        int bytes = 0;
        for (int i = 0; i < frames - 1; i++) {
            bytes += lengthBytes(lengths[i]);
        }
        return bytes;
    }

    private static int lengthBytes(int length) {
        return length < ONE_BYTE_LENGTHS ? 1 : 2;
    }

    private static int writeLength(PacketBuffer target, int index, int length) {
        if (length < ONE_BYTE_LENGTHS) {
            target.putByte(index, length);
            return index + 1;
        }
        int first = ONE_BYTE_LENGTHS + (length & 3);
        target.putByte(index, first);
        target.putByte(index + 1, (length - first) / 4);
        return index + 2;
    }
}
