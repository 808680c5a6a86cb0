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
 * Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. Interval after libwebrtc
 * {@code modules/remote_bitrate_estimator/transport_sequence_number_feedback_generator.cc} (100 ms).
 *
 * <p>Thread: one. Owns: a window of {@link #WINDOW} arrival times, taken at the first packet.
 */
public final class TwccRecorder {
    /** Numbers remembered; packets that would stretch the window further push the oldest out. */
    static final int WINDOW = 2_048;
    /** How far back a late packet is reported anew. */
    static final int LATE_PACKETS = 256;
    private static final int MASK = WINDOW - 1;
    private static final long INTERVAL_NS = 100_000_000L;

    private final SequenceUnwrapper sequences = new SequenceUnwrapper();
    private long[] arrivalUs;
    private long[] scratch;
    private long nextReported;
    private long dueNs = Long.MAX_VALUE;
    private int feedbackCount;

    /** Notes one packet. */
    public void onPacket(int transportSequence, long nowNs) {
        if (arrivalUs == null) {
            arrivalUs = new long[WINDOW];
            Arrays.fill(arrivalUs, TransportFeedbackWriter.NOT_RECEIVED);
            scratch = new long[WINDOW];
        }
        boolean first = !sequences.started();
        long before = sequences.highest();
        long sequence = sequences.peek(transportSequence);
        if (first) {
            nextReported = sequence;
            sequences.unwrap(transportSequence);
        } else if (sequence > before) {
            for (long s = Math.max(before + 1, sequence - MASK); s < sequence; s++) {
                arrivalUs[(int) s & MASK] = TransportFeedbackWriter.NOT_RECEIVED;
            }
            sequences.unwrap(transportSequence);
            nextReported = Math.max(nextReported, sequence - MASK);
        } else if (sequence < nextReported) {
            if (nextReported - sequence > LATE_PACKETS || before - sequence > MASK) {
                return;
            }
            nextReported = sequence;
        }
        int slot = (int) sequence & MASK;
        if (sequence <= before && !first && arrivalUs[slot] != TransportFeedbackWriter.NOT_RECEIVED) {
            return;
        }
        arrivalUs[slot] = nowNs / 1_000;
        if (dueNs == Long.MAX_VALUE) {
            dueNs = nowNs + INTERVAL_NS;
        }
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
        for (int i = 0; i < count; i++) {
            scratch[i] = arrivalUs[(int) (nextReported + i) & MASK];
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
