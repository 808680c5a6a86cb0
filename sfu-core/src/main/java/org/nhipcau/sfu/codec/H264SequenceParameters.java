// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Reads the picture size out of an H.264 sequence parameter set.
 *
 * <p>Spec: ITU-T H.264 §7.3.2.1.1, §7.4.2.1.1. Emulation prevention bytes (00 00 03) are taken out first. What is
 * larger than {@link #MAX_SIDE} is not believed.
 *
 * <p>Thread: the packet owner's; reused. Owns: a copy of the set.
 */
final class H264SequenceParameters {
    /** Pixels: level 6.2 ends at 16,888. */
    static final int MAX_SIDE = 16_888;
    private static final int MAX_BYTES = 256;
    private static final int MAX_CYCLE = 255;

    private final PacketBuffer raw = PacketBuffer.allocate();
    private final BitReader bits = new BitReader();
    private int chromaFormat;
    private boolean separatePlanes;
    private int width;
    private int height;

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Reads the set behind its NAL header. @return false when cut off or not believable */
    boolean read(PacketBuffer bytes, int from, int end) {
        unescape(bytes, from, Math.min(end, from + MAX_BYTES));
        bits.wrap(raw, 0, raw.length());
        int profile = (int) bits.bits(8);
        bits.bits(16);
        bits.unsignedGolomb();
        chromaFormat = 1;
        separatePlanes = false;
        if (hasChromaFormat(profile)) {
            readChromaFormat();
        }
        bits.unsignedGolomb();
        skipPictureOrder();
        bits.unsignedGolomb();
        bits.flag();
        return readSize() && !bits.overrun();
    }

    private void unescape(PacketBuffer bytes, int from, int end) {
        raw.clear();
        raw.setLength(Math.max(0, end - from));
        int zeros = 0;
        int written = 0;
        for (int at = from; at < end; at++) {
            int value = bytes.getUnsignedByte(at);
            if (zeros >= 2 && value == 3) {
                zeros = 0;
                continue;
            }
            zeros = value == 0 ? zeros + 1 : 0;
            raw.putByte(written++, value);
        }
        raw.setLength(written);
    }

    private static boolean hasChromaFormat(int profile) {
        return switch (profile) {
            case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
            default -> false;
        };
    }

    private void readChromaFormat() {
        chromaFormat = (int) bits.unsignedGolomb();
        separatePlanes = chromaFormat == 3 && bits.flag();
        bits.unsignedGolomb();
        bits.unsignedGolomb();
        bits.flag();
        if (bits.flag()) {
            int lists = chromaFormat == 3 ? 12 : 8;
            for (int i = 0; i < lists && !bits.overrun(); i++) {
                if (bits.flag()) {
                    skipScalingList(i < 6 ? 16 : 64);
                }
            }
        }
    }

    private void skipScalingList(int size) {
        long last = 8;
        long next = 8;
        for (int i = 0; i < size && !bits.overrun(); i++) {
            if (next != 0) {
                next = last + bits.signedGolomb() & 0xff;
            }
            last = next == 0 ? last : next;
        }
    }

    private void skipPictureOrder() {
        long type = bits.unsignedGolomb();
        if (type == 0) {
            bits.unsignedGolomb();
        } else if (type == 1) {
            bits.flag();
            bits.signedGolomb();
            bits.signedGolomb();
            long frames = bits.unsignedGolomb();
            for (int i = 0; i < Math.min(frames, MAX_CYCLE) && !bits.overrun(); i++) {
                bits.signedGolomb();
            }
        }
    }

    private boolean readSize() {
        long widthInUnits = bits.unsignedGolomb() + 1;
        long heightInUnits = bits.unsignedGolomb() + 1;
        boolean framesOnly = bits.flag();
        if (!framesOnly) {
            bits.flag();
        }
        bits.flag();
        long fullWidth = widthInUnits * 16;
        long fullHeight = heightInUnits * (framesOnly ? 16 : 32);
        if (bits.flag()) {
            int array = separatePlanes ? 0 : chromaFormat;
            int cropX = array == 1 || array == 2 ? 2 : 1;
            int cropY = (array == 1 ? 2 : 1) * (framesOnly ? 1 : 2);
            fullWidth -= (bits.unsignedGolomb() + bits.unsignedGolomb()) * cropX;
            fullHeight -= (bits.unsignedGolomb() + bits.unsignedGolomb()) * cropY;
        }
        if (fullWidth < 1 || fullWidth > MAX_SIDE || fullHeight < 1 || fullHeight > MAX_SIDE) {
            return false;
        }
        width = (int) fullWidth;
        height = (int) fullHeight;
        return true;
    }
}
