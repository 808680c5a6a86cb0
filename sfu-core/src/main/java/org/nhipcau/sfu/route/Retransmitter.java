// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.Pacer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.stream.OutboundStream;

/**
 * Sends again what a viewer missed, where that is still of use and the path can bear it.
 *
 * <p>Of no use is what comes after its picture's time. When bytes are short, pictures that others build upon go first.
 *
 * <p>Spec: RFC 4588 (RTX), RFC 4585 §6.2.1 (NACK). Thread: one. Owns: its budget.
 */
final class Retransmitter {
    /** A decoder waits no longer for a part that others build upon; by taste, below libwebrtc's wait for a frame. */
    static final long VITAL_DEADLINE_NS = 1_500_000_000L;
    /** A picture that nothing builds upon is left out sooner. By taste: what jitter buffers hold on poor links. */
    static final long DISCARDABLE_DEADLINE_NS = 400_000_000L;

    private final Consumer consumer;
    private final MediaEndpoint endpoint;
    private final Room room;
    private final PacketSink sink;
    private final ViewerOutlet outlet;
    private final TrackSender sender;
    private final OutboundStream stream;
    private final RetransmissionBudget budget = new RetransmissionBudget();

    Retransmitter(Consumer consumer, TrackSender sender) {
        this.consumer = consumer;
        this.endpoint = consumer.endpoint;
        this.room = endpoint.room();
        this.sink = endpoint.sink();
        this.outlet = endpoint.outlet();
        this.sender = sender;
        this.stream = sender.stream();
    }

    /** What may be sent again; sound, which is repaired elsewhere, draws on it too. */
    RetransmissionBudget budget() {
        budget.fit(endpoint.estimator().estimateBps(), endpoint.estimator().lossRatio(),
                endpoint.estimator().burstLength());
        return budget;
    }

    /** Counts what was sent for the first time. */
    void onSent(int lengthBytes, long nowNs) {
        budget.onSent(lengthBytes, nowNs);
    }

    /** A retransmission that the viewer asks for, by 16 bits of its number. @return null, or why there is none */
    DropReason retransmit(int sequence16, long nowNs) {
        StreamRewriter rewriter = sender.rewriter();
        SequenceMap map = rewriter == null ? null : rewriter.map();
        Producer producer = consumer.producer();
        if (map == null || producer == null || producer.muted() || stream.rtxSsrc() == 0 || !sink.ready()) {
            return DropReason.RTX_NOT_CACHED;
        }
        if (!consumer.share().limits().repairs()) {
            return DropReason.OVERLOAD_RTX;
        }
        int slot = map.slotOf(sequence16);
        if (slot < 0 || map.encoding(slot) < 0 || map.encoding(slot) >= producer.encodings().length) {
            return DropReason.RTX_NOT_CACHED;
        }
        // What is refused costs no more than this look: requests are cheap to make.
        int nowMs = (int) (nowNs / 1_000_000);
        if (!budget().mayRetry(map.tries(slot), nowMs - map.lastMs(slot), endpoint.roundTripNs(), nowNs)) {
            return DropReason.RTX_BUDGET;
        }
        Encoding encoding = producer.encodings()[map.encoding(slot)];
        if (consumer.gate().mayNotSend(encoding, map.source(slot))) {
            return DropReason.GATE_SHUT;
        }
        SourcePacket packet = consumer.share().loadStill(encoding, map.source(slot));
        if (packet != null) {
            return repeatStill(packet, slot, nowNs);
        }
        packet = room.kept.load(encoding, map.source(slot), nowNs);
        if (packet == null || sender.formats().rtxPayloadType(packet.format) < 0
                || packet.vp8 && packet.mark.temporalId > consumer.selector().temporal()) {
            return DropReason.RTX_NOT_CACHED;
        }
        boolean vital = packet.mark.temporalId <= 0;
        if (arrivalAgeNs(nowMs - map.lastMs(slot)) > (vital ? VITAL_DEADLINE_NS : DISCARDABLE_DEADLINE_NS)) {
            return DropReason.RTX_TOO_LATE;
        }
        if (!vital && !budget.ample()) {
            return DropReason.RTX_BUDGET;
        }
        map.onRetry(slot, nowMs);
        DropReason reason = null;
        for (int left = vital ? budget.copies() : 1; left > 0 && reason == null; left--) {
            reason = send(packet, slot, Pacer.Rank.RTX, nowNs);
        }
        return reason;
    }

    // It leaves over seconds and is shown for longer: it has no deadline, and it pays for its repairs itself.
    private DropReason repeatStill(SourcePacket packet, int slot, long nowNs) {
        if (sender.formats().rtxPayloadType(packet.format) < 0) {
            return DropReason.RTX_NOT_CACHED;
        }
        if (outlet.held() || !consumer.share().affordsStillRepair()) {
            return DropReason.RTX_BUDGET;
        }
        sender.rewriter().map().onRetry(slot, (int) (nowNs / 1_000_000));
        consumer.share().onStillRepeated(packet.rtp.packet().length());
        return send(packet, slot, Pacer.Rank.STILL, nowNs);
    }

    // How long after it was sent the packet will be there: till now, what waits before it here and in the path, the way.
    private long arrivalAgeNs(int sinceSentMs) {
        return sinceSentMs * 1_000_000L + outlet.queueNs() + endpoint.roundTripNs() / 2;
    }

    private DropReason send(SourcePacket packet, int slot, Pacer.Rank rank, long nowNs) {
        StreamRewriter rewriter = sender.rewriter();
        if (rewriter.map().endsPicture(slot)) {
            packet.patchMarker(true);
        }
        PacketBuffer repeated = room.tools.retransmission;
        int originalHeader = rewriter.write(packet, slot, repeated, sender.formats(), stream.ssrc(),
                stream.acknowledged() ? null : sender.mid(), endpoint.extensions(), room.tools, nowNs);
        if (originalHeader < 0 || !PayloadCopier.copy(packet, repeated, originalHeader)) {
            return DropReason.TOO_LARGE;
        }
        int headerLength = room.kept.encapsulate(repeated, sender.formats().rtxPayloadType(packet.format), stream);
        PacketBuffer out = sink.begin();
        out.copyFrom(repeated);
        int length = out.length();
        budget.onRetransmitted(length);
        stream.onRtxSent(length);
        room.counters.increment(Counter.RTX_PACKETS_OUT);
        room.counters.add(Counter.RTX_BYTES_OUT, length);
        outlet.send(rank, out, headerLength, nowNs);
        outlet.onSent(1, length, nowNs);
        return null;
    }
}
