// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.receive;

import java.util.List;
import org.nhipcau.sfu.sctp.wire.ChunkType;
import org.nhipcau.sfu.sctp.wire.PacketReader;
import org.nhipcau.sfu.sctp.wire.PacketWriter;

/**
 * Takes DATA chunks, acknowledges them, and lets the other side send no more than there is room for.
 *
 * <p>The window that is announced is never more than {@link #MAX_ANNOUNCED_BYTES}: what the other side has under way
 * stands in the queue of a narrow uplink, before the sound of the call. It shuts when {@link #WINDOW_BYTES} wait.
 *
 * <p>Spec: RFC 9260 §6.2, §6.7; RFC 3758 §3.6. Thread: the association's.
 */
public final class Receiver {
    /** What waits beyond this ends the association. */
    public static final int MAX_HELD_BYTES = 256 * 1024;
    /** What waits beyond this shuts the window. */
    public static final int WINDOW_BYTES = 192 * 1024;
    /** A quarter of a second at 512 kbit/s, two seconds at 64 kbit/s. By taste. */
    public static final int MAX_ANNOUNCED_BYTES = 16 * 1024;
    /** An acknowledgement waits no longer than this for a second packet (§6.2). */
    static final long DELAY_NS = 200_000_000L;
    private static final int DATA_FIELDS_BYTES = 12;
    private static final int UNORDERED = 4;
    private static final int BEGIN = 2;
    private static final int END = 1;
    private static final int AT_ONCE = 8;

    private final ReceivedTsns tsns;
    private final Reassembly reassembly;
    private int retainedBytes;
    private int announcedBytes = MAX_ANNOUNCED_BYTES;
    private int overrunBytes;
    private boolean dataInPacket;
    private boolean delayed;
    private boolean due;
    private long delayedNs;
    private long dropped;

    public Receiver(int initialTsn, MessageSink out) {
        tsns = new ReceivedTsns(initialTsn);
        reassembly = new Reassembly(out);
    }

    public int cumulativeTsn() {
        return tsns.cumulative();
    }

    /** Chunks that found no room. */
    public long dropped() {
        return dropped;
    }

    /** A message that was given out takes room still; its overhead counts as well. */
    public void retain(int bytes) {
        retainedBytes += bytes + Reassembly.OVERHEAD_BYTES;
    }

    /** The message is gone. */
    public void release(int bytes) {
        retainedBytes -= bytes + Reassembly.OVERHEAD_BYTES;
        // The sender waits for nothing else.
        due |= announcedBytes < MAX_ANNOUNCED_BYTES / 2 && windowBytes() >= MAX_ANNOUNCED_BYTES / 2;
    }

    /** Bytes that wait here or with whoever retains them. */
    public int heldBytes() {
        return reassembly.heldBytes() + retainedBytes;
    }

    private int windowBytes() {
        return Math.max(0, Math.min(MAX_ANNOUNCED_BYTES, WINDOW_BYTES - heldBytes()));
    }

    /**
     * Takes the DATA chunk that the reader is at.
     *
     * @return null, or why the association must be aborted
     */
    public ReceiveFault onData(PacketReader packet) {
        if (packet.bodyLength() <= DATA_FIELDS_BYTES) {
            return packet.bodyLength() == DATA_FIELDS_BYTES ? ReceiveFault.NO_USER_DATA : ReceiveFault.MALFORMED;
        }
        dataInPacket = true;
        int flags = packet.flags();
        int body = packet.bodyAt();
        int tsn = packet.getInt(body);
        due |= (flags & AT_ONCE) != 0;
        if (tsns.has(tsn)) {
            tsns.addDouble(tsn);
            due = true;
            return null;
        }
        int length = packet.bodyLength() - DATA_FIELDS_BYTES;
        if (tsns.outside(tsn) || tsns.highest(tsn) && heldBytes() >= WINDOW_BYTES) {
            return overrun(length);
        }
        if (heldBytes() + length + Reassembly.OVERHEAD_BYTES > MAX_HELD_BYTES) {
            return ReceiveFault.OUT_OF_ROOM;
        }
        boolean follows = tsns.has(tsn - 1);
        boolean gapsBefore = tsns.gaps();
        tsns.add(tsn);
        due |= gapsBefore || tsns.gaps();
        Fragment part = new Fragment(tsn, packet.getUnsignedShort(body + 4), packet.getUnsignedShort(body + 6),
                packet.getInt(body + 8), (flags & UNORDERED) != 0, (flags & BEGIN) != 0, (flags & END) != 0,
                packet.body(DATA_FIELDS_BYTES, length));
        return reassembly.add(part, follows) ? null : ReceiveFault.OUT_OF_ROOM;
    }

    // One may probe a window that is shut; one that goes on and on heeds no window at all.
    private ReceiveFault overrun(int length) {
        dropped++;
        due = true;
        overrunBytes += length + Reassembly.OVERHEAD_BYTES;
        return overrunBytes > MAX_HELD_BYTES ? ReceiveFault.OUT_OF_ROOM : null;
    }

    /** Takes the FORWARD TSN that the reader is at. @return false when it is not well-formed */
    public boolean onForward(PacketReader packet) {
        if (packet.bodyLength() < 4) {
            return false;
        }
        dataInPacket = true;
        due = true;
        int body = packet.bodyAt();
        int tsn = packet.getInt(body);
        int before = tsns.cumulative();
        // Also one that is half of all numbers away: it lies neither before nor behind.
        if (tsn - before <= 0) {
            return true;
        }
        reassembly.discard(before, tsn);
        tsns.skipTo(tsn);
        for (int at = 4; at + 4 <= packet.bodyLength(); at += 4) {
            reassembly.skip(packet.getUnsignedShort(body + at), packet.getUnsignedShort(body + at + 2));
        }
        return true;
    }

    /** The other side begins a stream anew. */
    public void resetStream(int streamId) {
        reassembly.reset(streamId);
    }

    /** Streams that something came on. */
    public List<Integer> streams() {
        return reassembly.streams();
    }

    /** All chunks of a packet were taken. */
    public void onPacketEnd(long nowNs) {
        if (!dataInPacket) {
            return;
        }
        dataInPacket = false;
        if (delayed) {
            due = true;
        } else {
            delayed = true;
            delayedNs = nowNs + DELAY_NS;
        }
    }

    /** When {@link #sackDue} becomes true by itself; {@link Long#MAX_VALUE}: never. */
    public long deadlineNs() {
        return delayed ? delayedNs : Long.MAX_VALUE;
    }

    /** There is something to be acknowledged now. */
    public boolean sackDue(long nowNs) {
        return due || delayed && nowNs - delayedNs >= 0;
    }

    /** Bytes that {@link #writeSack} takes at most, with its header. */
    public static int sackBytes() {
        return 4 + ReceivedTsns.maxReportBytes();
    }

    /** Writes a SACK; there is room for it. */
    public void writeSack(PacketWriter out) {
        announcedBytes = windowBytes();
        if (announcedBytes > 0) {
            overrunBytes = 0;
        }
        int blocks = tsns.blocks();
        out.beginChunk(ChunkType.SACK, 0);
        out.putInt(tsns.cumulative());
        out.putInt(announcedBytes);
        out.putShort(blocks);
        out.putShort(tsns.doubles());
        tsns.write(out, blocks);
        out.endChunk();
        due = false;
        delayed = false;
    }
}
