// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stream;

/**
 * One RTP stream to a viewer, with the RTX stream that repairs it: what was sent and what the viewer reports of it.
 *
 * <p>Spec: RFC 3550 §6.4 (reports), RFC 4588 (RTX has a sequence of its own).
 * Thread: one.
 */
public final class OutboundStream {
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
                intervalLost += Math.clamp(lost, 0, expected);
            }
        }
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

    /** Packets that reports of the interval called lost. */
    public long takeLost() {
        long value = intervalLost;
        intervalLost = 0;
        return value;
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
