// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

/**
 * How a publisher is told that those who listen hear more of thinner speech, or of speech in longer packets, for which the
 * protocol has no word: by attributes of its own, that it alone is told of. They need no right and give none; clients
 * that do not know them send on as they did.
 *
 * <pre>
 *   nhipcau.speech.TR_AMxxxx = "12000"     bits per second of the codec, at most;   absent: as the client likes
 *   nhipcau.packet.TR_AMxxxx = "60"        milliseconds in each packet;             absent: as negotiated
 * </pre>
 * Whoever negotiates while longer packets are wanted is told of them in the answer as well ({@code a=ptime}). Pure.
 */
public final class SpeechNotes {
    private static final String SPEECH = PictureNotes.RESERVED + "speech.";
    private static final String PACKET = PictureNotes.RESERVED + "packet.";

    private SpeechNotes() {}

    public static String rateKey(String trackSid) {
        return SPEECH + trackSid;
    }

    public static String packetKey(String trackSid) {
        return PACKET + trackSid;
    }
}
