// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.transport;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** What a client's transport tells its owner. Thread: the loop's. */
public interface TransportListener {
    /** Media may flow in both directions. */
    default void onConnected(long nowNs) {}

    /** One packet in the clear, padding included. Buffer and view are valid during the call. */
    void onRtp(PacketBuffer packet, RtpPacketFlyweight rtp, long nowNs);

    /** One compound in the clear. Valid during the call. */
    default void onRtcp(PacketBuffer compound, long nowNs) {}

    /** Nothing comes or goes any more: the server closed, or did not answer. */
    default void onEnded(String reason) {}
}
