// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.QualityCause;
import org.nhipcau.signaling.quality.QualitySample;
import org.nhipcau.signaling.quality.SampleSum;

/**
 * The figures of a participant's own two directions, which it alone is told: means since it was told last, the
 * worst jitter and the cause that cost most.
 *
 * <p>They go along with its own mark, in fields of ConnectionQualityInfo that the protocol does not know, each a message
 * of varints. What is not known is left out, and so is a direction in which nothing flows.
 *
 * <pre>
 *  ConnectionQualityInfo   1001 uplink   1002 downlink
 *     1 cause, {@link #wire}           6 jitterMs * 10
 *     2 audioLossRatio * 10,000         7 roundTripMs * 10
 *     3 audioUnrepairedRatio * 10,000   8 audioBitrateBps
 *     4 videoLossRatio * 10,000         9 videoBitrateBps
 *     5 freezeRatio * 10,000           10 audioScore * 100
 * </pre>
 *
 * <p>Thread: the room's.
 */
final class OwnFigures {
    /** Numbers far from those that the protocol may come to use; never reused. */
    static final int UPLINK_FIELD = 1001;
    static final int DOWNLINK_FIELD = 1002;
    /** Some 250 bit/s with all headers: not felt on the poorest link. */
    private static final long INTERVAL_MS = 6_000;
    private static final int RATIO = 10_000;
    private static final int TENTHS = 10;
    private static final int HUNDREDTHS = 100;

    private final String sid;
    private SampleSum uplink = new SampleSum();
    private SampleSum downlink = new SampleSum();
    private long toldAtMs = Long.MIN_VALUE / 2;

    OwnFigures(String sid) {
        this.sid = sid;
    }

    void addUplink(DirectionQuality quality, double roundTripMs) {
        uplink.add(quality, roundTripMs);
    }

    void addDownlink(DirectionQuality quality, double roundTripMs) {
        downlink.add(quality, roundTripMs);
    }

    /** Whether they are to be told: not too often, and only where there are any. */
    boolean due(long nowMs) {
        return nowMs - toldAtMs >= INTERVAL_MS && (uplink.worthKeeping() || downlink.worthKeeping());
    }

    /** Puts them among the fields of a message to the participant, and begins anew. */
    void take(UnknownFieldSet.Builder fields, long nowMs) {
        put(fields, UPLINK_FIELD, uplink, nowMs);
        put(fields, DOWNLINK_FIELD, downlink, nowMs);
        uplink = new SampleSum();
        downlink = new SampleSum();
        toldAtMs = nowMs;
    }

    private void put(UnknownFieldSet.Builder fields, int number, SampleSum sum, long nowMs) {
        if (sum.worthKeeping()) {
            ByteString figures = figures(sum.sample(nowMs, sid, number == UPLINK_FIELD));
            fields.addField(number, Field.newBuilder().addLengthDelimited(figures).build());
        }
    }

    private static ByteString figures(QualitySample sample) {
        UnknownFieldSet.Builder message = UnknownFieldSet.newBuilder();
        add(message, 1, wire(sample.cause()), 1);
        add(message, 2, sample.audioLossRatio(), RATIO);
        add(message, 3, sample.audioUnrepairedRatio(), RATIO);
        add(message, 4, sample.videoLossRatio(), RATIO);
        add(message, 5, sample.freezeRatio(), RATIO);
        add(message, 6, sample.jitterMs(), TENTHS);
        add(message, 7, sample.roundTripMs(), TENTHS);
        add(message, 8, sample.audioBitrateBps(), 1);
        add(message, 9, sample.videoBitrateBps(), 1);
        add(message, 10, sample.audioScore(), HUNDREDTHS);
        return message.build().toByteString();
    }

    private static void add(UnknownFieldSet.Builder message, int number, double value, int parts) {
        if (value >= 0) {
            message.addField(number, Field.newBuilder().addVarint(Math.round(value * parts)).build());
        }
    }

    /** A cause as our page reads it. Numbers are never reused. */
    static int wire(QualityCause cause) {
        return switch (cause) {
            case NONE -> 0;
            case PUBLISHER_UPLINK -> 1;
            case VIEWER_DOWNLINK -> 2;
            case CAMERA_STOPPED -> 3;
            case SERVER -> 4;
        };
    }
}
