// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import java.util.Arrays;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtcp.TransportFeedbackWriter;
import org.nhipcau.sfu.rtp.SequenceUnwrapper;

/**
 * Records when the packets of one peer came in, by their transport-wide sequence numbers, and reports them.
 *
 * <p>Each number is reported once, the missing as missing; a packet that comes after its number was reported missing
 * is reported anew together with all behind it, as libwebrtc does.
 * Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.
 *
 * <p>Thread: one. Owns: a window of arrival times, taken at the first packet; it grows, up to {@link #WINDOW}, where
 * more packets wait for their report than it holds beside {@link #LATE_PACKETS}.
 */
public final class TwccRecorder {
    /** Numbers remembered; packets that would stretch the window further push the oldest out. */
    static final int WINDOW = 2_048;
    /** How far back a late packet is reported anew. */
    static final int LATE_PACKETS = 256;
    private static final int FIRST_WINDOW = LATE_PACKETS * 2;

    private final SequenceUnwrapper sequences = new SequenceUnwrapper();
    private long[] arrivalUs;
    private long[] scratch = {};
    private long nextReported;
    private long intervalNs = FeedbackInterval.NORMAL_NS;
    private long waitingNs;
    private long dueNs = Long.MAX_VALUE;
    private int feedbackCount;

    /** Sets how long a packet waits for its report. One that waits already waits no longer than before. */
    public void reportWithin(long newIntervalNs) {
        intervalNs = newIntervalNs;
        if (dueNs != Long.MAX_VALUE) {
            dueNs = Math.min(dueNs, waitingNs + newIntervalNs);
        }
    }

    /** Notes one packet. */
    public void onPacket(int transportSequence, long nowNs) {
        if (arrivalUs == null) {
            arrivalUs = new long[FIRST_WINDOW];
            Arrays.fill(arrivalUs, TransportFeedbackWriter.NOT_RECEIVED);
        }
        boolean first = !sequences.started();
        long before = sequences.highest();
        long sequence = sequences.peek(transportSequence);
        if (first) {
            nextReported = sequence;
            sequences.unwrap(transportSequence);
        } else if (sequence > before) {
            makeRoom(before, sequence);
            int mask = arrivalUs.length - 1;
            for (long s = Math.max(before + 1, sequence - mask); s < sequence; s++) {
                arrivalUs[(int) s & mask] = TransportFeedbackWriter.NOT_RECEIVED;
            }
            sequences.unwrap(transportSequence);
            nextReported = Math.max(nextReported, sequence - mask);
        } else if (sequence < nextReported) {
            if (nextReported - sequence > LATE_PACKETS || before - sequence >= arrivalUs.length) {
                return;
            }
            nextReported = sequence;
        }
        int slot = (int) sequence & arrivalUs.length - 1;
        if (sequence <= before && !first && arrivalUs[slot] != TransportFeedbackWriter.NOT_RECEIVED) {
            return;
        }
        arrivalUs[slot] = nowNs / 1_000;
        if (dueNs == Long.MAX_VALUE) {
            waitingNs = nowNs;
            dueNs = nowNs + intervalNs;
        }
    }

    // What waits for its report, and what may come late, must have its place.
    private void makeRoom(long highest, long sequence) {
        long needed = sequence - nextReported + 1 + LATE_PACKETS;
        while (arrivalUs.length < Math.min(needed, WINDOW)) {
            int mask = arrivalUs.length * 2 - 1;
            long[] larger = new long[mask + 1];
            Arrays.fill(larger, TransportFeedbackWriter.NOT_RECEIVED);
            for (long s = highest - arrivalUs.length + 1; s <= highest; s++) {
                larger[(int) s & mask] = arrivalUs[(int) s & arrivalUs.length - 1];
            }
            arrivalUs = larger;
        }
    }

    /** Arrival times that there is room for now. */
    int capacity() {
        return arrivalUs == null ? 0 : arrivalUs.length;
    }

    /** When feedback is due; {@link Long#MAX_VALUE} while there is nothing to report. */
    public long nextDeadlineNs() {
        return dueNs;
    }

    /**
     * Appends feedback to a packet where it is due.
     *
     * @return true: something was written and more is due, call again with another packet or later; false: nothing
     *     more to write now
     */
    public boolean write(RtcpWriter writer, long senderSsrc, long mediaSsrc, long nowNs) {
        if (nowNs < dueNs) {
            return false;
        }
        int count = (int) (sequences.highest() - nextReported + 1);
        if (scratch.length < count) {
            scratch = new long[Math.max(64, Integer.highestOneBit(count) * 2)];
        }
        for (int i = 0; i < count; i++) {
            scratch[i] = arrivalUs[(int) (nextReported + i) & arrivalUs.length - 1];
        }
        int taken = writer.transportFeedback(senderSsrc, mediaSsrc, feedbackCount, (int) nextReported, scratch, 0,
                count);
        if (taken == 0) {
            nextReported += count;
            dueNs = Long.MAX_VALUE;
            return false;
        }
        feedbackCount = feedbackCount + 1 & 0xff;
        nextReported += taken;
        boolean more = nextReported <= sequences.highest();
        dueNs = more ? nowNs : Long.MAX_VALUE;
        return more;
    }
}
