// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import java.util.Arrays;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.PayloadReader;
import org.nhipcau.sfu.rtp.SequenceUnwrapper;

/**
 * One RTP stream from a publisher: a single encoding with one SSRC, and the RTX stream that repairs it.
 *
 * <p>Every packet passes {@link #accept} once: it extends the sequence number, finds duplicates, gaps and late
 * packets, and keeps the figures for reports. When the publisher begins anew with another SSRC, a new InboundStream
 * takes this one's place; nothing of the old is carried over.
 *
 * <p>Thread: one. Owns: its {@link PacketCache} or, for sound, its {@link OpusHistory}.
 */
public final class InboundStream implements AutoCloseable {
    /** What {@link #accept} found. */
    public enum Arrival {
        /** Newer than all before. */
        NEWEST,
        /** Older than the newest, not received before: reordered or repaired. */
        LATE,
        DUPLICATE,
        TOO_OLD
    }

    /** How far back duplicates are told from late packets; a power of two. */
    private static final int WINDOW_PACKETS = 2_048;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int RECENT_WORDS = WINDOW_PACKETS / 64;

    private final int ssrc;
    private final MediaKind kind;
    private final int clockRate;
    private final SequenceUnwrapper sequences = new SequenceUnwrapper();
    private final ReceptionFigures figures;
    private final NackTracker nacks;
    private final PacketCache cache;
    private final OpusHistory history;
    private LostFrames lost;
    private final RateMeter rate = new RateMeter();
    private final RateMeter frames = new RateMeter();
    private final long[] recent = new long[RECENT_WORDS];
    private final PayloadReader[] readers = new PayloadReader[128];
    private int rtxSsrc;
    private boolean rtxKnown;
    private long extended;
    private long gap;
    private long lastPacketNs;
    private boolean keyFrameSeen;
    private long lastKeyFrameNs;
    private long repaired;
    private long repairedTaken;
    private long packets;
    private long bytes;
    private boolean reportKnown;
    private long reportNtp;
    private int reportTimestamp;
    private long reportNs;

    /**
     * @param clockRate ticks per second of its preferred format
     * @param nackable whether missing packets may be asked for
     * @param cache keeps packets for retransmission, from now on this stream's own; null: none
     */
    public InboundStream(int ssrc, MediaKind kind, int clockRate, boolean nackable, PacketCache cache) {
        this.ssrc = ssrc;
        this.kind = kind;
        this.clockRate = clockRate;
        this.figures = new ReceptionFigures(clockRate);
        boolean sound = kind == MediaKind.AUDIO;
        this.nacks = !nackable ? null : sound ? NackTracker.ofSound() : NackTracker.ofPictures();
        this.cache = cache;
        this.history = sound ? new OpusHistory() : null;
    }

    /**
     * Takes note of one packet. Afterwards {@link #extended()} is its extended sequence number.
     *
     * @param restored it came as a retransmission (RFC 4588)
     */
    public Arrival accept(int sequence16, long timestamp, int lengthBytes, boolean restored, long nowNs) {
        boolean first = !sequences.started();
        long before = sequences.highest();
        if (first && restored) {
            return Arrival.TOO_OLD;
        }
        extended = sequences.peek(sequence16);
        if (!first && extended <= before - WINDOW_PACKETS) {
            return Arrival.TOO_OLD;
        }
        // A retransmission never leads: one that would is of a stream long gone or forged by a broken sender.
        if (restored && extended > before) {
            return Arrival.TOO_OLD;
        }
        gap = 0;
        boolean newest = first || extended > before;
        if (newest) {
            gap = first ? 0 : extended - before - 1;
            forgetBits(first ? extended : before + 1, extended);
            sequences.unwrap(sequence16);
        } else if (isMarked(extended)) {
            return Arrival.DUPLICATE;
        }
        mark(extended);
        rate.add(lengthBytes, nowNs);
        packets++;
        bytes += lengthBytes;
        lastPacketNs = nowNs;
        if (restored) {
            repaired++;
        } else {
            figures.onPacket(extended, timestamp, nowNs);
        }
        if (nacks != null) {
            if (!newest) {
                nacks.onArrival(extended);
            } else if (!first && extended > before + 1) {
                nacks.onGap(before + 1, extended - 1, nowNs);
            }
        }
        return newest ? Arrival.NEWEST : Arrival.LATE;
    }

    /** Keeps a copy for retransmission, where this stream has a cache. */
    public void store(PacketBuffer packet, long nowNs) {
        if (cache != null) {
            cache.store(extended, packet, nowNs);
        }
    }

    /** Gives back the memory of packets too old to be sent again; for a stream from which nothing comes. */
    public void trim(long nowNs) {
        if (cache != null) {
            cache.trim(nowNs);
        }
        if (history != null) {
            history.trim(nowNs);
        }
    }

    /** Wipes the sound that is remembered: the publisher is muted. */
    public void purgeSound() {
        if (history != null) {
            history.purge();
        }
    }

    /** Wipes all that is kept to be sent again. What comes from now on is kept as before. */
    public void purge() {
        if (cache != null) {
            cache.close();
        }
        purgeSound();
    }

    /** Takes note of a frame's first packet. */
    public void onFrameStart(boolean keyFrame, long nowNs) {
        frames.add(0, nowNs);
        if (keyFrame) {
            keyFrameSeen = true;
            lastKeyFrameNs = nowNs;
            if (nacks != null) {
                // What came before a key frame is of no use to a decoder that gets it, unless just overtaken by it.
                nacks.forgetBefore(extended - NackTracker.MAX_MISSING / 4);
            }
        }
    }

    /** Takes the clock pair of a sender report. */
    public void onSenderReport(long ntp, int timestamp, long nowNs) {
        reportKnown = true;
        reportNtp = ntp;
        reportTimestamp = timestamp;
        reportNs = nowNs;
    }

    /** The stream's timestamp at a moment of its sender's NTP clock; only after a sender report. */
    public int timestampAt(long ntp) {
        long ns = toNs(ntp - reportNtp);
        return reportTimestamp + (int) (ns / 1_000 * clockRate / 1_000_000);
    }

    /** The sender's NTP time of a timestamp; only after a sender report. */
    public long ntpAt(int timestamp) {
        return reportNtp + ((long) (timestamp - reportTimestamp) << 32) / clockRate;
    }

    /** A sender report was received. */
    public boolean reportKnown() {
        return reportKnown;
    }

    /** NTP time of the last sender report, by the sender's clock. */
    public long reportNtp() {
        return reportNtp;
    }

    /** RTP timestamp of the last sender report. */
    public int reportTimestamp() {
        return reportTimestamp;
    }

    /** When the last sender report came in. */
    public long reportNs() {
        return reportNs;
    }

    /** The reader for a payload type, or null when none was set. */
    public PayloadReader reader(int payloadType) {
        return readers[payloadType];
    }

    /** Sets the reader for a payload type; it may keep memory of this stream. */
    public void useReader(int payloadType, PayloadReader reader) {
        readers[payloadType] = reader;
    }

    /** Forgets all readers: what they were made for was negotiated anew. */
    public void forgetReaders() {
        Arrays.fill(readers, null);
    }

    public int ssrc() {
        return ssrc;
    }

    public MediaKind kind() {
        return kind;
    }

    public int clockRate() {
        return clockRate;
    }

    /** SSRC of the repairing stream; only when {@link #rtxKnown()}. */
    public int rtxSsrc() {
        return rtxSsrc;
    }

    public boolean rtxKnown() {
        return rtxKnown;
    }

    public void bindRtx(int newRtxSsrc) {
        rtxSsrc = newRtxSsrc;
        rtxKnown = true;
    }

    /** Extended sequence number of the packet accepted last. */
    public long extended() {
        return extended;
    }

    /** Packets that the one accepted last passed over. */
    public long gap() {
        return gap;
    }

    /** Highest extended sequence number so far. */
    public long newest() {
        return sequences.highest();
    }

    /** A packet was accepted. */
    public boolean started() {
        return sequences.started();
    }

    public ReceptionFigures figures() {
        return figures;
    }

    /** Missing packets, or null where none may be asked for. */
    public NackTracker nacks() {
        return nacks;
    }

    /** Sent packets for retransmission, or null where none are kept. */
    public PacketCache cache() {
        return cache;
    }

    /** The last packets of sound, for redundancy; null for video. */
    public OpusHistory history() {
        return history;
    }

    /** Where lost packets belong that come as redundancy; made at the first call. */
    public LostFrames lost() {
        if (lost == null) {
            lost = new LostFrames();
        }
        return lost;
    }

    public RateMeter rate() {
        return rate;
    }

    /** Frames begun per second. */
    public double framesPerSecond(long nowNs) {
        return frames.perSecond(nowNs);
    }

    public long lastPacketNs() {
        return lastPacketNs;
    }

    /** A packet that starts a key frame was received. */
    public boolean keyFrameSeen() {
        return keyFrameSeen;
    }

    public long lastKeyFrameNs() {
        return lastKeyFrameNs;
    }

    /** Packets that came as retransmissions and were missing. */
    public long repaired() {
        return repaired;
    }

    /** The same since the last call. */
    public long takeRepaired() {
        long value = repaired - repairedTaken;
        repairedTaken = repaired;
        return value;
    }

    /** Packets accepted, so far. */
    public long packets() {
        return packets;
    }

    /** Bytes from RTP upward, so far. */
    public long bytes() {
        return bytes;
    }

    // A difference of NTP times wraps as 64-bit numbers do, so no era matters.
    private static long toNs(long ntpDifference) {
        return (ntpDifference >> 32) * SECOND_NS + ((ntpDifference & 0xffff_ffffL) * SECOND_NS >>> 32);
    }

    private boolean isMarked(long sequence) {
        return (recent[word(sequence)] >>> sequence & 1) != 0;
    }

    private void mark(long sequence) {
        recent[word(sequence)] |= 1L << sequence;
    }

    private void forgetBits(long from, long to) {
        for (long s = Math.max(from, to - WINDOW_PACKETS + 1); s <= to; s++) {
            recent[word(s)] &= ~(1L << s);
        }
    }

    private static int word(long sequence) {
        return (int) (sequence >> 6) & RECENT_WORDS - 1;
    }

    @Override
    public void close() {
        if (cache != null) {
            cache.close();
        }
        purgeSound();
    }
}
