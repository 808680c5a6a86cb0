// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.rtp.RtpPacketFlyweight;

/** Reads what a video packet says about its frame. One instance per inbound stream: some formats need memory. */
public interface PayloadReader {
    /**
     * Reads one packet in the clear with a payload of at least one byte.
     *
     * @param mark cleared and filled in; left cleared when the payload is not well-formed
     * @return false when the payload is not well-formed: it is then no frame start and no key frame
     */
    boolean read(RtpPacketFlyweight packet, FrameMark mark);
}
