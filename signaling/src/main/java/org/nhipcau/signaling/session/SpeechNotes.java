// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

/**
 * How a publisher is told that those who listen hear more of thinner speech, for which the protocol has no word: by an
 * attribute of its own, that it alone is told of. It needs no right and gives none; clients that do not know it send on
 * as they did.
 *
 * <pre>
 *   nhipcau.speech.TR_AMxxxx = "12000"     bits per second of the codec, at most;   absent: as the client likes
 * </pre>
 * Pure.
 */
public final class SpeechNotes {
    private static final String SPEECH = PictureNotes.RESERVED + "speech.";

    private SpeechNotes() {}

    public static String key(String trackSid) {
        return SPEECH + trackSid;
    }

    /** The note for a rate in bits per second; null: nothing is to be said. */
    public static String note(int maxBitrateBps) {
        return maxBitrateBps == 0 ? null : Integer.toString(maxBitrateBps);
    }
}
