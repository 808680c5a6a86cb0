// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.UpdateTrackSettings;
import org.nhipcau.sfu.api.ConsumerSettings;

/** Translates a viewer's track_setting into what the media node understands. Pure. */
public final class ViewerSettings {
    private static final int BEST_QUALITY = 2;
    private static final int MAX_PRIORITY = 100;
    private static final int MAX_SIDE = 16_384;
    private static final int MAX_FPS = 240;

    private ViewerSettings() {}

    public static ConsumerSettings of(UpdateTrackSettings request, TrackInfo track) {
        boolean off = request.getQuality() == VideoQuality.OFF;
        int height = clamp(request.getHeight(), MAX_SIDE);
        int width = clamp(request.getWidth(), MAX_SIDE);
        if (height == 0 && width > 0) {
            height = heightFor(width, track);
        }
        // The wire cannot tell "LOW" from "not set": clients that mean the best say HIGH.
        int quality = switch (request.getQuality()) {
            case LOW -> 0;
            case MEDIUM -> 1;
            default -> BEST_QUALITY;
        };
        // Protocol: 1 is most important, 0 unset. Node: rising importance.
        int asked = clamp(request.getPriority(), Integer.MAX_VALUE);
        int priority = asked == 0 ? 0 : Math.max(1, MAX_PRIORITY + 1 - asked);
        return new ConsumerSettings(request.getDisabled() || off, quality, height, clamp(request.getFps(), MAX_FPS),
                priority);
    }

    private static int heightFor(int width, TrackInfo track) {
        long trackWidth = Integer.toUnsignedLong(track.getWidth());
        long trackHeight = Integer.toUnsignedLong(track.getHeight());
        if (trackWidth == 0 || trackHeight == 0) {
            return Math.max(1, width * 9 / 16);
        }
        return (int) Math.clamp(width * trackHeight / trackWidth, 1, MAX_SIDE);
    }

    /** Unsigned protocol numbers, kept within reason. */
    private static int clamp(int unsigned, int max) {
        return (int) Math.min(Integer.toUnsignedLong(unsigned), max);
    }
}
