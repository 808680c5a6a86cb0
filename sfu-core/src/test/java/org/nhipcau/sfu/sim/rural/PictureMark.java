// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * What a simulated encoder writes into the last bytes of each video payload, for the viewer's model of a decoder: which
 * frame of which layer this is a part of, and what it refers to.
 *
 * <p>Thread: one; reused.
 */
final class PictureMark {
    static final int BYTES = 16;
    private static final int MAGIC = 0x5a;

    int layer;
    int frame;
    int reference;
    int index;
    int count;
    int temporal;
    boolean key;

    void write(PacketBuffer packet, int end) {
        int at = end - BYTES;
        packet.putByte(at, layer);
        packet.putInt(at + 1, frame);
        packet.putInt(at + 5, reference);
        packet.putByte(at + 9, index);
        packet.putByte(at + 10, count);
        packet.putByte(at + 11, temporal);
        packet.putByte(at + 12, key ? 1 : 0);
        packet.putByte(at + 13, MAGIC);
    }

    void read(PacketBuffer packet, int end) {
        int at = end - BYTES;
        if (packet.getByte(at + 13) != MAGIC) {
            throw new AssertionError("a video payload that no encoder made");
        }
        layer = packet.getByte(at);
        frame = packet.getInt(at + 1);
        reference = packet.getInt(at + 5);
        index = packet.getUnsignedByte(at + 9);
        count = packet.getUnsignedByte(at + 10);
        temporal = packet.getByte(at + 11);
        key = packet.getByte(at + 12) != 0;
    }
}
