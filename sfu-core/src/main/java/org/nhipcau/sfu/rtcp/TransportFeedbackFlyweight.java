// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * A view of one transport-wide congestion control feedback packet, walked packet by packet.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|  FMT=15 |    PT=205     |           length              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     SSRC of packet sender                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      SSRC of media source                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      base sequence number     |      packet status count      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 reference time                | fb pkt. count |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   packet status chunks, 16 bits each, as many as needed ...   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   receive deltas, 8 or 16 bits each, in 250 us        ... pad |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 *  run length chunk        one-bit vector chunk     two-bit vector chunk
 * |0| S |   run length  |  |1|0|  14 symbols     |  |1|1|  7 symbols      |
 * </pre>
 * Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. {@link #wrap} walks over all chunks and checks that
 * every delta is there, so the walk by {@link #next} cannot fail. A status count up to 65535 may stand in a few bytes
 * of run lengths: whoever walks pays per status, so callers stop at the packets they really sent.
 *
 * <p>Thread: the packet owner's. Valid during the handler's call.
 */
public final class TransportFeedbackFlyweight {
    /** Ticks of the reference time. */
    public static final long REFERENCE_TICK_US = 64_000;
    /** Ticks of the receive deltas. */
    public static final long DELTA_TICK_US = 250;
    /** The reference time, in us, starts again from 0 after this long: 2^24 ticks, about 12 days. */
    public static final long REFERENCE_WRAP_US = (1L << 24) * REFERENCE_TICK_US;

    static final int NOT_RECEIVED = 0;
    static final int SMALL_DELTA = 1;
    static final int LARGE_DELTA = 2;
    static final int CHUNKS_OFFSET = 20;

    private PacketBuffer packet;
    private int start;
    private int statusCount;
    private int deltasStart;

    private int walked;
    private int chunkAt;
    private int chunk;
    private int chunkUsed;
    private int chunkSymbols;
    private int deltaAt;
    private int symbol;
    private long arrivalTimeUs;

    /**
     * Views a packet of this format.
     *
     * @param from index of its RTCP header
     * @param end index behind it, without padding
     * @return false when chunks or deltas are missing, a reserved symbol occurs or no status is given
     */
    public boolean wrap(PacketBuffer buffer, int from, int end) {
        packet = buffer;
        start = from;
        statusCount = 0;
        if (from + CHUNKS_OFFSET > end) {
            return false;
        }
        int expected = buffer.getUnsignedShort(from + 14);
        int at = from + CHUNKS_OFFSET;
        int deltaBytes = 0;
        int left = expected;
        while (left > 0) {
            if (at + 2 > end) {
                return false;
            }
            int word = buffer.getUnsignedShort(at);
            int symbols = Math.min(symbolsOf(word), left);
            int bytes = deltaBytesOf(word, symbols);
            if (bytes < 0) {
                return false;
            }
            deltaBytes += bytes;
            left -= symbols;
            at += 2;
        }
        if (expected == 0 || at + deltaBytes > end) {
            return false;
        }
        statusCount = expected;
        deltasStart = at;
        rewind();
        return true;
    }

    public long senderSsrc() {
        return packet.getUnsignedInt(start + 4);
    }

    public long mediaSsrc() {
        return packet.getUnsignedInt(start + 8);
    }

    /** Transport-wide sequence number of the first status, 16 bits. */
    public int baseSequence() {
        return packet.getUnsignedShort(start + 12);
    }

    /** How many statuses, 1 to 65535. */
    public int statusCount() {
        return statusCount;
    }

    /** The receiver's clock, in us, modulo {@link #REFERENCE_WRAP_US}; the first delta counts from here. */
    public long referenceTimeUs() {
        return packet.getUnsignedMedium(start + 16) * REFERENCE_TICK_US;
    }

    /** Counts the feedback packets, 8 bits: a gap tells that feedback was lost. */
    public int feedbackCount() {
        return packet.getUnsignedByte(start + 19);
    }

    /** Back before the first status. */
    public void rewind() {
        walked = 0;
        chunkAt = start + CHUNKS_OFFSET;
        chunkUsed = 0;
        chunkSymbols = 0;
        deltaAt = deltasStart;
        symbol = NOT_RECEIVED;
        arrivalTimeUs = referenceTimeUs();
    }

    /** Steps to the next status. @return false after the last */
    public boolean next() {
        if (walked == statusCount) {
            return false;
        }
        while (chunkUsed == chunkSymbols) {
            chunk = packet.getUnsignedShort(chunkAt);
            chunkAt += 2;
            chunkSymbols = symbolsOf(chunk);
            chunkUsed = 0;
        }
        symbol = symbolAt(chunk, chunkUsed++);
        walked++;
        if (symbol == SMALL_DELTA) {
            arrivalTimeUs += packet.getUnsignedByte(deltaAt) * DELTA_TICK_US;
            deltaAt++;
        } else if (symbol == LARGE_DELTA) {
            arrivalTimeUs += (short) packet.getUnsignedShort(deltaAt) * DELTA_TICK_US;
            deltaAt += 2;
        }
        return true;
    }

    /** Transport-wide sequence number of this status, 16 bits. */
    public int sequence() {
        return baseSequence() + walked - 1 & 0xffff;
    }

    public boolean received() {
        return symbol != NOT_RECEIVED;
    }

    /** When this packet came in, by the receiver's clock in us (see {@link #referenceTimeUs}); only if received. */
    public long arrivalTimeUs() {
        return arrivalTimeUs;
    }

    private static int symbolsOf(int chunk) {
        if (chunk >>> 15 == 0) {
            return chunk & 0x1fff;
        }
        return (chunk & 0x4000) == 0 ? 14 : 7;
    }

    private static int symbolAt(int chunk, int index) {
        if (chunk >>> 15 == 0) {
            return chunk >>> 13;
        }
        return (chunk & 0x4000) == 0 ? chunk >>> 13 - index & 1 : chunk >>> 12 - 2 * index & 3;
    }

    // Bytes of deltas for the first symbols of a chunk; -1 when one is the reserved symbol.
    private static int deltaBytesOf(int chunk, int symbols) {
        if (chunk >>> 15 == 0) {
            int symbol = chunk >>> 13;
            return symbol > LARGE_DELTA ? -1 : symbol * symbols;
        }
        if ((chunk & 0x4000) == 0) {
            return Integer.bitCount(chunk >>> 14 - symbols & (1 << symbols) - 1);
        }
        int bytes = 0;
        for (int i = 0; i < symbols; i++) {
            int symbol = symbolAt(chunk, i);
            if (symbol > LARGE_DELTA) {
                return -1;
            }
            bytes += symbol;
        }
        return bytes;
    }
}
