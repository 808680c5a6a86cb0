// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.quality;

/**
 * Rates sound by what delay and loss cost it: the E-model index.
 *
 * <pre>
 *  R = 93.2 - Id - Ie,eff        Id     = 0.024 d + 0.11 (d - 177.3)[d &gt; 177.3 ms]     d: mouth to ear
 *                                Ie,eff = Ie + (95 - Ie) Ppl / (Ppl / BurstR + Bpl)      Ppl: loss in %
 *  MOS = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6
 * </pre>
 *
 * <p>Spec: ITU-T G.107 7.2 and 7.3, Annex B; delay in the short form of Cole and Rosenbluth. Ie and Bpl of Opus are of
 * our choice: 5 and 20 fit speech at 16 to 32 kbps with concealment. Thread: any; no state.
 */
public final class AudioIndex {
    /** The rating where nothing is impaired. */
    public static final double BEST = 93.2;
    private static final double EQUIPMENT = 5;
    private static final double LOSS_ROBUSTNESS_PERCENT = 20;
    private static final double KNEE_MS = 177.3;
    /** Device, codec and packet: what sound takes beside link and jitter buffer. By taste. */
    private static final double DEVICE_MS = 40;
    private static final double MAX_BURST_RATIO = 8;

    private AudioIndex() {}

    /**
     * The rating, 0 to 100.
     *
     * @param mouthToEarMs see {@link #mouthToEarMs}
     * @param lossRatio after repair
     * @param burstRatio 1: independent loss
     */
    public static double rating(double mouthToEarMs, double lossRatio, double burstRatio) {
        return Math.clamp(BEST - EQUIPMENT - delayPoints(mouthToEarMs) - lossPoints(lossRatio, burstRatio), 0, 100);
    }

    /** What delay costs. */
    public static double delayPoints(double mouthToEarMs) {
        return 0.024 * mouthToEarMs + (mouthToEarMs > KNEE_MS ? 0.11 * (mouthToEarMs - KNEE_MS) : 0);
    }

    /** What loss costs, beyond what the codec itself does. */
    public static double lossPoints(double lossRatio, double burstRatio) {
        double percent = Math.clamp(lossRatio, 0, 1) * 100;
        double ratio = Math.clamp(burstRatio, 1, MAX_BURST_RATIO);
        return (95 - EQUIPMENT) * percent / (percent / ratio + LOSS_ROBUSTNESS_PERCENT);
    }

    /**
     * How much longer runs of lost packets are than those of independent loss (G.107: BurstR), 1 or more.
     *
     * @param lost packets
     * @param bursts runs in which they were lost
     * @param expected packets sent
     */
    public static double burstRatio(double lost, double bursts, long expected) {
        if (lost <= 0 || bursts <= 0 || expected <= lost) {
            return 1;
        }
        double independent = 1 / (1 - lost / expected);
        return Math.max(1, lost / bursts / independent);
    }

    /** From one mouth to the other's ear by a link alone: the way, a jitter buffer that fits it, the devices. */
    public static double mouthToEarMs(double oneWayMs, double jitterMs) {
        return Math.max(0, oneWayMs) + 2 * Math.max(0, jitterMs) + DEVICE_MS;
    }

    /** The mean opinion score, 1 to 4.5, of a rating. */
    public static double score(double rating) {
        double r = Math.clamp(rating, 0, 100);
        return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
    }
}
