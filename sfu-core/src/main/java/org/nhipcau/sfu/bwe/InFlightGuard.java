// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Counts the bytes that left and of which nothing was heard yet, and says when pictures must wait: when these bytes are
 * more than the path takes in a round trip, or when the feedback has fallen silent. So a link that dies or shrinks is
 * not flooded while nobody knows, as with the self-clocking of RFC 8298 §4.1.2.
 *
 * <p>Sound goes on: it is little, and its feedback tells first that the path is back.
 *
 * <p>Thread: one. Reads the {@link SentPacketLog} at feedback and timers; nothing is done per packet.
 */
final class InFlightGuard {
    /** Feedback comes later than at its interval by about so much. */
    private static final long REPORT_JITTER_NS = 15_000_000L;
    /** Feedback that is late by so much does not come: libwebrtc reports at least each 250 ms. */
    static final long SILENCE_NS = 250_000_000L;
    /** Two packets may always be under way. */
    private static final long MIN_WINDOW_BYTES = 2_600;
    private static final long DEFAULT_ROUND_TRIP_NS = 200_000_000L;
    private static final long ROUND_TRIP_WINDOW_NS = 20_000_000_000L;
    /** Reports that are older than this tell of a path that may be another by now. */
    private static final long LATE_NS = 700_000_000L;
    private static final long MAX_LAG_NS = 5_000_000_000L;
    /** As much may be sent however old the reports are: a voice, and a small picture that moves a little. */
    private static final long UNSEEN_BPS = 130_000;
    /** What is under way for late reports alone: a narrow link's pictures go on, a wide link's wait. By taste. */
    private static final long WIDENED_BPS = 300_000;

    private final SentPacketLog log;
    private final long allowanceNs;
    /** Number of the first packet that is not in {@link #sentBytes}. */
    private long counted;
    /** On the wire, since the beginning. */
    private long sentBytes;
    /** Number of the first packet of which nothing was heard. */
    private long settled;
    /** Of those before it. */
    private long settledBytes;
    private long lastFeedbackNs = Long.MIN_VALUE;
    /** Between two reports on the average. */
    private long intervalNs = 100_000_000L;
    /** The least of the window that runs, and of the one before; {@link Long#MAX_VALUE}: none was measured. */
    private long roundTripNs = Long.MAX_VALUE;
    private long previousRoundTripNs = Long.MAX_VALUE;
    private long roundTripSinceNs;
    /** How late the last report was, and the one before. */
    private long lagNs;
    private long previousLagNs;

    InFlightGuard(SentPacketLog log, EstimatorSettings settings) {
        this.log = log;
        this.allowanceNs = (long) (settings.inFlightAllowanceMs() * 1e6);
    }

    private long wireBytes(long sequence) {
        return log.lengthBytes(sequence) + SendSideEstimator.PACKET_OVERHEAD_BYTES;
    }

    private void count() {
        long next = log.next();
        long from = Math.max(counted, next - log.capacity());
        for (long sequence = from; sequence < next; sequence++) {
            sentBytes += wireBytes(sequence);
        }
        counted = next;
    }

    /** Feedback has told of all packets before this number, in good or ill. */
    void onSettled(long upTo, long nowNs) {
        count();
        long from = Math.max(settled, log.next() - log.capacity());
        if (from > settled) {
            // Forgotten before anything was heard of them: neither in flight nor known.
            settledBytes = sentBytes - bytesBetween(from, log.next());
        }
        if (upTo > from) {
            settledBytes += bytesBetween(from, upTo);
        }
        settled = Math.max(from, upTo);
        if (lastFeedbackNs != Long.MIN_VALUE) {
            long sinceNs = Math.min(nowNs - lastFeedbackNs, SILENCE_NS);
            intervalNs += (sinceNs - intervalNs) / 8;
        }
        lastFeedbackNs = nowNs;
    }

    private long bytesBetween(long from, long to) {
        long sum = 0;
        for (long sequence = from; sequence < to; sequence++) {
            sum += wireBytes(sequence);
        }
        return sum;
    }

    /**
     * How long the newest packet of a feedback took there and its news back.
     *
     * @param waitedNs of it in queues on the way there
     */
    void onRoundTrip(long measuredNs, long waitedNs, long nowNs) {
        boolean afterSilence = lastFeedbackNs != Long.MIN_VALUE && nowNs - lastFeedbackNs > SILENCE_NS + roundTripNs();
        previousLagNs = lagNs;
        lagNs = roundTripKnown() ? Math.clamp(measuredNs - waitedNs - roundTripNs(), 0, MAX_LAG_NS) : 0;
        // One report may be late by chance; the first after a silence is believed at once.
        previousLagNs = afterSilence ? lagNs : previousLagNs;
        if (nowNs - roundTripSinceNs > ROUND_TRIP_WINDOW_NS) {
            previousRoundTripNs = roundTripNs;
            roundTripNs = Long.MAX_VALUE;
            roundTripSinceNs = nowNs;
        }
        roundTripNs = Math.min(roundTripNs, measuredNs);
    }

    /** One was measured within the last while. */
    boolean roundTripKnown() {
        return Math.min(roundTripNs, previousRoundTripNs) != Long.MAX_VALUE;
    }

    /** The least of the last while; a guess of 200 ms before anything is known. */
    long roundTripNs() {
        long least = Math.min(roundTripNs, previousRoundTripNs);
        return least == Long.MAX_VALUE ? DEFAULT_ROUND_TRIP_NS : least;
    }

    /**
     * Bytes of which this feedback should have told and did not: sent longer ago than a round trip and some jitter. They
     * wait in the path, which is known here before the first of them arrives late.
     *
     * @param graceNs jitter, and waits that are no news
     */
    long overdueBytes(long graceNs, long nowNs) {
        long beforeUs = (nowNs - roundTripNs() - graceNs) / 1_000;
        long sum = 0;
        for (long at = Math.max(settled, log.next() - log.capacity()); at < log.next(); at++) {
            if (log.sentUs(at) >= beforeUs) {
                break;
            }
            sum += wireBytes(at);
        }
        return sum;
    }

    /** Bytes on the wire of which nothing was heard. */
    long inFlightBytes() {
        count();
        return Math.max(0, sentBytes - settledBytes);
    }

    /** Bytes sent since the beginning. */
    long sentBytes() {
        count();
        return sentBytes;
    }

    /**
     * By how much reports come later than the round trip and the queue on the way there explain: they wait behind what
     * the viewer itself sends. Packets arrive in time meanwhile, and more of them are under way than else.
     */
    private long lagNs() {
        return Math.min(lagNs, previousLagNs);
    }

    /**
     * The queue on the way there is no longer than this by now, in us, where late reports show the one of a while ago:
     * what is under way, less what the path has carried since the packet came in of which was heard last. Reports in
     * time tell the queue themselves: {@link Long#MAX_VALUE}.
     *
     * @param carriedBps what the path is taken to have gone on carrying
     */
    long mostQueueUs(long carriedBps, long nowNs) {
        if (!lagging()) {
            return Long.MAX_VALUE;
        }
        long sinceNs = nowNs - lastFeedbackNs + lagNs() + roundTripNs() / 2;
        return Math.max(0, inFlightBytes() * 8_000_000 / carriedBps - sinceNs / 1_000);
    }

    /** Reports are so late that little can be known of the path as it is now. */
    boolean lagging() {
        return lagNs() > LATE_NS;
    }

    /**
     * What of an estimate may be relied on while reports are late: the later they are, the more is sent before anybody
     * here could know that the path has become narrow, as it often does both ways at once.
     */
    long reliableBps(long estimateBps) {
        double fresh = lagging() ? (double) LATE_NS / lagNs() : 1;
        return Math.min(estimateBps, Math.max(UNSEEN_BPS, (long) (estimateBps * fresh * fresh)));
    }

    /**
     * Bytes that may be in flight.
     *
     * @param queueNs for so long packets wait among those of others
     */
    long windowBytes(long estimateBps, long queueNs) {
        long reportNs = Math.max(allowanceNs, intervalNs + REPORT_JITTER_NS);
        long bytes = bytes(estimateBps, roundTripNs() + queueNs + reportNs)
                + bytes(Math.min(estimateBps, WIDENED_BPS), Math.max(0, lagNs() - reportNs));
        return Math.max(MIN_WINDOW_BYTES, bytes);
    }

    private static long bytes(long bps, long ns) {
        return bps / 8 * (ns / 1_000_000) / 1_000;
    }

    /** Packets left long enough ago, and nothing is heard. */
    boolean silent(long nowNs) {
        long next = log.next();
        if (settled >= next) {
            return false;
        }
        long oldest = Math.max(settled, next - log.capacity());
        long sinceNs = Math.max(lastFeedbackNs, log.sentUs(oldest) * 1_000);
        return nowNs - sinceNs > roundTripNs() + SILENCE_NS + intervalNs / 2;
    }

    /** Since when nothing was heard; meaningful while {@link #silent}. */
    long lastFeedbackNs() {
        return lastFeedbackNs;
    }
}
