// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpWriter;

/** One track that a client sends. Thread: the client's loop. */
public interface MediaSender {
    /** Begins; the first packet goes out at this time. */
    void start(long nowNs);

    /** Sends what is due. @return when the next is due */
    long onTime(long nowNs);

    /** The server wants a key frame of the encoding with this SSRC. */
    default void onKeyFrameRequest(long ssrc) {}

    /** The server misses a packet of the stream with this SSRC. */
    void onNack(long ssrc, int sequenceNumber);

    /** The server has reported on the stream with this SSRC. */
    void onReported(long ssrc);

    /** Sends a sender report per stream. */
    void report(RtcpWriter writer, PacketBuffer compound, long nowNs, long unixNs, byte[] cname);

    /** Packets sent, without those sent again. */
    long packets();

    /** Packets sent again. */
    long retransmitted();

    /** Packets that the server asked for again. */
    long asked();
}
