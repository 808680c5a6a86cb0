// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.OpusPacket;
import org.nhipcau.sfu.codec.OpusRepacketizer;
import org.nhipcau.sfu.codec.RedWriter;
import org.nhipcau.sfu.stream.OpusHistory;

/**
 * Scratch of a room for putting sound together: of one packet at a time.
 *
 * <p>Thread: one, the worker's that owns the room.
 */
final class AudioTools {
    /** Copies in one packet at most. */
    static final int MAX_COPIES = 6;
    /** 20 ms, in which plans count. */
    static final int FRAME_TICKS = OpusPacket.CLOCK_RATE_HZ / 50;
    static final int FRAME_US = 20_000;
    private static final int LEVEL_ID = 1;
    private static final HeaderExtensions LEVEL_ONLY = new HeaderExtensions(0, 0, 0, LEVEL_ID, 0, 0, 0, 0, 0, 0);
    private static final int HEADER_BYTES = 20;

    final RedWriter red = new RedWriter();
    /** The packet's own frames, where several packets of the publisher become one. */
    final OpusRepacketizer primary = new OpusRepacketizer();
    final OpusRepacketizer[] copies = new OpusRepacketizer[MAX_COPIES];
    final int[] offsetsTicks = new int[MAX_COPIES];
    int copyCount;

    private final SourcePacket merged = new SourcePacket();
    private final PacketBuffer header = PacketBuffer.allocate();

    AudioTools() {
        for (int i = 0; i < MAX_COPIES; i++) {
            copies[i] = new OpusRepacketizer();
        }
        header.setLength(HEADER_BYTES);
        for (int i = 0; i < HEADER_BYTES; i++) {
            header.putByte(i, 0);
        }
        header.putByte(0, 0x90);
        header.putInt(12, 0xbede_0001);
        header.putByte(16, LEVEL_ID << 4);
    }

    /**
     * A packet without payload that stands for several remembered ones: begins like the first of them, is as loud as the
     * last.
     *
     * @return valid until the next call; where it comes from is not filled in
     */
    SourcePacket standIn(OpusHistory history, int firstSlot, int lastSlot) {
        int level = history.level(lastSlot);
        header.putByte(1, history.marker(firstSlot) ? 0x80 : 0);
        header.putInt(4, history.timestamp(firstSlot));
        // An id of 0 is padding: no level.
        header.putByte(16, level < 0 ? 0 : LEVEL_ID << 4);
        header.putByte(17, Math.max(0, level));
        if (!merged.rtp.wrapPlain(header)) {
            throw new AssertionError("a header made here is well-formed");
        }
        merged.readExtensions(LEVEL_ONLY);
        merged.mark.clear();
        return merged;
    }
}
