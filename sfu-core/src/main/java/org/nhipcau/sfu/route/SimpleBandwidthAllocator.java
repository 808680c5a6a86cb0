// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.TrackSource;

/**
 * Divides an estimate among a viewer's tracks: sound first and always; then the lowest layer of every picture, most
 * important ones first; then one layer up at a time in the same order, while it lasts.
 *
 * <p>A layer is given up as soon as it no longer fits, and taken up only when it fits with a margin, so that a wavering
 * estimate does not switch layers back and forth. A picture is paused only in extremity: when not even the lowest
 * layers fit beside the sound, by far.
 *
 * <p>Thread: one.
 */
final class SimpleBandwidthAllocator implements BandwidthAllocator {
    /** What a live Opus track takes with headers. */
    private static final long AUDIO_BPS = 50_000;
    /** Assumed of a layer whose rate is unknown, by quality. */
    private static final long[] TYPICAL_BPS = {150_000, 500_000, 1_700_000};
    private static final double UPGRADE_MARGIN = 1.15;
    /** The lowest layer may overdraw by this before the picture is paused. */
    private static final double PAUSE_OVERDRAFT = 1.5;

    private Consumer[] order = new Consumer[16];
    private int[] caps = new int[16];

    @Override
    public void allocate(Consumer[] consumers, int count, long estimateBps, boolean limited, long nowNs) {
        if (!limited) {
            for (int i = 0; i < count; i++) {
                consumers[i].allocate(Integer.MAX_VALUE, false, nowNs);
            }
            return;
        }
        int pictures = sort(consumers, count);
        double left = estimateBps;
        for (int i = 0; i < count; i++) {
            if (!consumers[i].video() && consumers[i].forwarding()) {
                left -= Math.min(AUDIO_BPS, Math.max(8_000, consumers[i].stream().rate().bitsPerSecond(nowNs)));
            }
        }
        left = lowestLayers(pictures, left, nowNs);
        boolean raised = true;
        while (raised) {
            raised = false;
            for (int i = 0; i < pictures; i++) {
                double more = costOfRaise(order[i], caps[i], nowNs);
                if (caps[i] >= 0 && more >= 0 && more <= left) {
                    left -= more;
                    caps[i]++;
                    raised = true;
                }
            }
        }
        for (int i = 0; i < pictures; i++) {
            order[i].allocate(Math.max(0, caps[i]), caps[i] < 0, nowNs);
            order[i] = null;
        }
    }

    private double lowestLayers(int pictures, double left, long nowNs) {
        double remaining = left;
        for (int i = 0; i < pictures; i++) {
            double cost = bitrate(order[i].producer().encodings()[0], nowNs);
            // Resuming asks for more than going on: a picture that comes and goes is worse than none.
            double bearable = order[i].limits().pausedByPath() ? cost * UPGRADE_MARGIN : cost / PAUSE_OVERDRAFT;
            if (remaining >= bearable) {
                remaining -= cost;
                caps[i] = 0;
            } else {
                caps[i] = -1;
            }
        }
        return remaining;
    }

    // What one layer more costs; -1 when there is none or none is wanted.
    private static double costOfRaise(Consumer consumer, int cap, long nowNs) {
        Encoding[] encodings = consumer.producer().encodings();
        if (cap < 0 || cap >= LayerSelector.wanted(encodings, consumer.settings())) {
            return -1;
        }
        long now = bitrate(encodings[cap], nowNs);
        long then = bitrate(encodings[cap + 1], nowNs);
        boolean holds = consumer.limits().pathCap() > cap;
        return Math.max(0, then - now) * (holds ? 1.0 : UPGRADE_MARGIN);
    }

    private static long bitrate(Encoding encoding, long nowNs) {
        long measured = encoding.bitrateBps(nowNs);
        if (measured > 0) {
            return measured;
        }
        long announced = encoding.parameters().maxBitrateBps();
        return announced > 0 ? announced : TYPICAL_BPS[Math.clamp(encoding.quality(), 0, 2)];
    }

    // The forwarded pictures, most important first; insertion sort, for they are few and nearly sorted.
    private int sort(Consumer[] consumers, int count) {
        int pictures = 0;
        if (order.length < count) {
            order = new Consumer[count * 2];
            caps = new int[count * 2];
        }
        for (int i = 0; i < count; i++) {
            Consumer consumer = consumers[i];
            if (!consumer.video() || consumer.producer() == null || consumer.settings().paused()
                    || consumer.producer().muted() || consumer.producer().encodings().length == 0) {
                continue;
            }
            int at = pictures++;
            while (at > 0 && importance(order[at - 1]) < importance(consumer)) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = consumer;
        }
        return pictures;
    }

    private static int importance(Consumer consumer) {
        int shared = consumer.producer().parameters().source() == TrackSource.SCREEN_SHARE ? 1 : 0;
        return consumer.settings().priority() * 2 + shared;
    }
}
