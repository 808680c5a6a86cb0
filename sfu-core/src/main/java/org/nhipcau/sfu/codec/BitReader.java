// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Reads bits of a packet, highest first. Reading past the end gives zeros and is remembered, so that a parser asks once
 * at its end, and within loops.
 *
 * <p>Thread: the packet owner's; reused.
 */
final class BitReader {
    private PacketBuffer packet;
    private int at;
    private int bit;
    private int begin;
    private int end;
    private boolean overrun;

    void wrap(PacketBuffer buffer, int from, int newEnd) {
        packet = buffer;
        begin = from;
        at = from;
        bit = 0;
        end = newEnd;
        overrun = false;
    }

    /** Bits read so far. */
    int position() {
        return (at - begin) * 8 + bit;
    }

    /** More was read than there is. */
    boolean overrun() {
        return overrun;
    }

    boolean flag() {
        return bits(1) != 0;
    }

    /** @param count 0 to 32 */
    long bits(int count) {
        long value = 0;
        for (int left = count; left > 0;) {
            if (at >= end) {
                overrun = true;
                return 0;
            }
            int take = Math.min(left, 8 - bit);
            int chunk = packet.getUnsignedByte(at) >>> 8 - bit - take & (1 << take) - 1;
            value = value << take | chunk;
            left -= take;
            bit += take;
            if (bit == 8) {
                bit = 0;
                at++;
            }
        }
        return value;
    }

    /** A value below n in the fewest bits (AV1 specification §4.10.7). @param n 1 to 2^16 */
    int nonSymmetric(int n) {
        int width = Integer.SIZE - Integer.numberOfLeadingZeros(n);
        int shortCodes = (1 << width) - n;
        int value = (int) bits(width - 1);
        return value < shortCodes ? value : (value << 1) - shortCodes + (int) bits(1);
    }

    /** Exponential Golomb code without sign (H.264 §9.1); more than 32 bits count as an overrun. */
    long unsignedGolomb() {
        int zeros = 0;
        while (!flag()) {
            if (overrun || ++zeros > 31) {
                overrun = true;
                return 0;
            }
        }
        return (1L << zeros) - 1 + bits(zeros);
    }

    /** Exponential Golomb code with sign (H.264 §9.1.1). */
    long signedGolomb() {
        long code = unsignedGolomb();
        return (code & 1) != 0 ? code + 1 >>> 1 : -(code >>> 1);
    }
}
