// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import java.util.Arrays;
import org.nhipcau.sfu.rtcp.NtpTime;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.SequenceUnwrapper;

/**
 * Records when the packets of one peer came in, stream by stream, and reports them where RFC 8888 feedback was
 * negotiated: the counterpart of {@link TwccRecorder} for senders whose packets bear no transport-wide numbers.
 *
 * <p>Each number is reported once, the missing as missing; one that comes after it was reported missing is reported
 * anew together with all behind it.
 *
 * <p>Spec: RFC 8888 §3. Thread: one. Owns: a window of arrival times per stream, taken at its first packet.
 */
public final class CongestionRecorder {
    /** Numbers remembered of a stream; packets that would stretch the window further push the oldest out. */
    static final int WINDOW = 512;
    /** Streams at once; a further one takes the place of the one that is silent for longest, if it is silent. */
    static final int MAX_STREAMS = 64;
    private static final long SILENT_NS = 1_000_000_000L;
    private static final int LATE_PACKETS = 64;
    private static final long NOT_RECEIVED = RtcpWriter.NOT_RECEIVED;
    private static final Stream[] NONE = {};

    /** What came in of one SSRC. */
    private static final class Stream {
        private final int ssrc;
        private final SequenceUnwrapper sequences = new SequenceUnwrapper();
        private final long[] arrivalUs = new long[WINDOW];
        private long nextReported;
        private long lastNs;

        private Stream(int ssrc) {
            this.ssrc = ssrc;
            Arrays.fill(arrivalUs, NOT_RECEIVED);
        }

        // Whether there is something to report of it.
        private boolean add(int sequence16, long nowNs) {
            boolean first = !sequences.started();
            long before = sequences.highest();
            long sequence = sequences.peek(sequence16);
            if (first) {
                nextReported = sequence;
                sequences.unwrap(sequence16);
            } else if (sequence > before) {
                for (long s = Math.max(before + 1, sequence - WINDOW + 1); s < sequence; s++) {
                    arrivalUs[slot(s)] = NOT_RECEIVED;
                }
                sequences.unwrap(sequence16);
                nextReported = Math.max(nextReported, sequence - WINDOW + 1);
            } else if (before - sequence >= WINDOW || arrivalUs[slot(sequence)] != NOT_RECEIVED) {
                return false;
            } else if (sequence < nextReported) {
                if (nextReported - sequence > LATE_PACKETS) {
                    return false;
                }
                nextReported = sequence;
            }
            arrivalUs[slot(sequence)] = nowNs / 1_000;
            return true;
        }

        private static int slot(long sequence) {
            return (int) sequence & WINDOW - 1;
        }

        private int pending() {
            return sequences.started() ? (int) (sequences.highest() - nextReported + 1) : 0;
        }
    }

    /** Taken with the first stream: most peers have none. */
    private long[] scratch;
    private Stream[] streams = NONE;
    private long intervalNs = FeedbackInterval.NORMAL_NS;
    private long waitingNs;
    private long dueNs = Long.MAX_VALUE;

    /** Sets how long a packet waits for its report. One that waits already waits no longer than before. */
    public void reportWithin(long newIntervalNs) {
        intervalNs = newIntervalNs;
        if (dueNs != Long.MAX_VALUE) {
            dueNs = Math.min(dueNs, waitingNs + newIntervalNs);
        }
    }

    /** Notes one packet. */
    public void onPacket(int ssrc, int sequence16, long nowNs) {
        Stream stream = streamOf(ssrc, nowNs);
        if (stream != null) {
            stream.lastNs = nowNs;
        }
        if (stream != null && stream.add(sequence16, nowNs) && dueNs == Long.MAX_VALUE) {
            waitingNs = nowNs;
            dueNs = nowNs + intervalNs;
        }
    }

    private Stream streamOf(int ssrc, long nowNs) {
        int oldest = 0;
        for (int i = 0; i < streams.length; i++) {
            if (streams[i].ssrc == ssrc) {
                return streams[i];
            }
            oldest = streams[i].lastNs < streams[oldest].lastNs ? i : oldest;
        }
        int at = streams.length;
        if (at == MAX_STREAMS) {
            if (nowNs - streams[oldest].lastNs < SILENT_NS) {
                return null;
            }
            at = oldest;
        } else {
            scratch = scratch == null ? new long[WINDOW] : scratch;
            streams = Arrays.copyOf(streams, at + 1);
        }
        streams[at] = new Stream(ssrc);
        return streams[at];
    }

    /** When feedback is due; {@link Long#MAX_VALUE} while there is nothing to report. */
    public long nextDeadlineNs() {
        return dueNs;
    }

    /**
     * Appends feedback to a packet where it is due.
     *
     * @return true: something was written and more is due, call again with another packet; false: nothing more to write
     *     now
     */
    public boolean write(RtcpWriter writer, long senderSsrc, long nowNs) {
        if (nowNs < dueNs || !writer.beginCongestionFeedback(senderSsrc)) {
            return false;
        }
        boolean more = false;
        for (Stream stream : streams) {
            int count = stream.pending();
            for (int i = 0; i < count; i++) {
                scratch[i] = stream.arrivalUs[Stream.slot(stream.nextReported + i)];
            }
            int taken = count == 0 ? 0 : writer.congestionStream(Integer.toUnsignedLong(stream.ssrc),
                    (int) stream.nextReported, scratch, count, nowNs / 1_000);
            stream.nextReported += taken;
            more |= taken < count;
        }
        writer.endCongestionFeedback(NtpTime.compact(NtpTime.fromUnixNs(nowNs)));
        dueNs = more ? nowNs : Long.MAX_VALUE;
        return more;
    }
}
