// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.nio.charset.StandardCharsets;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.stream.InboundStream;
import org.nhipcau.sfu.stream.RateMeter;

/**
 * One encoding (simulcast layer) of a producer: where its packets come from now, whether they come, what it looks like.
 *
 * <p>Thread: one. Owns: its stream.
 */
final class Encoding {
    /** Without packets for this long, consumers look for another layer. */
    static final long LIVE_NS = 1_200_000_000L;
    /** A screen that stands still is sent once a second (libwebrtc video/frame_cadence_adapter.cc), and may be late. */
    static final long SCREEN_LIVE_NS = 2_500_000_000L;
    private static final int TEMPORAL_LAYERS = 4;

    final Producer producer;
    /** Position in the producer's list, rising with the size. */
    final int index;
    final KeyframeRequester keyframes;
    private final byte[] rid;
    private EncodingParameters parameters;
    private InboundStream stream;
    private long boundNs;
    private int height;
    private final RateMeter[] layerFrames = new RateMeter[TEMPORAL_LAYERS];

    Encoding(Producer producer, int index, EncodingParameters parameters, long requestIntervalNs) {
        this.producer = producer;
        this.index = index;
        this.parameters = parameters;
        this.rid = parameters.rid().getBytes(StandardCharsets.US_ASCII);
        this.keyframes = new KeyframeRequester(requestIntervalNs);
        this.height = parameters.height();
        for (int i = 0; i < TEMPORAL_LAYERS; i++) {
            layerFrames[i] = new RateMeter();
        }
    }

    EncodingParameters parameters() {
        return parameters;
    }

    /** Takes renegotiated parameters with the same rid. */
    void update(EncodingParameters changed) {
        parameters = changed;
        if (changed.height() > 0) {
            height = changed.height();
        }
    }

    byte[] rid() {
        return rid;
    }

    int quality() {
        return parameters.quality();
    }

    /** The stream that its packets come on; null while no SSRC is bound. */
    InboundStream stream() {
        return stream;
    }

    /** Binds a new SSRC in place of what was bound before. */
    void bind(InboundStream newStream, long nowNs) {
        close();
        stream = newStream;
        boundNs = nowNs;
    }

    /** When the SSRC was bound. */
    long boundNs() {
        return boundNs;
    }

    /** Packets come. */
    boolean live(long nowNs) {
        long patienceNs = producer.parameters().source() == TrackSource.SCREEN_SHARE ? SCREEN_LIVE_NS : LIVE_NS;
        return stream != null && stream.started() && nowNs - stream.lastPacketNs() < patienceNs;
    }

    /** Takes note of a frame's first packet. */
    void onFrameStart(SourcePacket packet, long nowNs) {
        stream.onFrameStart(packet.mark.keyFrame, nowNs);
        layerFrames[packet.mark.temporalId & TEMPORAL_LAYERS - 1].add(0, nowNs);
        if (packet.mark.keyFrame) {
            keyframes.onKeyFrame();
            if (packet.mark.height > 0) {
                height = packet.mark.height;
            }
        }
    }

    /** Pixels: as seen in the last key frame, else as announced, 0 unknown. */
    int height() {
        return height;
    }

    /** The highest temporal layer that stays within a frame rate; the base layer at least. */
    int temporalLayerWithin(int maxFps, long nowNs) {
        double sum = 0;
        int fitting = 0;
        for (int layer = 0; layer < TEMPORAL_LAYERS; layer++) {
            sum += layerFrames[layer].perSecond(nowNs);
            // A tenth of leeway: rates are measured over a second and a viewer asks for round numbers.
            if (sum > maxFps * 1.1 + 0.5) {
                break;
            }
            fitting = layer;
        }
        return fitting;
    }

    /** Recent bit rate; 0 while no packets come. */
    long bitrateBps(long nowNs) {
        return live(nowNs) ? stream.rate().bitsPerSecond(nowNs) : 0;
    }

    /** Frees the stream. */
    void close() {
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }
}
