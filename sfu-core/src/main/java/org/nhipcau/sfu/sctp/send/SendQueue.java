// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.send;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nhipcau.sfu.sctp.wire.Serial;

/**
 * Messages that have not been sent yet, by stream; the streams take turns, message by message.
 *
 * <p>A message that has begun to leave is finished first: without interleaving its parts must have numbers in a row
 * (RFC 9260 §6.9).
 *
 * <p>Thread: the association's.
 */
final class SendQueue {
    /** One stream of ours: its numbers go on as long as it is not reset. */
    private static final class Stream {
        final ArrayDeque<OutboundMessage> messages = new ArrayDeque<>();
        int nextSsn;
        boolean blocked;
    }

    private final Map<Integer, Stream> streams = new LinkedHashMap<>();
    private OutboundMessage current;
    private int bytes;
    private int messages;

    /** Bytes of messages, or parts of them, that wait. */
    int bytes() {
        return bytes;
    }

    int messages() {
        return messages;
    }

    void add(OutboundMessage message) {
        streams.computeIfAbsent(message.streamId, id -> new Stream()).messages.add(message);
        bytes += message.payload.length;
        messages++;
    }

    /** The message whose next part is to leave, or null. Those whose time is over are dropped on the way. */
    OutboundMessage current(long nowNs) {
        if (current != null) {
            return current;
        }
        for (Map.Entry<Integer, Stream> entry : streams.entrySet()) {
            Stream stream = entry.getValue();
            dropExpired(stream, nowNs);
            if (!stream.blocked && !stream.messages.isEmpty()) {
                current = stream.messages.remove();
                current.ssn = stream.nextSsn;
                if (!current.unordered) {
                    stream.nextSsn = Serial.nextSsn(stream.nextSsn);
                }
                // Behind all others: it has had its turn.
                streams.remove(entry.getKey());
                streams.put(entry.getKey(), stream);
                return current;
            }
        }
        return null;
    }

    private void dropExpired(Stream stream, long nowNs) {
        while (!stream.messages.isEmpty() && stream.messages.peek().expired(nowNs)) {
            bytes -= stream.messages.remove().payload.length;
            messages--;
        }
    }

    /** A part of the current message has left. */
    void onSent(int partBytes) {
        current.sentBytes += partBytes;
        bytes -= partBytes;
        if (current.remainingBytes() == 0) {
            current = null;
            messages--;
        }
    }

    /** The rest of a message is not worth sending. */
    void drop(OutboundMessage message) {
        if (message == current) {
            bytes -= message.remainingBytes();
            messages--;
            current = null;
        }
    }

    /** Keeps a stream back that is about to be reset. */
    void block(int streamId) {
        streams.computeIfAbsent(streamId, id -> new Stream()).blocked = true;
    }

    /** Nothing more of what was there before {@link #block} is to come. */
    boolean idle(int streamId) {
        return current == null || current.streamId != streamId;
    }

    /** A stream begins anew; what waits on it goes on. */
    void onReset(int streamId) {
        Stream stream = streams.get(streamId);
        if (stream != null) {
            stream.blocked = false;
            stream.nextSsn = 0;
            if (stream.messages.isEmpty()) {
                streams.remove(streamId);
            }
        }
    }

    /** Throws away all. */
    void clear() {
        streams.clear();
        current = null;
        bytes = 0;
        messages = 0;
    }

    /** Throws away what waits on a stream and has not begun to leave. */
    void clear(int streamId) {
        Stream stream = streams.get(streamId);
        if (stream != null) {
            for (OutboundMessage message : stream.messages) {
                bytes -= message.payload.length;
                messages--;
            }
            stream.messages.clear();
        }
    }
}
