// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import java.util.Arrays;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.OpusPacket;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * The last sound of one inbound stream, to be sent again as redundancy or in longer packets: bytes once, however many
 * listeners there are.
 *
 * <p>It remembers what RED can reach back to, a third of a second, and only while somebody is in need of it: a listener
 * {@linkplain #keepUntil tells} for how long. What nobody needs any more is overwritten, not only forgotten: it is what
 * a patient said.
 *
 * <pre>
 *  slot of packet s: s & 31      | sequence | timestamp | ticks | marker | level | length |  400 bytes |
 * </pre>
 * Spec: RFC 2198 §3 (14 bits of offset, 341 ms at 48 kHz: 17 packets of 20 ms).
 *
 * <p>Thread: one. Owns: its bytes, 12.5 KB from the first packet kept to {@link #purge}.
 */
public final class OpusHistory {
    private static final int SLOTS = 32;
    /** 20 ms at 160 kbps. Larger packets are music, too heavy to be sent twice. */
    public static final int MAX_PACKET_BYTES = 400;
    /** No listener needs packets older than this: what is longest in being told apart is a pause of the sender. */
    private static final long PURGE_AFTER_NS = 1_000_000_000L;

    private byte[] bytes;
    private final long[] sequences = new long[SLOTS];
    private final int[] timestamps = new int[SLOTS];
    private final short[] durations = new short[SLOTS];
    private final short[] lengths = new short[SLOTS];
    private final short[] levels = new short[SLOTS];
    private final boolean[] markers = new boolean[SLOTS];
    private long keepUntilNs = Long.MIN_VALUE;
    private long lastNs;

    /** Packets until then are needed by some listener. */
    public void keepUntil(long untilNs) {
        keepUntilNs = Math.max(keepUntilNs, untilNs);
    }

    /**
     * Keeps a copy of a packet where one is needed.
     *
     * @param level audio level byte as the publisher told it, -1 none
     */
    public void store(long extendedSequence, RtpPacketFlyweight packet, int level, long nowNs) {
        if (nowNs > keepUntilNs) {
            return;
        }
        int length = packet.payloadLength();
        PacketBuffer source = packet.packet();
        int from = packet.headerLength();
        int durationUs = OpusPacket.durationUs(source, from, length);
        if (length > MAX_PACKET_BYTES || durationUs < 0) {
            return;
        }
        if (bytes == null) {
            bytes = new byte[SLOTS * MAX_PACKET_BYTES];
            Arrays.fill(sequences, Long.MIN_VALUE);
        }
        int slot = (int) extendedSequence & SLOTS - 1;
        sequences[slot] = extendedSequence;
        timestamps[slot] = (int) packet.timestamp();
        durations[slot] = (short) (durationUs * (OpusPacket.CLOCK_RATE_HZ / 1_000) / 1_000);
        lengths[slot] = (short) length;
        levels[slot] = (short) level;
        markers[slot] = packet.marker();
        source.getBytes(from, bytes, slot * MAX_PACKET_BYTES, length);
        lastNs = nowNs;
    }

    /** The slot of a packet that is remembered, else -1. It counts until the next {@link #store} or {@link #purge}. */
    public int find(long extendedSequence) {
        int slot = (int) extendedSequence & SLOTS - 1;
        return bytes != null && sequences[slot] == extendedSequence ? slot : -1;
    }

    /** What {@link #start} and {@link #length} of all slots lie in. */
    public byte[] bytes() {
        return bytes;
    }

    public int start(int slot) {
        return slot * MAX_PACKET_BYTES;
    }

    public int length(int slot) {
        return lengths[slot];
    }

    public int timestamp(int slot) {
        return timestamps[slot];
    }

    /** How long the packet lasts, in ticks. */
    public int durationTicks(int slot) {
        return durations[slot];
    }

    public boolean marker(int slot) {
        return markers[slot];
    }

    /** Audio level byte, -1 none. */
    public int level(int slot) {
        return levels[slot];
    }

    /** Wipes the memory when it is too old to be of use; to be called now and then. */
    public void trim(long nowNs) {
        if (bytes != null && nowNs - lastNs > PURGE_AFTER_NS) {
            purge();
        }
    }

    /** Wipes all that is remembered and gives the memory back. */
    public void purge() {
        if (bytes != null) {
            Arrays.fill(bytes, (byte) 0);
            bytes = null;
        }
    }
}
