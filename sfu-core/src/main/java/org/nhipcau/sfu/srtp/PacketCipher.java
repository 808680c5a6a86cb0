// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.srtp;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * One direction's keys at work: seals or opens single packets at an index it is told, and remembers nothing.
 *
 * <p>A cipher made for outbound packets only seals, one for inbound only opens. The caller has checked lengths and
 * room. When a packet does not open, its bytes are undefined.
 *
 * <p>Thread: the owner's only.
 */
public interface PacketCipher extends AutoCloseable {

    /** Encrypts behind the header and appends the tag. */
    void sealRtp(PacketBuffer packet, int headerLength, int ssrc, long index);

    /** Verifies, decrypts and cuts the tag; false when the tag is wrong. */
    boolean openRtp(PacketBuffer packet, int headerLength, int ssrc, long index);

    /** Encrypts behind the first 8 bytes, appends the tag and the word with E flag and index. */
    void sealRtcp(PacketBuffer packet, int ssrc, int index);

    /** Verifies, decrypts and cuts tag and index word; false when the tag is wrong. */
    boolean openRtcp(PacketBuffer packet, int ssrc, int index);

    /** Wipes and frees the keys. */
    @Override
    void close();
}
