// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/** Where a track comes from; decides priorities, never rights. */
public enum TrackSource {
    UNKNOWN,
    CAMERA,
    MICROPHONE,
    SCREEN_SHARE,
    SCREEN_SHARE_AUDIO
}
