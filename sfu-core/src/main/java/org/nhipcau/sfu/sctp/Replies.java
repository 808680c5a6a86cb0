// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import java.util.Arrays;
import org.nhipcau.sfu.sctp.wire.ChunkType;
import org.nhipcau.sfu.sctp.wire.PacketReader;
import org.nhipcau.sfu.sctp.wire.PacketWriter;

/**
 * Answers to heartbeats and to chunks that we do not know: the last one of each, however many come.
 *
 * <p>Spec: RFC 9260 §3.2, §8.3.
 */
final class Replies {
    private static final int CAUSE_UNRECOGNIZED_CHUNK = 6;
    private static final int MAX_ECHOED_BYTES = 512;

    private byte[] heartbeat;
    private byte[] unrecognized;

    /** Takes the HEARTBEAT that the reader is at. */
    void onHeartbeat(PacketReader packet) {
        if (packet.bodyLength() <= MAX_ECHOED_BYTES) {
            heartbeat = packet.body(0, packet.bodyLength());
        }
    }

    /** Takes a chunk of an unknown type. @return false: the rest of its packet is not to be looked at */
    boolean onUnknown(PacketReader packet) {
        if (ChunkType.reportedWhenUnknown(packet.type())) {
            byte[] chunk = packet.chunk();
            unrecognized = chunk.length <= MAX_ECHOED_BYTES ? chunk : Arrays.copyOf(chunk, MAX_ECHOED_BYTES);
        }
        return ChunkType.skippedWhenUnknown(packet.type());
    }

    /** Writes what there is room for. */
    void write(PacketWriter out) {
        if (heartbeat != null && out.room() >= heartbeat.length) {
            out.beginChunk(ChunkType.HEARTBEAT_ACK, 0);
            out.putBytes(heartbeat, 0, heartbeat.length);
            out.endChunk();
            heartbeat = null;
        }
        if (unrecognized != null && out.room() >= unrecognized.length + 8) {
            out.beginChunk(ChunkType.ERROR, 0);
            out.putParameter(CAUSE_UNRECOGNIZED_CHUNK, unrecognized);
            out.endChunk();
            unrecognized = null;
        }
    }
}
