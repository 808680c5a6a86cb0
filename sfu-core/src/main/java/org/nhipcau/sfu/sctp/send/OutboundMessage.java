// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.send;

/**
 * One message on its way out, with how much is to be done for it.
 *
 * <p>Thread: the association's. The payload is borrowed: nobody changes it.
 */
public final class OutboundMessage {
    /** Sent again as often as it takes. */
    public static final int ALWAYS = -1;

    final int streamId;
    final int protocolId;
    final boolean unordered;
    final byte[] payload;
    final int maxRetransmits;
    final boolean expires;
    final long expiresNs;
    int ssn;
    int sentBytes;
    boolean abandoned;

    private OutboundMessage(int streamId, int protocolId, boolean unordered, byte[] payload, int maxRetransmits,
            boolean expires, long expiresNs) {
        if (payload.length == 0) {
            throw new IllegalArgumentException("an SCTP message has at least one byte");
        }
        this.streamId = streamId;
        this.protocolId = protocolId;
        this.unordered = unordered;
        this.payload = payload;
        this.maxRetransmits = maxRetransmits;
        this.expires = expires;
        this.expiresNs = expiresNs;
    }

    /** One that must arrive. */
    public static OutboundMessage reliable(int streamId, int protocolId, boolean unordered, byte[] payload) {
        return new OutboundMessage(streamId, protocolId, unordered, payload, ALWAYS, false, 0);
    }

    /**
     * One that is given up at last. Spec: RFC 3758 §4, RFC 7496.
     *
     * @param maxRetransmits how often a part of it is sent again, or {@link #ALWAYS}
     * @param expiresNs from then on it is worth nothing
     */
    public static OutboundMessage partiallyReliable(int streamId, int protocolId, boolean unordered, byte[] payload,
            int maxRetransmits, long expiresNs) {
        return new OutboundMessage(streamId, protocolId, unordered, payload, maxRetransmits, true, expiresNs);
    }

    boolean begun() {
        return sentBytes > 0;
    }

    boolean expired(long nowNs) {
        return expires && nowNs - expiresNs >= 0;
    }

    int remainingBytes() {
        return payload.length - sentBytes;
    }
}
