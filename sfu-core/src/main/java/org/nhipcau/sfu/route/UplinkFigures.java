// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.QualityCause;
import org.nhipcau.sfu.quality.Blame;
import org.nhipcau.sfu.quality.DirectionMeter;
import org.nhipcau.sfu.quality.DirectionTally;
import org.nhipcau.sfu.quality.StandingDelay;
import org.nhipcau.sfu.stream.InboundStream;

/**
 * Sums up what one publisher sends us over an interval, and finds the cause where it suffers. Of a publisher on another
 * worker it knows what came through the pipe, which is enough for the viewers here.
 *
 * <p>A picture that stops is the camera's matter when its publisher was heard of since over a link that is well, the
 * link's when the link is ill or nothing at all was heard; until one of them shows, nobody's.
 *
 * <p>Thread: one. Control path: once an interval.
 */
final class UplinkFigures {
    /** A link is ill from here on. By taste. */
    private static final double ILL_LOSS = 0.05;
    private static final double ILL_QUEUE_MS = 150;
    private static final double ILL_JITTER_MS = 60;
    /** What came so long after the last picture shows that the link lives. */
    private static final long ALIVE_NS = 1_000_000_000L;
    /** Sound, even of DTX, is never silent for so long on a link that lives. */
    private static final long DEAD_NS = 1_500_000_000L;
    /** RTCP of pictures alone may be so far apart. */
    private static final long DEAD_WITHOUT_SOUND_NS = 3_500_000_000L;
    /** Twice what makes a direction suffer: more than its delay could have cost before. */
    private static final double DEAD_POINTS = 50;

    private final Room room;
    private final DirectionMeter meter = new DirectionMeter();
    private final Blame blame = new Blame();
    private final StandingDelay queue = new StandingDelay();
    private InboundStream reference;
    private long audioBytesBefore;
    private long videoBytesBefore;
    private long packetsBefore;
    private long audioBytes;
    private long videoBytes;
    private long packets;
    private long heardNs;
    private boolean soundDue;
    private boolean due;

    UplinkFigures(Room room) {
        this.room = room;
    }

    /**
     * Figures since the last call; afterwards each producer's {@link SourceWatch} is up to date.
     *
     * @param lastHeardNs when anything beside RTP came from the publisher
     * @param baseOneWayMs the way without queues; negative: unknown
     */
    DirectionQuality take(Iterable<Producer> producers, long lastHeardNs, double baseOneWayMs, long intervalNs,
            long nowNs) {
        DirectionTally tally = meter.begin();
        blame.begin();
        heardNs = lastHeardNs;
        audioBytes = 0;
        videoBytes = 0;
        packets = 0;
        soundDue = false;
        due = false;
        for (Producer producer : producers) {
            add(producer, tally, nowNs);
        }
        // Streams that ended in between take their totals with them: never below nothing.
        tally.audioBytes = Math.max(0, audioBytes - audioBytesBefore);
        tally.videoBytes = Math.max(0, videoBytes - videoBytesBefore);
        tally.packets = Math.max(0, packets - packetsBefore);
        audioBytesBefore = audioBytes;
        videoBytesBefore = videoBytes;
        packetsBefore = packets;
        measureQueue(producers, nowNs);
        meter.judge(Math.max(0, baseOneWayMs) + queue.excessMs());
        boolean dead = due && nowNs - heardNs >= (soundDue ? DEAD_NS : DEAD_WITHOUT_SOUND_NS);
        QualityCause link = !dead && room.watch.nodeLossRatio() >= Math.max(0.01, meter.lossRatio() / 2)
                ? QualityCause.SERVER : QualityCause.PUBLISHER_UPLINK;
        blame.add(link, meter.linkPoints());
        if (dead) {
            blame.add(link, DEAD_POINTS);
        }
        for (Producer producer : producers) {
            judge(producer, tally, link, dead, intervalNs, nowNs);
        }
        return meter.end(intervalNs, blame);
    }

    private void add(Producer producer, DirectionTally tally, long nowNs) {
        boolean audio = producer.kind() == MediaKind.AUDIO;
        boolean started = false;
        for (Encoding encoding : producer.encodings()) {
            InboundStream stream = encoding.stream();
            if (stream == null || !stream.started()) {
                continue;
            }
            started = true;
            heardNs = Math.max(heardNs, Math.max(stream.lastPacketNs(), stream.reportKnown() ? stream.reportNs() : 0));
            addLoss(tally, stream, audio);
            if (audio) {
                audioBytes += stream.bytes();
                // Of a stream that stands still the jitter is that of long ago.
                if (nowNs - stream.lastPacketNs() < DEAD_WITHOUT_SOUND_NS) {
                    tally.jitterMs = Math.max(tally.jitterMs, stream.figures().jitterMs());
                }
            } else {
                videoBytes += stream.bytes();
            }
            packets += stream.packets();
        }
        boolean expected = expected(producer);
        tally.audio |= audio && started && expected;
        due |= started && expected;
        soundDue |= audio && started && expected;
    }

    private static void addLoss(DirectionTally tally, InboundStream stream, boolean audio) {
        long expected = stream.figures().takeExpected();
        long lost = stream.figures().takeLost();
        long gaps = stream.figures().takeGaps();
        long unrepaired = Math.max(0, lost - stream.takeRepaired());
        if (stream.figures().takeFresh()) {
            // While a stream begins, keys and paths are still settling: what is missing then says nothing of the link.
            return;
        }
        if (audio) {
            tally.audioExpected += expected;
            tally.audioLost += lost;
            tally.audioUnrepaired += unrepaired;
            tally.audioBursts += gaps;
        } else {
            tally.videoExpected += expected;
            tally.videoLost += lost;
            tally.videoUnrepaired += unrepaired;
        }
    }

    // Sound is measured rather than pictures: its packets leave the sender without waiting for one another.
    private void measureQueue(Iterable<Producer> producers, long nowNs) {
        InboundStream best = null;
        for (Producer producer : producers) {
            for (Encoding encoding : producer.encodings()) {
                InboundStream stream = encoding.stream();
                if (stream != null && stream.figures().transitMeasured()
                        && (best == null || stream.kind() == MediaKind.AUDIO && best.kind() != MediaKind.AUDIO)) {
                    best = stream;
                }
            }
        }
        if (best == null) {
            return;
        }
        if (best != reference) {
            reference = best;
            queue.forget();
        }
        queue.add(best.figures().takeLeastTransitMs(), nowNs);
    }

    private boolean expected(Producer producer) {
        return !producer.muted() && room.watch.wanted(producer);
    }

    private void judge(Producer producer, DirectionTally tally, QualityCause link, boolean dead, long intervalNs,
            long nowNs) {
        boolean audio = producer.kind() == MediaKind.AUDIO;
        SourceWatch source = producer.source();
        double points = dead ? DEAD_POINTS : meter.audioLossPoints();
        source.link(audio ? meter.audioUnrepairedRatio() : meter.videoUnrepairedRatio(), audio ? points : 0, link);
        if (audio) {
            return;
        }
        if (!expected(producer)) {
            for (Encoding encoding : producer.encodings()) {
                encoding.freezes().pause(nowNs);
                encoding.freezes().takeFrozenNs(nowNs);
                encoding.freezes().takeFreezes();
            }
            boolean rests = producer.resting() && !producer.muted();
            source.picture(rests ? 1 : -1, rests ? QualityCause.PUBLISHER_UPLINK : QualityCause.NONE);
            return;
        }
        double share = Math.clamp(frozenNs(producer, tally, nowNs) / (double) Math.max(1, intervalNs), 0, 1);
        QualityCause cause = share > 0 ? cause(producer, source, link, dead, nowNs) : QualityCause.NONE;
        source.picture(share, cause);
        tally.frozenShare = Math.max(tally.frozenShare, share);
        blame.addFreeze(cause, share);
    }

    // Of several encodings the one that fared best: the others may have been given up.
    private static long frozenNs(Producer producer, DirectionTally tally, long nowNs) {
        long least = Long.MAX_VALUE;
        int freezes = 0;
        for (Encoding encoding : producer.encodings()) {
            long frozen = encoding.freezes().takeFrozenNs(nowNs);
            int ended = encoding.freezes().takeFreezes();
            if (encoding.freezes().running() && frozen < least) {
                least = frozen;
                freezes = ended;
            }
        }
        tally.freezes += freezes;
        return least < Long.MAX_VALUE ? least : producer.watch().silent() ? Long.MAX_VALUE : 0;
    }

    private QualityCause cause(Producer producer, SourceWatch source, QualityCause link, boolean dead, long nowNs) {
        if (dead || meter.lossRatio() >= ILL_LOSS || queue.excessMs() >= ILL_QUEUE_MS || meter.jitterMs() >= ILL_JITTER_MS) {
            return link;
        }
        long lastPictureNs = 0;
        boolean frozen = true;
        for (Encoding encoding : producer.encodings()) {
            if (encoding.stream() != null && encoding.stream().started()) {
                lastPictureNs = Math.max(lastPictureNs, encoding.stream().lastPacketNs());
                frozen &= encoding.freezes().frozen(nowNs);
            }
        }
        if (!frozen) {
            return source.frozenCause() == QualityCause.NONE ? QualityCause.CAMERA_STOPPED : source.frozenCause();
        }
        return heardNs - lastPictureNs >= ALIVE_NS ? QualityCause.CAMERA_STOPPED : QualityCause.NONE;
    }

    /** The queue that stands on the way to us. */
    double queueMs() {
        return queue.excessMs();
    }
}
