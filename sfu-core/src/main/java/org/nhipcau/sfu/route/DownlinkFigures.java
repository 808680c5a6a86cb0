// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.PictureStep;
import org.nhipcau.sfu.api.QualityCause;
import org.nhipcau.sfu.overload.OverloadLevel;
import org.nhipcau.sfu.quality.Blame;
import org.nhipcau.sfu.quality.DirectionMeter;
import org.nhipcau.sfu.quality.DirectionTally;
import org.nhipcau.sfu.quality.FreezeMeter;
import org.nhipcau.sfu.stream.InboundStream;
import org.nhipcau.sfu.stream.OutboundStream;

/**
 * Sums up what one viewer is sent over an interval and what it says of it, and finds the cause where that suffers.
 *
 * <p>A picture counts as frozen while no new frame goes out, and from the viewer's request for a key frame until the key
 * frame. Whatever a publisher's own figures explain ({@link SourceWatch}) is not the viewer's.
 *
 * <p>Thread: one. Control path: once an interval, after the figures of all publishers.
 */
final class DownlinkFigures {
    /** From here on loss alone may explain a frozen picture. By taste. */
    private static final double ILL_LOSS = 0.02;
    private static final double ILL_QUEUE_MS = 100;
    /** A viewer that gets media reports each second or more often. */
    private static final long DEAD_NS = 3_500_000_000L;
    private static final double DEAD_POINTS = 50;
    /** A picture smaller than wanted by one layer; two are felt. By taste. */
    private static final double LAYER_POINTS = 5;
    /** The path is still being measured. By taste. */
    private static final long SETTLED_NS = 10_000_000_000L;
    /** A key frame may take so long. */
    private static final long KEYFRAME_NS = 1_000_000_000L;

    private final MediaEndpoint endpoint;
    private final Room room;
    private final DirectionMeter meter = new DirectionMeter();
    private final Blame blame = new Blame();
    private long audioBytesBefore;
    private long videoBytesBefore;
    private long packetsBefore;
    private double queueMs;
    private long sendingSinceNs;

    DownlinkFigures(MediaEndpoint endpoint) {
        this.endpoint = endpoint;
        this.room = endpoint.room();
    }

    /**
     * Figures since the last call.
     *
     * @param baseOneWayMs the way without queues; negative: unknown
     * @param standingMs the queue on the way to the viewer
     * @param heardNs when anything came from the viewer
     */
    DirectionQuality take(double baseOneWayMs, double standingMs, long heardNs, long intervalNs, long nowNs) {
        queueMs = standingMs;
        DirectionTally tally = meter.begin();
        blame.begin();
        long audioBytes = 0;
        long videoBytes = 0;
        long packets = 0;
        for (Consumer consumer : endpoint.consumers()) {
            OutboundStream stream = consumer.stream();
            packets += stream.packets();
            if (consumer.video()) {
                videoBytes += stream.bytes() + stream.rtxBytes();
                tally.videoExpected += stream.takeExpected();
                tally.videoLost += stream.takeLost();
            } else {
                audioBytes += stream.bytes() + stream.rtxBytes();
                addSound(consumer, tally, nowNs);
            }
        }
        tally.audioBytes = audioBytes - audioBytesBefore;
        tally.videoBytes = videoBytes - videoBytesBefore;
        tally.packets = packets - packetsBefore;
        audioBytesBefore = audioBytes;
        videoBytesBefore = videoBytes;
        packetsBefore = packets;
        if (tally.packets == 0) {
            sendingSinceNs = nowNs;
        }
        meter.judge(Math.max(0, baseOneWayMs) + standingMs);
        blame.add(QualityCause.VIEWER_DOWNLINK, meter.linkPoints());
        if (nowNs - Math.max(heardNs, sendingSinceNs) >= DEAD_NS) {
            blame.add(QualityCause.VIEWER_DOWNLINK, DEAD_POINTS);
        }
        for (Consumer consumer : endpoint.consumers()) {
            if (consumer.video()) {
                judgePicture(consumer, tally, intervalNs, nowNs);
            }
        }
        return meter.end(intervalNs, blame);
    }

    private void addSound(Consumer consumer, DirectionTally tally, long nowNs) {
        OutboundStream stream = consumer.stream();
        long expected = stream.takeExpected();
        long lost = stream.takeLost();
        tally.audioExpected += expected;
        tally.audioLost += lost;
        addMissed(consumer, expected, lost, tally);
        Producer producer = consumer.producer();
        if (!consumer.wanted()) {
            return;
        }
        tally.audio = true;
        if (stream.acknowledged() && nowNs - stream.reportNs() < DEAD_NS) {
            int clockRate = producer.parameters().codecs().getFirst().clockRate();
            tally.jitterMs = Math.max(tally.jitterMs, stream.jitterTicks() * 1_000.0 / clockRate);
        }
        if (consumer.share().limits().paused()) {
            blame.add(QualityCause.SERVER, DEAD_POINTS);
        } else {
            blame.add(producer.source().lossCause(), producer.source().audioPoints());
        }
    }

    // What copies that went along left of the loss, by the length of its bursts.
    private void addMissed(Consumer consumer, long expected, long lost, DirectionTally tally) {
        if (!consumer.protectsSound() || lost <= 0 || expected <= 0) {
            tally.audioUnrepaired += lost;
            return;
        }
        AudioProtection protection = endpoint.audioProtection();
        double ratio = Math.min(1, (double) lost / expected);
        tally.audioUnrepaired += expected * protection.plan().residualLoss(ratio, protection.burstLength());
        tally.audioBursts += lost / protection.burstLength();
    }

    private void judgePicture(Consumer consumer, DirectionTally tally, long intervalNs, long nowNs) {
        OutboundStream stream = consumer.stream();
        if (stream.freezes() == null) {
            stream.watchFrames(new FreezeMeter(0));
        }
        FreezeMeter freezes = stream.freezes();
        // Where the publisher's own picture is not due, or a screen, its own figures know best what a gap means.
        if (!consumer.wanted() || !room.watch.wanted(consumer.producer()) || !endpoint.sink().ready()) {
            freezes.pause(nowNs);
            freezes.takeFrozenNs(nowNs);
            freezes.takeFreezes();
            stream.onPictureFound();
            return;
        }
        addLayers(consumer, nowNs);
        double length = Math.max(1, intervalNs);
        double share = consumer.share().limits().paused() ? 1 : Math.clamp(Math.max(freezes.takeFrozenNs(nowNs),
                pictureLostNs(consumer, intervalNs, nowNs)) / length, 0, 1);
        tally.freezes += freezes.takeFreezes();
        SourceWatch source = consumer.producer().source();
        if (consumer.share().screen() && !consumer.share().limits().paused() && !stream.pictureLost()) {
            share = Math.max(0, source.frozenShare());
        }
        tally.frozenShare = Math.max(tally.frozenShare, share);
        if (share > 0) {
            blame.addFreeze(cause(consumer, source, share, nowNs), share);
        }
    }

    // Fewer layers than the viewer wants.
    private void addLayers(Consumer consumer, long nowNs) {
        int wanted = LayerSelector.wanted(consumer.producer().layers(), consumer.share().settings());
        NodeLimits limits = consumer.share().limits();
        if (limits.shedCap() < wanted || room.shedder.level() != OverloadLevel.NONE && limits.fewestFrames()) {
            blame.add(QualityCause.SERVER, Blame.FELT + LAYER_POINTS);
        } else if (nowNs - endpoint.connectedNs() > SETTLED_NS) {
            blame.add(QualityCause.VIEWER_DOWNLINK, LAYER_POINTS * (wanted - limits.pathCap()));
        }
    }

    // From the viewer's request until the key frame that answers it.
    private static long pictureLostNs(Consumer consumer, long intervalNs, long nowNs) {
        OutboundStream stream = consumer.stream();
        if (!stream.pictureLost()) {
            return 0;
        }
        long fromNs = Math.max(stream.pictureLostNs(), nowNs - intervalNs);
        int current = consumer.selector().current();
        InboundStream source = current == LayerSelector.NONE || current >= consumer.producer().encodings().length ? null
                : consumer.producer().encodings()[current].stream();
        if (source == null || source.lastKeyFrameNs() <= stream.pictureLostNs()) {
            return nowNs - fromNs;
        }
        stream.onPictureFound();
        return Math.max(0, source.lastKeyFrameNs() - fromNs);
    }

    private QualityCause cause(Consumer consumer, SourceWatch source, double share, long nowNs) {
        NodeLimits limits = consumer.share().limits();
        if (limits.paused()) {
            return limits.pathStep().compareTo(PictureStep.FEW_FRAMES) < 0 ? QualityCause.VIEWER_DOWNLINK
                    : QualityCause.SERVER;
        }
        if (source.frozenShare() >= share / 2) {
            return source.frozenCause();
        }
        boolean waits = consumer.selector().current() == LayerSelector.NONE;
        int target = consumer.selector().targetEncoding();
        if (waits && target != LayerSelector.NONE && target < consumer.producer().encodings().length
                && consumer.producer().encodings()[target].keyframes.unansweredNs(nowNs) >= KEYFRAME_NS) {
            return source.lossRatio() >= ILL_LOSS ? source.lossCause() : QualityCause.CAMERA_STOPPED;
        }
        if (waits && room.shedder.level() != OverloadLevel.NONE) {
            return QualityCause.SERVER;
        }
        if (source.lossRatio() > meter.lossRatio()) {
            return source.lossCause();
        }
        return meter.lossRatio() >= ILL_LOSS || queueMs >= ILL_QUEUE_MS || endpoint.estimator().limited(nowNs)
                ? QualityCause.VIEWER_DOWNLINK : QualityCause.NONE;
    }
}
