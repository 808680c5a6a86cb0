// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.nio.charset.StandardCharsets;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.MediaEvent.ConsumerStarted;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.Pacer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.stream.OutboundStream;

/**
 * Sends the packets of one track to one viewer once it is decided that they go: gives each its number and its header,
 * fills the numbers of those left out, and counts what left.
 *
 * <p>Thread: one. Owns: its rewriter and its outbound stream.
 */
final class TrackSender {
    /** Capacity of the number map where nothing is ever retransmitted: late packets only. */
    private static final int SMALL_MAP = 128;
    /** What comes later than this is of no use to a player any more. */
    private static final int LATE_MS = 500;
    private static final long MID_NS = 1_000_000_000L;

    private final MediaEndpoint endpoint;
    private final Room room;
    private final PacketSink sink;
    private final ViewerOutlet outlet;
    private final ConsumerParameters parameters;
    private final byte[] mid;
    private final byte[] cname;
    private final OutboundStream stream;
    private final Retransmitter retransmitter;
    private final long addedNs;
    private FormatMap formats;
    private StreamRewriter rewriter;
    private boolean video;
    private boolean started;
    private long startedNs;
    private int lastFormat;
    /** Of the batch that is being forwarded. */
    private int sentPackets;
    private int sentBytes;
    private int sentPayloadBytes;

    /** @param earlier of the same SSRCs on the same peer, to go on from; null when they are new */
    TrackSender(Consumer consumer, ConsumerParameters parameters, Numbering earlier, long nowNs) {
        this.endpoint = consumer.endpoint;
        this.room = endpoint.room();
        this.sink = endpoint.sink();
        this.outlet = endpoint.outlet();
        this.parameters = parameters;
        this.mid = parameters.mid().getBytes(StandardCharsets.US_ASCII);
        this.cname = parameters.cname().getBytes(StandardCharsets.UTF_8);
        this.addedNs = nowNs;
        this.stream = earlier != null ? earlier.stream()
                : new OutboundStream((int) parameters.ssrc(), (int) parameters.rtxSsrc(),
                        room.random().nextInt(1 << 15));
        this.retransmitter = new Retransmitter(consumer, this);
        this.rewriter = earlier == null ? null : earlier.rewriter();
    }

    /** What a later sender of the same SSRCs goes on from; this one must send nothing any more. */
    Numbering retire() {
        if (rewriter != null) {
            rewriter.retire();
        }
        return new Numbering(stream, rewriter);
    }

    /** The producer is new, or its formats or encodings changed. */
    void use(Producer producer) {
        video = producer.kind() == MediaKind.VIDEO;
        formats = new FormatMap(producer.parameters().codecs(), parameters.codecs());
        if (rewriter == null) {
            int clockRate = producer.parameters().codecs().getFirst().clockRate();
            boolean rtx = stream.rtxSsrc() != 0 && formats.anyRtx() && video;
            rewriter = new StreamRewriter(rtx ? room.config.packetCachePackets() : SMALL_MAP,
                    rtx ? (int) room.config.packetCacheMs() : LATE_MS, room.random().nextInt(1 << 15), clockRate);
        }
        rewriter.forgetSources();
    }

    /** What was sent of the producer's present streams counts no more: they are replaced, gone, or kept back. */
    void forgetSources() {
        if (rewriter != null) {
            rewriter.forgetSources();
        }
    }

    /** Ends the run of packets: the next one begins anew. */
    void stop() {
        if (rewriter != null) {
            rewriter.stop();
        }
    }

    /** What is sent from now on until {@link #endBatch} is counted together. */
    void beginBatch() {
        sentPackets = 0;
        sentBytes = 0;
        sentPayloadBytes = 0;
    }

    void endBatch(long nowNs) {
        if (sentPackets > 0) {
            stream.onSent(sentPackets, sentBytes, sentPayloadBytes, nowNs);
            retransmitter.onSent(sentBytes, nowNs);
            outlet.onSent(sentPackets, sentBytes, nowNs);
        }
    }

    /** Sends a packet as it came. @return why it cannot be sent, or null */
    DropReason send(SourcePacket packet, long nowNs) {
        boolean begins = !rewriter.running() || rewriter.encoding() != packet.encoding;
        boolean switches = begins && rewriter.encoding() != null && rewriter.encoding() != packet.encoding;
        int slot = begins ? rewriter.begin(packet, nowNs) : rewriter.place(packet, nowNs);
        if (slot < 0) {
            return DropReason.TOO_OLD;
        }
        if (switches) {
            room.counters.increment(Counter.LAYER_SWITCHES);
        }
        lastFormat = packet.format;
        return send(packet, slot, rank(), nowNs);
    }

    private DropReason send(SourcePacket packet, int slot, Pacer.Rank rank, long nowNs) {
        PacketBuffer out = sink.begin();
        int headerLength = writeHeader(packet, slot, out, nowNs);
        if (headerLength < 0) {
            return DropReason.TOO_LARGE;
        }
        int payloadLength = packet.rtp.payloadLength();
        if (!PayloadCopier.fits(headerLength, payloadLength + packet.rtp.paddingLength())) {
            return DropReason.TOO_LARGE;
        }
        outlet.send(rank, out, headerLength, packet, nowNs);
        countSent(headerLength, payloadLength);
        if (!started) {
            onStarted(nowNs);
        }
        return null;
    }

    /** Closes the number of a packet of the run that is not forwarded; one of another encoding has none. */
    void leaveOut(SourcePacket packet, long nowNs) {
        if (rewriter.running() && rewriter.encoding() == packet.encoding) {
            int missed = rewriter.skip(packet, nowNs);
            if (missed >= 0) {
                sendEmpty(missed, rank(), nowNs);
            }
        }
    }

    private void sendEmpty(int slot, Pacer.Rank rank, long nowNs) {
        PacketBuffer out = sink.begin();
        int headerLength = rewriter.writeEmpty(slot, out, formats.payloadType(lastFormat), stream.ssrc(),
                endpoint.extensions(), room.tools);
        outlet.send(rank, out, headerLength, nowNs);
        countSent(headerLength + 1, 0);
    }

    /** Sends one packet of a still picture. @param first of the picture */
    void sendStill(SourcePacket packet, boolean first, long nowNs) {
        if (first) {
            rewriter.stop();
        }
        int slot = rewriter.running() ? rewriter.place(packet, nowNs) : rewriter.begin(packet, nowNs);
        if (slot < 0) {
            return;
        }
        beginBatch();
        lastFormat = packet.format;
        DropReason reason = send(packet, slot, Pacer.Rank.STILL, nowNs);
        if (reason != null) {
            room.counters.drop(reason);
        }
        endBatch(nowNs);
    }

    /** Sends an empty packet, which shows the viewer whether it misses something before it. */
    void sendNothing(long nowNs) {
        if (rewriter.running()) {
            beginBatch();
            sendEmpty(rewriter.pad(nowNs), Pacer.Rank.STILL, nowNs);
            endBatch(nowNs);
        }
    }

    /** An empty packet where the sink will take it from. */
    PacketBuffer begin() {
        return sink.begin();
    }

    /** Writes the header of a packet. @return its bytes, -1 when it does not fit */
    int writeHeader(SourcePacket packet, int slot, PacketBuffer out, long nowNs) {
        return rewriter.write(packet, slot, out, formats, stream.ssrc(), midFor(packet, nowNs), endpoint.extensions(),
                room.tools, nowNs);
    }

    /** A packet of sound was sent with the header that was written here. */
    void onSoundSent(SourcePacket packet, int headerLength, int payloadLength, long nowNs) {
        lastFormat = packet.format;
        countSent(headerLength, payloadLength);
        if (!started) {
            onStarted(nowNs);
        }
    }

    private Pacer.Rank rank() {
        return video ? Pacer.Rank.VIDEO : Pacer.Rank.AUDIO;
    }

    private void countSent(int headerLength, int payloadLength) {
        sentPackets++;
        sentBytes += headerLength + payloadLength;
        sentPayloadBytes += payloadLength;
    }

    // The mid (RFC 8843 §9.2) is told until the viewer has reported on the SSRC, for a second at least, and with each
    // key frame. It takes 2 bytes and more, padded to words: 4 in a video packet, 0 in one of sound with its level.
    private byte[] midFor(SourcePacket packet, long nowNs) {
        return !stream.acknowledged() || nowNs - startedNs < MID_NS || packet.startsKeyFrame() ? mid : null;
    }

    private void onStarted(long nowNs) {
        started = true;
        startedNs = nowNs;
        long sinceNs = Math.max(addedNs, endpoint.connectedNs());
        room.emit(new ConsumerStarted(room.id(), endpoint.peerId(), parameters.consumerId(),
                video ? MediaKind.VIDEO : MediaKind.AUDIO, (nowNs - sinceNs) / 1_000_000));
    }

    Retransmitter retransmitter() {
        return retransmitter;
    }

    OutboundStream stream() {
        return stream;
    }

    /** Null until a producer was there. */
    StreamRewriter rewriter() {
        return rewriter;
    }

    /** Null until a producer was there. */
    FormatMap formats() {
        return formats;
    }

    /** The payload type of retransmissions; -1: the viewer takes none. */
    int rtxPayloadType() {
        return formats == null ? -1 : formats.rtxPayloadType(lastFormat);
    }

    byte[] mid() {
        return mid;
    }

    byte[] cname() {
        return cname;
    }
}
