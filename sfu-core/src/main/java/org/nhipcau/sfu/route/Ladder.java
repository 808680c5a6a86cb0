// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * The steps in which one picture can be sent to a viewer, least first, with what each takes.
 *
 * <pre>
 *   OFF      nothing                            audio alone
 *   STILL    a key frame now and then
 *   0 ..     the lowest layer, with one temporal layer, two, ..; then the next layer, ..
 * </pre>
 * A layer is an encoding (simulcast) here; whoever fills in the rungs decides. Costs never fall from rung to rung.
 *
 * <p>Thread: one. Reused.
 */
final class Ladder {
    static final int OFF = -2;
    static final int STILL = -1;
    private static final int MAX_RUNGS = 32;
    private static final int MAX_LAYERS = 8;

    private final int[] layers = new int[MAX_RUNGS];
    private final int[] temporals = new int[MAX_RUNGS];
    private final long[] costBps = new long[MAX_RUNGS];
    private final double[] frameRates = new double[MAX_RUNGS];
    private final long[] keyFrameBits = new long[MAX_RUNGS];
    private final long[] baseBps = new long[MAX_LAYERS];
    private int count;
    private long stillBits;
    private long stillNs;

    /**
     * Begins anew.
     *
     * @param keyFrameBytes what a still picture takes
     * @param stillIntervalNs between two of them
     */
    void begin(long keyFrameBytes, long stillIntervalNs) {
        count = 0;
        stillBits = keyFrameBytes * 8;
        stillNs = stillIntervalNs;
    }

    /**
     * Adds a rung above all others.
     *
     * @param layer as {@link LayerSelector} numbers them
     * @param lowestBps what the layer takes with its lowest temporal layer alone
     * @param keyFrameBytes what it takes to switch to the layer
     */
    void add(int layer, int temporal, long bps, double framesPerSecond, long lowestBps, long keyFrameBytes) {
        if (count == MAX_RUNGS || layer >= MAX_LAYERS) {
            return;
        }
        layers[count] = layer;
        temporals[count] = temporal;
        costBps[count] = count == 0 ? bps : Math.max(bps, costBps[count - 1]);
        frameRates[count] = framesPerSecond;
        keyFrameBits[count] = keyFrameBytes * 8;
        baseBps[layer] = lowestBps;
        count++;
    }

    /** The highest rung; {@link #OFF} where there is none. */
    int top() {
        return count == 0 ? OFF : count - 1;
    }

    /** The highest rung of the lowest layer. */
    int topOfLowest() {
        int rung = 0;
        while (rung + 1 < count && layers[rung + 1] == layers[0]) {
            rung++;
        }
        return count == 0 ? OFF : rung;
    }

    /** What a rung takes. */
    long bps(int rung) {
        if (rung >= 0) {
            return costBps[rung];
        }
        return rung == STILL ? stillBps(stillNs) : 0;
    }

    /** What still pictures take at an interval; never more than pictures that move. */
    long stillBps(long intervalNs) {
        long bps = (long) (stillBits * 1e9 / intervalNs);
        return count == 0 ? bps : Math.min(bps, costBps[0]);
    }

    int layer(int rung) {
        return layers[rung];
    }

    int temporal(int rung) {
        return temporals[rung];
    }

    double framesPerSecond(int rung) {
        return frameRates[rung];
    }

    /** Bits of a key frame of the rung's layer. */
    long keyFrameBits(int rung) {
        return keyFrameBits[rung];
    }

    /** What a layer on the ladder takes with its lowest temporal layer alone. */
    long baseBps(int layer) {
        return baseBps[layer];
    }

    /** The rung of a layer with a temporal layer, or the next below it; the lowest where all are above. */
    int at(int layer, int temporal) {
        int rung = 0;
        for (int i = 0; i < count; i++) {
            if (layers[i] < layer || layers[i] == layer && temporals[i] <= temporal) {
                rung = i;
            }
        }
        return count == 0 ? OFF : rung;
    }
}
