// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.nio.charset.StandardCharsets;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.CongestionRecorder;
import org.nhipcau.sfu.bwe.FeedbackInterval;
import org.nhipcau.sfu.bwe.TwccRecorder;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtcp.NtpTime;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.stream.InboundStream;
import org.nhipcau.sfu.stream.NackTracker;
import org.nhipcau.sfu.stream.OutboundStream;
import org.nhipcau.sfu.stream.ReceptionFigures;

/**
 * Sends the RTCP of one peer when it is due: NACKs and key frame requests at once, transport feedback at an
 * interval that fits the uplink, what the uplink is worth when that changes, reports each second or so.
 *
 * <p>Spec: RFC 3550 §6.2 (randomised intervals), §6.4; RFC 5506 (feedback alone in a packet); RFC 3611 §4.4-4.5.
 * A sender report carries our clock; its RTP timestamp is the publisher's own mapping carried over, so that sound and
 * picture of one publisher stay in step at the viewer.
 *
 * <p>Thread: one.
 */
final class ReportSender {
    /** Bytes of an RTCP packet: what fits 1280, the least that IPv6 promises, with headers, index and tag. */
    private static final int MAX_BYTES = 1_280 - 48 - 20;
    private static final int MIN_REPORT_MS = 700;
    private static final int REPORT_SPREAD_MS = 600;
    /** Sender reports per interval; with more streams they take turns. */
    private static final int MAX_SENDER_REPORTS = 32;
    private static final int MAX_REMB_SSRCS = 16;
    private static final long NACK_POLL_NS = 10_000_000L;
    private static final long RETARGET_NS = 100_000_000L;

    private final MediaEndpoint endpoint;
    private final Room room;
    private final FeedbackReceiver feedback;
    private final PacketSink sink;
    private final TwccRecorder recorder = new TwccRecorder();
    private final FeedbackInterval interval = new FeedbackInterval();
    private final CongestionRecorder congestion = new CongestionRecorder();
    private final UplinkAdvice advice;
    private final long[] rembSsrcs = new long[MAX_REMB_SSRCS];
    private final byte[] cname;
    private long lastMediaSsrc;
    private long nextReportNs = Long.MIN_VALUE;
    private long nextRetargetNs = Long.MIN_VALUE;
    private int turn;

    ReportSender(MediaEndpoint endpoint, FeedbackReceiver feedback) {
        this.endpoint = endpoint;
        this.room = endpoint.room();
        this.feedback = feedback;
        this.sink = endpoint.sink();
        this.advice = new UplinkAdvice(endpoint);
        this.cname = Integer.toHexString(room.random().nextInt() | 0x1000_0000)
                .getBytes(StandardCharsets.US_ASCII);
    }

    void onTransportSequence(int transportSequence, long mediaSsrc, int lengthBytes, long nowNs) {
        lastMediaSsrc = mediaSsrc;
        interval.onPacket(lengthBytes, nowNs);
        recorder.reportWithin(interval.ns(nowNs));
        recorder.onPacket(transportSequence, nowNs);
    }

    /** A packet came: the publisher learns of it by RFC 8888 feedback where that was agreed upon, or by REMB. */
    void onPacket(RtpPacketFlyweight packet, int lengthBytes, long nowNs) {
        if (endpoint.extensions().transportCc() == 0 && advice.congestionFeedback()) {
            interval.onPacket(lengthBytes, nowNs);
            congestion.reportWithin(interval.ns(nowNs));
            congestion.onPacket((int) packet.ssrc(), packet.sequenceNumber(), nowNs);
        }
        int absSendTime = HeaderExtensionReader.absSendTime(packet, endpoint.extensions().absSendTime());
        if (absSendTime >= 0) {
            advice.onPacket(absSendTime, lengthBytes, nowNs);
        }
    }

    long onTimer(long nowNs) {
        long next = nowNs + RETARGET_NS;
        if (!sink.ready()) {
            return next;
        }
        next = Math.min(next, repair(nowNs));
        while (recorder.nextDeadlineNs() <= nowNs && sendTransportFeedback(nowNs)) {
            // as many packets as the feedback takes
        }
        while (congestion.nextDeadlineNs() <= nowNs && sendCongestionFeedback(nowNs)) {
            // likewise
        }
        if (nowNs >= nextReportNs) {
            sendReports(nowNs);
            nextReportNs = nowNs + (MIN_REPORT_MS + room.random().nextInt(REPORT_SPREAD_MS)) * 1_000_000L;
        }
        if (nowNs >= nextRetargetNs) {
            nextRetargetNs = nowNs + RETARGET_NS;
            retarget(nowNs);
            advise(nowNs);
        }
        long feedbackNs = Math.min(recorder.nextDeadlineNs(), congestion.nextDeadlineNs());
        return Math.min(Math.min(next, feedbackNs), Math.min(nextReportNs, nextRetargetNs));
    }

    /** Divides the viewer's path among its pictures, and looks after their layers. */
    void retarget(long nowNs) {
        if (endpoint.outage().dark()) {
            // What was decided before the hole holds after it.
            return;
        }
        endpoint.estimator().setWantedBps(endpoint.wantedBps(nowNs));
        boolean limited = room.config.adaptive() && endpoint.estimator().limited(nowNs);
        Consumer[] consumers = endpoint.consumers();
        room.allocator.allocate(endpoint.budget(), consumers, endpoint.estimator().estimateBps(), limited, nowNs);
        for (Consumer consumer : consumers) {
            consumer.retarget(nowNs);
        }
    }

    // Asks for what is missing of each stream: packets, and key frames again. @return when to look next
    private long repair(long nowNs) {
        long next = Long.MAX_VALUE;
        for (Producer producer : endpoint.producers()) {
            boolean wanted = producer.watched() && !producer.muted();
            for (Encoding encoding : producer.encodings()) {
                InboundStream stream = encoding.stream();
                if (stream == null || !stream.started()) {
                    continue;
                }
                if (!wanted) {
                    encoding.keyframes.cancel();
                }
                if (stream.nacks() != null) {
                    next = Math.min(next, askForMissing(stream, wanted, nowNs));
                }
                if (encoding.keyframes.due(nowNs) && encoding.live(nowNs)) {
                    sendKeyframeRequest(encoding, nowNs);
                }
                if (encoding.keyframes.wanted()) {
                    next = Math.min(next, Math.max(nowNs + NACK_POLL_NS, encoding.keyframes.nextDeadlineNs()));
                }
            }
        }
        return next;
    }

    private long askForMissing(InboundStream stream, boolean wanted, long nowNs) {
        NackTracker nacks = stream.nacks();
        if (!wanted) {
            nacks.clear();
        }
        int count = nacks.collect(nowNs, endpoint.roundTripNs(), room.tools.missing);
        room.counters.add(Counter.PACKETS_UNREPAIRED_IN, nacks.takeAbandoned());
        for (int from = 0; from < count; ) {
            PacketBuffer out = sink.begin();
            RtcpWriter writer = room.rtcpWriter;
            writer.begin(out, MAX_BYTES);
            int taken = writer.nack(endpoint.localSsrc(), stream.ssrc(), room.tools.missing, from, count - from);
            if (taken <= 0) {
                break;
            }
            from += taken;
            room.counters.add(Counter.NACKS_SENT, taken);
            send(out, nowNs);
        }
        // A gap can open at any packet: while packets come, look often.
        return nowNs - stream.lastPacketNs() < 1_000_000_000L ? nowNs + NACK_POLL_NS : nacks.nextDeadlineNs();
    }

    /** Asks the publisher for a key frame, by PLI or FIR as negotiated. */
    void sendKeyframeRequest(Encoding encoding, long nowNs) {
        CodecParameters codec = encoding.producer.parameters().codecs().getFirst();
        if (encoding.stream() == null || !sink.ready()) {
            return;
        }
        PacketBuffer out = sink.begin();
        RtcpWriter writer = room.rtcpWriter;
        writer.begin(out, MAX_BYTES);
        if (codec.fir() && !codec.pli()) {
            writer.fir(endpoint.localSsrc(), encoding.stream().ssrc(), encoding.keyframes.takeFirSequence());
        } else {
            writer.pli(endpoint.localSsrc(), encoding.stream().ssrc());
        }
        encoding.keyframes.onSent(nowNs);
        room.counters.increment(Counter.KEYFRAME_REQUESTS_SENT);
        send(out, nowNs);
    }

    private boolean sendTransportFeedback(long nowNs) {
        PacketBuffer out = sink.begin();
        RtcpWriter writer = room.rtcpWriter;
        writer.begin(out, MAX_BYTES);
        boolean more = recorder.write(writer, endpoint.localSsrc(), lastMediaSsrc, nowNs);
        if (out.length() == 0) {
            return false;
        }
        room.counters.increment(Counter.TWCC_FEEDBACK_SENT);
        send(out, nowNs);
        return more;
    }

    private boolean sendCongestionFeedback(long nowNs) {
        PacketBuffer out = sink.begin();
        room.rtcpWriter.begin(out, MAX_BYTES);
        boolean more = congestion.write(room.rtcpWriter, endpoint.localSsrc(), nowNs);
        if (out.length() > 0) {
            room.counters.increment(Counter.CCFB_FEEDBACK_SENT);
            send(out, nowNs);
        }
        return more;
    }

    // Tells the publisher how much is worth sending.
    private void advise(long nowNs) {
        if (endpoint.producers().length == 0) {
            return;
        }
        advice.update(nowNs);
        long bps = room.config.adaptive() ? advice.due(nowNs) : -1;
        if (bps < 0) {
            return;
        }
        int count = 0;
        for (Producer producer : endpoint.producers()) {
            for (Encoding encoding : producer.encodings()) {
                if (encoding.stream() != null && count < MAX_REMB_SSRCS) {
                    rembSsrcs[count++] = Integer.toUnsignedLong(encoding.stream().ssrc());
                }
            }
        }
        PacketBuffer out = sink.begin();
        room.rtcpWriter.begin(out, MAX_BYTES);
        room.rtcpWriter.remb(endpoint.localSsrc(), bps, rembSsrcs, count);
        advice.onTold(nowNs);
        room.counters.increment(Counter.REMB_SENT);
        send(out, nowNs);
    }

    private void sendReports(long nowNs) {
        sendReceiverReports(nowNs);
        Consumer[] consumers = endpoint.consumers();
        int sent = 0;
        for (int i = 0; i < consumers.length && sent < MAX_SENDER_REPORTS; i++) {
            if (sendSenderReport(consumers[(turn + i) % consumers.length], nowNs)) {
                sent++;
            }
        }
        turn = consumers.length == 0 ? 0 : (turn + Math.max(1, sent)) % consumers.length;
    }

    private void sendReceiverReports(long nowNs) {
        PacketBuffer out = beginReceiverReport();
        boolean any = false;
        for (Producer producer : endpoint.producers()) {
            for (Encoding encoding : producer.encodings()) {
                InboundStream stream = encoding.stream();
                // RFC 3550 §6.4: a block for each source heard from since the last report.
                if (stream == null || nowNs - stream.lastPacketNs() > 2_000_000_000L
                        || !stream.started()) {
                    continue;
                }
                if (!addBlock(stream, nowNs)) {
                    finishReceiverReport(out, nowNs);
                    out = beginReceiverReport();
                    if (!addBlock(stream, nowNs)) {
                        continue;
                    }
                }
                any = true;
            }
        }
        if (any || feedback.referencePending()) {
            finishReceiverReport(out, nowNs);
        }
    }

    private PacketBuffer beginReceiverReport() {
        PacketBuffer out = sink.begin();
        room.rtcpWriter.begin(out, MAX_BYTES);
        room.rtcpWriter.receiverReport(endpoint.localSsrc());
        return out;
    }

    private boolean addBlock(InboundStream stream, long nowNs) {
        ReceptionFigures figures = stream.figures();
        // Known before: the loss since the last report can be taken only once.
        if (MAX_BYTES - room.rtcpWriter.length() < 24 + 64 || !room.rtcpWriter.takesReportBlock()) {
            return false;
        }
        long lastReport = stream.reportKnown() ? NtpTime.compact(stream.reportNtp()) : 0;
        long delay = stream.reportKnown() ? NtpTime.nsToCompact(nowNs - stream.reportNs()) : 0;
        return room.rtcpWriter.reportBlock(stream.ssrc(), figures.takeFractionLost(), figures.cumulativeLost(),
                figures.extendedHighest(), figures.jitterTicks(), lastReport, delay);
    }

    private void finishReceiverReport(PacketBuffer out, long nowNs) {
        RtcpWriter writer = room.rtcpWriter;
        writer.sdesCname(endpoint.localSsrc(), cname);
        if (endpoint.producers().length > 0) {
            writer.receiverReferenceTime(endpoint.localSsrc(), NtpTime.fromUnixNs(nowNs));
        }
        if (feedback.takeReference()) {
            writer.dlrr(endpoint.localSsrc(), feedback.referenceSsrc(), feedback.referenceCompact(),
                    NtpTime.nsToCompact(nowNs - feedback.referenceNs()));
        }
        send(out, nowNs);
    }

    // @return whether the stream had anything to report
    private boolean sendSenderReport(Consumer consumer, long nowNs) {
        OutboundStream stream = consumer.stream();
        StreamRewriter rewriter = consumer.sender().rewriter();
        Encoding encoding = rewriter == null ? null : rewriter.encoding();
        if (encoding == null || encoding.stream() == null || stream.packets() == 0
                || nowNs - stream.lastSentNs() > 2_000_000_000L) {
            return false;
        }
        PublisherClock clock = encoding.producer.endpoint.clock();
        InboundStream source = encoding.stream();
        if (!source.reportKnown() || !clock.known()) {
            return false;
        }
        PacketBuffer out = sink.begin();
        int timestamp = source.timestampAt(clock.ntpAt(nowNs)) + rewriter.timestampOffset();
        RtcpWriter writer = room.rtcpWriter;
        writer.begin(out, MAX_BYTES);
        writer.senderReport(stream.ssrc(), NtpTime.fromUnixNs(nowNs), timestamp, stream.packets(),
                stream.payloadBytes());
        writer.sdesCname(stream.ssrc(), consumer.sender().cname());
        send(out, nowNs);
        return true;
    }

    private void send(PacketBuffer out, long nowNs) {
        room.counters.increment(Counter.RTCP_PACKETS_OUT);
        sink.sendRtcp(out, nowNs);
    }
}
