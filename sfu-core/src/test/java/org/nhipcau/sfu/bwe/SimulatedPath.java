// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;

/**
 * A sender of sound and pictures behind one narrow link, in virtual time, who does what the {@link SendSideEstimator}
 * says: a test's whole world in one object, the same for the same seed.
 *
 * <p>The link has a rate over time, a queue that drops its tail, a delay each way, jitter without reordering, loss by
 * chance or in bursts behind the bottleneck, and outages in which it holds packets or drops them. The sender makes
 * frames as large as the estimate allows, up to a bound; they wait in a queue for their turn, sound does not. Feedback
 * comes each 100 ms, in steps of 250 us as on the wire.
 */
final class SimulatedPath {
    static final long MS = 1_000_000L;
    static final long START_NS = 5_000 * MS;
    private static final int OVERHEAD = SendSideEstimator.PACKET_OVERHEAD_BYTES;
    private static final int AUDIO_BYTES = 90;
    private static final int PACKET_BYTES = 1_150;

    /** What happened in one tenth of a second. */
    record Sample(double seconds, long capacityBps, long estimateBps, long arrivedBytes, long audioQueueMs,
            long queueMs) {}

    private record Flying(long sequence, int wireBytes, boolean audio, long sentNs, long arrivesNs) {}

    private record Report(long[] sequences, long[] arrivals, long arrivesNs) {}

    /** A stretch of time from which on the link carries so much. */
    record Step(double fromSeconds, long bps) {}

    final SentPacketLog log = new SentPacketLog();
    final SendSideEstimator estimator = new SendSideEstimator(log);
    final java.util.List<Sample> samples = new ArrayList<>();
    private final Random random;
    private final Step[] steps;
    long delayNs = 50 * MS;
    long jitterNs;
    long queueBytes = 60_000;
    double loss;
    double burst = 1;
    long mediaBps = 2_500_000;
    boolean sound = true;
    boolean pictures = true;
    double outageFrom = -1;
    double outageUntil = -1;
    boolean outageDrops;
    double shiftFrom = Double.MAX_VALUE;
    long shiftNs;
    /** Each so many seconds the receiver stands still for a while, then takes in what came meanwhile; 0: never. */
    double stallEvery;
    double stallSeconds;
    private boolean behind;
    /** What the receiver itself sends queues from then on, and reports wait in it: for so long at first, then less. */
    double lagFrom = Double.MAX_VALUE;
    double lagUntil = Double.MAX_VALUE;
    double lagSeconds;
    /** A policer: what exceeds the rate is dropped, nothing queues. */
    boolean policer;
    private double policerTokens = 8_000;
    private long policerNs = START_NS;

    private final Queue<Flying> flying = new ArrayDeque<>();
    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();
    private final Queue<Report> reports = new ArrayDeque<>();
    private final java.util.List<Flying> arrivedSinceReport = new ArrayList<>();
    private long waitingBytes;
    private double tokens;
    private long nowNs = START_NS;
    private long linkFreeNs = START_NS;
    private long lastArrivalNs;
    private boolean bad;
    private long nextAudioNs = START_NS;
    private long nextFrameNs = START_NS + 3 * MS;
    private long nextReportNs = START_NS + 100 * MS;
    private long reportedUpTo;
    private long arrivedBytes;
    private long audioQueueNs;
    long sentBytes;
    long drops;
    long firstPictureNs = -1;
    long lastAudioNs;
    long audioGapNs;
    long arrivedAudio;
    final java.util.List<Long> audioWaitsMs = new ArrayList<>();
    /** Seconds at which the estimate is printed about; 0: never. */
    double trace;

    SimulatedPath(long seed, Step... steps) {
        this.random = new Random(seed);
        this.steps = steps;
    }

    static SimulatedPath of(long seed, double... secondsAndKbps) {
        Step[] steps = new Step[secondsAndKbps.length / 2];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = new Step(secondsAndKbps[2 * i], (long) (secondsAndKbps[2 * i + 1] * 1_000));
        }
        return new SimulatedPath(seed, steps);
    }

    double seconds() {
        return (nowNs - START_NS) / 1e9;
    }

    long nowNs() {
        return nowNs;
    }

    private long capacityAt(long ns) {
        double seconds = (ns - START_NS) / 1e9;
        long bps = steps[0].bps();
        for (Step step : steps) {
            if (seconds >= step.fromSeconds()) {
                bps = step.bps();
            }
        }
        return bps;
    }

    SimulatedPath run(double untilSeconds) {
        long end = START_NS + (long) (untilSeconds * 1e9);
        while (nowNs < end) {
            nowNs += MS;
            step();
        }
        return this;
    }

    private void step() {
        if (!stalled()) {
            receive();
            report();
        }
        while (!reports.isEmpty() && reports.peek().arrivesNs() <= nowNs) {
            take(reports.remove());
        }
        if (sound && nowNs >= nextAudioNs) {
            nextAudioNs += 20 * MS;
            send(AUDIO_BYTES, true);
        }
        if (pictures && nowNs >= nextFrameNs) {
            frame();
        }
        if ((nowNs - START_NS) % (5 * MS) == 0) {
            tick();
        }
        if ((nowNs - START_NS) % (100 * MS) == 0) {
            sample();
        }
    }

    private boolean stalled() {
        return stallEvery > 0 && seconds() % stallEvery < stallSeconds;
    }

    // What waited comes in at once, as it seems to the receiver; but the first report says half of it.
    private void receive() {
        long due = flying.stream().filter(packet -> packet.arrivesNs() <= nowNs).count();
        boolean backlog = !behind && !flying.isEmpty() && nowNs - flying.peek().arrivesNs() > 50 * MS;
        behind = backlog;
        for (long i = backlog ? due / 2 : 0; i < due; i++) {
            Flying packet = flying.remove();
            boolean waited = nowNs - packet.arrivesNs() > MS;
            arrive(!waited ? packet : new Flying(packet.sequence(), packet.wireBytes(), packet.audio(),
                    packet.sentNs(), nowNs));
        }
    }

    private void frame() {
        long room = Math.min(mediaBps, estimator.estimateBps() - (sound ? (AUDIO_BYTES + OVERHEAD) * 8 * 50 : 0));
        int fps = room < 200_000 ? 10 : 30;
        nextFrameNs += 1_000 * MS / fps;
        if (room <= 8_000 || waitingBytes > estimator.estimateBps() / 8 / 4 + 2_400) {
            return;
        }
        int bytes = (int) (room / 8 / fps * (0.7 + 0.6 * random.nextDouble()));
        int packets = Math.max(1, (bytes + PACKET_BYTES - 1) / PACKET_BYTES);
        for (int i = 0; i < packets; i++) {
            int length = Math.max(30, bytes / packets - OVERHEAD);
            waiting.add(length);
            waitingBytes += length + OVERHEAD;
        }
    }

    private void tick() {
        estimator.onTimer(nowNs);
        long pace = estimator.paceBps(nowNs);
        tokens = pace == 0 ? Math.min(tokens, 0) : Math.min(tokens + pace / 8 * 0.005, pace / 8 * 0.005 + 1);
        while (!waiting.isEmpty() && tokens > 0 && estimator.mayLeave(nowNs)) {
            int length = waiting.poll();
            waitingBytes -= length + OVERHEAD;
            tokens -= length + OVERHEAD;
            send(length, false);
        }
        while (estimator.fillerBytesDue(nowNs) > 0) {
            int wire = estimator.fillerPacketBytes();
            send(wire - OVERHEAD, false);
            tokens -= wire;
            estimator.onFiller(wire, nowNs);
        }
    }

    private void send(int length, boolean audio) {
        long sequence = log.next();
        log.onSent(length, nowNs);
        int wire = length + OVERHEAD;
        sentBytes += wire;
        if (audio) {
            tokens = Math.max(tokens - wire, -1_200);
        }
        bad = burst <= 1 ? random.nextDouble() < loss
                : bad ? random.nextDouble() >= 1 / burst : random.nextDouble() < loss / (1 - loss) / burst;
        boolean out = seconds() >= outageFrom && seconds() < outageUntil;
        if (out && outageDrops) {
            return;
        }
        long capacity = capacityAt(nowNs);
        if (policer) {
            policerTokens = Math.min(8_000, policerTokens + (nowNs - policerNs) / 1e9 * capacity / 8);
            policerNs = nowNs;
            if (policerTokens < wire) {
                drops++;
                return;
            }
            policerTokens -= wire;
            capacity = 100_000_000;
        }
        long queuedNs = Math.max(0, linkFreeNs - nowNs);
        if (queuedNs / 1e9 * capacity / 8 + wire > queueBytes) {
            drops++;
            return;
        }
        long at = Math.max(nowNs, linkFreeNs);
        if (out) {
            at = Math.max(at, START_NS + (long) (outageUntil * 1e9));
        }
        double left = wire * 8;
        while (left > 0) {
            long rate = Math.max(1, capacityAt(at));
            double inMs = rate / 1_000.0;
            if (left <= inMs) {
                at += (long) (left / rate * 1e9);
                break;
            }
            left -= inMs;
            at += MS;
        }
        linkFreeNs = policer ? nowNs : at;
        if (bad) {
            return;
        }
        long delay = delayNs + (seconds() >= shiftFrom ? shiftNs : 0);
        long jitter = jitterNs == 0 ? 0 : (long) Math.abs(random.nextGaussian() * jitterNs / 2);
        lastArrivalNs = Math.max(lastArrivalNs, at + delay + Math.min(jitter, 3 * jitterNs / 2));
        flying.add(new Flying(sequence, wire, audio, nowNs, lastArrivalNs));
    }

    private void arrive(Flying packet) {
        arrivedBytes += packet.wireBytes();
        arrivedSinceReport.add(packet);
        if (packet.audio()) {
            arrivedAudio++;
            audioQueueNs = packet.arrivesNs() - packet.sentNs() - delayNs;
            audioWaitsMs.add(audioQueueNs / MS);
            if (lastAudioNs > 0) {
                audioGapNs = Math.max(audioGapNs, packet.arrivesNs() - lastAudioNs);
            }
            lastAudioNs = packet.arrivesNs();
        } else if (firstPictureNs < 0) {
            firstPictureNs = packet.arrivesNs() - START_NS;
        }
    }

    private void report() {
        if (nowNs < nextReportNs) {
            return;
        }
        nextReportNs += 100 * MS;
        if (arrivedSinceReport.isEmpty()) {
            return;
        }
        long highest = arrivedSinceReport.stream().mapToLong(Flying::sequence).max().orElseThrow();
        int count = (int) (highest + 1 - reportedUpTo);
        long[] sequences = new long[count];
        long[] arrivals = new long[count];
        Arrays.fill(arrivals, Arrivals.LOST);
        for (int i = 0; i < count; i++) {
            sequences[i] = reportedUpTo + i;
        }
        for (Flying packet : arrivedSinceReport) {
            arrivals[(int) (packet.sequence() - reportedUpTo)] = packet.arrivesNs() / 250_000 * 250 + 77_000_000;
        }
        arrivedSinceReport.clear();
        reportedUpTo = highest + 1;
        boolean out = seconds() >= outageFrom && seconds() < outageUntil;
        if (!out) {
            reports.add(new Report(sequences, arrivals, nowNs + delayNs + lagNs()));
        }
    }

    // A queue drains in the order it was filled: reports keep theirs.
    private long lagNs() {
        boolean lags = seconds() >= lagFrom && seconds() < lagUntil;
        return lags ? (long) (lagSeconds * 1e9 * (lagUntil - seconds()) / (lagUntil - lagFrom)) : 0;
    }

    private void take(Report report) {
        Arrivals arrivals = new Arrivals();
        for (int i = 0; i < report.sequences().length; i++) {
            arrivals.add(report.sequences()[i], report.arrivals()[i]);
        }
        arrivals.finish();
        estimator.onFeedback(arrivals, nowNs);
    }

    private void sample() {
        Sample sample = new Sample(seconds(), capacityAt(nowNs), estimator.estimateBps(), arrivedBytes,
                audioQueueNs / MS, Math.max(0, linkFreeNs - nowNs) / MS);
        samples.add(sample);
        if (trace > 0 && (int) (sample.seconds() / trace) != (int) ((sample.seconds() - 0.1) / trace)) {
            System.out.printf("%6.1f cap %5d est %5d pace %5d in %5d queue %4d known %4d loss %.3f b %.1f filler %d%n",
                    sample.seconds(), sample.capacityBps() / 1_000, sample.estimateBps() / 1_000,
                    estimator.paceBps(nowNs) / 1_000, sample.arrivedBytes() * 8 / 100, sample.queueMs(),
                    estimator.queueUs() / 1_000, estimator.lossRatio(), estimator.burstLength(),
                    estimator.fillerBytes());
        }
        arrivedBytes = 0;
    }

    // Of the samples of a stretch of time.

    double used(double from, double to) {
        double arrived = 0;
        double possible = 0;
        for (Sample s : samples) {
            if (s.seconds() > from && s.seconds() <= to) {
                arrived += s.arrivedBytes() * 8;
                possible += Math.min(s.capacityBps(), mediaBps + (AUDIO_BYTES + OVERHEAD) * 400.0) / 10.0;
            }
        }
        return arrived / possible;
    }

    double arrivedBps(double from, double to) {
        return samples.stream().filter(s -> s.seconds() > from && s.seconds() <= to)
                .mapToLong(Sample::arrivedBytes).sum() * 8 / (to - from);
    }

    long queueP95Ms(double from, double to) {
        long[] sorted = samples.stream().filter(s -> s.seconds() > from && s.seconds() <= to)
                .mapToLong(Sample::queueMs).sorted().toArray();
        return sorted[(int) (sorted.length * 0.95)];
    }

    /** Seconds from then on until the estimate was at least this; infinite when never. */
    double reached(double from, long bps) {
        return samples.stream().filter(s -> s.seconds() > from && s.estimateBps() >= bps)
                .mapToDouble(Sample::seconds).findFirst().orElse(Double.POSITIVE_INFINITY) - from;
    }

    /** Filler as a share of all that was sent. */
    double fillerShare() {
        return (double) estimator.fillerBytes() / sentBytes;
    }
}
