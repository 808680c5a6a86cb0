// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Writes a redundant audio payload: the heads of all blocks first, then the caller puts the blocks' data behind them, in
 * the same order.
 *
 * <pre>
 * |1| PT | offset | length |1| PT | offset | length |0| PT | data of the 1st | data of the 2nd | primary's data |
 *   redundant(pt, .., ..)    redundant(pt, .., ..)   primary(pt)   ^ dataIndex
 * </pre>
 * Spec: RFC 2198 §3. {@link RedPacket} draws the bits. What a head cannot express is refused before anything is written.
 *
 * <p>Thread: one; reused.
 */
public final class RedWriter {
    /** How much earlier than its packet a block may begin, in ticks: 14 bits. */
    public static final int MAX_OFFSET_TICKS = (1 << 14) - 1;
    /** Bytes of a redundant block's data: 10 bits. */
    public static final int MAX_BLOCK_BYTES = (1 << 10) - 1;
    /** Bytes that a redundant block takes beyond its data. */
    public static final int HEAD_BYTES = 4;
    /** Bytes that the primary block takes beyond its data. */
    public static final int PRIMARY_HEAD_BYTES = 1;

    private PacketBuffer target;
    private int at;

    /** Whether a block can go along with a packet. An empty one is no use; one that is not older is none. */
    public static boolean expressible(int offsetTicks, int lengthBytes) {
        return offsetTicks > 0 && offsetTicks <= MAX_OFFSET_TICKS && lengthBytes > 0 && lengthBytes <= MAX_BLOCK_BYTES;
    }

    /**
     * Begins a payload. The packet already is as long as it will be.
     *
     * @param index where the payload begins
     */
    public void begin(PacketBuffer newTarget, int index) {
        target = newTarget;
        at = index;
    }

    /** Writes the head of an older block; it is {@linkplain #expressible}. */
    public void redundant(int payloadType, int offsetTicks, int lengthBytes) {
        target.putInt(at, 0x8000_0000 | (payloadType & 0x7f) << 24 | (offsetTicks & MAX_OFFSET_TICKS) << 10
                | lengthBytes & MAX_BLOCK_BYTES);
        at += HEAD_BYTES;
    }

    /** Writes the head of the packet's own block, the last one. */
    public void primary(int payloadType) {
        target.putByte(at, payloadType & 0x7f);
        at += PRIMARY_HEAD_BYTES;
    }

    /** After {@link #primary}: where the data of the first block goes. */
    public int dataIndex() {
        return at;
    }
}
