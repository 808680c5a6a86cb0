// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.nio.charset.StandardCharsets;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.quality.FreezeMeter;
import org.nhipcau.sfu.stream.InboundStream;

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

    /** After so long a rate of the last second holds no key frame any more. */
    private static final long BEGINS_NS = 1_200_000_000L;

    final Producer producer;
    /** Position in the producer's list, rising with the size. */
    final int index;
    final KeyframeRequester keyframes;
    private final byte[] rid;
    private EncodingParameters parameters;
    private InboundStream stream;
    private long boundNs;
    private long beganNs;
    private long pictureNs = Long.MIN_VALUE / 2;
    private int height;
    private final EncodingLayers layers = new EncodingLayers();
    private final LatestKeyFrame keyFrame = new LatestKeyFrame();
    private final FreezeMeter freezes;
    /** What came on this stream up to this number came before the track was proven. */
    private InboundStream provenStream;
    private long provenAfter;

    Encoding(Producer producer, int index, EncodingParameters parameters, long requestIntervalNs) {
        this.producer = producer;
        this.index = index;
        this.parameters = parameters;
        this.rid = parameters.rid().getBytes(StandardCharsets.US_ASCII);
        this.keyframes = new KeyframeRequester(requestIntervalNs);
        this.height = parameters.height();
        // A screen that stands still is no freeze.
        this.freezes = new FreezeMeter(producer.parameters().source() == TrackSource.SCREEN_SHARE ? SCREEN_LIVE_NS : 0);
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
        layers.reset();
        keyFrame.reset();
    }

    /** When the SSRC was bound. */
    long boundNs() {
        return boundNs;
    }

    /** Packets come. */
    boolean live(long nowNs) {
        return stream != null && stream.started() && nowNs - stream.lastPacketNs() < patienceNs();
    }

    /** What comes no more often than this counts as gone. */
    long patienceNs() {
        return producer.parameters().source() == TrackSource.SCREEN_SHARE ? SCREEN_LIVE_NS : LIVE_NS;
    }

    /**
     * Its packets came back just now. What it is measured to take is that of the key frame it began with; what its
     * publisher means to send says more.
     */
    boolean begins(long nowNs) {
        return nowNs - beganNs < BEGINS_NS && parameters.maxBitrateBps() > 0;
    }

    /** Takes note of a video packet with a payload. @return whether the number of spatial layers changed */
    boolean onPacket(SourcePacket packet, long nowNs) {
        if (nowNs - pictureNs > patienceNs()) {
            beganNs = nowNs;
            layers.forgetRates();
        }
        pictureNs = nowNs;
        keyFrame.onPacket(packet, nowNs);
        if (packet.mark.frameStart && packet.mark.spatialId == 0) {
            onPicture(packet, nowNs);
        }
        return layers.onPacket(packet.mark, packet.rtp.packet().length(), nowNs);
    }

    private void onPicture(SourcePacket packet, long nowNs) {
        stream.onFrameStart(packet.mark.keyFrame, nowNs);
        freezes.onFrame(nowNs);
        if (packet.mark.keyFrame) {
            keyframes.onKeyFrame(nowNs);
            if (packet.mark.height > 0) {
                height = packet.mark.height;
                if (packet.mark.width > 0) {
                    producer.gate().onSize(packet.mark.width, height, nowNs);
                }
            }
        }
    }

    /** When frames came. */
    FreezeMeter freezes() {
        return freezes;
    }

    /** Pixels: as seen in the last key frame, else as announced, 0 unknown. */
    int height() {
        return height;
    }

    /** Spatial and temporal layers within it. */
    EncodingLayers layers() {
        return layers;
    }

    /** Where its latest key frame is. */
    LatestKeyFrame keyFrame() {
        return keyFrame;
    }

    /** The track is proven from now on: what came before is not, although it may come again. */
    void forbidEarlier() {
        provenStream = stream != null && stream.started() ? stream : null;
        provenAfter = provenStream == null ? 0 : stream.newest();
    }

    /** The same for what came of the present stream up to a number. */
    void forbidUpTo(long extended) {
        provenAfter = stream == provenStream ? Math.max(provenAfter, extended) : extended;
        provenStream = stream;
    }

    /** A packet of the present stream came before the track was proven. */
    boolean unproven(long extended) {
        return stream == provenStream && stream != null && extended <= provenAfter;
    }

    /** Wipes all that is kept of it to be sent again. */
    void purge() {
        keyFrame.reset();
        if (stream != null) {
            stream.purge();
        }
    }

    /** Frees the stream. */
    void close() {
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }
}
