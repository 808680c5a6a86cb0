// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.TrackSource;

/**
 * How loud one audio producer is, from the level that the publisher puts into each packet.
 *
 * <p>Within a window of one speaker interval the time that packets were at or above the threshold is summed; only when
 * it makes up enough of the window does the window count as speech, at its loudest level, weakened by the share of
 * silence. Packets that do not come (DTX) are silence. The linear level is smoothed over two windows.
 *
 * <p>Spec: RFC 6464. The behaviour (-35 dBov, 40 % of the window, smoothing over 2 intervals) is that of LiveKit's
 * speaker detection, which clients are used to.
 * Thread: one.
 */
final class SpeakerLevel {
    private static final int THRESHOLD_DBOV = 35;
    private static final double MIN_ACTIVE_SHARE = 0.40;
    private static final double SMOOTHING = 2.0 / 3;
    /** A packet stands for no more time than this, however long the pause before the next. */
    private static final int MAX_PACKET_MS = 60;
    private static final int SILENCE_DBOV = 127;

    private final boolean speech;
    private int loudestDbov = SILENCE_DBOV;
    private double activeMs;
    private int lastTimestamp;
    private boolean timestampKnown;
    private int lastPacketMs = 20;
    private double smoothed;

    /** @param source sound of a shared screen is no speech */
    SpeakerLevel(TrackSource source) {
        speech = source != TrackSource.SCREEN_SHARE_AUDIO;
    }

    /** Counts one packet. @param levelDbov 0 loudest to 127 silence @return whether it may be speech */
    boolean onPacket(int levelDbov, int timestamp, int clockRate) {
        if (timestampKnown) {
            int ms = (int) ((timestamp - lastTimestamp) * 1_000L / clockRate);
            if (ms > 0 && ms <= MAX_PACKET_MS * 2) {
                lastPacketMs = Math.min(ms, MAX_PACKET_MS);
            }
        }
        timestampKnown = true;
        lastTimestamp = timestamp;
        if (levelDbov <= THRESHOLD_DBOV) {
            activeMs += lastPacketMs;
            loudestDbov = Math.min(loudestDbov, levelDbov);
            return speech;
        }
        return false;
    }

    /** Its packets tell how loud they are; not known before the first. */
    boolean tellsLevels() {
        return timestampKnown;
    }

    /** Ends a window. @return the smoothed linear level, 0 to 1; 0 when this is no speech */
    double endWindow(double windowMs) {
        double share = Math.min(1, activeMs / windowMs);
        double level = 0;
        if (speech && share >= MIN_ACTIVE_SHARE) {
            level = Math.pow(10, -loudestDbov / 20.0) * share;
        }
        smoothed += (level - smoothed) * SMOOTHING;
        loudestDbov = SILENCE_DBOV;
        activeMs = 0;
        return smoothed;
    }

    /** Forgets everything: the producer was muted. */
    void clear() {
        loudestDbov = SILENCE_DBOV;
        activeMs = 0;
        smoothed = 0;
        timestampKnown = false;
    }
}
