// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

/**
 * Estimates what the path to one viewer carries, and says how fast pictures may leave, from whatever feedback the viewer
 * gives: transport-wide feedback or RFC 8888, else the loss of receiver reports; REMB bounds it from above.
 *
 * <p>All rates are those of the wire: a packet counts with {@link #PACKET_OVERHEAD_BYTES} for IP, UDP and SRTP. Sound
 * of 24 kbit/s in packets of 20 ms takes twice that; on a narrow link this decides.
 *
 * <pre>
 *  feedback -> Arrivals --+--> DelayTrend     how long do packets wait?        --+
 *                         +--> DeliveryRate   what comes out at the other end?   +--> RateController: estimate, pace
 *                         +--> LossModel      radio or congestion?             --+       ^
 *                         +--> ProbeController  both trains arrived? ----------------'
 *                         +--> InFlightGuard  what is under way? silence?  --> may pictures leave?
 * </pre>
 * It begins low, at {@link #START_BPS} or with what an earlier connection left ({@link #warmStart}), and probes at once;
 * it never rises without feedback. Whatever a viewer claims moves its own estimate alone, within fixed bounds (V22).
 *
 * <p>Thread: one. Nothing is done per packet sent: the {@link SentPacketLog} is read at feedback and timers.
 */
public final class SendSideEstimator {
    /** What each packet takes beside its RTP bytes: IPv4 and UDP headers and the SRTP tag. */
    public static final int PACKET_OVERHEAD_BYTES = 20 + 8 + 16;
    /** Before any evidence: a small picture, not a flood on 256 kbit/s. */
    public static final long START_BPS = 300_000;
    /** Never below: the thinnest speech. */
    public static final long MIN_BPS = 12_000;
    /** Never above. */
    public static final long MAX_BPS = 50_000_000;

    private static final long FEEDBACK_FRESH_NS = 2_000_000_000L;
    /** A viewer of whom no transport feedback has come by then gives none. */
    private static final long BLIND_AFTER_NS = 2_000_000_000L;
    private static final long REPORTS_ONLY_NS = 500_000_000L;
    /** As libwebrtc's {@code modules/congestion_controller/goog_cc/goog_cc_network_control.cc}. */
    private static final double BLIND_PACE = 2.5;
    private static final long START_PHASE_NS = 3_000_000_000L;
    /** What loses more may be a policer, which no queue gives away: there filler is counted from the first on. */
    private static final double START_LOSS = 0.02;
    /** After so long without feedback packets that were under way say nothing of the path as it is now. */
    private static final long OUTAGE_NS = 400_000_000L;
    /** So much more than is wanted is ample: nothing needs to wait then. */
    private static final double AMPLE_SHARE = 1.3;
    private static final double PROBED_SHARE = 1.4;
    private static final long PING_NS = 250_000_000L;
    private static final long OVERDUE_GRACE_NS = 15_000_000L;
    private static final long OVERDUE_BYTES = 2_500;

    private final SentPacketLog log;
    private final DelayTrend delay;
    private final DeliveryRate delivery = new DeliveryRate();
    private final LossModel loss = new LossModel();
    private final ReportedLoss reported = new ReportedLoss();
    private final ProbeController probes;
    private final RateController control;
    private final InFlightGuard guard;
    private final UntoldPackets untold = new UntoldPackets();
    private long wantedBps = MAX_BPS;
    private final RembBound remb = new RembBound();
    private long lastFeedbackNs = Long.MIN_VALUE;
    private boolean transportFeedbackSeen;
    private boolean reportsOnly;
    private boolean feedbackAgreed;
    private long firstSentNs = Long.MIN_VALUE;
    private long reportedUpTo;
    /** Bit i: packet reportedUpTo - 1 - i was counted as lost. */
    private long countedLost;
    /** Packets before this number were under way when the path was gone. */
    private long outageBefore;
    private boolean returning;
    private boolean silent;
    /** The last feedback left out what it should have told of: pictures wait for the next one. */
    private boolean overdue;
    private long roundTripNs = -1;
    private long lastPingNs;

    /** @param log the packets sent to this viewer */
    public SendSideEstimator(SentPacketLog log) {
        this(log, EstimatorSettings.DEFAULT);
    }

    /** With other constants, to try them. */
    public SendSideEstimator(SentPacketLog log, EstimatorSettings settings) {
        this.log = log;
        this.delay = new DelayTrend(settings);
        this.probes = new ProbeController(settings);
        this.control = new RateController(delay, delivery, loss, probes, settings);
        this.guard = new InFlightGuard(log, settings);
    }

    /** Begins with what an earlier connection learnt; before the first feedback, and only where it is usable. */
    public void warmStart(WarmStart earlier) {
        if (!transportFeedbackSeen && earlier.usable()) {
            control.start(earlier.startBps());
            loss.start(earlier.lossRatio(), earlier.burstLength());
        }
    }

    /**
     * Transport feedback was agreed upon, or not. Where it was, its estimate counts from the first packet on: what is
     * sent before anything is known must fit a narrow path, or the first picture to be seen waits behind it.
     */
    public void agreeFeedback(boolean agreed) {
        feedbackAgreed = agreed;
    }

    /** What the next connection of the same person may begin with, however late reports are; null: nothing learnt. */
    public WarmStart toWarmStart(long nowNs) {
        if (!transportFeedbackSeen) {
            return null;
        }
        return new WarmStart(Math.min(control.usefulBps(), remb.bps()), Math.max(0, roundTripNs()),
                Math.min(0.99, loss.inherentRatio()), Math.min(999, loss.burstLength()),
                Math.max(0, nowNs - lastFeedbackNs));
    }

    /** Tells what would be of use, in bits per second on the wire; nothing beyond is probed for. */
    public void setWantedBps(long bps) {
        wantedBps = Math.clamp(bps, MIN_BPS, MAX_BPS);
    }

    /** Takes transport feedback of either format; what it says of packets that were not sent was left out. */
    public void onFeedback(Arrivals arrivals, long nowNs) {
        if (arrivals.count() == 0) {
            return;
        }
        noteReturn(arrivals, nowNs);
        transportFeedbackSeen = true;
        lastFeedbackNs = nowNs;
        long newestReceived = -1;
        for (int i = 0; i < arrivals.count(); i++) {
            long sequence = arrivals.sequence(i);
            if (sequence >= reportedUpTo) {
                onFresh(arrivals, i, nowNs);
                newestReceived = arrivals.received(i) ? sequence : newestReceived;
            } else if (arrivals.received(i)) {
                onLate(sequence);
            }
        }
        if (newestReceived >= 0) {
            onNewest(newestReceived, nowNs);
        }
        guard.onSettled(reportedUpTo, nowNs);
        overdue = delay.newestUs() > delay.thresholdUs() && guard.overdueBytes(OVERDUE_GRACE_NS
                + delay.thresholdUs() * 1_000 + control.competing().queueNs(), nowNs) > OVERDUE_BYTES;
        loss.endReport(delay.queued(), nowNs);
        control.onReport(nowNs);
        control.onProbe(probes.judge(reportedUpTo, control.estimateBps(), loss.inherentRatio(), guard.roundTripNs(),
                nowNs), nowNs);
    }

    private void onFresh(Arrivals arrivals, int index, long nowNs) {
        long sequence = arrivals.sequence(index);
        long skipped = sequence - reportedUpTo;
        boolean received = arrivals.received(index);
        countedLost = (skipped >= 63 ? 0 : countedLost << skipped + 1) | (received ? 0 : 1);
        untold.onGap(Math.max(reportedUpTo, outageBefore), sequence);
        reportedUpTo = sequence + 1;
        if (sequence < outageBefore) {
            return;
        }
        long sentUs = log.sentUs(sequence);
        int wireBytes = log.lengthBytes(sequence) + PACKET_OVERHEAD_BYTES;
        loss.onPacket(received, sentUs, wireBytes);
        control.competing().onPacket(received);
        boolean timed = arrivals.timed(index);
        long arrivalUs = arrivals.arrivalUs(index);
        if (timed) {
            delay.onArrival(sentUs, arrivalUs, nowNs);
            boolean queued = delay.standingUs() > delay.thresholdUs() / 2;
            untold.settle(log, delivery, sentUs, arrivalUs, 1 - loss.inherentRatio(), queued);
            delivery.onArrival(arrivalUs, wireBytes, queued);
        }
        probes.onPacket(sequence, timed, sentUs, arrivalUs, wireBytes);
    }

    private void onLate(long sequence) {
        long back = reportedUpTo - 1 - sequence;
        if (back < 64 && (countedLost >>> back & 1) != 0) {
            countedLost &= ~(1L << back);
            loss.onLate();
        }
    }

    private void onNewest(long sequence, long nowNs) {
        guard.onRoundTrip(Math.max(1, nowNs - log.sentUs(sequence) * 1_000), delay.latestUs() * 1_000, nowNs);
        returning &= sequence < outageBefore && delay.latestUs() >= delay.thresholdUs();
    }

    // The first feedback after a silence: what was under way then was lost or held up by the outage, not by us.
    private void noteReturn(Arrivals arrivals, long nowNs) {
        boolean wasSilent = silent || guard.silent(nowNs);
        silent = false;
        if (!wasSilent || !transportFeedbackSeen || nowNs - lastFeedbackNs < guard.roundTripNs() + OUTAGE_NS) {
            return;
        }
        delivery.reset();
        untold.forget();
        delay.resume();
        control.competing().reset(nowNs);
        int last = arrivals.lastTimed();
        if (last < 0) {
            return;
        }
        long sequence = arrivals.sequence(last);
        boolean empty = delay.queueOfUs(arrivals.arrivalUs(last) - log.sentUs(sequence)) < 2 * delay.thresholdUs();
        outageBefore = empty ? sequence : log.next();
        returning = !empty;
        probes.encourage(nowNs);
    }

    /**
     * Takes the loss of a receiver report; used only while there is no transport feedback, which knows more.
     *
     * @param lossRatio of the path to the viewer, 0 to 1: gaps that the publisher's path made are not in it
     * @param sentBps what is being sent to the viewer
     */
    public void onLossReport(double lossRatio, long sentBps, long nowNs) {
        if (!transportFeedbackSeen) {
            lastFeedbackNs = nowNs;
            // Transport feedback would have come before the first report.
            reportsOnly |= firstSentNs != Long.MIN_VALUE && nowNs - firstSentNs > REPORTS_ONLY_NS;
            reported.onReport(Math.clamp(lossRatio, 0, 1), sentBps, nowNs);
        }
    }

    /** Takes a REMB; it bounds the estimate from above as long as it is repeated. */
    public void onRemb(long bitrateBps, long nowNs) {
        remb.onRemb(bitrateBps, nowNs);
        if (!transportFeedbackSeen) {
            lastFeedbackNs = nowNs;
            reportsOnly = true;
        }
    }

    /** A round trip that reports measured. */
    public void onRoundTrip(long measuredNs) {
        roundTripNs = roundTripNs < 0 ? measuredNs : roundTripNs + (measuredNs - roundTripNs) / 8;
    }

    /** Often, each few ms while media flows: begins and ends trains of probes, notices silence. */
    public void onTimer(long nowNs) {
        remb.onTimer(nowNs);
        if (log.next() > 0 && firstSentNs == Long.MIN_VALUE) {
            firstSentNs = log.lastSentNs();
        }
        if (!transportFeedbackSeen) {
            reported.onTimer(nowNs);
            return;
        }
        boolean nowSilent = guard.silent(nowNs);
        if (nowSilent && !silent) {
            probes.cancel(0, nowNs);
        }
        silent |= nowSilent;
        boolean start = nowNs - firstSentNs < START_PHASE_NS && !control.everCongested()
                && loss.lossRatio() < START_LOSS;
        // Whoever wants nothing more, or cannot use it, is not probed for.
        long useful = silent || returning || guard.lagging() || control.congested() ? 0
                : Math.min((long) (wantedBps * PROBED_SHARE), remb.bps());
        probes.poll(control.competing().probeFromBps(control.estimateBps()), useful, start, delay.thresholdUs() * 300,
                guard.sentBytes(), log.next(), nowNs);
    }

    /** Bits per second that the path carries, headers included. */
    public long estimateBps() {
        return Math.min(blind() ? reported.estimateBps() : guard.reliableBps(control.usefulBps()), remb.bps());
    }

    /** What is begun with where transport feedback is to come. */
    long estimateBpsBeforeFeedback() {
        return control.estimateBps();
    }

    /** How fast pictures may leave at this moment; 0: they must wait. Sound is never held back. */
    public long paceBps(long nowNs) {
        long believed = estimateBps();
        if (blind()) {
            return (long) (believed * BLIND_PACE);
        }
        if (!mayLeave(nowNs)) {
            return 0;
        }
        long pace = control.paceBps(believed, guard.mostQueueUs(control.estimateBps(), nowNs));
        return probes.sending() ? Math.max(pace, probes.rateBps()) : pace;
    }

    /** Pictures may leave: the feedback has not fallen silent, and not too much is under way. */
    public boolean mayLeave(long nowNs) {
        if (blind()) {
            return true;
        }
        // Late reports would let either last long after the queue has drained.
        boolean held = (returning || overdue)
                && guard.mostQueueUs(control.estimateBps(), nowNs) > delay.thresholdUs();
        return !held && !guard.silent(nowNs)
                && guard.inFlightBytes() < guard.windowBytes(estimateBps(), control.competing().queueNs());
    }

    /** Nothing is heard although packets left: the path is gone, or all but. */
    public boolean silent(long nowNs) {
        return !blind() && transportFeedbackSeen && guard.silent(nowNs);
    }

    // No transport feedback came when it should have: what little receiver reports tell must do.
    private boolean blind() {
        return !transportFeedbackSeen && (log.next() == 0 && !feedbackAgreed || reportsOnly
                || firstSentNs != Long.MIN_VALUE && log.lastSentNs() - firstSentNs > BLIND_AFTER_NS);
    }

    /** Above 0: a packet of {@link #fillerPacketBytes} should leave now, made for a probe that media does not fill. */
    public long fillerBytesDue(long nowNs) {
        if (silent && nowNs - Math.max(log.lastSentNs(), lastPingNs) > PING_NS) {
            // Nobody speaks: without a packet now and then nobody would learn that the path is back.
            return fillerPacketBytes();
        }
        return probes.fillerBytesDue(guard.sentBytes(), nowNs);
    }

    /** How large such a packet is best, on the wire. */
    public int fillerPacketBytes() {
        return probes.packetBytes();
    }

    /** Filler was sent, so many bytes on the wire. */
    public void onFiller(int wireBytes, long nowNs) {
        lastPingNs = nowNs;
        probes.onFiller(wireBytes);
    }

    /** There is nothing to make filler of. */
    public void onNoFiller(long nowNs) {
        lastPingNs = nowNs;
        probes.postpone(nowNs);
    }

    /** Bytes of filler sent so far, on the wire. */
    public long fillerBytes() {
        return probes.fillerBytes();
    }

    /**
     * What is sent must be kept within the estimate: the path is not known to carry more than is wanted, there was
     * evidence of a limit, or too much is unheard of: an ample path dies like any other, and its queue waits too.
     */
    public boolean limited(long nowNs) {
        if (blind()) {
            return reported.limited() || remb.told();
        }
        return estimateBps() < wantedBps * AMPLE_SHARE || control.congestedLately(nowNs) || silent || guard.lagging()
                || !mayLeave(nowNs);
    }

    /** Share of the packets that are lost on the path, outages apart, 0 to 1. */
    public double lossRatio() {
        return transportFeedbackSeen ? loss.lossRatio() : reported.lossRatio();
    }

    /** The same of what is lost whatever is sent, so that sending less does not help; 0 where that cannot be told. */
    public double inherentLossRatio() {
        return transportFeedbackSeen ? loss.inherentRatio() : 0;
    }

    /** Packets lost in a row, on average; 1 and more. */
    public double burstLength() {
        return loss.burstLength();
    }

    /** Round trip without waiting in the path, in ns; -1: not known. */
    public long roundTripNs() {
        long known = guard.roundTripKnown() ? guard.roundTripNs() : roundTripNs;
        return roundTripNs < 0 ? known : Math.min(roundTripNs, known);
    }

    /** How long each packet waits in the path at least, in us. */
    public long queueUs() {
        return delay.standingUs();
    }

    /** The same of a queue that becomes shorter when less is sent: 0 where others are known to fill it. */
    public long ownQueueUs() {
        return control.competing().competing() ? 0 : delay.standingUs();
    }

    int timesCompeted() {
        return control.competing().found();
    }

    /** Bytes on the wire that nothing was heard of. */
    public long inFlightBytes() {
        return guard.inFlightBytes();
    }

    /** Feedback came within the last two seconds. */
    public boolean fresh(long nowNs) {
        return lastFeedbackNs != Long.MIN_VALUE && nowNs - lastFeedbackNs <= FEEDBACK_FRESH_NS;
    }
}
