// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtp;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Writes the RTP header of an outgoing packet: fixed part, contributing sources, then extension elements one after
 * another, in the one-byte form as long as all of them fit it and else in the two-byte form.
 *
 * <pre>
 *  one-byte form (0xBEDE)                      two-byte form (0x1000)
 *  0                   1                       0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 ...                   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 ...
 * +-+-+-+-+-+-+-+-+-+-+-+-                    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
 * |  ID   | len-1 |  data ...                 |       ID      |     length    |  data ...
 * +-+-+-+-+-+-+-+-+-+-+-+-                    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
 * </pre>
 * Spec: RFC 3550 §5.1, RFC 8285 §4. Use: {@link #begin}, the elements, {@link #finish}; the target then holds the
 * header alone and the caller appends the payload. An id of 0 (not negotiated) writes nothing. What does not fit the
 * slot makes {@code finish} answer -1; nothing throws and nothing is allocated.
 *
 * <p>Thread: one; reused.
 */
public final class RtpHeaderWriter {
    /** More elements than there are extensions in use; more in one packet fail. */
    private static final int MAX_ELEMENTS = 32;
    private static final int PROFILE_BYTES = 4;
    /** Where the header of {@link #writeBrief} has the transport-wide number. */
    public static final int BRIEF_TRANSPORT_CC_AT = 17;
    private static final int BRIEF_BYTES = 24;
    private static final int ONE_BYTE_MAX_ID = 14;
    private static final int ONE_BYTE_MAX_LENGTH = 16;

    private final int[] ids = new int[MAX_ELEMENTS];
    private final int[] starts = new int[MAX_ELEMENTS];
    private final int[] lengths = new int[MAX_ELEMENTS];
    private PacketBuffer target;
    private int elements;
    private int profileAt;
    private int at;
    private boolean twoByte;
    private boolean failed;

    /**
     * Empties the target and writes the fixed header, without padding.
     *
     * @param sequenceNumber low 16 bits are written
     * @param timestamp low 32 bits are written
     * @param ssrc low 32 bits are written
     */
    public void begin(PacketBuffer newTarget, boolean marker, int payloadType, long sequenceNumber, long timestamp,
            long ssrc) {
        target = newTarget;
        elements = 0;
        twoByte = false;
        failed = false;
        target.clear();
        target.setLength(RtpPacketFlyweight.FIXED_HEADER_BYTES);
        target.putByte(0, 0x80);
        target.putByte(1, (marker ? 0x80 : 0) | payloadType & 0x7f);
        target.putShort(2, (int) sequenceNumber);
        target.putInt(4, (int) timestamp);
        target.putInt(8, (int) ssrc);
        at = RtpPacketFlyweight.FIXED_HEADER_BYTES;
        profileAt = at;
    }

    /**
     * Writes at once the header that the bulk of a call has: transport-wide number, absolute send time and perhaps an
     * audio level, in the one-byte form. The bytes are those of {@link #begin}, three elements and {@link #finish}.
     *
     * <pre>
     * | fixed header, 12 | BE DE 00 02 | T1 number number | A2 time time time | 0           without a level
     * | fixed header, 12 | BE DE 00 03 | T1 number number | A2 time time time | L0 level 0 0 0
     * </pre>
     *
     * @param transportCcId 1 to 14; the number is 0, to be filled in at {@link #BRIEF_TRANSPORT_CC_AT}
     * @param absSendTimeId 1 to 14
     * @param audioLevelId 1 to 14, or 0: no level
     * @return bytes of the header
     */
    public static int writeBrief(PacketBuffer header, boolean marker, int payloadType, long sequenceNumber,
            long timestamp, long ssrc, int transportCcId, int absSendTimeId, int absSendTime, int audioLevelId,
            int audioLevel) {
        int length = audioLevelId == 0 ? BRIEF_BYTES : BRIEF_BYTES + 4;
        header.clear();
        header.setLength(length);
        header.putLong(0, 0x9000L << 48 | (marker ? 0x80L : 0) << 48 | (payloadType & 0x7fL) << 48
                | (sequenceNumber & 0xffff) << 32 | timestamp & 0xffff_ffffL);
        header.putLong(8, ssrc << 32 | (long) RtpPacketFlyweight.ONE_BYTE_PROFILE << 16 | (length - 16) / 4);
        header.putLong(16, (transportCcId << 4 | 1L) << 56 | (absSendTimeId << 4 | 2L) << 32
                | (absSendTime & 0xff_ffffL) << 8 | (long) audioLevelId << 4);
        if (audioLevelId != 0) {
            header.putInt(BRIEF_BYTES, audioLevel << 24);
        }
        return length;
    }

    /** Takes over the contributing sources of a packet. Before the first extension. */
    public void copyContributors(RtpPacketFlyweight source) {
        int count = source.contributorCount();
        if (elements > 0) {
            throw new IllegalStateException("contributing sources after an extension");
        }
        if (count == 0 || !reserve(count * 4)) {
            return;
        }
        target.putByte(0, target.getByte(0) & 0xf0 | count);
        target.putBytes(at, source.packet(), RtpPacketFlyweight.FIXED_HEADER_BYTES, count * 4);
        at += count * 4;
        profileAt = at;
    }

    /** Copies the data of an element from another packet. */
    public void copyExtension(int id, PacketBuffer source, int sourceIndex, int length) {
        int data = open(id, length);
        if (data >= 0) {
            target.putBytes(data, source, sourceIndex, length);
        }
    }

    /** Copies an element from another packet under a new id; does nothing where that packet does not have it. */
    public void copyExtension(int id, RtpPacketFlyweight source, int sourceId) {
        int index = id == 0 ? -1 : source.findExtension(sourceId);
        if (index >= 0) {
            copyExtension(id, source.packet(), index, source.foundLength());
        }
    }

    /** An element with these bytes, for example a mid. */
    public void extension(int id, byte[] data) {
        int index = open(id, data.length);
        if (index >= 0) {
            target.putBytes(index, data, 0, data.length);
        }
    }

    /** An element of one byte, for example an audio level. */
    public void extensionByte(int id, int value) {
        int index = open(id, 1);
        if (index >= 0) {
            target.putByte(index, value);
        }
    }

    /** An element of two bytes, for example a transport-wide sequence number. */
    public void extensionShort(int id, int value) {
        int index = open(id, 2);
        if (index >= 0) {
            target.putShort(index, value);
        }
    }

    /** An element of three bytes, for example abs-send-time. */
    public void extensionMedium(int id, int value) {
        int index = open(id, 3);
        if (index >= 0) {
            target.putMedium(index, value);
        }
    }

    /** Pads the extension block and writes its length. @return bytes of the header, -1 when it did not fit */
    public int finish() {
        if (failed) {
            return -1;
        }
        if (elements == 0) {
            return at;
        }
        int end = at + 3 & ~3;
        int from = at;
        if (!reserve(end - from)) {
            return -1;
        }
        for (int i = from; i < end; i++) {
            target.putByte(i, 0);
        }
        target.putByte(0, target.getByte(0) | 0x10);
        target.putShort(profileAt, twoByte ? RtpPacketFlyweight.TWO_BYTE_PROFILE : RtpPacketFlyweight.ONE_BYTE_PROFILE);
        target.putShort(profileAt + 2, (end - profileAt - PROFILE_BYTES) / 4);
        at = end;
        return end;
    }

    /** After {@link #finish}: where the data of an element begins, to be filled in later; -1 when not written. */
    public int dataIndex(int id) {
        for (int i = 0; i < elements; i++) {
            if (ids[i] == id) {
                return starts[i] + headBytes();
            }
        }
        return -1;
    }

    // Writes an element's head; answers where its data goes, -1 when it is not to be written.
    private int open(int id, int length) {
        if (id == 0) {
            return -1;
        }
        if (id < 0 || id > 255 || length > 255 || elements == MAX_ELEMENTS) {
            failed = true;
            return -1;
        }
        if (elements == 0) {
            if (!reserve(PROFILE_BYTES)) {
                return -1;
            }
            at = profileAt + PROFILE_BYTES;
        }
        boolean fitsOneByte = id <= ONE_BYTE_MAX_ID && length >= 1 && length <= ONE_BYTE_MAX_LENGTH;
        if (!twoByte && !fitsOneByte && !changeToTwoByte() || !reserve(headBytes() + length)) {
            return -1;
        }
        ids[elements] = id;
        starts[elements] = at;
        lengths[elements] = length;
        writeHead(elements++);
        int data = at + headBytes();
        at = data + length;
        return data;
    }

    // Each element written so far grows by one byte: the last moves first.
    private boolean changeToTwoByte() {
        if (!reserve(elements)) {
            return false;
        }
        twoByte = true;
        for (int i = elements - 1; i >= 0; i--) {
            target.putBytes(starts[i] + i + 2, target, starts[i] + 1, lengths[i]);
            starts[i] += i;
            writeHead(i);
        }
        at += elements;
        return true;
    }

    private void writeHead(int element) {
        int start = starts[element];
        if (twoByte) {
            target.putByte(start, ids[element]);
            target.putByte(start + 1, lengths[element]);
        } else {
            target.putByte(start, ids[element] << 4 | lengths[element] - 1);
        }
    }

    private int headBytes() {
        return twoByte ? 2 : 1;
    }

    // Grows the packet so that bytes up to at + count can be written.
    private boolean reserve(int count) {
        int needed = at + count;
        if (failed || needed - target.length() > target.tailroom()) {
            failed = true;
            return false;
        }
        if (needed > target.length()) {
            target.setLength(needed);
        }
        return true;
    }
}
