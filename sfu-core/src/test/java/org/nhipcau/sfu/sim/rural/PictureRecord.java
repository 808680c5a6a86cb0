// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.util.Arrays;

/**
 * When a viewer was shown which layer, and what can be read from that for any stretch of time: freezes by the browser's
 * rule, frames per second, layers, switches.
 *
 * <p>A freeze is a gap of at least max(3 mean, mean + 150 ms), the mean over the 30 gaps before, as libwebrtc
 * {@code video/video_quality_observer2.cc}; the gap counts whole, and one that lasts at the end of the stretch counts
 * too.
 *
 * <p>Thread: one. Times are ms since the viewer joined, as those of its links.
 */
public final class PictureRecord {
    private static final int MEAN_GAPS = 30;
    private static final int MIN_GAPS = 5;

    private final long startNs;
    private int[] shownUs = new int[1_024];
    private byte[] layers = new byte[1_024];
    private int count;

    PictureRecord(long startNs) {
        this.startNs = startNs;
    }

    void onShown(int layer, boolean key, long nowNs) {
        if (count == shownUs.length) {
            shownUs = Arrays.copyOf(shownUs, count * 2);
            layers = Arrays.copyOf(layers, count * 2);
        }
        shownUs[count] = (int) ((nowNs - startNs) / 1_000);
        layers[count++] = (byte) (key ? layer | 0x40 : layer);
    }

    /** Frames shown in a stretch. */
    public int frames(long fromMs, long toMs) {
        return indexAt(toMs) - indexAt(fromMs);
    }

    /** The share of a stretch in which the picture stood. */
    public double freezeRatio(long fromMs, long toMs) {
        double frozenUs = 0;
        double sum = 0;
        int gaps = 0;
        int[] last = new int[MEAN_GAPS];
        for (int i = 1; i <= count; i++) {
            boolean ended = i == count || shownUs[i] >= toMs * 1_000;
            long untilUs = ended ? toMs * 1_000 : shownUs[i];
            long gapUs = untilUs - shownUs[i - 1];
            double mean = gaps == 0 ? 0 : sum / Math.min(gaps, MEAN_GAPS);
            if (gaps >= MIN_GAPS && gapUs >= Math.max(3 * mean, mean + 150_000)) {
                frozenUs += Math.max(0, untilUs - Math.max(fromMs * 1_000, shownUs[i - 1]));
            }
            if (ended) {
                break;
            }
            sum += gapUs - last[gaps % MEAN_GAPS];
            last[gaps++ % MEAN_GAPS] = (int) gapUs;
        }
        if (indexAt(toMs) == 0) {
            return 1;
        }
        return frozenUs / ((toMs - fromMs) * 1e3);
    }

    /** Frames in each whole second of a stretch, at a quantile. */
    public double framesPerSecond(long fromMs, long toMs, double quantile) {
        int seconds = (int) ((toMs - fromMs) / 1_000);
        int[] shown = new int[seconds];
        for (int second = 0; second < seconds; second++) {
            shown[second] = frames(fromMs + second * 1_000L, fromMs + (second + 1) * 1_000L);
        }
        Arrays.sort(shown);
        return seconds == 0 ? 0 : shown[(int) Math.min(seconds - 1, quantile * seconds)];
    }

    /** The longest time without a new frame in a stretch, in ms. */
    public double longestGapMs(long fromMs, long toMs) {
        double longest = 0;
        double lastMs = fromMs;
        for (int i = indexAt(fromMs); i < count && shownUs[i] < toMs * 1_000; i++) {
            longest = Math.max(longest, shownUs[i] / 1e3 - lastMs);
            lastMs = shownUs[i] / 1e3;
        }
        return Math.max(longest, toMs - lastMs);
    }

    /** When the first frame from a time on was shown, in ms after it; -1: never. */
    public double firstFrameAfterMs(long fromMs) {
        int i = indexAt(fromMs);
        return i == count ? -1 : shownUs[i] / 1e3 - fromMs;
    }

    /** When a layer or a better one was first shown from a time on, in ms after it; -1: never. */
    public double layerAfterMs(long fromMs, int layer) {
        for (int i = indexAt(fromMs); i < count; i++) {
            if (layer(i) >= layer) {
                return shownUs[i] / 1e3 - fromMs;
            }
        }
        return -1;
    }

    /** The layer last shown at a time; -1: none. */
    public int layerAt(long ms) {
        int i = indexAt(ms);
        return i == 0 ? -1 : layer(i - 1);
    }

    /** The mean layer of the frames of a stretch; 0 when there were none. */
    public double meanLayer(long fromMs, long toMs) {
        int from = indexAt(fromMs);
        int to = indexAt(toMs);
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += layer(i);
        }
        return to == from ? 0 : sum / (to - from);
    }

    /** Changes of the layer in a stretch. */
    public int switches(long fromMs, long toMs) {
        int switches = 0;
        for (int i = Math.max(1, indexAt(fromMs)); i < indexAt(toMs); i++) {
            switches += layer(i) == layer(i - 1) ? 0 : 1;
        }
        return switches;
    }

    private int layer(int i) {
        return layers[i] & 0x3f;
    }

    // The first frame shown at or after a time.
    private int indexAt(long ms) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = low + high >>> 1;
            if (shownUs[middle] < ms * 1_000) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
