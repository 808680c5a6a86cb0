// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

import org.nhipcau.sfu.quality.FreezeMeter;

/**
 * One RTP stream to a viewer, with the RTX stream that repairs it: what was sent and what the viewer reports of it.
 *
 * <p>A number that was given out but never sent stands for a packet that the publisher's link lost. The viewer reports it
 * as lost too; {@link #takeLost} leaves it out.
 *
 * <p>Spec: RFC 3550 §6.4 (reports), RFC 4588 (RTX has a sequence of its own).
 * Thread: one.
 */
public final class OutboundStream {
    private static final long NEVER = Long.MIN_VALUE;

    private final int ssrc;
    private final int rtxSsrc;
    private final RateMeter rate = new RateMeter();
    private int nextRtxSequence;
    private long packets;
    private long payloadBytes;
    private long bytes;
    private long rtxBytes;
    private long lastSentNs;

    private boolean acknowledged;
    private long reportNs;
    private int fractionLost;
    private long jitterTicks;
    private long reportedHighest;
    private int reportedLost;
    private long intervalExpected;
    private long intervalLost;
    private long spannedBefore;
    private long packetsBefore;

    private FreezeMeter freezes;
    private long pictureLostNs = NEVER;

    /** @param rtxSsrc 0: no RTX */
    public OutboundStream(int ssrc, int rtxSsrc, int firstRtxSequence) {
        this.ssrc = ssrc;
        this.rtxSsrc = rtxSsrc;
        this.nextRtxSequence = firstRtxSequence;
    }

    /** Counts packets handed to the sink, retransmissions apart. */
    public void onSent(int packetCount, int lengthBytes, int payloadLengthBytes, long nowNs) {
        packets += packetCount;
        bytes += lengthBytes;
        payloadBytes += payloadLengthBytes;
        lastSentNs = nowNs;
        rate.add(packetCount, lengthBytes, nowNs);
        if (freezes != null) {
            freezes.onFrame(nowNs);
        }
    }

    /** Counts one retransmission. */
    public void onRtxSent(int lengthBytes) {
        rtxBytes += lengthBytes;
    }

    /** The next sequence number of the RTX stream. */
    public int takeRtxSequence() {
        return nextRtxSequence++ & 0xffff;
    }

    /**
     * Takes a report block about this stream. One that claims packets that were never sent is ignored (V22).
     *
     * @param extendedHighest 32 bits: what the viewer has seen
     * @param sentHighest 32 bits: what was sent
     * @return whether it was believable
     */
    public boolean onReport(int newFractionLost, int cumulativeLost, long extendedHighest, long newJitterTicks,
            long sentHighest, long nowNs) {
        if (packets == 0 || (short) (extendedHighest - sentHighest) > 0) {
            return false;
        }
        if (acknowledged) {
            // Only the low 16 bits count: the viewer's number of cycles depends on the packet it saw first.
            int expected = (short) (extendedHighest - reportedHighest);
            int lost = cumulativeLost - reportedLost;
            if (expected > 0) {
                intervalExpected += expected;
                // Both may be negative: late packets fill older gaps.
                int neverSent = (int) (sentHighest - spannedBefore) - (int) (packets - packetsBefore);
                intervalLost += Math.clamp(lost, -expected, expected) - neverSent;
            }
        }
        spannedBefore = sentHighest;
        packetsBefore = packets;
        acknowledged = true;
        fractionLost = newFractionLost;
        reportedLost = cumulativeLost;
        reportedHighest = extendedHighest;
        jitterTicks = newJitterTicks;
        reportNs = nowNs;
        return true;
    }

    /** Packets that reports of the interval covered; begins a new interval together with {@link #takeLost}. */
    public long takeExpected() {
        long value = intervalExpected;
        intervalExpected = 0;
        return value;
    }

    /**
     * Packets that reports of the interval called lost, less those that were never sent. Negative where the viewer has not
     * yet reported what was missing from the start.
     */
    public long takeLost() {
        long value = intervalLost;
        intervalLost = 0;
        return value;
    }

    /** The viewer's decoder is stuck: it asks for a key frame of a stream that flows. */
    public void onPictureLost(long nowNs) {
        if (pictureLostNs == NEVER) {
            pictureLostNs = nowNs;
        }
    }

    /** The viewer waits for a key frame. */
    public boolean pictureLost() {
        return pictureLostNs != NEVER;
    }

    /** Since when the viewer waits for a key frame; only while {@link #pictureLost}. */
    public long pictureLostNs() {
        return pictureLostNs;
    }

    /** The viewer has a key frame again. */
    public void onPictureFound() {
        pictureLostNs = NEVER;
    }

    /** Notes from now on when frames are forwarded. */
    public void watchFrames(FreezeMeter meter) {
        freezes = meter;
    }

    /** When frames were forwarded; null where nobody watches. */
    public FreezeMeter freezes() {
        return freezes;
    }

    public int ssrc() {
        return ssrc;
    }

    /** 0: no RTX. */
    public int rtxSsrc() {
        return rtxSsrc;
    }

    /** The viewer knows the SSRC: it has reported on it. */
    public boolean acknowledged() {
        return acknowledged;
    }

    /** When the last believable report came in. */
    public long reportNs() {
        return reportNs;
    }

    /** Loss of the viewer's last report interval in 1/256. */
    public int fractionLost() {
        return fractionLost;
    }

    /** Jitter of the last report, in ticks. */
    public long jitterTicks() {
        return jitterTicks;
    }

    public long packets() {
        return packets;
    }

    public long payloadBytes() {
        return payloadBytes;
    }

    /** Bytes from RTP upward, retransmissions apart. */
    public long bytes() {
        return bytes;
    }

    public long rtxBytes() {
        return rtxBytes;
    }

    public long lastSentNs() {
        return lastSentNs;
    }

    public RateMeter rate() {
        return rate;
    }
}
