// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Turns arrival times into the chunks and deltas of transport-wide feedback. Works in two steps, because the deltas
 * stand behind the chunks: {@link #prepare} decides how much fits, {@link #write} writes it.
 *
 * <p>A run of equal statuses becomes a run length chunk where that says at least as much as a vector would; else
 * fourteen statuses go into a one-bit vector, or seven into a two-bit one when a large delta is among them. Each delta
 * counts from the time that the receiver of the feedback will have computed, so rounding never adds up.
 *
 * <p>Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1; picture in {@link TransportFeedbackFlyweight}.
 * Thread: one; reused. Owns: its scratch arrays.
 */
public final class TransportFeedbackWriter {
    /** Stands for an arrival time where the packet did not arrive. */
    public static final long NOT_RECEIVED = Long.MIN_VALUE;
    /** Most statuses in one feedback packet. Taken from taste: a second of 16 Mbit/s; more go into the next packet. */
    public static final int MAX_STATUSES = 2048;

    private static final int ONE_BIT_SYMBOLS = 14;
    private static final int TWO_BIT_SYMBOLS = 7;

    private final byte[] symbols = new byte[MAX_STATUSES];
    private final short[] deltas = new short[MAX_STATUSES];
    private final int[] chunks = new int[MAX_STATUSES];
    private int statuses;
    private int chunkCount;
    private int deltaBytes;
    private long referenceTicks;

    /** Decides on chunks and deltas. @return statuses taken, 0: nothing to write */
    int prepare(long[] arrivalUs, int from, int count, int roomBytes) {
        statuses = 0;
        chunkCount = 0;
        deltaBytes = 0;
        int candidates = computeDeltas(arrivalUs, from, Math.min(count, MAX_STATUSES));
        while (statuses < candidates && addChunk(candidates, roomBytes)) {
            // one chunk per turn
        }
        return anyReceived() ? statuses : 0;
    }

    /** Bytes of what was prepared, header and padding included. */
    int lengthBytes() {
        return paddedLength(chunkCount, deltaBytes);
    }

    /** Writes all but header and SSRCs at a place of {@link #lengthBytes} bytes. */
    void write(PacketBuffer target, int start, int baseSequence, int feedbackCount) {
        target.putShort(start + 12, baseSequence);
        target.putShort(start + 14, statuses);
        target.putMedium(start + 16, (int) referenceTicks);
        target.putByte(start + 19, feedbackCount);
        int at = start + TransportFeedbackFlyweight.CHUNKS_OFFSET;
        for (int i = 0; i < chunkCount; i++, at += 2) {
            target.putShort(at, chunks[i]);
        }
        for (int i = 0; i < statuses; i++) {
            if (symbols[i] == TransportFeedbackFlyweight.SMALL_DELTA) {
                target.putByte(at, deltas[i]);
            } else if (symbols[i] == TransportFeedbackFlyweight.LARGE_DELTA) {
                target.putShort(at, deltas[i]);
            }
            at += symbols[i];
        }
        for (int end = start + lengthBytes(); at < end; at++) {
            target.putByte(at, 0);
        }
    }

    // Fills symbols and deltas; stops before a packet whose delta has no form (more than 8 s from the one before).
    private int computeDeltas(long[] arrivalUs, int from, int count) {
        boolean first = true;
        long lastTicks = 0;
        for (int i = 0; i < count; i++) {
            long arrival = arrivalUs[from + i];
            if (arrival == NOT_RECEIVED) {
                symbols[i] = TransportFeedbackFlyweight.NOT_RECEIVED;
                continue;
            }
            if (first) {
                first = false;
                referenceTicks = Math.floorDiv(arrival, TransportFeedbackFlyweight.REFERENCE_TICK_US);
                lastTicks = referenceTicks
                        * (TransportFeedbackFlyweight.REFERENCE_TICK_US / TransportFeedbackFlyweight.DELTA_TICK_US);
            }
            long ticks = Math.floorDiv(arrival + TransportFeedbackFlyweight.DELTA_TICK_US / 2,
                    TransportFeedbackFlyweight.DELTA_TICK_US);
            long delta = ticks - lastTicks;
            if (delta != (short) delta) {
                return i;
            }
            boolean small = delta >= 0 && delta <= 0xff;
            symbols[i] = (byte) (small ? TransportFeedbackFlyweight.SMALL_DELTA
                    : TransportFeedbackFlyweight.LARGE_DELTA);
            deltas[i] = (short) delta;
            lastTicks = ticks;
        }
        return count;
    }

    // Symbol values are the bytes of their deltas, so sums of symbols are sizes.
    private boolean addChunk(int candidates, int roomBytes) {
        int symbol = symbols[statuses];
        int left = candidates - statuses;
        int run = 1;
        while (run < left && symbols[statuses + run] == symbol) {
            run++;
        }
        int oneBit = Math.min(left, ONE_BIT_SYMBOLS);
        boolean large = largeWithin(oneBit);
        int vector = large ? Math.min(left, TWO_BIT_SYMBOLS) : oneBit;
        int roomForDeltas = roomBytes / 4 * 4 - paddingFreeLength(chunkCount + 1, deltaBytes);
        int taken = vector;
        int bytes;
        int chunk;
        if (run >= vector) {
            taken = symbol == TransportFeedbackFlyweight.NOT_RECEIVED ? run : Math.min(run, roomForDeltas / symbol);
            bytes = taken * symbol;
            chunk = symbol << 13 | taken;
        } else {
            bytes = deltaBytesOf(taken);
            chunk = large ? twoBitVector(taken) : oneBitVector(taken);
        }
        if (taken <= 0 || bytes > roomForDeltas) {
            return false;
        }
        chunks[chunkCount++] = chunk;
        deltaBytes += bytes;
        statuses += taken;
        return true;
    }

    private int deltaBytesOf(int count) {
        int bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += symbols[statuses + i];
        }
        return bytes;
    }

    private boolean largeWithin(int count) {
        for (int i = 0; i < count; i++) {
            if (symbols[statuses + i] == TransportFeedbackFlyweight.LARGE_DELTA) {
                return true;
            }
        }
        return false;
    }

    private int oneBitVector(int count) {
        int chunk = 0x8000;
        for (int i = 0; i < count; i++) {
            chunk |= symbols[statuses + i] << ONE_BIT_SYMBOLS - 1 - i;
        }
        return chunk;
    }

    private int twoBitVector(int count) {
        int chunk = 0xc000;
        for (int i = 0; i < count; i++) {
            chunk |= symbols[statuses + i] << 2 * (TWO_BIT_SYMBOLS - 1 - i);
        }
        return chunk;
    }

    private boolean anyReceived() {
        return deltaBytes > 0;
    }

    private static int paddedLength(int chunkCount, int deltaBytes) {
        return paddingFreeLength(chunkCount, deltaBytes) + 3 & ~3;
    }

    private static int paddingFreeLength(int chunkCount, int deltaBytes) {
        return TransportFeedbackFlyweight.CHUNKS_OFFSET + chunkCount * 2 + deltaBytes;
    }
}
