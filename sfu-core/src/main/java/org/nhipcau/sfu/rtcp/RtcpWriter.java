// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Composes an RTCP packet, compound or reduced-size, out of parts appended one after another.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P| RC/FMT  |      PT       |        length in words - 1    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: see the package. A part that does not fit the bound given to {@link #begin} is left out whole and the method
 * answers false: the caller sends what there is and begins another. SSRCs and 32-bit fields are written from the low
 * bits of a long. Nothing is allocated.
 *
 * <p>Thread: one; reused.
 */
public final class RtcpWriter {
    /** Report blocks in one SR or RR: the count has 5 bits. */
    public static final int MAX_REPORT_BLOCKS = 31;
    private static final int MAX_CNAME_BYTES = 255;
    private static final int MAX_REMB_SSRCS = 255;
    /** In place of an arrival time: the packet is missing. */
    public static final long NOT_RECEIVED = TransportFeedbackWriter.NOT_RECEIVED;
    private static final int CCFB_FIXED_BYTES = 8;
    private static final int CCFB_STREAM_BYTES = 8;
    private static final int CCFB_TIMESTAMP_BYTES = 4;
    /** RFC 8888 §3.1: longer ago than the offset can say. */
    private static final long CCFB_TOO_LONG_AGO = 0x1ffe;
    private static final int REMB_MANTISSA_BITS = 18;
    private static final int NACK_BITS = 16;

    private final TransportFeedbackWriter transportFeedback = new TransportFeedbackWriter();
    private PacketBuffer target;
    private int maxBytes;
    private int reportAt;
    private int congestionAt;
    private int dlrrAt;
    private long dlrrSender;

    /**
     * Empties the target and begins a packet.
     *
     * @param newMaxBytes most bytes of the packet; the caller leaves room for the SRTCP index and tag
     */
    public void begin(PacketBuffer newTarget, int newMaxBytes) {
        newTarget.clear();
        target = newTarget;
        maxBytes = Math.min(newMaxBytes, newTarget.tailroom());
        forgetOpenParts();
    }

    /** Bytes written so far. */
    public int length() {
        return target.length();
    }

    /** Sender report (RFC 3550 §6.4.1); its report blocks follow by {@link #reportBlock}. @param ntp all 64 bits */
    public boolean senderReport(long ssrc, long ntp, long rtpTimestamp, long packets, long octets) {
        int at = open(RtcpType.SR, 0, 8 + RtcpType.SENDER_INFO_BYTES);
        if (at < 0) {
            return false;
        }
        target.putInt(at + 4, (int) ssrc);
        target.putLong(at + 8, ntp);
        target.putInt(at + 16, (int) rtpTimestamp);
        target.putInt(at + 20, (int) packets);
        target.putInt(at + 24, (int) octets);
        reportAt = at;
        return true;
    }

    /** Receiver report (RFC 3550 §6.4.2); its report blocks follow by {@link #reportBlock}. */
    public boolean receiverReport(long ssrc) {
        int at = open(RtcpType.RR, 0, 8);
        if (at < 0) {
            return false;
        }
        target.putInt(at + 4, (int) ssrc);
        reportAt = at;
        return true;
    }

    /** Whether the report that was written last, directly before, takes one more block. */
    public boolean takesReportBlock() {
        return reportAt >= 0 && (target.getByte(reportAt) & 0x1f) < MAX_REPORT_BLOCKS
                && target.length() + RtcpType.REPORT_BLOCK_BYTES <= maxBytes;
    }

    /**
     * Adds a block to the report that was written last, directly before.
     *
     * @param fractionLost of 256; low 8 bits
     * @param cumulativeLostPackets clamped to signed 24 bits
     * @return false when it does not fit or the report has 31 blocks already
     */
    public boolean reportBlock(long ssrc, int fractionLost, int cumulativeLostPackets, long extendedHighestSequence,
            long jitterTicks, long lastReport, long delaySinceLastReport) {
        if (reportAt < 0) {
            throw new IllegalStateException("no report was written directly before");
        }
        int count = target.getByte(reportAt) & 0x1f;
        int at = target.length();
        if (count == MAX_REPORT_BLOCKS || !grow(RtcpType.REPORT_BLOCK_BYTES)) {
            return false;
        }
        int lost = Math.clamp(cumulativeLostPackets, -0x80_0000, 0x7f_ffff);
        target.putInt(at, (int) ssrc);
        target.putInt(at + 4, fractionLost << 24 | lost & 0xff_ffff);
        target.putInt(at + 8, (int) extendedHighestSequence);
        target.putInt(at + 12, (int) jitterTicks);
        target.putInt(at + 16, (int) lastReport);
        target.putInt(at + 20, (int) delaySinceLastReport);
        target.putByte(reportAt, 0x80 | count + 1);
        closeAtEnd(reportAt);
        return true;
    }

    /** SDES with one CNAME (RFC 3550 §6.5.1). @param cname 1 to 255 bytes that name nobody */
    public boolean sdesCname(long ssrc, byte[] cname) {
        if (cname.length == 0 || cname.length > MAX_CNAME_BYTES) {
            throw new IllegalArgumentException("CNAME of " + cname.length + " bytes; allowed: 1 to 255");
        }
        // The item, then at least one zero byte up to the next whole word.
        int chunk = (4 + 2 + cname.length + 1 + 3) & ~3;
        int at = open(RtcpType.SDES, 1, 4 + chunk);
        if (at < 0) {
            return false;
        }
        target.putInt(at + 4, (int) ssrc);
        target.putByte(at + 8, 1);
        target.putByte(at + 9, cname.length);
        target.putBytes(at + 10, cname, 0, cname.length);
        zero(at + 10 + cname.length);
        return true;
    }

    /**
     * Generic NACK (RFC 4585 §6.2.1), the numbers packed into entries of one number and the 16 behind it.
     *
     * @param sequences lost sequence numbers in rising order across the wrap; low 16 bits count
     * @return how many of them were taken; fewer than {@code count} when the rest did not fit
     */
    public int nack(long senderSsrc, long mediaSsrc, int[] sequences, int from, int count) {
        int at = count == 0 ? -1 : open(RtcpType.RTPFB, RtcpType.NACK_FORMAT, 12);
        if (at < 0) {
            return 0;
        }
        writeSsrcs(at, senderSsrc, mediaSsrc);
        int taken = 0;
        while (taken < count && grow(4)) {
            int pid = sequences[from + taken++];
            int blp = 0;
            while (taken < count) {
                int distance = sequences[from + taken] - pid & 0xffff;
                if (distance > NACK_BITS) {
                    break;
                }
                // A repeated number (distance 0) is in the entry already.
                blp |= distance == 0 ? 0 : 1 << distance - 1;
                taken++;
            }
            target.putShort(target.length() - 4, pid);
            target.putShort(target.length() - 2, blp);
        }
        if (taken == 0) {
            target.setLength(at);
        } else {
            closeAtEnd(at);
        }
        return taken;
    }

    /** Picture loss indication (RFC 4585 §6.3.1). */
    public boolean pli(long senderSsrc, long mediaSsrc) {
        int at = open(RtcpType.PSFB, RtcpType.PLI_FORMAT, 12);
        if (at < 0) {
            return false;
        }
        writeSsrcs(at, senderSsrc, mediaSsrc);
        return true;
    }

    /** Full intra request for one stream (RFC 5104 §4.3.1). @param sequence one more for each new request, 8 bits */
    public boolean fir(long senderSsrc, long mediaSsrc, int sequence) {
        int at = open(RtcpType.PSFB, RtcpType.FIR_FORMAT, 20);
        if (at < 0) {
            return false;
        }
        writeSsrcs(at, senderSsrc, 0);
        target.putInt(at + 12, (int) mediaSsrc);
        target.putInt(at + 16, sequence << 24);
        return true;
    }

    /**
     * Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03). The format has 18 significant bits: the
     * bitrate is rounded down to them.
     */
    public boolean remb(long senderSsrc, long bitrateBps, long[] ssrcs, int ssrcCount) {
        if (ssrcCount > MAX_REMB_SSRCS || bitrateBps < 0) {
            throw new IllegalArgumentException("REMB for " + ssrcCount + " SSRCs of " + bitrateBps + " bit/s");
        }
        int at = open(RtcpType.PSFB, RtcpType.AFB_FORMAT, 20 + ssrcCount * 4);
        if (at < 0) {
            return false;
        }
        int exponent = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(bitrateBps) - REMB_MANTISSA_BITS);
        writeSsrcs(at, senderSsrc, 0);
        target.putInt(at + 12, RtcpType.REMB_IDENTIFIER);
        target.putInt(at + 16, ssrcCount << 24 | exponent << REMB_MANTISSA_BITS | (int) (bitrateBps >>> exponent));
        for (int i = 0; i < ssrcCount; i++) {
            target.putInt(at + 20 + i * 4, (int) ssrcs[i]);
        }
        return true;
    }

    /**
     * Transport-wide congestion control feedback.
     *
     * @param feedbackCount one more for each feedback packet, 8 bits
     * @param baseSequence transport-wide number of the first status, low 16 bits
     * @param arrivalUs arrival times in us, one per sequence number from there on, or
     *     {@link TransportFeedbackWriter#NOT_RECEIVED}
     * @return how many statuses were taken: the caller goes on from there with another packet; 0 when none fits or
     *     none of them was received
     */
    public int transportFeedback(long senderSsrc, long mediaSsrc, int feedbackCount, int baseSequence,
            long[] arrivalUs, int from, int count) {
        int room = maxBytes - target.length();
        int taken = transportFeedback.prepare(arrivalUs, from, count, room);
        if (taken > 0) {
            int at = open(RtcpType.RTPFB, RtcpType.TRANSPORT_CC_FORMAT, transportFeedback.lengthBytes());
            writeSsrcs(at, senderSsrc, mediaSsrc);
            transportFeedback.write(target, at, baseSequence, feedbackCount);
        }
        return taken;
    }

    /** Begins RFC 8888 feedback: streams follow, then {@link #endCongestionFeedback}. @return whether it fits */
    public boolean beginCongestionFeedback(long senderSsrc) {
        congestionAt = target.length() + CCFB_FIXED_BYTES + CCFB_TIMESTAMP_BYTES > maxBytes ? -1
                : open(RtcpType.RTPFB, RtcpType.CCFB_FORMAT, CCFB_FIXED_BYTES);
        if (congestionAt >= 0) {
            target.putInt(congestionAt + 4, (int) senderSsrc);
        }
        return congestionAt >= 0;
    }

    /**
     * What came of one stream (RFC 8888 §3.1).
     *
     * @param beginSequence of the first, low 16 bits
     * @param arrivalUs arrival times in us, one per sequence number, or {@link #NOT_RECEIVED}
     * @param reportUs the time of the report by the same clock
     * @return how many were taken: the caller goes on from there with another packet
     */
    public int congestionStream(long ssrc, int beginSequence, long[] arrivalUs, int count, long reportUs) {
        int room = (maxBytes - CCFB_TIMESTAMP_BYTES - target.length() - CCFB_STREAM_BYTES) / 4 * 2;
        int taken = Math.min(count, room);
        if (taken <= 0) {
            return 0;
        }
        int at = target.length();
        grow(CCFB_STREAM_BYTES + (taken * 2 + 3 & ~3));
        zero(at);
        target.putInt(at, (int) ssrc);
        target.putShort(at + 4, beginSequence);
        target.putShort(at + 6, taken);
        for (int i = 0; i < taken; i++) {
            if (arrivalUs[i] != NOT_RECEIVED) {
                long offset = Math.max(0, reportUs - arrivalUs[i]) * 1_024 / 1_000_000;
                target.putShort(at + 8 + i * 2, (int) (0x8000 | Math.min(offset, CCFB_TOO_LONG_AGO)));
            }
        }
        return taken;
    }

    /** Ends RFC 8888 feedback. @param reportTimestamp compact NTP */
    public void endCongestionFeedback(long reportTimestamp) {
        int at = target.length();
        grow(CCFB_TIMESTAMP_BYTES);
        target.putInt(at, (int) reportTimestamp);
        closeAtEnd(congestionAt);
    }

    /** XR receiver reference time (RFC 3611 §4.4). @param ntp all 64 bits */
    public boolean receiverReferenceTime(long senderSsrc, long ntp) {
        int at = open(RtcpType.XR, 0, 20);
        if (at < 0) {
            return false;
        }
        target.putInt(at + 4, (int) senderSsrc);
        target.putInt(at + 8, RtcpType.XR_RRTR_BLOCK << 24 | 2);
        target.putLong(at + 12, ntp);
        return true;
    }

    /**
     * XR DLRR sub-block (RFC 3611 §4.5): the answer to a receiver's reference time. Calls in a row for one sender
     * share a block.
     */
    public boolean dlrr(long senderSsrc, long ssrc, long lastReference, long delaySinceLast) {
        boolean append = dlrrAt >= 0 && dlrrSender == senderSsrc;
        int at = append ? dlrrAt : open(RtcpType.XR, 0, 12 + 12);
        if (at < 0 || append && !grow(12)) {
            return false;
        }
        int sub = target.length() - 12;
        target.putInt(at + 4, (int) senderSsrc);
        target.putInt(at + 8, RtcpType.XR_DLRR_BLOCK << 24 | (target.length() - at - 12) / 4);
        target.putInt(sub, (int) ssrc);
        target.putInt(sub + 4, (int) lastReference);
        target.putInt(sub + 8, (int) delaySinceLast);
        closeAtEnd(at);
        dlrrAt = at;
        dlrrSender = senderSsrc;
        return true;
    }

    /** Goodbye of one source, without a reason (RFC 3550 §6.6). */
    public boolean bye(long ssrc) {
        int at = open(RtcpType.BYE, 1, 8);
        if (at < 0) {
            return false;
        }
        target.putInt(at + 4, (int) ssrc);
        return true;
    }

    // Begins a part of this many bytes (whole words); answers where, -1 when it does not fit.
    private int open(int type, int count, int bytes) {
        int at = target.length();
        if (!grow(bytes)) {
            return -1;
        }
        forgetOpenParts();
        target.putByte(at, 0x80 | count);
        target.putByte(at + 1, type);
        closeAtEnd(at);
        return at;
    }

    private boolean grow(int bytes) {
        int length = target.length() + bytes;
        if (length > maxBytes) {
            return false;
        }
        target.setLength(length);
        return true;
    }

    private void closeAtEnd(int at) {
        target.putShort(at + 2, (target.length() - at) / 4 - 1);
    }

    private void forgetOpenParts() {
        reportAt = -1;
        dlrrAt = -1;
    }

    private void writeSsrcs(int at, long senderSsrc, long mediaSsrc) {
        target.putInt(at + 4, (int) senderSsrc);
        target.putInt(at + 8, (int) mediaSsrc);
    }

    private void zero(int from) {
        for (int i = from; i < target.length(); i++) {
            target.putByte(i, 0);
        }
    }
}
