// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.codec.LayerSet;

/**
 * One size of a picture that a viewer can be given: a simulcast encoding, or a spatial layer of a scalable one with all
 * that it builds on. What viewers want, what their paths carry and what load leaves are numbers of such layers.
 *
 * <p>Thread: one.
 */
final class PictureLayer {
    /** Bit rate of a spatial layer over that of the one below: what livekit-client takes for its announcements too. */
    private static final int RATE_RATIO = 3;
    /** Assumed of a layer whose rate nobody knows, by quality. By taste, after what browsers send. */
    private static final long[] TYPICAL_BPS = {150_000, 500_000, 1_700_000};

    /** Position in the producer's list, rising with the size. */
    final int index;
    final Encoding encoding;
    /** Spatial layer within the encoding; the uppermost there can be where the encoding counts as a whole. */
    final int spatialId;
    private final boolean scalable;

    private PictureLayer(int index, Encoding encoding, int spatialId, boolean scalable) {
        this.index = index;
        this.encoding = encoding;
        this.spatialId = spatialId;
        this.scalable = scalable;
    }

    /** The layers of a producer's encodings, smallest first. */
    static PictureLayer[] of(Encoding[] encodings) {
        int spatial = encodings.length == 1 ? encodings[0].layers().count() : 1;
        PictureLayer[] layers = new PictureLayer[spatial > 1 ? spatial : encodings.length];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = spatial > 1 ? new PictureLayer(i, encodings[0], i, true)
                    : new PictureLayer(i, encodings[i], LayerSet.LAYERS - 1, false);
        }
        return layers;
    }

    /** 0 low, 1 medium, 2 high; clients number the spatial layers of a scalable stream from 0. */
    int quality() {
        return scalable ? Math.min(spatialId, 2) : encoding.quality();
    }

    /** Pixels, 0 unknown. */
    int height() {
        return scalable ? encoding.layers().height(spatialId, encoding.height()) : encoding.height();
    }

    /** Its packets come. */
    boolean live(long nowNs) {
        return encoding.live(nowNs)
                && (!scalable || encoding.layers().active(spatialId, encoding.patienceNs(), nowNs));
    }

    /** What its temporal layers take, with all that one must be sent for them. */
    LayerRates rates() {
        return encoding.layers().rates(spatialId);
    }

    /** What a key picture up to this layer takes on the wire; 0 while unknown. */
    long keyFrameBytes() {
        return encoding.keyFrame().bytes(spatialId);
    }

    /** What it takes, or is thought to take where it does not come in. */
    long expectedBps(long nowNs) {
        boolean measurable = live(nowNs) && !encoding.begins(nowNs);
        long measured = measurable ? rates().bitrateBps(rates().topTemporal(nowNs), nowNs) : 0;
        return measured > 0 ? measured : plannedBps();
    }

    /** What its encoder would make of it with nothing in its way: as announced, else as browsers do. */
    long plannedBps() {
        long announced = announcedBps();
        return announced > 0 ? announced : TYPICAL_BPS[Math.clamp(quality(), 0, TYPICAL_BPS.length - 1)];
    }

    /** What its publisher means to send at most; 0 unknown. */
    long announcedBps() {
        long bps = encoding.parameters().maxBitrateBps();
        for (int above = spatialId + 1; scalable && above < encoding.layers().count(); above++) {
            bps /= RATE_RATIO;
        }
        return bps;
    }
}
