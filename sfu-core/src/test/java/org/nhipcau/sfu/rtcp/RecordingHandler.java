// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

import java.util.ArrayList;
import java.util.List;

/** Writes each call down as a line. */
final class RecordingHandler implements RtcpHandler {
    final List<String> calls = new ArrayList<>();

    private void add(String name, Object... values) {
        StringBuilder line = new StringBuilder(name);
        for (Object value : values) {
            line.append(' ').append(value);
        }
        calls.add(line.toString());
    }

    @Override
    public void senderReport(long ssrc, long ntp, long rtpTimestamp, long packets, long octets) {
        add("sr", ssrc, Long.toUnsignedString(ntp), rtpTimestamp, packets, octets);
    }

    @Override
    public void receiverReport(long ssrc) {
        add("rr", ssrc);
    }

    @Override
    public void reportBlock(long senderSsrc, long ssrc, int fractionLost, int cumulativeLostPackets,
            long extendedHighestSequence, long jitterTicks, long lastReport, long delaySinceLastReport) {
        add("block", senderSsrc, ssrc, fractionLost, cumulativeLostPackets, extendedHighestSequence, jitterTicks,
                lastReport, delaySinceLastReport);
    }

    @Override
    public void nack(long senderSsrc, long mediaSsrc, int pid, int blp) {
        add("nack", senderSsrc, mediaSsrc, pid, blp);
    }

    @Override
    public void pli(long senderSsrc, long mediaSsrc) {
        add("pli", senderSsrc, mediaSsrc);
    }

    @Override
    public void fir(long senderSsrc, long mediaSsrc, int sequence) {
        add("fir", senderSsrc, mediaSsrc, sequence);
    }

    @Override
    public void remb(long senderSsrc, long bitrateBps, int ssrcCount) {
        add("remb", senderSsrc, bitrateBps, ssrcCount);
    }

    @Override
    public void rembSsrc(long ssrc) {
        add("for", ssrc);
    }

    @Override
    public void transportFeedback(TransportFeedbackFlyweight feedback) {
        add("twcc", feedback.senderSsrc(), feedback.mediaSsrc(), feedback.baseSequence(), feedback.statusCount(),
                feedback.feedbackCount());
        while (feedback.next()) {
            if (feedback.received()) {
                add("at", feedback.sequence(), feedback.arrivalTimeUs());
            } else {
                add("lost", feedback.sequence());
            }
        }
    }

    @Override
    public void congestionFeedback(long senderSsrc, long reportTimestamp) {
        add("ccfb", senderSsrc, reportTimestamp);
    }

    @Override
    public void congestionFeedbackPacket(long mediaSsrc, int sequence, boolean received, int ecn,
            int arrivalOffset) {
        add("of", mediaSsrc, sequence, received, ecn, arrivalOffset);
    }

    @Override
    public void receiverReferenceTime(long senderSsrc, long ntp) {
        add("rrtr", senderSsrc, Long.toUnsignedString(ntp));
    }

    @Override
    public void dlrr(long senderSsrc, long ssrc, long lastReference, long delaySinceLast) {
        add("dlrr", senderSsrc, ssrc, lastReference, delaySinceLast);
    }

    @Override
    public void bye(long ssrc) {
        add("bye", ssrc);
    }
}
