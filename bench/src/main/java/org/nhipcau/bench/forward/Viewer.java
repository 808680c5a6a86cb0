// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.peer.DatagramKind;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtcp.TransportFeedbackWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * Takes the stream as one viewer: counts every packet, looks at every number, decrypts one of so many and compares each
 * byte, and gives the feedback that a browser gives.
 *
 * <p>Feedback goes by time, as a browser's does: transport feedback every 50 ms, the shortest interval of libwebrtc
 * {@code modules/remote_bitrate_estimator/transport_sequence_number_feedback_generator.cc}, about every packet since the
 * last; a receiver report each second. It tells of a path without limits: packets arrived when the node sent them, as
 * their abs-send-time says. What the sink's own slowness would say of the path would make the node hold packets back, and
 * what is measured here is what forwarding costs.
 *
 * <p>Thread: one.
 */
final class Viewer extends Client {
    private static final int CHECK_EVERY = 64;
    private static final long FEEDBACK_INTERVAL_NS = 50_000_000L;
    private static final long REPORT_INTERVAL_NS = 1_000_000_000L;
    private static final int MAX_STATUSES = TransportFeedbackWriter.MAX_STATUSES;
    /** Packets between two feedbacks at most; older ones are not told of. */
    private static final int RING = 8_192;

    private final long ssrc;
    private final TestStream stream;
    private final RtpPacketFlyweight view = new RtpPacketFlyweight();
    private final long[] arrivalsUs = new long[MAX_STATUSES];
    private boolean started;
    /** Full number of the newest packet, and what is to be taken from it for the packet's own number. */
    private long newest;
    private long offset;
    private int newestTransport;
    private int reportedTransport;
    /** When the node sent the newest packet, in us since any moment, and each that was not reported yet. */
    private long newestSentUs;
    private final long[] sentUs = new long[RING];
    private boolean transportKnown;
    private int feedbackCount;
    private long lastFeedbackNs;
    private long nextReportNs;

    long received;
    long missing;
    long late;
    long foreign;
    long checked;
    long bad;
    long renumbered;

    /** @param number from 1 */
    Viewer(DtlsCertificate certificate, SecureRandom random, int number, TestStream stream) throws IOException {
        super(certificate, random);
        this.ssrc = TestStream.viewerSsrc(number);
        this.stream = stream;
        Arrays.fill(sentUs, TransportFeedbackWriter.NOT_RECEIVED);
    }

    /** The stream's packets up to here have been seen or passed over: the newest own number, plus one. */
    long arrivedUpTo() {
        return started ? newest - offset + 1 : 0;
    }

    /**
     * Takes what has come.
     *
     * @param times takes how long each packet was under way; null: not measured
     * @return datagrams taken
     */
    int receive(ReceiveBatch batch, Publisher publisher, Histogram times) {
        int count = socket.receive(batch);
        for (int i = 0; i < count; i++) {
            PacketBuffer datagram = batch.packet(i);
            switch (DatagramKind.of(datagram)) {
                case RTP -> {
                    long number = onRtp(datagram);
                    if (times != null && number >= 0) {
                        times.add(batch.arrivalNs(i) - publisher.sentNs(number));
                    }
                }
                case DTLS -> onDtls(datagram);
                case RTCP, STUN -> { }
                case UNKNOWN -> foreign++;
            }
        }
        return count;
    }

    /** @return the packet's own number, -1 where it is not known */
    private long onRtp(PacketBuffer packet) {
        if (packet.length() < 12 || packet.getUnsignedInt(8) != ssrc || !ready()) {
            foreign++;
            return -1;
        }
        long number;
        if (!started) {
            number = begin(packet);
            return number;
        }
        received++;
        long full = newest + (short) (packet.getUnsignedShort(2) - (int) newest);
        if (full > newest) {
            missing += full - newest - 1;
            newest = full;
        } else {
            late++;
        }
        number = full - offset;
        noteTransport(packet);
        if (received % CHECK_EVERY == 0) {
            check(packet, number);
        }
        return number;
    }

    private long begin(PacketBuffer packet) {
        int sequence = packet.getUnsignedShort(2);
        noteTransport(packet);
        if (!view.wrap(packet) || !unprotect(packet, view.headerLength())) {
            bad++;
            return -1;
        }
        long own = stream.check(packet, view);
        if (own < 0) {
            bad++;
            return -1;
        }
        received++;
        checked++;
        started = true;
        // A round more, so that a packet before the first has a number too.
        newest = sequence + 0x10000L;
        offset = newest - own;
        reportedTransport = newestTransport;
        return own;
    }

    private void check(PacketBuffer packet, long number) {
        checked++;
        long own = view.wrap(packet) && unprotect(packet, view.headerLength()) ? stream.check(packet, view) : -1;
        if (own < 0) {
            bad++;
        } else if (own != number) {
            // The node left packets out and closed the gap, which its accounts will show.
            renumbered++;
            offset = newest - own;
        }
    }

    private void noteTransport(PacketBuffer packet) {
        if (!view.wrap(packet)) {
            return;
        }
        int sentAt = view.findExtension(TestStream.IDS.absSendTime());
        if (sentAt >= 0) {
            noteSent(packet.getUnsignedMedium(sentAt));
        }
        int at = view.findExtension(TestStream.IDS.transportCc());
        if (at >= 0) {
            newestTransport = packet.getUnsignedShort(at);
            sentUs[newestTransport & RING - 1] = newestSentUs;
            transportKnown = true;
        }
    }

    // 6 bits of seconds and 18 of their fraction, so a round every 64 s.
    private void noteSent(int absSendTime) {
        long now = newestSentUs * (1 << 18) / 1_000_000;
        long ticks = now + ((absSendTime - now << 40) >> 40);
        newestSentUs = ticks * 1_000_000 / (1 << 18);
    }

    /** Sends what is due. */
    void report(long nowNs) {
        if (!started || nowNs - lastFeedbackNs < FEEDBACK_INTERVAL_NS) {
            return;
        }
        boolean report = nowNs - nextReportNs >= 0;
        if (report) {
            nextReportNs = nowNs + REPORT_INTERVAL_NS;
            RtcpWriter writer = beginRtcp();
            writer.receiverReport(ssrc + 8);
            writer.reportBlock(ssrc, 0, 0, newest & 0xffff_ffffL, 10, 0, 0);
            sendRtcp();
        }
        if (transportKnown) {
            sendTransportFeedback();
        }
        lastFeedbackNs = nowNs;
    }

    private void sendTransportFeedback() {
        int left = Math.min(newestTransport - reportedTransport & 0xffff, RING);
        int next = newestTransport - left + 1;
        while (left > 0) {
            int now = Math.min(left, MAX_STATUSES);
            for (int i = 0; i < now; i++) {
                arrivalsUs[i] = sentUs[next + i & RING - 1];
            }
            RtcpWriter writer = beginRtcp();
            int taken = writer.transportFeedback(ssrc + 8, ssrc, feedbackCount & 0xff, next & 0xffff, arrivalsUs, 0,
                    now);
            if (taken == 0) {
                break;
            }
            feedbackCount++;
            sendRtcp();
            for (int i = 0; i < taken; i++) {
                sentUs[next + i & RING - 1] = TransportFeedbackWriter.NOT_RECEIVED;
            }
            next += taken;
            left -= taken;
        }
        reportedTransport = newestTransport;
    }
}
