// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.receive;

import java.util.BitSet;
import org.nhipcau.sfu.sctp.wire.PacketWriter;
import org.nhipcau.sfu.sctp.wire.Serial;

/**
 * Which numbers came: all up to one, and some beyond.
 *
 * <p>Spec: RFC 9260 §6.2. Thread: the association's. Memory: {@link #WINDOW} bits.
 */
final class ReceivedTsns {
    /** Numbers beyond the cumulative one that are looked at. */
    static final int WINDOW = 1_024;
    private static final int MAX_BLOCKS = 64;
    private static final int MAX_DOUBLES = 16;

    private final BitSet beyond = new BitSet(WINDOW);
    private final int[] doubles = new int[MAX_DOUBLES];
    private int doubleCount;
    private int cumulative;

    ReceivedTsns(int initialTsn) {
        cumulative = initialTsn - 1;
    }

    int cumulative() {
        return cumulative;
    }

    /** Some number below a known one is missing. */
    boolean gaps() {
        return !beyond.isEmpty();
    }

    boolean has(int tsn) {
        return !Serial.before(cumulative, tsn) || beyond.get(tsn - cumulative - 1);
    }

    /** It is too far ahead to be looked at. */
    boolean outside(int tsn) {
        return Serial.before(cumulative + WINDOW, tsn);
    }

    /** All that came have lower numbers. */
    boolean highest(int tsn) {
        return Serial.before(cumulative + beyond.length(), tsn);
    }

    /** Notes one that was not there and lies inside. */
    void add(int tsn) {
        beyond.set(tsn - cumulative - 1);
        advance();
    }

    /** Notes one that came again, to be told. */
    void addDouble(int tsn) {
        if (doubleCount < MAX_DOUBLES) {
            doubles[doubleCount++] = tsn;
        }
    }

    /** The sender has given up all up to this number. */
    void skipTo(int tsn) {
        drop(tsn - cumulative);
        cumulative = tsn;
        advance();
    }

    private void advance() {
        int count = beyond.nextClearBit(0);
        if (count > 0) {
            drop(count);
            cumulative += count;
        }
    }

    private void drop(int count) {
        BitSet rest = count >= beyond.length() ? new BitSet(WINDOW) : beyond.get(count, beyond.length());
        beyond.clear();
        beyond.or(rest);
    }

    int blocks() {
        int blocks = 0;
        for (int at = beyond.nextSetBit(0); at >= 0 && blocks < MAX_BLOCKS; blocks++) {
            at = beyond.nextSetBit(beyond.nextClearBit(at));
        }
        return blocks;
    }

    int doubles() {
        return doubleCount;
    }

    /** Writes the blocks and the doubles, which are forgotten then. */
    void write(PacketWriter out, int blocks) {
        int at = beyond.nextSetBit(0);
        for (int i = 0; i < blocks; i++) {
            int end = beyond.nextClearBit(at);
            out.putShort(at + 1);
            out.putShort(end);
            at = beyond.nextSetBit(end);
        }
        for (int i = 0; i < doubleCount; i++) {
            out.putInt(doubles[i]);
        }
        doubleCount = 0;
    }

    /** Bytes of the longest report. */
    static int maxReportBytes() {
        return 12 + 4 * (MAX_BLOCKS + MAX_DOUBLES);
    }
}
