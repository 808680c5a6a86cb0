// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.List;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.Pacer;
import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.bwe.SentPacketLog;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.stream.OutboundStream;
import org.nhipcau.sfu.stream.RateMeter;

/**
 * One viewer's way out: all its packets leave here, now or when the pace lets them, each under a number that feedback
 * names it by.
 *
 * <p>Thread: one. Owns: the log of what was sent, and while the path shows a limit the packets that wait.
 */
final class ViewerOutlet {
    /** A line of text takes a second then. */
    private static final long LEAST_DATA_BPS = 8_000;
    private static final long DATA_DIVISOR = 4;

    private final MediaEndpoint endpoint;
    private final Room room;
    private final PacketSink sink;
    private final SentPacketLog sentLog = new SentPacketLog();
    private final SendSideEstimator estimator;
    private final RateMeter sentRate = new RateMeter();
    /** Null while the path is known to carry more than is wanted: nothing waits then. */
    private PacedSender paced;
    /** Null while packets carry transport-wide numbers. */
    private TransportNumbers transportNumbers;
    /** RFC 8888 feedback was negotiated for a track that the viewer is sent. */
    private boolean congestionFeedback;

    ViewerOutlet(MediaEndpoint endpoint, PacketSink sink) {
        this.endpoint = endpoint;
        this.room = endpoint.room();
        this.sink = sink;
        this.estimator = new SendSideEstimator(sentLog, room.estimatorSettings());
    }

    /** Takes the negotiated header extension ids. */
    void configure(HeaderExtensions negotiated) {
        transportNumbers = negotiated.transportCc() != 0 ? null
                : new TransportNumbers(room.config.maxConsumersPerPeer() * 2);
        agreeFeedback();
    }

    /** Takes the formats negotiated for a track that the viewer is to be sent, before anything of it leaves. */
    void configure(List<CodecParameters> formats) {
        for (CodecParameters format : formats) {
            congestionFeedback |= format.ccfb();
        }
        agreeFeedback();
    }

    private void agreeFeedback() {
        boolean numbered = endpoint.extensions().transportCc() != 0;
        if (congestionFeedback && !numbered && transportNumbers == null) {
            // No header extension was negotiated, and so nothing was to be configured.
            transportNumbers = new TransportNumbers(room.config.maxConsumersPerPeer() * 2);
        }
        estimator.agreeFeedback(congestionFeedback || numbered);
    }

    /** Sends one packet made with the room's tools, now or when its turn comes. */
    void send(Pacer.Rank rank, PacketBuffer out, int headerLength, long nowNs) {
        if (paced == null || paced.mayLeave(rank, out, null, 0, 0, nowNs)) {
            number(out, out.length(), nowNs);
            sink.sendRtp(out, headerLength, nowNs);
        }
    }

    /** Sends a header made with the room's tools and the payload of a packet with its padding behind it. */
    void send(Pacer.Rank rank, PacketBuffer out, int headerLength, SourcePacket packet, long nowNs) {
        int padding = packet.rtp.paddingLength();
        int from = packet.rtp.headerLength();
        int length = packet.rtp.payloadLength() + padding;
        if (padding > 0) {
            out.putByte(0, out.getByte(0) | 0x20);
        }
        if (paced == null || paced.mayLeave(rank, out, packet.rtp.packet(), from, length, nowNs)) {
            number(out, headerLength + length, nowNs);
            sink.sendRtp(out, headerLength, packet.rtp.packet(), from, length, nowNs);
        }
    }

    private void number(PacketBuffer out, int length, long nowNs) {
        int at = room.tools.transportCcAt;
        if (at >= 0) {
            out.putShort(at, sentLog.onSent(length, nowNs));
        } else if (transportNumbers != null) {
            noteNumber(out, length, nowNs);
        }
    }

    /** Notes a packet without a transport-wide number, where RFC 8888 feedback may come of it. */
    void noteNumber(PacketBuffer out, int length, long nowNs) {
        if (transportNumbers != null) {
            long number = sentLog.next();
            sentLog.onSent(length, nowNs);
            transportNumbers.onSent(out.getInt(8), out.getUnsignedShort(2), number);
        }
    }

    /** Under which number a packet of a stream left; -1 when it is not known. */
    long transportNumber(long ssrc, int sequence) {
        return transportNumbers == null ? -1 : transportNumbers.find((int) ssrc, sequence);
    }

    /** Counts packets that were sent, retransmissions included. */
    void onSent(int packets, int lengthBytes, long nowNs) {
        room.counters.add(Counter.RTP_PACKETS_OUT, packets);
        room.counters.add(Counter.RTP_BYTES_OUT, lengthBytes);
        sentRate.add(packets, lengthBytes, nowNs);
    }

    /** Sets how fast pictures may leave at this moment. */
    void pace(long nowNs) {
        boolean bound = estimator.limited(nowNs);
        if (paced == null && bound) {
            paced = new PacedSender(endpoint);
        } else if (paced != null && !bound && paced.waitingPackets() == 0) {
            paced = null;
        }
        if (paced != null) {
            paced.setPace(estimator.paceBps(nowNs), nowNs);
        }
    }

    /** A quarter of the path, and none while pictures have to wait. */
    long dataBps() {
        return held() ? 0 : Math.max(LEAST_DATA_BPS, estimator.estimateBps() / DATA_DIVISOR);
    }

    /** Data took a part of the path: pictures make way. */
    void onDataSent(int wireBytes, long nowNs) {
        if (paced != null) {
            paced.spend(wireBytes, nowNs);
        }
    }

    /** Sends what has waited for its turn. */
    void release(long nowNs) {
        if (paced != null) {
            paced.release(nowNs);
        }
    }

    /** Throws away what waits of a stream and of its repairs: it must not reach the viewer any more. */
    void discardWaiting(OutboundStream stream) {
        if (paced != null) {
            paced.forget(stream.ssrc());
            paced.forget(stream.rtxSsrc());
        }
    }

    /** Throws away the pictures that wait of a stream, but for the one that is leaving. */
    void discardUnbegun(OutboundStream stream) {
        if (paced != null) {
            paced.forgetUnbegun(stream.ssrc());
        }
    }

    /** Throws away all that waits. */
    void clear() {
        if (paced != null) {
            paced.clear();
        }
    }

    /** A stream has ended for good. */
    void forget(OutboundStream stream) {
        if (transportNumbers != null) {
            transportNumbers.forget(stream.ssrc());
            transportNumbers.forget(stream.rtxSsrc());
        }
    }

    /** All but sound is kept back for now: too much is under way. */
    boolean held() {
        return paced != null && paced.held();
    }

    /** What a packet that leaves now waits for: what is ahead of it here, and in the path. */
    long queueNs() {
        return estimator.queueUs() * 1_000 + (paced == null ? 0 : paced.waitingNs());
    }

    SentPacketLog sentLog() {
        return sentLog;
    }

    /** What the path carries, by what became of the packets that left here. */
    SendSideEstimator estimator() {
        return estimator;
    }

    /** All that is sent to the peer. */
    RateMeter sentRate() {
        return sentRate;
    }
}
