// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * A made-up scalable stream whose dependencies are known: its frames as VP9 packets, with a VP9 payload descriptor or a
 * dependency descriptor that tell them as the specifications say.
 *
 * <p>Within a spatial layer a frame builds on the one before it of a lower temporal layer (the base layer on itself);
 * across spatial layers on the layer below of the same picture, in each picture or, in key mode, in key pictures only.
 */
public final class ScalableStream {
    private static final int[][] PATTERNS = {{0}, {0, 1}, {0, 2, 1, 2}};
    private static final int CHAINS = 0;

    private final int spatialLayers;
    private final int temporalLayers;
    private final boolean keyMode;
    private final List<Frame> frames = new ArrayList<>();
    private final Frame[] lastOfTemporal = new Frame[12];
    private int pictures;
    private int sinceKey;

    /** @param keyMode spatial layers build on one another in key pictures only */
    public ScalableStream(int spatialLayers, int temporalLayers, boolean keyMode) {
        this.spatialLayers = spatialLayers;
        this.temporalLayers = temporalLayers;
        this.keyMode = keyMode;
    }

    /** One frame: a spatial layer of a picture. */
    public record Frame(int number, int picture, int spatial, int temporal, boolean key, List<Frame> references) {}

    /** Appends a picture. @return its frames, lowest spatial layer first */
    public List<Frame> picture(boolean key) {
        sinceKey = key ? 0 : sinceKey + 1;
        int[] pattern = PATTERNS[temporalLayers - 1];
        int temporal = pattern[sinceKey % pattern.length];
        List<Frame> picture = new ArrayList<>();
        for (int spatial = 0; spatial < spatialLayers; spatial++) {
            List<Frame> references = new ArrayList<>();
            if (!key) {
                references.add(newestBelow(spatial, temporal));
            }
            if (spatial > 0 && (key || !keyMode)) {
                references.add(picture.getLast());
            }
            Frame frame = new Frame(frames.size(), pictures, spatial, temporal, key, List.copyOf(references));
            frames.add(frame);
            picture.add(frame);
        }
        for (Frame frame : picture) {
            lastOfTemporal[frame.spatial() * 4 + temporal] = frame;
            for (int above = temporal + 1; key && above < 3; above++) {
                lastOfTemporal[frame.spatial() * 4 + above] = null;
            }
        }
        pictures++;
        return picture;
    }

    // The newest frame of the spatial layer that one of this temporal layer may refer to.
    private Frame newestBelow(int spatial, int temporal) {
        Frame newest = lastOfTemporal[spatial * 4];
        for (int t = 1; t < temporal; t++) {
            Frame candidate = lastOfTemporal[spatial * 4 + t];
            if (candidate != null && candidate.number() > newest.number()) {
                newest = candidate;
            }
        }
        return newest;
    }

    /** A VP9 payload descriptor in flexible mode, and a byte of data. */
    public byte[] vp9(Frame frame, boolean start, boolean end) {
        boolean inter = !frame.key();
        boolean onLower = frame.references().stream().anyMatch(r -> r.picture() == frame.picture());
        boolean notForUpper = frame.spatial() == spatialLayers - 1 || keyMode && !frame.key();
        boolean structure = frame.key() && frame.spatial() == 0 && start;
        BitWriter bits = new BitWriter();
        bits.bits(1, 1).bits(1, inter ? 1 : 0).bits(1, 1).bits(1, 1).bits(1, start ? 1 : 0).bits(1, end ? 1 : 0)
                .bits(1, structure ? 1 : 0).bits(1, notForUpper ? 1 : 0);
        bits.bits(1, 1).bits(15, frame.picture() & 0x7fff);
        bits.bits(3, frame.temporal()).bits(1, 1).bits(3, frame.spatial()).bits(1, onLower ? 1 : 0);
        if (inter) {
            Frame reference = frame.references().getFirst();
            bits.bits(7, frame.picture() - reference.picture()).bits(1, 0);
        }
        if (structure) {
            bits.bits(3, spatialLayers - 1).bits(1, 1).bits(1, 0).bits(3, 0);
            for (int i = 0; i < spatialLayers; i++) {
                bits.bits(16, 1280 >> spatialLayers - 1 - i).bits(16, 720 >> spatialLayers - 1 - i);
            }
        }
        return bits.bits(8, 0xaa).bytes();
    }

    /** A dependency descriptor. */
    public byte[] descriptor(Frame frame, boolean start, boolean end) {
        boolean structure = frame.key() && frame.spatial() == 0 && start;
        int template = frame.spatial() * temporalLayers + frame.temporal();
        BitWriter bits = CodecSamples.head(start, end, template, frame.number());
        if (!frame.key()) {
            return bits.bytes();
        }
        bits.bits(1, structure ? 1 : 0).bits(1, 0).bits(1, 1).bits(1, 1).bits(1, 0);
        if (structure) {
            structure(bits);
        }
        for (int target = 0; target < spatialLayers * temporalLayers; target++) {
            bits.bits(2, indication(frame.spatial(), frame.temporal(), true, target));
        }
        if (frame.spatial() > 0) {
            bits.bits(2, 1).bits(4, 0);
        }
        return bits.bits(2, 0).bytes();
    }

    private void structure(BitWriter bits) {
        int targets = spatialLayers * temporalLayers;
        bits.bits(6, 0).bits(5, targets - 1);
        for (int i = 0; i < targets; i++) {
            bits.bits(2, i == targets - 1 ? 3 : (i + 1) % temporalLayers == 0 ? 2 : 1);
        }
        for (int i = 0; i < targets; i++) {
            for (int target = 0; target < targets; target++) {
                bits.bits(2, indication(i / temporalLayers, i % temporalLayers, false, target));
            }
        }
        for (int i = 0; i < targets; i++) {
            bits.bits(1, 1).bits(4, 0).bits(1, 0);
        }
        // How many chains, in the non-symmetric code: 0 is the short code of as many bits as the number below has.
        int width = 32 - Integer.numberOfLeadingZeros(targets + 1);
        bits.bits(width - 1, CHAINS).bits(1, 1);
        for (int i = 0; i < spatialLayers; i++) {
            bits.bits(16, (1280 >> spatialLayers - 1 - i) - 1).bits(16, (720 >> spatialLayers - 1 - i) - 1);
        }
    }

    // 0 not present, 1 discardable, 2 switch, 3 required.
    private int indication(int spatial, int temporal, boolean key, int target) {
        int targetSpatial = target / temporalLayers;
        int targetTemporal = target % temporalLayers;
        if (targetTemporal < temporal || targetSpatial < spatial || keyMode && !key && targetSpatial != spatial) {
            return 0;
        }
        // The uppermost frames of a target are referred to by none, but by upper spatial layers of their own picture.
        if (temporal > 0 && targetTemporal == temporal && targetSpatial == spatial) {
            return 1;
        }
        return key || targetSpatial == spatial ? 2 : 3;
    }
}
