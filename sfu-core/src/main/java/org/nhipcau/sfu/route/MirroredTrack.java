// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.pipe.PipeSlot;
import org.nhipcau.sfu.stream.InboundStream;

/**
 * The viewers' end of a producer that another worker owns: takes out of the pipe its packets and what else viewers must
 * know of it, and tells its publisher's worker what the viewers here want of it.
 *
 * <p>What is wanted rises at once and falls at the next watch. A message that finds the pipe full is sent again at the
 * next watch.
 *
 * <p>Thread: the worker's that owns this part of the room.
 */
final class MirroredTrack {
    private final Crossing crossing;
    private final Producer producer;
    private final Room room;
    private final int[] generations = new int[ProducerCheck.MAX_ENCODINGS];
    private int told = WantedQuality.NOBODY;

    MirroredTrack(Crossing crossing, Producer producer) {
        this.crossing = crossing;
        this.producer = producer;
        this.room = producer.room;
        crossing.mirrored = this;
    }

    /** Lets a packet wait for its turn, in its slot. @return why it went no further, or null */
    DropReason onPacket(PipeSlot slot, long nowNs) {
        if (room.queue.full()) {
            room.queue.forward(nowNs);
        }
        SourcePacket packet = room.queue.next();
        if (slot.encoding >= producer.encodings().length || !packet.rtp.wrapPlain(slot.packet)) {
            return DropReason.PIPE_STALE;
        }
        Encoding encoding = producer.encodings()[slot.encoding];
        packet.producer = producer;
        packet.encoding = encoding;
        packet.format = producer.formats().of(packet.rtp.payloadType());
        if (packet.format < 0) {
            return DropReason.UNKNOWN_PAYLOAD_TYPE;
        }
        boolean wasLive = encoding.live(nowNs);
        DropReason reason = place(packet, slot, nowNs);
        if (reason != null) {
            return reason;
        }
        packet.readExtensions(producer.endpoint.extensions());
        inspect(packet, slot, nowNs);
        if (!wasLive && producer.kind() == MediaKind.VIDEO) {
            encoding.keyframes.onLive(nowNs);
            producer.onLayerLive(packet.startsKeyFrame(), nowNs);
        }
        room.queue.add(packet);
        return null;
    }

    // Finds its place in its stream. @return why it goes no further, or null
    private DropReason place(SourcePacket packet, PipeSlot slot, long nowNs) {
        InboundStream stream = streamOf(packet.encoding, (int) packet.rtp.ssrc(), slot.generation, nowNs);
        InboundStream.Arrival arrival = stream.accept(packet.rtp.sequenceNumber(), packet.rtp.timestamp(),
                slot.packet.length(), false, nowNs);
        if (arrival == InboundStream.Arrival.DUPLICATE) {
            return DropReason.DUPLICATE;
        }
        if (arrival == InboundStream.Arrival.TOO_OLD) {
            return DropReason.TOO_OLD;
        }
        packet.stream = stream;
        packet.extended = stream.extended();
        packet.newest = stream.newest();
        if (slot.unproven) {
            packet.encoding.forbidUpTo(packet.extended);
        }
        return null;
    }

    private InboundStream streamOf(Encoding encoding, int ssrc, int generation, long nowNs) {
        InboundStream before = encoding.stream();
        if (before == null || generations[encoding.index] != generation) {
            generations[encoding.index] = generation;
            // Nothing is asked of the publisher from here: what is missing is missed by its own worker too.
            encoding.bind(SsrcBinder.newStream(room, producer, ssrc, false), nowNs);
            if (before != null) {
                producer.onStreamReplaced(nowNs);
            }
        }
        return encoding.stream();
    }

    private void inspect(SourcePacket packet, PipeSlot slot, long nowNs) {
        packet.mark.clear();
        packet.vp8 = false;
        if (producer.kind() == MediaKind.AUDIO) {
            PacketReceiver.hear(packet, nowNs);
            return;
        }
        Encoding encoding = packet.encoding;
        if (slot.afterDrop && watched(encoding.index)) {
            // What did not fit into the pipe does not come again.
            producer.requestKeyframe(encoding, nowNs);
        }
        if (packet.empty()) {
            return;
        }
        PacketReceiver.readFrame(packet);
        if (encoding.onPacket(packet, nowNs)) {
            producer.onLayersChanged(nowNs);
        }
        encoding.stream().store(packet.rtp.packet(), nowNs);
    }

    private boolean watched(int encoding) {
        for (Consumer consumer : producer.consumers()) {
            if (consumer.selector().current() == encoding) {
                return true;
            }
        }
        return false;
    }

    /** A sender report of the publisher. */
    void onReport(PipeSlot slot) {
        Encoding[] encodings = producer.encodings();
        if (slot.encoding < encodings.length && generations[slot.encoding] == slot.generation
                && encodings[slot.encoding].stream() != null) {
            encodings[slot.encoding].stream().onSenderReport(slot.ntp, slot.timestamp, slot.reportNs);
            producer.endpoint.clock().set(slot.clockOffsetNs);
        }
    }

    /** The state of the track's gate over there. */
    void onGate(PipeSlot slot, long nowNs) {
        producer.gate().follow(slot, nowNs);
    }

    /** The picture rests over there, or does not any more. */
    void onResting(PipeSlot slot) {
        producer.uplink(slot.resting, false);
    }

    /** A viewer here wants this quality: tells it when that is more than was told before. */
    void raise(int quality) {
        if (quality > told && crossing.sendWanted(quality)) {
            told = quality;
        }
    }

    /** Tells what viewers want now, and asks again for key frames that did not come. */
    void watch(long nowNs) {
        int wanted = WantedQuality.NOBODY;
        for (Consumer consumer : producer.consumers()) {
            wanted = Math.max(wanted, consumer.share().wantedQuality());
        }
        if (wanted != WantedQuality.NOBODY && producer.kind() == MediaKind.AUDIO) {
            // Of sound there is one quality, and how thin it should be.
            int speech = ThinSpeech.wanted(producer.consumers(), room.config.thinSpeech());
            wanted = speech == ThinSpeech.NOBODY ? ThinSpeech.NO_OPINION : speech;
        }
        if (wanted != told && crossing.sendWanted(wanted)) {
            told = wanted;
        }
        for (Encoding encoding : producer.encodings()) {
            if (wanted == WantedQuality.NOBODY) {
                encoding.keyframes.cancel();
            } else if (encoding.keyframes.due(nowNs)) {
                sendKeyframeRequest(encoding, nowNs);
            }
        }
    }

    void sendKeyframeRequest(Encoding encoding, long nowNs) {
        PipeSlot slot = crossing.toPublisher.claim(PipePort.Rank.FEEDBACK);
        if (slot == null) {
            return;
        }
        slot.kind = PipeSlot.Kind.KEYFRAME;
        slot.target = crossing;
        slot.encoding = encoding.index;
        crossing.toPublisher.commit();
        encoding.keyframes.onSent(nowNs);
    }

    /** The producer is gone here. */
    void close() {
        if (told != WantedQuality.NOBODY) {
            crossing.sendWanted(WantedQuality.NOBODY);
        }
        crossing.mirrored = null;
    }
}
