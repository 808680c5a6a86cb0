// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.Pacer;
import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/**
 * Keeps what one viewer is sent to what its path takes at this moment: asks the estimator each few milliseconds, sets
 * the pace of pictures, and makes the packets that a probe lacks.
 *
 * <p>Such a packet is padding in the RTX stream of a picture that the viewer gets (RFC 4588 knows no other use for one
 * without payload; browsers count and drop it). It repeats nothing, so that it may be as small as the path asks for.
 *
 * <p>Thread: one. Runs on the timer, not per packet forwarded.
 */
final class ViewerPath {
    /** RFC 3550 §5.1: the last byte tells how long the padding is. */
    private static final int MAX_PADDING_BYTES = 255;
    private static final int MIN_PADDING_BYTES = 4;
    private static final long VIDEO_CLOCK_NS = 1_000_000_000L / 90_000;
    /** What a live Opus track takes with headers. By taste. */
    private static final long SOUND_BPS = 60_000;
    private static final int MAX_FILLER_PER_TICK = 64;
    /** A path that carries this share of what was divided at last is divided anew at once. By taste. */
    private static final double FALLEN = 0.9;

    private final MediaEndpoint endpoint;
    private final Room room;
    private final SendSideEstimator estimator;

    ViewerPath(MediaEndpoint endpoint) {
        this.endpoint = endpoint;
        this.room = endpoint.room();
        this.estimator = endpoint.estimator();
    }

    /** Each few milliseconds. */
    void onTick(long nowNs) {
        estimator.onTimer(nowNs);
        endpoint.outlet().pace(nowNs);
        if (estimator.estimateBps() < endpoint.budget().dividedBps() * FALLEN) {
            endpoint.divideAnew(nowNs);
        }
        int left = MAX_FILLER_PER_TICK;
        while (left-- > 0 && estimator.fillerBytesDue(nowNs) > 0) {
            int wireBytes = endpoint.sink().ready() ? sendFiller(nowNs) : 0;
            if (wireBytes == 0) {
                estimator.onNoFiller(nowNs);
                return;
            }
            estimator.onFiller(wireBytes, nowNs);
        }
    }

    // @return bytes on the wire; 0 when no stream takes filler
    private int sendFiller(long nowNs) {
        for (Consumer consumer : endpoint.consumers()) {
            if (consumer.takesFiller(nowNs)) {
                return sendPadding(consumer, nowNs);
            }
        }
        return 0;
    }

    private int sendPadding(Consumer consumer, long nowNs) {
        PacketBuffer out = endpoint.sink().begin();
        HeaderExtensions ids = endpoint.extensions();
        room.tools.header.begin(out, false, consumer.sender().rtxPayloadType(), consumer.stream().takeRtxSequence(),
                nowNs / VIDEO_CLOCK_NS, consumer.stream().rtxSsrc());
        room.tools.header.extensionShort(ids.transportCc(), 0);
        room.tools.header.extensionMedium(ids.absSendTime(), HeaderExtensionReader.toAbsSendTime(nowNs));
        int headerLength = room.tools.header.finish();
        if (headerLength < RtpPacketFlyweight.FIXED_HEADER_BYTES) {
            return 0;
        }
        int wanted = estimator.fillerPacketBytes() - SendSideEstimator.PACKET_OVERHEAD_BYTES - headerLength;
        int padding = Math.clamp(wanted, MIN_PADDING_BYTES, MAX_PADDING_BYTES);
        out.setLength(headerLength + padding);
        for (int at = headerLength; at < headerLength + padding - 1; at++) {
            out.putByte(at, 0);
        }
        out.putByte(headerLength + padding - 1, padding);
        out.putByte(0, out.getByte(0) | 0x20);
        int length = out.length();
        room.tools.transportCcAt = room.tools.header.dataIndex(ids.transportCc());
        // Nothing that waits may hold it up, but what it takes is taken from the pictures.
        endpoint.outlet().send(Pacer.Rank.AUDIO, out, headerLength, nowNs);
        consumer.stream().onRtxSent(length);
        room.counters.increment(Counter.PROBE_PACKETS_OUT);
        room.counters.add(Counter.PROBE_BYTES_OUT, length);
        endpoint.outlet().onSent(1, length, nowNs);
        return length + SendSideEstimator.PACKET_OVERHEAD_BYTES;
    }

    /** What would be of use to the viewer: the best layer that it wants of each picture, and the sound. */
    long wantedBps(long nowNs) {
        long sum = 0;
        for (Consumer consumer : endpoint.consumers()) {
            if (!consumer.wanted()) {
                continue;
            }
            if (!consumer.video()) {
                sum += SOUND_BPS;
                continue;
            }
            PictureLayer[] layers = consumer.producer().layers();
            PictureLayer best = layers[LayerSelector.wanted(layers, consumer.share().settings())];
            // What is kept small for want of room would be larger if there were some.
            sum += consumer.producer().capped() ? Math.max(best.plannedBps(), best.expectedBps(nowNs))
                    : best.expectedBps(nowNs);
        }
        return sum;
    }
}
