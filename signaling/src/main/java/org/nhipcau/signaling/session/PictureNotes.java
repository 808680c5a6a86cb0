// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import org.nhipcau.sfu.api.PictureStep;

/**
 * How a viewer is told what its link leaves of somebody's pictures, for which the protocol has no word but "paused": by
 * an attribute of that participant, as this viewer alone is told of it. So every client that knows attributes can read
 * it, and others pass over it.
 *
 * <pre>
 *   nhipcau.picture.TR_VCxxxx = "few" | "still" | "off"        absent: nothing is held back
 * </pre>
 * Keys that begin with {@link #RESERVED} are the server's: nobody can set them. Pure.
 */
public final class PictureNotes {
    /** Begins the keys of all attributes that the server itself makes. */
    public static final String RESERVED = "nhipcau.";
    private static final String PICTURE = RESERVED + "picture.";

    private PictureNotes() {}

    public static String key(String trackSid) {
        return PICTURE + trackSid;
    }

    /** The note for a step; null: nothing is to be said. */
    public static String note(PictureStep step) {
        return switch (step) {
            case OFF -> "off";
            case STILL -> "still";
            case FEW_FRAMES -> "few";
            case MOVING -> null;
        };
    }
}
