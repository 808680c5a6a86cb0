// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stun;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * A view of one STUN message.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|     STUN message type     |         message length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    magic cookie = 0x2112A442                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    transaction id (96 bits)                   |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |        attribute type         |        attribute length       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |             value, padded to a multiple of 32 bits ...        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 * Spec: RFC 8489 §5, §14; RFC 8445 §16.1. Of an attribute that occurs twice the first counts; what follows
 * MESSAGE-INTEGRITY is passed over, except FINGERPRINT, which must be last.
 *
 * <p>Thread: the packet owner's. Lives no longer than the packet's stay with the caller; reused.
 */
public final class StunMessageFlyweight {
    /** Bytes of the header. */
    public static final int HEADER_BYTES = 20;
    /** Second word of every message. */
    public static final int MAGIC_COOKIE = 0x2112A442;
    /** What {@link #peekUfragKey} answers when there is no key. No user name fragment has this key. */
    public static final long NO_KEY = -1;
    /** Two fragments of at most 256 characters and the colon between (RFC 8839 §5.4). */
    private static final int MAX_USERNAME_BYTES = 513;
    private static final int MAX_UFRAG_BYTES = 256;
    private static final int KEY_UFRAG_BYTES = 8;
    private static final int MAX_UNKNOWN = 8;
    private static final int FINGERPRINT_XOR = 0x5354554e;
    private static final int CHUNK_BYTES = 256;

    private final int[] unknown = new int[MAX_UNKNOWN];
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private final CRC32 crc = new CRC32();
    private PacketBuffer packet;
    private int unknownCount;
    // Index of an attribute's value; 0: absent (the header is there).
    private int usernameAt;
    private int usernameLength;
    private int integrityAt;
    private int fingerprintAt;
    private int priorityAt;
    private int controlledAt;
    private int controllingAt;
    private int mappedAt;
    private int mappedLength;
    private int errorAt;
    private boolean useCandidate;

    /**
     * Whether a packet has a STUN header that fits its length: cheap, for demultiplexing.
     */
    public static boolean isStun(PacketBuffer buffer) {
        return buffer.length() >= HEADER_BYTES
                && buffer.getUnsignedByte(0) < 0x40
                && buffer.getInt(4) == MAGIC_COOKIE
                && (buffer.getUnsignedShort(2) & 3) == 0
                && buffer.getUnsignedShort(2) + HEADER_BYTES == buffer.length();
    }

    /**
     * The key of the receiver's user name fragment (what stands before the colon of USERNAME) where that has exactly
     * 8 ICE characters, as all of ours do: these characters as one big-endian long. Reads only, allocates nothing.
     *
     * @return {@link #NO_KEY} when the message is malformed, has no such fragment, or one of another length
     */
    public static long peekUfragKey(PacketBuffer buffer) {
        int at = findUsername(buffer);
        if (at < 0 || localUfragLength(buffer, at) != KEY_UFRAG_BYTES) {
            return NO_KEY;
        }
        for (int i = 0; i < KEY_UFRAG_BYTES; i++) {
            if (!isIceChar(buffer.getUnsignedByte(at + i))) {
                return NO_KEY;
            }
        }
        return buffer.getLong(at);
    }

    /** The receiver's user name fragment, of any length; null when the message is malformed or has none. Allocates. */
    public static String localUfrag(PacketBuffer buffer) {
        int at = findUsername(buffer);
        int length = at < 0 ? -1 : localUfragLength(buffer, at);
        if (length < 0) {
            return null;
        }
        byte[] ufrag = new byte[length];
        buffer.getBytes(at, ufrag, 0, length);
        return new String(ufrag, StandardCharsets.ISO_8859_1);
    }

    /** Whether a character may stand in an ICE user name fragment or password (RFC 8839 §5.4). */
    public static boolean isIceChar(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/';
    }

    /**
     * Views a message: checks header, cookie and length, that every attribute lies within it, that the known ones
     * have their lengths and that nothing follows FINGERPRINT.
     *
     * @return false when it is no well-formed STUN message; nothing else may be asked then
     */
    public boolean wrap(PacketBuffer buffer) {
        reset(buffer);
        if (!isStun(buffer)) {
            return false;
        }
        int end = buffer.length();
        int at = HEADER_BYTES;
        while (at < end) {
            int length = buffer.getUnsignedShort(at + 2);
            int next = at + 4 + (length + 3 & ~3);
            if (next > end || fingerprintAt != 0 || !note(buffer.getUnsignedShort(at), at + 4, length)) {
                return false;
            }
            at = next;
        }
        return true;
    }

    private void reset(PacketBuffer buffer) {
        packet = buffer;
        unknownCount = 0;
        usernameAt = 0;
        usernameLength = 0;
        integrityAt = 0;
        fingerprintAt = 0;
        priorityAt = 0;
        controlledAt = 0;
        controllingAt = 0;
        mappedAt = 0;
        mappedLength = 0;
        errorAt = 0;
        useCandidate = false;
    }

    private boolean note(int type, int at, int length) {
        if (type == StunAttribute.FINGERPRINT) {
            fingerprintAt = at;
            return length == 4;
        }
        if (integrityAt != 0) {
            return true;
        }
        switch (type) {
            case StunAttribute.USERNAME -> {
                if (usernameAt == 0) {
                    usernameAt = at;
                    usernameLength = length;
                }
                return length <= MAX_USERNAME_BYTES;
            }
            case StunAttribute.MESSAGE_INTEGRITY -> {
                integrityAt = at;
                return length == StunIntegrity.VALUE_BYTES;
            }
            case StunAttribute.PRIORITY -> {
                priorityAt = priorityAt == 0 ? at : priorityAt;
                return length == 4;
            }
            case StunAttribute.USE_CANDIDATE -> {
                useCandidate = true;
                return length == 0;
            }
            case StunAttribute.ICE_CONTROLLED -> {
                controlledAt = controlledAt == 0 ? at : controlledAt;
                return length == 8;
            }
            case StunAttribute.ICE_CONTROLLING -> {
                controllingAt = controllingAt == 0 ? at : controllingAt;
                return length == 8;
            }
            default -> {
                return noteOther(type, at, length);
            }
        }
    }

    private boolean noteOther(int type, int at, int length) {
        switch (type) {
            case StunAttribute.XOR_MAPPED_ADDRESS -> {
                if (mappedAt == 0) {
                    mappedAt = at;
                    mappedLength = length;
                }
                return length == 8 || length == 20;
            }
            case StunAttribute.ERROR_CODE -> {
                errorAt = errorAt == 0 ? at : errorAt;
                return length >= 4;
            }
            case StunAttribute.MAPPED_ADDRESS, StunAttribute.UNKNOWN_ATTRIBUTES, StunAttribute.REALM,
                    StunAttribute.NONCE -> {
                return true;
            }
            default -> {
                if (type < StunAttribute.FIRST_OPTIONAL && unknownCount < MAX_UNKNOWN) {
                    unknown[unknownCount++] = type;
                }
                return true;
            }
        }
    }

    public PacketBuffer packet() {
        return packet;
    }

    /** Class and method as they stand on the wire. */
    public int messageType() {
        return packet.getUnsignedShort(0);
    }

    public boolean isBindingRequest() {
        return messageType() == StunMessageWriter.BINDING_REQUEST;
    }

    /** Whether FINGERPRINT is there and right (RFC 8489 §14.7). */
    public boolean fingerprintMatches() {
        return fingerprintAt != 0 && packet.getInt(fingerprintAt) == fingerprint(packet, fingerprintAt - 4);
    }

    public boolean hasIntegrity() {
        return integrityAt != 0;
    }

    /**
     * Whether MESSAGE-INTEGRITY is there and right under a key: computed over everything before it, with the message
     * length counted as if it were the last attribute (RFC 8489 §14.5).
     */
    public boolean integrityMatches(StunIntegrity key) {
        if (integrityAt == 0) {
            return false;
        }
        digest(packet, integrityAt - 4, key);
        packet.getBytes(integrityAt, key.received(), 0, StunIntegrity.VALUE_BYTES);
        return key.finishMatches();
    }

    /** Whether USERNAME has the form {@code local:remote}, both parts within their lengths, and this local part. */
    public boolean localUfragEquals(byte[] ufrag) {
        if (usernameAt == 0 || usernameLength < ufrag.length + 2
                || packet.getByte(usernameAt + ufrag.length) != ':'
                || usernameLength - ufrag.length - 1 > MAX_UFRAG_BYTES) {
            return false;
        }
        for (int i = 0; i < ufrag.length; i++) {
            if (packet.getByte(usernameAt + i) != ufrag[i]) {
                return false;
            }
        }
        return true;
    }

    public boolean hasPriority() {
        return priorityAt != 0;
    }

    /** 32 bits; asked only after {@link #hasPriority()}. */
    public long priority() {
        return packet.getUnsignedInt(priorityAt);
    }

    public boolean useCandidate() {
        return useCandidate;
    }

    public boolean hasIceControlled() {
        return controlledAt != 0;
    }

    public boolean hasIceControlling() {
        return controllingAt != 0;
    }

    /** Comprehension-required attributes that are not known here, at most 8 of them. */
    public int unknownCount() {
        return unknownCount;
    }

    /** Type of an unknown comprehension-required attribute. */
    public int unknown(int index) {
        return unknown[index];
    }

    /** The code of an error response, 300 to 699; 0 when there is none. */
    public int errorCode() {
        if (errorAt == 0) {
            return 0;
        }
        return (packet.getUnsignedByte(errorAt + 2) & 7) * 100 + packet.getUnsignedByte(errorAt + 3);
    }

    /** The address of XOR-MAPPED-ADDRESS; null when absent or of an unknown family. Allocates. */
    public InetSocketAddress xorMappedAddress() {
        int family = mappedAt == 0 ? 0 : packet.getUnsignedByte(mappedAt + 1);
        int addressBytes = family == 1 ? 4 : family == 2 ? 16 : 0;
        if (addressBytes == 0 || mappedLength != addressBytes + 4) {
            return null;
        }
        byte[] address = new byte[addressBytes];
        for (int i = 0; i < addressBytes; i++) {
            // The mask is the cookie followed by the transaction id, as they stand in the header.
            address[i] = (byte) (packet.getByte(mappedAt + 4 + i) ^ packet.getByte(4 + i));
        }
        int port = packet.getUnsignedShort(mappedAt + 2) ^ MAGIC_COOKIE >>> 16;
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are address lengths", e);
        }
    }

    /** FINGERPRINT of the bytes before {@code end}; the header's length must already count the attribute. */
    int fingerprint(PacketBuffer message, int end) {
        crc.reset();
        for (int at = 0; at < end; at += CHUNK_BYTES) {
            int count = Math.min(CHUNK_BYTES, end - at);
            message.getBytes(at, chunk, 0, count);
            crc.update(chunk, 0, count);
        }
        return (int) crc.getValue() ^ FINGERPRINT_XOR;
    }

    /** Feeds a key with the bytes before {@code end}, where MESSAGE-INTEGRITY begins or will begin. */
    void digest(PacketBuffer message, int end, StunIntegrity key) {
        for (int at = 0; at < end; at += CHUNK_BYTES) {
            int count = Math.min(CHUNK_BYTES, end - at);
            message.getBytes(at, chunk, 0, count);
            if (at == 0) {
                int lengthBytes = end + 4 + StunIntegrity.VALUE_BYTES - HEADER_BYTES;
                chunk[2] = (byte) (lengthBytes >>> 8);
                chunk[3] = (byte) lengthBytes;
            }
            key.update(chunk, count);
        }
    }

    /** Index of USERNAME's value, -1 when the message is malformed up to it or has none before MESSAGE-INTEGRITY. */
    private static int findUsername(PacketBuffer buffer) {
        if (!isStun(buffer)) {
            return -1;
        }
        int end = buffer.length();
        int at = HEADER_BYTES;
        while (at < end) {
            int type = buffer.getUnsignedShort(at);
            int length = buffer.getUnsignedShort(at + 2);
            int next = at + 4 + (length + 3 & ~3);
            if (next > end || type == StunAttribute.MESSAGE_INTEGRITY) {
                return -1;
            }
            if (type == StunAttribute.USERNAME) {
                return length <= MAX_USERNAME_BYTES ? at + 4 : -1;
            }
            at = next;
        }
        return -1;
    }

    /** Characters before the colon of the USERNAME at an index; -1 without a colon or when there are too many. */
    private static int localUfragLength(PacketBuffer buffer, int at) {
        int length = buffer.getUnsignedShort(at - 2);
        for (int i = 0; i < length && i <= MAX_UFRAG_BYTES; i++) {
            if (buffer.getByte(at + i) == ':') {
                return i == 0 ? -1 : i;
            }
        }
        return -1;
    }
}
