// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtcp.NtpTime;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;
import org.nhipcau.sfu.stream.InboundStream;
import org.nhipcau.sfu.stream.OutboundStream;

/**
 * Understands the RTCP of one peer: sender reports of the streams it sends, and what it says of those it receives.
 *
 * <p>Whatever it says can move only its own streams (V22): reports on SSRCs that are not its own are ignored.
 * Spec: RFC 3550 §6.4, RFC 4585 §6, RFC 5104 §4.3.1, RFC 3611 §4.4-4.5, RFC 8888 §3. Thread: one.
 */
final class FeedbackReceiver implements RtcpHandler {
    private static final long DEFAULT_RTT_NS = 100_000_000L;
    private static final long MAX_RTT_NS = 10_000_000_000L;

    private final MediaEndpoint endpoint;
    private final Room room;
    private long nowNs;
    private long heardNs;
    private long roundTripNs = -1;
    private long leastRoundTripNs = -1;
    private final PublisherClock clock = new PublisherClock();

    private long referenceSsrc;
    private long referenceCompact;
    private long referenceNs;
    private boolean referenceKnown;
    private boolean congestionFeedback;
    private int lastFirSequence = -1;
    private long lastFirSsrc = -1;

    FeedbackReceiver(MediaEndpoint endpoint) {
        this.endpoint = endpoint;
        this.room = endpoint.room();
    }

    /** Reads one datagram. @return false when something in it is malformed */
    boolean read(PacketBuffer packet, long packetNs) {
        nowNs = packetNs;
        heardNs = packetNs;
        boolean wellFormed = room.rtcpReader.read(packet, this);
        endCongestionFeedback();
        return wellFormed;
    }

    @Override
    public void senderReport(long ssrc, long ntp, long rtpTimestamp, long packets, long octets) {
        SsrcBinder.Binding binding = endpoint.bindingOf(ssrc);
        InboundStream stream = binding == null || binding.rtx() ? null : binding.encoding().stream();
        if (stream == null || ntp == 0) {
            return;
        }
        clock.onReport(ntp, nowNs);
        stream.onSenderReport(ntp, (int) rtpTimestamp, nowNs);
        binding.encoding().producer.exports().offerReport(binding.encoding());
    }

    @Override
    public void reportBlock(long senderSsrc, long ssrc, int fractionLost, int cumulativeLostPackets,
            long extendedHighestSequence, long jitterTicks, long lastReport, long delaySinceLastReport) {
        Consumer consumer = endpoint.consumerOf(ssrc);
        StreamRewriter rewriter = consumer == null ? null : consumer.sender().rewriter();
        if (rewriter == null || consumer.stream().ssrc() != (int) ssrc) {
            return;
        }
        OutboundStream stream = consumer.stream();
        if (!stream.onReport(fractionLost, cumulativeLostPackets, extendedHighestSequence, jitterTicks,
                rewriter.highestSent(), nowNs)) {
            return;
        }
        measureRoundTrip(lastReport, delaySinceLastReport);
        // What never came in leaves a gap in the viewer's numbers too: none of its path's doing.
        double missing = rewriter.map().missingShare();
        double lost = Math.max(0, fractionLost / 256.0 - missing) / Math.max(0.01, 1 - missing);
        endpoint.estimator().onLossReport(lost, endpoint.outlet().sentRate().bitsPerSecond(nowNs), nowNs);
    }

    @Override
    public void dlrr(long senderSsrc, long ssrc, long lastReference, long delaySinceLast) {
        if ((int) ssrc == endpoint.localSsrc()) {
            measureRoundTrip(lastReference, delaySinceLast);
        }
    }

    private void measureRoundTrip(long lastReport, long delaySinceLast) {
        long now = NtpTime.compact(NtpTime.fromUnixNs(nowNs));
        long measuredNs = NtpTime.roundTripNs(now, lastReport, delaySinceLast);
        if (measuredNs < 0 || measuredNs > MAX_RTT_NS) {
            return;
        }
        leastRoundTripNs = leastRoundTripNs < 0 ? measuredNs : Math.min(leastRoundTripNs, measuredNs);
        endpoint.estimator().onRoundTrip(measuredNs);
        roundTripNs = roundTripNs < 0 ? measuredNs : roundTripNs + (measuredNs - roundTripNs) / 8;
    }

    @Override
    public void nack(long senderSsrc, long mediaSsrc, int pid, int blp) {
        Consumer consumer = endpoint.consumerOf(mediaSsrc);
        if (consumer == null || consumer.stream().ssrc() != (int) mediaSsrc) {
            return;
        }
        retransmit(consumer, pid);
        for (int bits = blp & 0xffff; bits != 0; bits &= bits - 1) {
            retransmit(consumer, pid + 1 + Integer.numberOfTrailingZeros(bits));
        }
    }

    private void retransmit(Consumer consumer, int sequence) {
        room.counters.increment(Counter.NACKS_RECEIVED);
        DropReason reason = consumer.retransmit(sequence & 0xffff, nowNs);
        if (reason != null) {
            room.counters.drop(reason);
        }
    }

    @Override
    public void pli(long senderSsrc, long mediaSsrc) {
        requestKeyframe(mediaSsrc);
    }

    @Override
    public void fir(long senderSsrc, long mediaSsrc, int sequence) {
        // A repeated sequence number is the same request again (RFC 5104 §4.3.1.1).
        if (mediaSsrc == lastFirSsrc && sequence == lastFirSequence) {
            return;
        }
        lastFirSsrc = mediaSsrc;
        lastFirSequence = sequence;
        requestKeyframe(mediaSsrc);
    }

    private void requestKeyframe(long mediaSsrc) {
        Consumer consumer = endpoint.consumerOf(mediaSsrc);
        if (consumer != null) {
            room.counters.increment(Counter.KEYFRAME_REQUESTS_RECEIVED);
            if (consumer.stream().acknowledged()) {
                consumer.stream().onPictureLost(nowNs);
            }
            consumer.onKeyframeRequest(nowNs);
        }
    }

    @Override
    public void remb(long senderSsrc, long bitrateBps, int ssrcCount) {
        endpoint.estimator().onRemb(bitrateBps, nowNs);
    }

    @Override
    public void transportFeedback(TransportFeedbackFlyweight feedback) {
        room.arrivals.read(feedback, endpoint.outlet().sentLog());
        endpoint.estimator().onFeedback(room.arrivals, nowNs);
    }

    @Override
    public void congestionFeedback(long senderSsrc, long reportTimestamp) {
        endCongestionFeedback();
        room.arrivals.beginCongestionFeedback(reportTimestamp);
        congestionFeedback = true;
    }

    @Override
    public void congestionFeedbackPacket(long mediaSsrc, int sequence, boolean received, int ecn, int arrivalOffset) {
        long number = endpoint.outlet().transportNumber(mediaSsrc, sequence);
        if (number >= 0 && endpoint.outlet().sentLog().find((int) number & 0xffff) == number) {
            room.arrivals.addCongestionFeedback(number, received, arrivalOffset);
        }
    }

    // All of its streams are read.
    private void endCongestionFeedback() {
        if (congestionFeedback) {
            congestionFeedback = false;
            room.arrivals.finish();
            endpoint.estimator().onFeedback(room.arrivals, nowNs);
        }
    }

    @Override
    public void receiverReferenceTime(long senderSsrc, long ntp) {
        referenceSsrc = senderSsrc;
        referenceCompact = NtpTime.compact(ntp);
        referenceNs = nowNs;
        referenceKnown = true;
    }

    /** The shortest round trip since the last call, as measured; -1: none was. */
    long takeLeastRoundTripNs() {
        long value = leastRoundTripNs;
        leastRoundTripNs = -1;
        return value;
    }

    /** When its last RTCP came in; 0 never. */
    long heardNs() {
        return heardNs;
    }

    /** Round trip to the peer; a guess before it was measured. */
    long roundTripNs() {
        return roundTripNs < 0 ? DEFAULT_RTT_NS : roundTripNs;
    }

    boolean roundTripKnown() {
        return roundTripNs >= 0;
    }

    /** The peer's clock, where it publishes. */
    PublisherClock clock() {
        return clock;
    }

    /** A reference time of the peer waits for its answer. */
    boolean referencePending() {
        return referenceKnown;
    }

    /** A reference time of the peer waits for its answer (RFC 3611 §4.5); asking takes it. */
    boolean takeReference() {
        boolean known = referenceKnown;
        referenceKnown = false;
        return known;
    }

    long referenceSsrc() {
        return referenceSsrc;
    }

    long referenceCompact() {
        return referenceCompact;
    }

    long referenceNs() {
        return referenceNs;
    }
}
