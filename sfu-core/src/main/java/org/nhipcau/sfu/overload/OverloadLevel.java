// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.overload;

/**
 * What an overloaded packet thread gives up, level by level: pictures before sound, the highest layers first.
 *
 * <p>The <em>stage</em> of a viewer is its shared screens and the one picture that matters most to it. The table:
 *
 * <pre>
 *  level        stage                    other pictures           repairs of pictures   sound
 *  NONE         all                      all                      yes                   all
 *  HIGH_LAYERS  all                      without highest layer    stage only            all
 *  LOW_LAYER    lowest layer             lowest layer             no                    all
 *  STAGE_ONLY   lowest, fewest frames    off                      no                    all
 *  NO_VIDEO     off                      off                      no                    all
 *  SPEECH_ONLY  off                      off                      no                    controller's and speakers'
 * </pre>
 *
 * <p>The controller's sound and that of whoever speaks is in no cell of the table, so no level takes it.
 */
public enum OverloadLevel {
    NONE,
    HIGH_LAYERS,
    LOW_LAYER,
    STAGE_ONLY,
    NO_VIDEO,
    SPEECH_ONLY;

    /** No picture at all. */
    public static final int OFF = -1;
    private static final OverloadLevel[] ALL = values();

    /** How many levels there are. */
    public static int count() {
        return ALL.length;
    }

    /**
     * The highest layer of a picture that may be forwarded.
     *
     * @param onStage of that viewer
     * @param layers simulcast layers of the picture, 1 or more
     * @return its index; {@link Integer#MAX_VALUE}: any; {@link #OFF}: none
     */
    public int highestLayer(boolean onStage, int layers) {
        return switch (this) {
            case NONE -> Integer.MAX_VALUE;
            case HIGH_LAYERS -> onStage ? Integer.MAX_VALUE : Math.max(0, layers - 2);
            case LOW_LAYER -> 0;
            case STAGE_ONLY -> onStage ? 0 : OFF;
            case NO_VIDEO, SPEECH_ONLY -> OFF;
        };
    }

    /** Of each picture only the temporal layer that all others build on. */
    public boolean fewestFrames() {
        return this == STAGE_ONLY;
    }

    /** Whether lost packets of a picture are sent again. */
    public boolean repairsVideo(boolean onStage) {
        return this == NONE || this == HIGH_LAYERS && onStage;
    }

    /**
     * Whether sound is forwarded.
     *
     * @param controller it is the sound of one who steers the room
     * @param speaking its sender speaks, spoke just now, or nobody can tell whether it speaks
     */
    public boolean forwardsSound(boolean controller, boolean speaking) {
        return this != SPEECH_ONLY || controller || speaking;
    }

    OverloadLevel next() {
        return this == SPEECH_ONLY ? this : ALL[ordinal() + 1];
    }

    OverloadLevel previous() {
        return this == NONE ? this : ALL[ordinal() - 1];
    }
}
