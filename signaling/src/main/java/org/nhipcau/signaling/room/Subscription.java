// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.PictureStep;

/**
 * What one participant wants of one published track, and what has come of it. Thread: the room's.
 */
final class Subscription {
    private final String trackSid;
    private final String publisherSid;
    private boolean desired;
    private boolean denied;
    private boolean permissionTold;
    private boolean unsupported;
    private boolean congested;
    private boolean shownPaused;
    private PictureStep pictureStep = PictureStep.MOVING;
    private ConsumerSettings settings = ConsumerSettings.DEFAULT;
    private long settingsAtMs = Long.MIN_VALUE / 2;
    private RoomTimers.Timer settingsTimer;

    Subscription(String trackSid, String publisherSid, boolean desired) {
        this.trackSid = trackSid;
        this.publisherSid = publisherSid;
        this.desired = desired;
    }

    String trackSid() {
        return trackSid;
    }

    String publisherSid() {
        return publisherSid;
    }

    /** Whether the participant wants the track, by its own word or by auto-subscribe. */
    boolean desired() {
        return desired;
    }

    void desired(boolean wanted) {
        desired = wanted;
        if (!wanted) {
            unsupported = false;
            congested = false;
            shownPaused = false;
        }
    }

    /** Whether the participant was last told that the publisher does not allow it. */
    boolean denied() {
        return denied;
    }

    void denied(boolean now) {
        denied = now;
        permissionTold = true;
    }

    /** Whether the participant was ever told whether the publisher allows it. */
    boolean permissionTold() {
        return permissionTold;
    }

    /** Whether no format of the participant can carry the track. */
    boolean unsupported() {
        return unsupported;
    }

    void unsupported(boolean now) {
        unsupported = now;
    }

    /** Whether the node paused it for want of bandwidth. */
    boolean congested() {
        return congested;
    }

    void congested(boolean now) {
        congested = now;
    }

    /** Whether the participant was last told that the stream is paused. */
    boolean shownPaused() {
        return shownPaused;
    }

    void shownPaused(boolean now) {
        shownPaused = now;
    }

    /** How much of the picture the viewer's link carries. */
    PictureStep pictureStep() {
        return pictureStep;
    }

    void pictureStep(PictureStep now) {
        pictureStep = now;
    }

    ConsumerSettings settings() {
        return settings;
    }

    void settings(ConsumerSettings next) {
        settings = next;
    }

    long settingsAtMs() {
        return settingsAtMs;
    }

    void settingsAtMs(long nowMs) {
        settingsAtMs = nowMs;
    }

    RoomTimers.Timer settingsTimer() {
        return settingsTimer;
    }

    void settingsTimer(RoomTimers.Timer timer) {
        settingsTimer = timer;
    }
}
