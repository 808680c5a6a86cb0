// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * The content of a swarm's payloads: says whose it is and where it belongs, and leaves no byte unused, so that a single
 * byte of another room, track or packet is noticed.
 *
 * <pre>
 *  0   magic                       4 bytes
 *  4   room                        8
 *  12  track                       8
 *  20  encoding, flags             1 + 1    flag 1: key frame
 *  22  packet of the frame         2
 *  24  packets of the frame        2
 *  26  temporal layer, 0           1 + 1
 *  28  frame of the track          4
 *  32  packet of the encoding      4
 *  36  base layer frames so far    4        of the encoding
 *  40  sent at                     8        ns of the machine's monotonic clock
 *  48  pattern of room and track to the end of the payload
 * </pre>
 *
 * <p>Thread: any; immutable.
 */
public final class Canary {
    /** Bytes in front of the pattern; no payload is shorter. */
    public static final int HEADER_BYTES = 48;
    private static final int MAGIC = 0x4e68_4361;
    private static final int KEY_FRAME = 1;
    private static final int PATTERN_BYTES = 1_536;

    private final long room;
    private final long track;
    private final byte[] pattern;
    private final MemorySegment patternSegment;

    /** The canary of one track of one room. */
    public Canary(String roomName, String publisherIdentity, String trackName) {
        room = key(roomName);
        track = key(publisherIdentity + '\n' + trackName);
        pattern = new byte[PATTERN_BYTES];
        long state = room * 31 + track;
        for (int i = 0; i < PATTERN_BYTES; i++) {
            if ((i & 7) == 0) {
                state = mix(state + 0x9e37_79b9_7f4a_7c15L);
            }
            pattern[i] = (byte) (state >>> (i & 7) * 8);
        }
        patternSegment = MemorySegment.ofArray(pattern);
    }

    private static long key(String text) {
        long hash = 0xcbf2_9ce4_8422_2325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xff) * 0x100_0000_01b3L;
        }
        return mix(hash);
    }

    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }

    /** Fills a payload's place; the packet already has its length. */
    void write(PacketBuffer packet, int at, int length, SentFrame frame, int packetIndex) {
        packet.putInt(at, MAGIC);
        packet.putLong(at + 4, room);
        packet.putLong(at + 12, track);
        packet.putByte(at + 20, frame.encoding());
        packet.putByte(at + 21, frame.key() ? KEY_FRAME : 0);
        packet.putShort(at + 22, packetIndex);
        packet.putShort(at + 24, frame.packets());
        packet.putByte(at + 26, frame.temporalLayer());
        packet.putByte(at + 27, 0);
        packet.putInt(at + 28, (int) frame.number());
        packet.putInt(at + 32, (int) (frame.firstPacket() + packetIndex));
        packet.putInt(at + 36, frame.baseFrames());
        packet.putLong(at + 40, frame.sentNs());
        packet.putBytes(at + HEADER_BYTES, pattern, 0, length - HEADER_BYTES);
    }

    /**
     * Bytes of a payload that are not this track's: all of them when it carries another's name, none when it is whole.
     */
    public int foreignBytes(PacketBuffer packet, int at, int end) {
        int length = end - at;
        if (length < HEADER_BYTES || length - HEADER_BYTES > PATTERN_BYTES || packet.getInt(at) != MAGIC
                || packet.getLong(at + 4) != room || packet.getLong(at + 12) != track) {
            return Math.max(1, length);
        }
        long from = packet.offset() + (long) at + HEADER_BYTES;
        int filled = length - HEADER_BYTES;
        if (MemorySegment.mismatch(packet.slot(), from, from + filled, patternSegment, 0, filled) < 0) {
            return 0;
        }
        int foreign = 0;
        for (int i = 0; i < filled; i++) {
            foreign += packet.getByte(at + HEADER_BYTES + i) == pattern[i] ? 0 : 1;
        }
        return foreign;
    }

    static int encoding(PacketBuffer packet, int at) {
        return packet.getUnsignedByte(at + 20);
    }

    static boolean isKeyFrame(PacketBuffer packet, int at) {
        return (packet.getByte(at + 21) & KEY_FRAME) != 0;
    }

    static int packetsOfFrame(PacketBuffer packet, int at) {
        return packet.getUnsignedShort(at + 24);
    }

    static int temporalLayer(PacketBuffer packet, int at) {
        return packet.getUnsignedByte(at + 26);
    }

    static int frame(PacketBuffer packet, int at) {
        return packet.getInt(at + 28);
    }

    static int packetOfEncoding(PacketBuffer packet, int at) {
        return packet.getInt(at + 32);
    }

    static int baseFrames(PacketBuffer packet, int at) {
        return packet.getInt(at + 36);
    }

    static long sentNs(PacketBuffer packet, int at) {
        return packet.getLong(at + 40);
    }
}
