// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.bwe.BottleneckSimulation.Driver;
import org.nhipcau.sfu.bwe.BottleneckSimulation.Phase;
import org.nhipcau.sfu.bwe.BottleneckSimulation.Sample;

/**
 * Our estimator beside libjitsi's on a link of 1 Mbit/s that falls to 300 kbit/s and comes back.
 *
 * <p>What must hold of ours is asserted; libjitsi's figures are printed beside them and asserted only as far as to show
 * that the baseline is alive. The bounds lie a little beyond the worst of the seeds: they catch a change for the worse
 * and praise nothing.
 */
class SendSideEstimatorBaselineTest {
    private static final long HIGH_BPS = 1_000_000;
    private static final long LOW_BPS = 300_000;
    private static final int CUT_S = 40;
    private static final int RAISE_S = 80;
    private static final int END_S = 180;
    /** An estimate is steady this long after the link changed. */
    private static final int SETTLING_S = 10;
    private static final List<Phase> PHASES = List.of(new Phase(CUT_S, HIGH_BPS), new Phase(RAISE_S - CUT_S, LOW_BPS),
            new Phase(END_S - RAISE_S, HIGH_BPS));

    private static List<Sample> run(Driver driver, long seed) {
        List<Sample> samples = new BottleneckSimulation(driver, PHASES, seed).run();
        System.out.printf("%s decides, seed %d%n", driver, seed);
        print("ours", samples, Sample::oursBps);
        print("libjitsi", samples, Sample::libjitsiBps);
        System.out.printf("  %-9s %s%n", "the link", describe(samples));
        return samples;
    }

    private static void print(String name, List<Sample> samples, ToLongFunction<Sample> estimate) {
        System.out.printf("  %-9s mean estimate / capacity %.2f %.2f %.2f; above 1.3 x after the cut until %.1f s; "
                + "half of the raised after %.1f s%n", name, meanShare(samples, 0, CUT_S, estimate),
                meanShare(samples, CUT_S, RAISE_S, estimate), meanShare(samples, RAISE_S, END_S, estimate),
                lastAbove(samples, estimate), firstHalf(samples, estimate));
    }

    private static String describe(List<Sample> samples) {
        return "used %.2f %.2f %.2f; mean queue %.0f %.0f %.0f ms; lost %.3f %.3f %.3f".formatted(
                used(samples, 0, CUT_S), used(samples, CUT_S, RAISE_S), used(samples, RAISE_S, END_S),
                queueMs(samples, 0, CUT_S), queueMs(samples, CUT_S, RAISE_S), queueMs(samples, RAISE_S, END_S),
                lost(samples, 0, CUT_S), lost(samples, CUT_S, RAISE_S), lost(samples, RAISE_S, END_S));
    }

    private static List<Sample> steady(List<Sample> samples, int fromS, int toS) {
        return samples.stream().filter(s -> s.timeMs() > (fromS + SETTLING_S) * 1_000L && s.timeMs() <= toS * 1_000L)
                .toList();
    }

    private static double meanShare(List<Sample> samples, int fromS, int toS, ToLongFunction<Sample> estimate) {
        return steady(samples, fromS, toS).stream()
                .mapToDouble(s -> (double) estimate.applyAsLong(s) / s.capacityBps()).average().orElseThrow();
    }

    /** Share of the capacity that arrived. */
    private static double used(List<Sample> samples, int fromS, int toS) {
        return steady(samples, fromS, toS).stream().mapToDouble(s -> s.arrivedBytes() * 80.0 / s.capacityBps())
                .average().orElseThrow();
    }

    private static double queueMs(List<Sample> samples, int fromS, int toS) {
        return steady(samples, fromS, toS).stream().mapToLong(Sample::queueMs).average().orElseThrow();
    }

    private static double lost(List<Sample> samples, int fromS, int toS) {
        List<Sample> steady = steady(samples, fromS, toS);
        return (double) steady.stream().mapToInt(Sample::droppedPackets).sum()
                / steady.stream().mapToInt(Sample::sentPackets).sum();
    }

    /** Seconds after the cut until the estimate is for good at most 1.3 times what the link then carries. */
    private static double lastAbove(List<Sample> samples, ToLongFunction<Sample> estimate) {
        return samples.stream().filter(s -> s.timeMs() > CUT_S * 1_000L && s.timeMs() <= RAISE_S * 1_000L
                && estimate.applyAsLong(s) > 1.3 * LOW_BPS).mapToDouble(s -> s.timeMs() / 1_000.0 - CUT_S)
                .max().orElse(0);
    }

    /** Seconds from the raise until the estimate is half of what the link then carries; infinite when never. */
    private static double firstHalf(List<Sample> samples, ToLongFunction<Sample> estimate) {
        return samples.stream().filter(s -> s.timeMs() > RAISE_S * 1_000L
                && estimate.applyAsLong(s) > 0.5 * HIGH_BPS).mapToDouble(s -> s.timeMs() / 1_000.0 - RAISE_S)
                .min().orElse(Double.POSITIVE_INFINITY);
    }

    private static void assertWithin(double least, double most, double value, String what) {
        assertTrue(value >= least && value <= most, what + " is " + value + ", not " + least + " to " + most);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldFollowTheLinkWithoutFillingItsQueue(long seed) {
        List<Sample> samples = run(Driver.OURS, seed);
        assertWithin(0, 3, lastAbove(samples, Sample::oursBps), "seconds above 1.3 x after the cut");
        assertWithin(0, 5, firstHalf(samples, Sample::oursBps), "seconds to half of the raised capacity");
        assertWithin(0.85, 1, used(samples, 0, CUT_S), "use of the first stretch");
        assertWithin(0.85, 1, used(samples, CUT_S, RAISE_S), "use of the narrow stretch");
        assertWithin(0, 60, queueMs(samples, 0, CUT_S), "mean queue of the first stretch");
        assertWithin(0, 60, queueMs(samples, CUT_S, RAISE_S), "mean queue of the narrow stretch");
        assertWithin(0, 0.02, lost(samples, CUT_S, RAISE_S), "loss of the narrow stretch");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldBelieveWhatIsSeenOnlyAndFollowIt(long seed) {
        List<Sample> samples = run(Driver.LIBJITSI, seed);
        long before = samples.get(CUT_S * 10 - 1).oursBps();
        assertWithin(0.5 * HIGH_BPS, 1.3 * HIGH_BPS, before, "the estimate while the baseline decides what is sent");
        long after = samples.get((CUT_S + 3) * 10 - 1).oursBps();
        assertWithin(0.5 * LOW_BPS, 1.3 * LOW_BPS, after, "the estimate 3 s after the cut");

        assertWithin(0.7, 1.2, meanShare(samples, 0, CUT_S, Sample::libjitsiBps), "the baseline's mean estimate");
        assertWithin(0.7, 1.2, meanShare(samples, CUT_S, RAISE_S, Sample::libjitsiBps), "the baseline's when narrow");
    }

    @Test
    void shouldBeTheSameForTheSameSeed() {
        for (Driver driver : Driver.values()) {
            assertEquals(new BottleneckSimulation(driver, PHASES, 9).run(),
                    new BottleneckSimulation(driver, PHASES, 9).run());
        }
    }
}
