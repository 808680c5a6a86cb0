// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.MediaEvent.DirectionStatistics;
import org.nhipcau.sfu.api.MediaEvent.PeerStatistics;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.stream.InboundStream;
import org.nhipcau.sfu.stream.OutboundStream;

/**
 * Sums up the streams of one peer over an interval.
 *
 * <p>Thread: one. Control path: once a second per peer.
 */
final class PeerFigures {
    private final MediaEndpoint endpoint;
    private long lastNs = Long.MIN_VALUE;
    private long bytesInBefore;
    private long packetsInBefore;
    private long bytesOutBefore;
    private long packetsOutBefore;

    PeerFigures(MediaEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Figures since the last call. */
    PeerStatistics take(long nowNs) {
        long intervalMs = lastNs == Long.MIN_VALUE ? 0 : (nowNs - lastNs) / 1_000_000;
        lastNs = nowNs;
        Sum in = new Sum();
        for (Producer producer : endpoint.producers()) {
            for (Encoding encoding : producer.encodings()) {
                if (encoding.stream() != null && encoding.stream().started()) {
                    addInbound(in, encoding.stream());
                }
            }
        }
        Sum out = new Sum();
        for (Consumer consumer : endpoint.consumers()) {
            addOutbound(out, consumer);
        }
        DirectionStatistics uplink = in.statistics(bytesInBefore, packetsInBefore, intervalMs);
        DirectionStatistics downlink = out.statistics(bytesOutBefore, packetsOutBefore, intervalMs);
        bytesInBefore = in.bytes;
        packetsInBefore = in.packets;
        bytesOutBefore = out.bytes;
        packetsOutBefore = out.packets;
        FeedbackReceiver feedback = endpoint.feedback();
        return new PeerStatistics(endpoint.room().id(), endpoint.peerId(), uplink, downlink,
                feedback.roundTripKnown() ? feedback.roundTripNs() / 1e6 : -1);
    }

    private static void addInbound(Sum sum, InboundStream stream) {
        boolean audio = stream.kind() == MediaKind.AUDIO;
        sum.addLoss(audio, stream.figures().takeExpected(), stream.figures().takeLost());
        if (audio) {
            sum.jitterMs = Math.max(sum.jitterMs, stream.figures().jitterMs());
        }
        sum.bytes += stream.bytes();
        sum.packets += stream.packets();
    }

    private static void addOutbound(Sum sum, Consumer consumer) {
        OutboundStream stream = consumer.stream();
        boolean audio = !consumer.video();
        sum.addLoss(audio, stream.takeExpected(), stream.takeLost());
        if (audio && stream.acknowledged() && consumer.producer() != null) {
            int clockRate = consumer.producer().parameters().codecs().getFirst().clockRate();
            sum.jitterMs = Math.max(sum.jitterMs, stream.jitterTicks() * 1_000.0 / clockRate);
        }
        sum.bytes += stream.bytes() + stream.rtxBytes();
        sum.packets += stream.packets();
    }

    private static final class Sum {
        private long audioExpected;
        private long audioLost;
        private long videoExpected;
        private long videoLost;
        private double jitterMs = -1;
        private long bytes;
        private long packets;

        private void addLoss(boolean audio, long expected, long lost) {
            if (audio) {
                audioExpected += expected;
                audioLost += lost;
            } else {
                videoExpected += expected;
                videoLost += lost;
            }
        }

        // Streams that ended in between take their totals with them: never below nothing.
        private DirectionStatistics statistics(long bytesBefore, long packetsBefore, long intervalMs) {
            long bitrate = intervalMs <= 0 ? 0 : Math.max(0, bytes - bytesBefore) * 8_000 / intervalMs;
            return new DirectionStatistics(ratio(audioLost, audioExpected), ratio(videoLost, videoExpected), jitterMs,
                    bitrate, Math.max(0, packets - packetsBefore));
        }

        private static double ratio(long lost, long expected) {
            return expected <= 0 ? -1 : Math.min(1.0, (double) lost / expected);
        }
    }
}
