// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/** How much of a picture a viewer's link carries, least first. */
public enum PictureStep {
    /** Nothing: sound alone. */
    OFF,
    /** A single picture every few seconds. */
    STILL,
    /** It moves, with few frames per second. */
    FEW_FRAMES,
    /** It moves, in whatever size. */
    MOVING
}
