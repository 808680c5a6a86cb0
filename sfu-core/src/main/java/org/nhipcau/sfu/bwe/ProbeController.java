// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Tries out whether a path carries more than is believed: says when, at which rate and with how many bytes, and reads
 * the verdict from the feedback.
 *
 * <p>A probe is two short trains. While one lasts, everything that is sent counts: pictures that are due anyway, and
 * only what they leave open is filled with packets made for it ({@link #fillerBytesDue}). On a path that carries no
 * more than is believed, a train makes the queue longer by no more than {@link EstimatorSettings#probeQueueMs}; so its
 * length follows from its rate, and its packets are small where the path is narrow. Only when both trains arrive as
 * fast as they left is the estimate raised, at once to what they showed. A failed probe doubles the pause before the
 * next, up to a bound that is short where little passes: it matters most there. Filler is bounded by a share of all that
 * is sent.
 *
 * <pre>
 *   idle --wanted, allowed--> train 1 -> gap -> train 2 -> waiting --both settled--> verdict -> idle
 *                                                             '-----timeout--------> failed --'
 * </pre>
 * Thread: one. Time and bytes come in.
 */
final class ProbeController {
    /** In the first seconds, when nobody hears anything yet. */
    static final long START_QUEUE_NS = 45_000_000L;
    private static final int TRAINS = 2;
    private static final int PACKETS_PER_TRAIN = 6;
    private static final int MIN_PACKET_BYTES = 90;
    private static final int MAX_PACKET_BYTES = 1_200;
    private static final double FIRST_FACTOR = 2.0;
    private static final long GAP_NS = 30_000_000L;
    private static final long MAX_TRAIN_NS = 250_000_000L;
    private static final long FIRST_PAUSE_NS = 250_000_000L;
    private static final long MAX_PAUSE_NS = 8_000_000_000L;
    private static final long TIMEOUT_NS = 1_000_000_000L;
    /** Filler at the start, before anything was sent that a share could be taken of. What finds more is refunded. */
    private static final double FIRST_CREDIT_BYTES = 12_000;
    private static final double MAX_CREDIT_BYTES = 96_000;
    /** Kept for the time when the path falls: there is little to take a share of then. */
    private static final double RESERVE_BYTES = 16_000;
    private static final long RESERVE_ABOVE_BPS = 500_000;
    private static final double RESERVE_PER_BPS = 0.01;
    private static final double MAX_FILLER_FACTOR = 3;
    /** Below this, sound leaves so little that a still picture now and then needs all of it. */
    private static final long STILLS_BPS = 100_000;
    /** What was carried so long ago counts for a third. */
    private static final double CARRIED_NS = 60e9;
    private static final double ARRIVED = 0.85;

    /** What a probe showed. */
    enum Verdict { NONE, MORE, SOMEWHAT_MORE, NO_MORE }

    private enum State { IDLE, TRAIN, GAP, WAITING }

    private final ProbeTrain[] trains = {new ProbeTrain(), new ProbeTrain()};
    private final EstimatorSettings settings;
    private final long queueNs;
    private State state = State.IDLE;
    private int train;
    private long rateBps;
    private long trainBytes;
    private long trainSentFrom;
    private long trainSinceNs;
    private long endedNs;
    private long nextNs;
    private long pauseNs = FIRST_PAUSE_NS;
    private int failures;
    private double creditBytes = FIRST_CREDIT_BYTES;
    private long creditedUpTo;
    private double carriedBps;
    private long carriedNs;
    private long provenBps;
    private long fillerBytes;
    private long probeFillerBytes;
    private boolean trials;
    /** The probe under way is not paid for. */
    private boolean free;

    ProbeController(EstimatorSettings settings) {
        this.settings = settings;
        this.queueNs = (long) (settings.probeQueueMs() * 1e6);
    }

    /**
     * Begins a probe where one is allowed.
     *
     * @param estimateBps what is believed
     * @param wantedBps what would be of use
     * @param start in the first seconds and without congestion so far: filler is not counted then
     * @param noiseNs jitter: a train must be longer than that to show anything
     * @param nextSequence of the log
     */
    void poll(long estimateBps, long wantedBps, boolean start, long noiseNs, long sentBytes, long nextSequence,
            long nowNs) {
        double earned = (sentBytes - creditedUpTo) * fillerShare(estimateBps, nowNs);
        creditBytes = Math.min(MAX_CREDIT_BYTES, creditBytes + earned);
        creditedUpTo = sentBytes;
        advance(sentBytes, nextSequence, nowNs);
        if (state != State.IDLE || nowNs < nextNs || wantedBps <= estimateBps + estimateBps / 20) {
            return;
        }
        double factor = failures == 0 ? FIRST_FACTOR : settings.laterProbeFactor();
        long mayAddNs = start && failures == 0 ? START_QUEUE_NS : queueNs;
        long rate = (long) (estimateBps * factor);
        long bytes = Math.max(bytes(rate, (long) (mayAddNs / (factor - 1))), 3 * MIN_PACKET_BYTES);
        bytes = Math.max(bytes, bytes(rate, Math.min(3 * noiseNs, 2 * queueNs)));
        if (failures > 0 && !start && !trials && creditBytes < bytes + reserveBytes(estimateBps)) {
            return;
        }
        rateBps = rate;
        trainBytes = bytes;
        probeFillerBytes = 0;
        free = trials;
        train = 0;
        beginTrain(sentBytes, nextSequence, nowNs);
    }

    // Where a path has carried much more not long ago, a larger share: such a path comes back, and a wait of seconds for
    // the next try is felt. One that stays narrow is tried no more often than any other.
    private double fillerShare(long estimateBps, long nowNs) {
        double older = carriedNs == 0 ? 0 : carriedBps * Math.exp((carriedNs - nowNs) / CARRIED_NS);
        carriedBps = Math.max(estimateBps, older);
        carriedNs = nowNs;
        double factor = estimateBps < STILLS_BPS ? 1 : Math.clamp(carriedBps / estimateBps, 1, MAX_FILLER_FACTOR);
        return settings.fillerShare() * factor;
    }

    private static double reserveBytes(long estimateBps) {
        return Math.clamp((estimateBps - RESERVE_ABOVE_BPS) * RESERVE_PER_BPS, 0, RESERVE_BYTES);
    }

    private static long bytes(long bps, long ns) {
        return bps / 8 * (ns / 1_000) / 1_000_000;
    }

    private void beginTrain(long sentBytes, long nextSequence, long nowNs) {
        state = State.TRAIN;
        trainSentFrom = sentBytes;
        trainSinceNs = nowNs;
        trains[train].begin(nextSequence);
    }

    private void advance(long sentBytes, long nextSequence, long nowNs) {
        if (state == State.TRAIN && (sentBytes - trainSentFrom >= trainBytes
                || nowNs - trainSinceNs > MAX_TRAIN_NS)) {
            trains[train].end(nextSequence);
            endedNs = nowNs;
            state = train == TRAINS - 1 ? State.WAITING : State.GAP;
        }
        if (state == State.GAP && nowNs - endedNs >= GAP_NS) {
            train++;
            beginTrain(sentBytes, nextSequence, nowNs);
        }
    }

    /** A train is under way. */
    boolean sending() {
        return state == State.TRAIN;
    }

    /** The rate of the train under way. */
    long rateBps() {
        return rateBps;
    }

    /** Above 0: a packet of {@link #packetBytes} should have left by now and has not. */
    long fillerBytesDue(long sentBytes, long nowNs) {
        if (state != State.TRAIN) {
            return 0;
        }
        long due = Math.min(trainBytes, bytes(rateBps, nowNs - trainSinceNs) + packetBytes());
        return Math.max(0, due - (sentBytes - trainSentFrom));
    }

    /** How large packets are best made on the wire. */
    int packetBytes() {
        return (int) Math.clamp(trainBytes / PACKETS_PER_TRAIN, MIN_PACKET_BYTES, MAX_PACKET_BYTES);
    }

    /** Filler was sent, so many bytes on the wire. */
    void onFiller(int wireBytes) {
        if (!free) {
            creditBytes -= wireBytes;
            probeFillerBytes += wireBytes;
        }
        fillerBytes += wireBytes;
    }

    /** There is nothing to fill with: the probe is put off. */
    void postpone(long nowNs) {
        state = State.IDLE;
        nextNs = nowNs + FIRST_PAUSE_NS;
    }

    /** One packet that feedback tells of. */
    void onPacket(long sequence, boolean timed, long sentUs, long arrivalUs, int wireBytes) {
        if (state != State.IDLE) {
            trains[0].onPacket(sequence, timed, sentUs, arrivalUs, wireBytes);
            trains[1].onPacket(sequence, timed, sentUs, arrivalUs, wireBytes);
        }
    }

    /**
     * After each feedback.
     *
     * @param settled all packets before this number are told of
     * @return what a probe that has just ended showed
     */
    Verdict judge(long settled, long estimateBps, double lossRatio, long roundTripNs, long nowNs) {
        if (state != State.WAITING) {
            return Verdict.NONE;
        }
        if (!trains[1].settled(settled)) {
            if (nowNs - endedNs > roundTripNs + TIMEOUT_NS) {
                failed(estimateBps, nowNs);
            }
            return Verdict.NONE;
        }
        state = State.IDLE;
        long least = Math.min(trains[0].shownBps(lossRatio), trains[1].shownBps(lossRatio));
        // Jitter lengthens one train and shortens the other: together they show more than the slower one.
        long shown = least < 0 ? -1 : (least + ProbeTrain.togetherBps(trains[0], trains[1], lossRatio)) / 2;
        if (shown < 0) {
            failed(estimateBps, nowNs);
            return Verdict.NO_MORE;
        }
        long sentBps = Math.min(trains[0].sentBps(), trains[1].sentBps());
        provenBps = Math.min(shown, rateBps);
        if (shown >= sentBps * ARRIVED && provenBps > estimateBps * 1.1) {
            failures = 0;
            pauseNs = FIRST_PAUSE_NS;
            nextNs = nowNs;
            creditBytes += probeFillerBytes;
            return Verdict.MORE;
        }
        boolean somewhat = provenBps > estimateBps * 1.15;
        failed(estimateBps, nowNs);
        return somewhat ? Verdict.SOMEWHAT_MORE : Verdict.NO_MORE;
    }

    /** What the last probe showed. */
    long provenBps() {
        return provenBps;
    }

    private void failed(long estimateBps, long nowNs) {
        state = State.IDLE;
        failures++;
        nextNs = nowNs + pauseNs;
        pauseNs = Math.min(pauseNs * 2, maxPauseNs(estimateBps));
    }

    // By taste: below 500 kbit/s half a second, above 3 s per Mbit/s.
    private static long maxPauseNs(long estimateBps) {
        return Math.clamp((estimateBps - 350_000) * 3_000, 450_000_000L, MAX_PAUSE_NS);
    }

    /** Congestion: a probe under way has done harm, and nothing is tried for a while. */
    void onCongestion(long estimateBps, long pauseForNs, long nowNs) {
        if (state != State.IDLE) {
            failed(estimateBps, nowNs);
        }
        failures = Math.max(1, failures);
        nextNs = Math.max(nextNs, nowNs + pauseForNs);
    }

    /** What is under way shows nothing, and nothing is tried for a while. */
    void cancel(long pauseForNs, long nowNs) {
        state = State.IDLE;
        nextNs = Math.max(nextNs, nowNs + pauseForNs);
    }

    /** The path may have changed for the better: try soon. */
    void encourage(long nowNs) {
        pauseNs = FIRST_PAUSE_NS;
        nextNs = nowNs;
    }

    /** What is tried is not paid for from now on, or is again: whoever asks for it bounds it by pauses of its own. */
    void trials(boolean on, long nowNs) {
        trials = on;
        if (on) {
            encourage(nowNs);
        }
    }

    /** Others have left the path: what they had is free, and nothing that failed beside them says anything. */
    void onFreed(long nowNs) {
        failures = 0;
        encourage(nowNs);
    }

    /** Bytes of filler so far. */
    long fillerBytes() {
        return fillerBytes;
    }
}
