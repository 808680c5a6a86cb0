// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Puts the frames of a simulated microphone into Opus packets of one frame or several, each as {@link SoundPayload} reads
 * it. Spec: RFC 6716 §3.2. Thread: one.
 */
final class SoundWriter {
    /** Of 20 ms each: 60 ms, the longest that is asked for. */
    static final int MAX_FRAMES = 3;
    private static final int OPUS_WIDEBAND_20_MS = 9 << 3;
    private static final int CODE_MANY = 3;
    private static final int VARIABLE = 0x80;

    private final int[] lengths = new int[MAX_FRAMES];
    private int frames;
    private int first;
    private boolean speech;

    /** Takes the frame that follows the last one. @param bytes of it with a table of contents of its own */
    void add(int frame, int bytes, boolean talking) {
        if (frames == 0) {
            first = frame;
        }
        lengths[frames++] = bytes - 1;
        speech = talking;
    }

    int frames() {
        return frames;
    }

    /** Number of its first frame. */
    int first() {
        return first;
    }

    int lengthBytes() {
        int bytes = frames == 1 ? 1 : 1 + frames;
        for (int i = 0; i < frames; i++) {
            bytes += lengths[i];
        }
        return bytes;
    }

    /** Writes the packet's payload and forgets it. */
    void write(PacketBuffer out, int from) {
        int at = from;
        out.putByte(at++, OPUS_WIDEBAND_20_MS | (frames == 1 ? 0 : CODE_MANY));
        if (frames > 1) {
            out.putByte(at++, frames | VARIABLE);
            for (int i = 0; i < frames - 1; i++) {
                out.putByte(at++, lengths[i]);
            }
        }
        for (int i = 0; i < frames; i++) {
            out.putInt(at, first + i);
            out.putByte(at + 4, speech ? 1 : 0);
            at += lengths[i];
        }
        frames = 0;
    }
}
