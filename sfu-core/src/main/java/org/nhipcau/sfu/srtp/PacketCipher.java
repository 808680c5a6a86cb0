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

    /**
     * Encrypts part of another packet behind the header that {@code target} holds, and appends the tag: the payload is
     * read once and written once, where it goes out. The source stays as it is.
     *
     * @param target begins with the header; what stands behind it is overwritten and its length set anew
     * @param source shares no byte with what is written to {@code target}
     * @param from where in {@code source} the payload starts
     * @param length bytes of payload
     */
    default void sealRtp(PacketBuffer target, int headerLength, int ssrc, long index, PacketBuffer source, int from,
            int length) {
        target.setLength(headerLength + length);
        target.putBytes(headerLength, source, from, length);
        sealRtp(target, headerLength, ssrc, index);
    }

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
