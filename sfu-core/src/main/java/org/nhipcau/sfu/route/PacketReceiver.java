// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.OpusPacket;
import org.nhipcau.sfu.codec.PayloadReader;
import org.nhipcau.sfu.codec.PayloadReaders;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtxPacket;
import org.nhipcau.sfu.stream.InboundStream;

/**
 * The way in: takes the RTP packets of one peer, finds out once what they are, and lets them wait for their
 * turn to be forwarded.
 *
 * <p>Each exit on the way names its {@link DropReason}. Thread: one.
 */
final class PacketReceiver {
    private final MediaEndpoint endpoint;
    private final Room room;
    private final SsrcBinder inbound;
    private final ReportSender reports;
    private final RedOpener redOpener;

    PacketReceiver(MediaEndpoint endpoint, SsrcBinder inbound, ReportSender reports) {
        this.endpoint = endpoint;
        this.room = endpoint.room();
        this.inbound = inbound;
        this.reports = reports;
        this.redOpener = new RedOpener(room);
    }

    /** Takes one packet in the clear; its bytes may be changed. */
    void onRtp(PacketBuffer plain, long nowNs) {
        if (room.queue.full()) {
            room.queue.forward(nowNs);
        }
        SourcePacket packet = room.queue.next();
        if (!packet.rtp.wrapPlain(plain)) {
            room.counters.drop(DropReason.RTP_MALFORMED);
            return;
        }
        room.counters.increment(Counter.RTP_PACKETS_IN);
        room.counters.add(Counter.RTP_BYTES_IN, plain.length());
        int transportCcId = endpoint.extensions().transportCc();
        int transportSequence = HeaderExtensionReader.transportSequence(packet.rtp, transportCcId);
        if (transportSequence >= 0) {
            reports.onTransportSequence(transportSequence, packet.rtp.ssrc(), plain.length(), nowNs);
        }
        SsrcBinder.Binding binding = inbound.get((int) packet.rtp.ssrc());
        if (binding == null) {
            binding = inbound.bind(packet.rtp, nowNs);
        }
        if (binding == null) {
            return;
        }
        reports.onPacket(packet.rtp, plain.length(), nowNs);
        DropReason reason = receive(packet, binding, nowNs);
        if (reason != null) {
            room.counters.drop(reason);
        }
    }

    private DropReason receive(SourcePacket packet, SsrcBinder.Binding binding, long nowNs) {
        Encoding encoding = binding.encoding();
        Producer producer = encoding.producer;
        InboundStream stream = encoding.stream();
        if (binding.rtx()) {
            DropReason reason = restore(packet, producer, stream);
            if (reason != null) {
                return reason;
            }
        }
        int format = producer.formats().of(packet.rtp.payloadType());
        if (format < 0) {
            return DropReason.UNKNOWN_PAYLOAD_TYPE;
        }
        boolean red = producer.formats().red(format) && !packet.empty();
        if (red) {
            format = redOpener.open(packet.rtp, producer);
            if (format < 0) {
                return DropReason.RED_MALFORMED;
            }
        }
        boolean wasLive = encoding.live(nowNs);
        InboundStream.Arrival arrival = stream.accept(packet.rtp.sequenceNumber(), packet.rtp.timestamp(),
                packet.rtp.packet().length(), binding.rtx(), nowNs);
        if (arrival == InboundStream.Arrival.DUPLICATE) {
            return DropReason.DUPLICATE;
        }
        if (arrival == InboundStream.Arrival.TOO_OLD) {
            return DropReason.TOO_OLD;
        }
        room.counters.add(Counter.PACKETS_LOST_IN, stream.gap());
        packet.producer = producer;
        packet.encoding = encoding;
        packet.stream = stream;
        packet.format = format;
        packet.extended = stream.extended();
        packet.newest = stream.newest();
        if (red) {
            redOpener.recover(packet, endpoint, nowNs);
        } else if (producer.formats().anyRed()) {
            RedOpener.note(packet);
        }
        packet.readExtensions(endpoint.extensions());
        inspect(packet, nowNs);
        if (!producer.muted()) {
            producer.exports().offer(packet);
        }
        if (!wasLive && producer.kind() == MediaKind.VIDEO) {
            encoding.keyframes.onLive(nowNs);
            producer.onLayerLive(packet.startsKeyFrame(), nowNs);
        }
        room.queue.add(packet);
        return null;
    }

    // Makes a retransmission the packet that it repeats.
    private DropReason restore(SourcePacket packet, Producer producer, InboundStream stream) {
        int format = producer.formats().repairedBy(packet.rtp.payloadType());
        if (format < 0) {
            return DropReason.UNKNOWN_PAYLOAD_TYPE;
        }
        CodecParameters codec = producer.parameters().codecs().get(format);
        RtxPacket.Result result = RtxPacket.decapsulate(packet.rtp, codec.payloadType(), stream.ssrc());
        if (result != RtxPacket.Result.RESTORED) {
            return result == RtxPacket.Result.PROBE ? DropReason.EMPTY_PAYLOAD : DropReason.RTP_MALFORMED;
        }
        room.counters.increment(Counter.RTX_PACKETS_IN);
        return null;
    }

    // What must be known of a packet before it is forwarded: its frame, its loudness; and it is kept for repair.
    private void inspect(SourcePacket packet, long nowNs) {
        packet.mark.clear();
        packet.vp8 = false;
        Encoding encoding = packet.encoding;
        Producer producer = packet.producer;
        if (producer.kind() == MediaKind.AUDIO) {
            hear(packet, nowNs);
            return;
        }
        if (packet.empty()) {
            return;
        }
        readFrame(packet);
        if (packet.startsKeyFrame()) {
            room.counters.increment(Counter.KEYFRAMES_IN);
        }
        if (encoding.onPacket(packet, nowNs)) {
            producer.onLayersChanged(nowNs);
        }
        encoding.stream().store(packet.rtp.packet(), nowNs);
        if (encoding.stream().nacks() != null && encoding.stream().nacks().takeHopeless()) {
            producer.requestKeyframe(encoding, nowNs);
        }
    }

    /** Takes note of how loud a packet of sound is, and keeps it for listeners that need redundancy. */
    static void hear(SourcePacket packet, long nowNs) {
        Producer producer = packet.producer;
        int level = packet.audioLevel();
        if (level >= 0 && !producer.muted() && producer.speaker().onPacket(HeaderExtensionReader.levelDbov(level),
                (int) packet.rtp.timestamp(), packet.stream.clockRate())) {
            producer.room.shedder.onVoice(producer, nowNs);
        }
        packet.frames = Math.max(1, OpusPacket.durationUs(packet.rtp.packet(), packet.rtp.headerLength(),
                packet.rtp.payloadLength()) / AudioTools.FRAME_US);
        if (!producer.muted() && !packet.empty()) {
            packet.stream.history().store(packet.extended, packet.rtp, level, nowNs);
        }
    }

    /** A reader for packets of the same format as this one, which knows of none yet. */
    static PayloadReader newReader(SourcePacket packet) {
        String mimeKey = packet.producer.parameters().codecs().get(packet.format).mimeKey();
        return PayloadReaders.create(mimeKey, packet.producer.endpoint.extensions());
    }

    /** Reads frame and layers of a video packet. */
    static void readFrame(SourcePacket packet) {
        InboundStream stream = packet.encoding.stream();
        int payloadType = packet.rtp.payloadType();
        PayloadReader reader = stream.reader(payloadType);
        if (reader == null) {
            reader = newReader(packet);
            stream.useReader(payloadType, reader);
        }
        reader.read(packet.rtp, packet.mark);
        packet.vp8 = packet.producer.formats().vp8(packet.format) && !packet.mark.described;
        packet.locatePictures(packet.producer.room.tools.vp8);
    }
}
