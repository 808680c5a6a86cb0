// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * One train of a probe: how fast its packets left, and how fast they arrived.
 *
 * <p>Thread: one.
 */
final class ProbeTrain {
    private static final int MIN_PACKETS = 3;
    private static final long NONE = Long.MAX_VALUE;

    private long first = NONE;
    private long end = NONE;
    private long sentFirstUs;
    private long sentLastUs;
    private long arrivalFirstUs;
    private long arrivalLastUs;
    private int packets;
    private int arrived;
    private long bytes;
    private int firstBytes;
    private long arrivedBytes;
    private int firstArrivedBytes;

    void begin(long firstSequence) {
        first = firstSequence;
        end = NONE;
        packets = 0;
        arrived = 0;
        bytes = 0;
        arrivedBytes = 0;
    }

    /** @param endSequence behind the last packet */
    void end(long endSequence) {
        end = endSequence;
    }

    void onPacket(long sequence, boolean timed, long sentUs, long arrivalUs, int wireBytes) {
        if (sequence < first || sequence >= end) {
            return;
        }
        if (packets++ == 0) {
            sentFirstUs = sentUs;
            firstBytes = wireBytes;
        }
        sentLastUs = sentUs;
        bytes += wireBytes;
        if (!timed) {
            return;
        }
        if (arrived++ == 0) {
            arrivalFirstUs = arrivalUs;
            firstArrivedBytes = wireBytes;
        }
        arrivalLastUs = arrivalUs;
        arrivedBytes += wireBytes;
    }

    /** All its packets are among those before this number. */
    boolean settled(long sequence) {
        return end != NONE && sequence >= end;
    }

    /** How fast it left, in bits per second. */
    long sentBps() {
        long spanUs = Math.max(1_000, sentLastUs - sentFirstUs);
        return (bytes - firstBytes) * 8_000_000 / spanUs;
    }

    /**
     * How fast it arrived, never faster than it left; -1 when too little of it did.
     *
     * @param lossRatio what the radio loses took its time on the link all the same
     */
    long shownBps(double lossRatio) {
        if (arrived < MIN_PACKETS || arrived < packets * (1 - lossRatio) * 0.6) {
            return -1;
        }
        long spanUs = Math.max(1_000, arrivalLastUs - arrivalFirstUs);
        double bps = (arrivedBytes - firstArrivedBytes) * 8e6 / spanUs / (1 - lossRatio);
        return Math.min((long) bps, sentBps());
    }

    /** How fast two trains arrived, taken as one, never faster than they left. */
    static long togetherBps(ProbeTrain one, ProbeTrain other, double lossRatio) {
        long spanUs = Math.max(1_000, one.arrivalLastUs - one.arrivalFirstUs + other.arrivalLastUs
                - other.arrivalFirstUs);
        double bps = (one.arrivedBytes - one.firstArrivedBytes + other.arrivedBytes - other.firstArrivedBytes) * 8e6
                / spanUs / (1 - lossRatio);
        return Math.min((long) bps, Math.min(one.sentBps(), other.sentBps()));
    }
}
