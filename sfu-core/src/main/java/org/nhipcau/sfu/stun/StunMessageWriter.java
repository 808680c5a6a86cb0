// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stun;

import java.net.InetSocketAddress;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Writes one STUN message attribute by attribute into a packet, in the order of the calls.
 *
 * <p>MESSAGE-INTEGRITY covers what was written before it, FINGERPRINT comes last. Spec: RFC 8489 §5, §14.
 *
 * <p>Thread: the owner's only; reused.
 */
public final class StunMessageWriter {
    /** Message type of a Binding request. */
    public static final int BINDING_REQUEST = 0x0001;
    /** Message type of a Binding indication. */
    public static final int BINDING_INDICATION = 0x0011;
    /** Message type of a Binding success response. */
    public static final int BINDING_SUCCESS = 0x0101;
    /** Message type of a Binding error response. */
    public static final int BINDING_ERROR = 0x0111;

    private static final int TRANSACTION_ID_AT = 8;
    private static final int TRANSACTION_ID_BYTES = 12;

    private final StunMessageFlyweight digester = new StunMessageFlyweight();
    private PacketBuffer target;

    /**
     * Begins the answer to a request, whose transaction id it takes.
     *
     * @param buffer emptied first; another one than the request's
     */
    public StunMessageWriter beginResponse(PacketBuffer buffer, int messageType, PacketBuffer request) {
        if (buffer == request) {
            throw new IllegalArgumentException("a response cannot be written over its request");
        }
        begin(buffer, messageType);
        buffer.putBytes(TRANSACTION_ID_AT, request, TRANSACTION_ID_AT, TRANSACTION_ID_BYTES);
        return this;
    }

    /**
     * Begins a request or indication.
     *
     * @param transactionId 12 random bytes
     */
    public StunMessageWriter beginRequest(PacketBuffer buffer, int messageType, byte[] transactionId) {
        if (transactionId.length != TRANSACTION_ID_BYTES) {
            throw new IllegalArgumentException("transaction id of " + transactionId.length + " bytes; allowed: 12");
        }
        begin(buffer, messageType);
        buffer.putBytes(TRANSACTION_ID_AT, transactionId, 0, TRANSACTION_ID_BYTES);
        return this;
    }

    private void begin(PacketBuffer buffer, int messageType) {
        target = buffer;
        buffer.clear();
        buffer.setLength(StunMessageFlyweight.HEADER_BYTES);
        buffer.putShort(0, messageType);
        buffer.putShort(2, 0);
        buffer.putInt(4, StunMessageFlyweight.MAGIC_COOKIE);
    }

    /** Where the request came from, as the client shall learn it. An IPv4-mapped IPv6 address is written as IPv4. */
    public StunMessageWriter xorMappedAddress(InetSocketAddress address) {
        byte[] raw = address.getAddress().getAddress();
        int from = isMapped(raw) ? 12 : 0;
        int addressBytes = raw.length - from;
        int at = attribute(StunAttribute.XOR_MAPPED_ADDRESS, 4 + addressBytes);
        target.putByte(at, 0);
        target.putByte(at + 1, addressBytes == 4 ? 1 : 2);
        target.putShort(at + 2, address.getPort() ^ StunMessageFlyweight.MAGIC_COOKIE >>> 16);
        for (int i = 0; i < addressBytes; i++) {
            target.putByte(at + 4 + i, raw[from + i] ^ target.getByte(4 + i));
        }
        return this;
    }

    /** @param code 300 to 699; @param reason ASCII */
    public StunMessageWriter errorCode(int code, byte[] reason) {
        int at = attribute(StunAttribute.ERROR_CODE, 4 + reason.length);
        target.putShort(at, 0);
        target.putByte(at + 2, code / 100);
        target.putByte(at + 3, code % 100);
        target.putBytes(at + 4, reason, 0, reason.length);
        return this;
    }

    /** Names the attributes of a request that were not understood. */
    public StunMessageWriter unknownAttributes(StunMessageFlyweight request) {
        int at = attribute(StunAttribute.UNKNOWN_ATTRIBUTES, 2 * request.unknownCount());
        for (int i = 0; i < request.unknownCount(); i++) {
            target.putShort(at + 2 * i, request.unknown(i));
        }
        return this;
    }

    /** @param username ASCII, {@code receiver:sender} */
    public StunMessageWriter username(byte[] username) {
        return bytes(StunAttribute.USERNAME, username);
    }

    public StunMessageWriter priority(long priority) {
        target.putInt(attribute(StunAttribute.PRIORITY, 4), (int) priority);
        return this;
    }

    public StunMessageWriter useCandidate() {
        attribute(StunAttribute.USE_CANDIDATE, 0);
        return this;
    }

    public StunMessageWriter iceControlling(long tieBreaker) {
        target.putLong(attribute(StunAttribute.ICE_CONTROLLING, 8), tieBreaker);
        return this;
    }

    public StunMessageWriter iceControlled(long tieBreaker) {
        target.putLong(attribute(StunAttribute.ICE_CONTROLLED, 8), tieBreaker);
        return this;
    }

    /** Any attribute. */
    public StunMessageWriter bytes(int type, byte[] value) {
        target.putBytes(attribute(type, value.length), value, 0, value.length);
        return this;
    }

    /** Signs what was written so far. */
    public StunMessageWriter messageIntegrity(StunIntegrity key) {
        int end = target.length();
        digester.digest(target, end, key);
        int at = attribute(StunAttribute.MESSAGE_INTEGRITY, StunIntegrity.VALUE_BYTES);
        target.putBytes(at, key.finish(), 0, StunIntegrity.VALUE_BYTES);
        return this;
    }

    /** Ends the message. */
    public void fingerprint() {
        int end = target.length();
        int at = attribute(StunAttribute.FINGERPRINT, 4);
        target.putInt(at, digester.fingerprint(target, end));
    }

    /** Appends an attribute's head and zeroed padding, sets the message length; answers the index of the value. */
    private int attribute(int type, int length) {
        int at = target.length();
        int padded = length + 3 & ~3;
        target.setLength(at + 4 + padded);
        target.putShort(at, type);
        target.putShort(at + 2, length);
        for (int i = length; i < padded; i++) {
            target.putByte(at + 4 + i, 0);
        }
        target.putShort(2, target.length() - StunMessageFlyweight.HEADER_BYTES);
        return at + 4;
    }

    private static boolean isMapped(byte[] raw) {
        if (raw.length != 16 || raw[10] != -1 || raw[11] != -1) {
            return false;
        }
        for (int i = 0; i < 10; i++) {
            if (raw[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
