// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.Pacer;
import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * Spreads a viewer's packets over time once its path is known to be narrow: keeps those that have to wait, complete but
 * for what tells when they left, and sends them when it is their turn.
 *
 * <p>A stream that had to give up a picture begins anew with a key frame. What waits of a stream that is muted, paused
 * or removed is thrown away at once.
 *
 * <p>Thread: one. Owns: its pacer; borrows packets of the worker's pool.
 */
final class PacedSender implements Pacer.Outlet<PacketBuffer> {
    private final MediaEndpoint endpoint;
    private final Room room;
    private final PacketSink sink;
    private final Pacer<PacketBuffer> pacer = new Pacer<>(this);
    private final RtpPacketFlyweight rtp = new RtpPacketFlyweight();
    private boolean gaveUp;
    private boolean throwAway;

    PacedSender(MediaEndpoint endpoint) {
        this.endpoint = endpoint;
        this.room = endpoint.room();
        this.sink = endpoint.sink();
    }

    /** Sets how fast pictures may leave, headers of the wire counted; 0: not at all for now. */
    void setPace(long paceBps, long nowNs) {
        pacer.hold(paceBps == 0);
        if (paceBps != 0 && paceBps != pacer.rateBps()) {
            pacer.setRate(paceBps, nowNs);
        }
        restartGivenUp(nowNs);
    }

    /**
     * Asks for a packet's turn. When it is not now, the packet is taken care of.
     *
     * @param begun header, and the payload too where {@code source} is null
     * @return whether to send it now
     */
    boolean mayLeave(Pacer.Rank rank, PacketBuffer begun, PacketBuffer source, int from, int lengthBytes,
            long nowNs) {
        int length = begun.length() + lengthBytes;
        int wireLength = length + SendSideEstimator.PACKET_OVERHEAD_BYTES;
        int ssrc = begun.getInt(8);
        int timestamp = begun.getInt(4);
        Pacer.Verdict verdict = pacer.offer(rank, wireLength, ssrc, timestamp, nowNs);
        if (verdict == Pacer.Verdict.SEND) {
            return true;
        }
        PacketBuffer kept = verdict == Pacer.Verdict.WAIT ? room.pool.acquire() : null;
        if (kept == null) {
            room.counters.drop(DropReason.PACER_OVERFLOW);
            return false;
        }
        kept.copyFrom(begun);
        if (source != null) {
            kept.setLength(length);
            kept.putBytes(begun.length(), source, from, lengthBytes);
        }
        pacer.enqueue(rank, kept, wireLength, ssrc, timestamp, nowNs);
        return false;
    }

    /** Something else took a part of the path, bytes on the wire: pictures make way. */
    void spend(int wireBytes, long nowNs) {
        pacer.offer(Pacer.Rank.AUDIO, wireBytes, 0, 0, nowNs);
    }

    /** Sends what is due, and lets streams begin anew that gave up a picture. */
    void release(long nowNs) {
        if (pacer.nextReleaseNs() <= nowNs) {
            pacer.release(nowNs);
        }
        restartGivenUp(nowNs);
    }

    private void restartGivenUp(long nowNs) {
        if (gaveUp) {
            gaveUp = false;
            for (Consumer consumer : endpoint.consumers()) {
                consumer.restartGivenUp(nowNs);
            }
        }
    }

    /** Throws away what waits of a stream that is not sent any more. */
    void forget(int ssrc) {
        throwAway = true;
        pacer.forget(ssrc);
        throwAway = false;
    }

    /** Throws away the pictures that wait of a stream that begins anew; the one that is leaving goes on. */
    void forgetUnbegun(int ssrc) {
        throwAway = true;
        pacer.forgetUnbegun(ssrc);
        throwAway = false;
    }

    /** Throws away all that waits. */
    void clear() {
        throwAway = true;
        pacer.clear();
        throwAway = false;
    }

    /** How long what waits takes to leave. */
    long waitingNs() {
        return pacer.waitingNs();
    }

    /** All but sound is kept back. */
    boolean held() {
        return pacer.held();
    }

    int waitingPackets() {
        return pacer.waitingPackets();
    }

    @Override
    public void send(PacketBuffer packet, long nowNs) {
        try {
            Consumer consumer = endpoint.consumerOf(packet.getInt(8));
            if (consumer != null && consumer.gate().shut(nowNs)) {
                room.counters.drop(DropReason.GATE_SHUT);
            } else if (sink.ready() && rtp.wrap(packet)) {
                sendNumbered(packet, nowNs);
            }
        } finally {
            room.pool.release(packet);
        }
    }

    private void sendNumbered(PacketBuffer packet, long nowNs) {
        PacketBuffer out = sink.begin();
        out.copyFrom(packet);
        HeaderExtensions ids = endpoint.extensions();
        int at = rtp.findExtension(ids.transportCc());
        if (at >= 0) {
            out.putShort(at, endpoint.outlet().sentLog().onSent(out.length(), nowNs));
        } else {
            endpoint.outlet().noteNumber(out, out.length(), nowNs);
        }
        at = rtp.findExtension(ids.absSendTime());
        if (at >= 0) {
            out.putMedium(at, HeaderExtensionReader.toAbsSendTime(nowNs));
        }
        sink.sendRtp(out, rtp.headerLength(), nowNs);
    }

    @Override
    public void drop(PacketBuffer packet) {
        room.counters.drop(throwAway ? DropReason.CONSUMER_PAUSED : DropReason.PACER_OVERFLOW);
        Consumer consumer = throwAway ? null : endpoint.consumerOf(packet.getInt(8));
        if (consumer != null) {
            gaveUp = true;
            consumer.onPictureGivenUp();
        }
        room.pool.release(packet);
    }
}
