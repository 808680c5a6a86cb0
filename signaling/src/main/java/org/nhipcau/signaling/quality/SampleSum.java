// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.quality;

import org.nhipcau.sfu.api.MediaEvent.DirectionQuality;
import org.nhipcau.sfu.api.QualityCause;

/**
 * Sums up the reports of one direction to one sample: means of what was known, the worst jitter, the cause that cost most.
 *
 * <p>Thread: the room's.
 */
public final class SampleSum {
    private final Mean audioLoss = new Mean();
    private final Mean videoLoss = new Mean();
    private final Mean unrepaired = new Mean();
    private final Mean roundTrip = new Mean();
    private final Mean freeze = new Mean();
    private final Mean audioScore = new Mean();
    private final Mean linkScore = new Mean();
    private double jitterMs = -1;
    private long audioBits;
    private long videoBits;
    private int freezes;
    private int reports;
    private QualityCause cause = QualityCause.NONE;
    private double impairment;
    private boolean media;

    /** A mean of values of which some are missing. */
    private static final class Mean {
        private double sum;
        private int count;

        void add(double value) {
            if (value >= 0) {
                sum += value;
                count++;
            }
        }

        double value() {
            return count == 0 ? -1 : sum / count;
        }
    }

    /** Takes in one report. */
    public void add(DirectionQuality quality, double roundTripMs) {
        reports++;
        media |= quality.packets() > 0 || quality.cause() != QualityCause.NONE;
        audioLoss.add(quality.audioLossRatio());
        videoLoss.add(quality.videoLossRatio());
        unrepaired.add(quality.audioUnrepairedRatio());
        roundTrip.add(roundTripMs);
        freeze.add(quality.freezeRatio());
        audioScore.add(quality.audioScore());
        linkScore.add(quality.linkScore());
        jitterMs = Math.max(jitterMs, quality.jitterMs());
        audioBits += quality.audioBitrateBps();
        videoBits += quality.videoBitrateBps();
        freezes += quality.freezes();
        if (quality.cause() != QualityCause.NONE && quality.impairment() > impairment) {
            cause = quality.cause();
            impairment = quality.impairment();
        }
    }

    /** Whether there is anything to be kept: media flowed, or should have. */
    public boolean worthKeeping() {
        return reports > 0 && media;
    }

    /** The sample; only when {@link #worthKeeping}. */
    public QualitySample sample(long atEpochMs, String participant, boolean uplink) {
        return new QualitySample(atEpochMs, participant, uplink, audioLoss.value(), videoLoss.value(),
                unrepaired.value(), jitterMs, roundTrip.value(), audioBits / reports, videoBits / reports,
                freeze.value(), freezes, audioScore.value(), linkScore.value(), cause, impairment);
    }
}
