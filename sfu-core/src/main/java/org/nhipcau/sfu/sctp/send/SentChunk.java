// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.send;

/** One DATA chunk that has been sent and is not covered by the cumulative number yet. Thread: the association's. */
final class SentChunk {
    final int tsn;
    final OutboundMessage message;
    final int from;
    final int lengthBytes;
    /** A gap report covers it. */
    boolean acked;
    /** To be sent again. */
    boolean lost;
    /** Sent again because of gaps once; the next time only the timer does it (RFC 9260 §7.2.4). */
    boolean resentFast;
    int misses;
    int transmissions;
    long sentNs;

    SentChunk(int tsn, OutboundMessage message, int from, int lengthBytes) {
        this.tsn = tsn;
        this.message = message;
        this.from = from;
        this.lengthBytes = lengthBytes;
    }

    boolean first() {
        return from == 0;
    }

    boolean last() {
        return from + lengthBytes == message.payload.length;
    }

    /** It counts as under way. */
    boolean inFlight() {
        return !acked && !lost && !message.abandoned;
    }

    /** It may not be sent a further time. */
    boolean spent(long nowNs) {
        return message.expired(nowNs) || message.maxRetransmits != OutboundMessage.ALWAYS
                && transmissions > message.maxRetransmits;
    }
}
