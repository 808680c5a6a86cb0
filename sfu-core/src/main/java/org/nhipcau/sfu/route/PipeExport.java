// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.Arrays;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.pipe.PipeSlot;
import org.nhipcau.sfu.stream.InboundStream;

/**
 * Hands the packets of one producer to one other worker: each once, however many viewers are there.
 *
 * <p>When the pipe is full the packet is dropped, and the next one that gets through says so. The other side numbers
 * packets by itself; where that could go wrong after a long pause, the packet says that a new stream begins.
 *
 * <p>Thread: the publisher's worker's.
 */
final class PipeExport {
    /** After so many packets that did not cross their 16-bit numbers alone do not place those that come next. */
    private static final int LONG_GAP_PACKETS = 4_096;

    private final Crossing crossing;
    private final Producer producer;
    private final PipePort pipe;
    private final PipePort.Rank rank;
    private final InboundStream[] streams = new InboundStream[ProducerCheck.MAX_ENCODINGS];
    private final int[] generations = new int[ProducerCheck.MAX_ENCODINGS];
    private final int[] dropped = new int[ProducerCheck.MAX_ENCODINGS];
    private int quality;
    /** The other side has not heard of the gate's present state: no packet may cross before that. */
    private boolean gateToTell;
    /** What the other side was told of a picture that rests. */
    private boolean toldResting;
    /** It may know something else, from an export that was there before. */
    private boolean restingToTell;

    PipeExport(Crossing crossing, Producer producer) {
        this.crossing = crossing;
        this.producer = producer;
        this.pipe = crossing.toViewers;
        this.rank = producer.kind() == MediaKind.VIDEO ? PipePort.Rank.VIDEO : PipePort.Rank.AUDIO;
        this.gateToTell = producer.gate().state().restricts();
        this.restingToTell = producer.kind() == MediaKind.VIDEO;
    }

    /** Copies a packet into the pipe. */
    void offer(SourcePacket packet) {
        int index = packet.encoding.index;
        InboundStream stream = packet.encoding.stream();
        boolean begins = streams[index] != stream;
        if (begins) {
            streams[index] = stream;
            generations[index] = ++crossing.generation;
        }
        PacketBuffer bytes = packet.rtp.packet();
        PipeSlot slot = bytes.length() > PacketBuffer.MAX_LENGTH || gateToTell && !tellGate() ? null
                : pipe.claim(rank);
        if (slot == null) {
            onDropped(index);
            return;
        }
        slot.kind = PipeSlot.Kind.PACKET;
        slot.target = crossing;
        slot.encoding = index;
        slot.generation = generations[index];
        slot.afterDrop = dropped[index] > 0;
        slot.unproven = packet.encoding.unproven(packet.extended);
        slot.packet.copyFrom(bytes);
        pipe.commit();
        dropped[index] = 0;
        producer.room.counters.increment(Counter.PIPED_PACKETS);
        if (begins && stream.reportKnown()) {
            offerReport(packet.encoding);
        }
    }

    private void onDropped(int index) {
        producer.room.counters.drop(DropReason.PIPE_FULL);
        if (++dropped[index] > LONG_GAP_PACKETS) {
            streams[index] = null;
        }
    }

    /** The gate's state or lease changed. */
    void onGate() {
        gateToTell = true;
        tellGate();
    }

    /** Tells of the gate what did not fit into the pipe. @return false when it still does not */
    boolean tellGate() {
        PipeSlot slot = gateToTell ? pipe.claim(PipePort.Rank.FEEDBACK) : null;
        if (slot != null) {
            slot.kind = PipeSlot.Kind.GATE;
            slot.target = crossing;
            producer.gate().describe(slot);
            pipe.commit();
            gateToTell = false;
        }
        return !gateToTell;
    }

    /** Tells whether the picture rests, where that has changed; when the pipe is full it is told the next time. */
    void tellResting() {
        restingToTell |= toldResting != producer.resting() && producer.kind() == MediaKind.VIDEO;
        PipeSlot slot = restingToTell ? pipe.claim(PipePort.Rank.FEEDBACK) : null;
        if (slot != null) {
            slot.kind = PipeSlot.Kind.RESTING;
            slot.target = crossing;
            toldResting = producer.resting();
            slot.resting = toldResting;
            pipe.commit();
            restingToTell = false;
        }
    }

    /** Hands over the last sender report of an encoding; lost in a full pipe, the next one will do. */
    void offerReport(Encoding encoding) {
        InboundStream stream = encoding.stream();
        if (streams[encoding.index] != stream) {
            return;
        }
        PipeSlot slot = pipe.claim(rank);
        if (slot == null) {
            return;
        }
        slot.kind = PipeSlot.Kind.REPORT;
        slot.target = crossing;
        slot.encoding = encoding.index;
        slot.generation = generations[encoding.index];
        slot.ntp = stream.reportNtp();
        slot.timestamp = stream.reportTimestamp();
        slot.reportNs = stream.reportNs();
        slot.clockOffsetNs = producer.endpoint.clock().offsetNs();
        pipe.commit();
    }

    /** Packets go on after a pause in which none crossed: new streams begin. */
    void restart() {
        Arrays.fill(streams, null);
        Arrays.fill(dropped, 0);
    }

    /** A viewer over there needs a key frame. */
    void onKeyframeWanted(int encoding, long nowNs) {
        Encoding[] encodings = producer.encodings();
        if (encoding < encodings.length) {
            producer.requestKeyframe(encodings[encoding], nowNs);
        }
    }

    /** The highest quality that is wanted over there. */
    int quality() {
        return quality;
    }

    void setQuality(int wanted) {
        quality = wanted;
    }

    /** Nothing crosses any more. */
    void close() {
        crossing.export = null;
    }
}
