// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.policy;

/** What a track carries, as its publisher names it. */
public enum Source {
    CAMERA(true),
    MICROPHONE(false),
    SCREEN_SHARE(true),
    SCREEN_SHARE_AUDIO(false),
    /** Without a name that we know: published by nobody in a consultation, and taken for a picture. */
    UNKNOWN(true);

    private final boolean video;

    Source(boolean video) {
        this.video = video;
    }

    /** Whether a face can be in it. */
    public boolean isVideo() {
        return video;
    }
}
