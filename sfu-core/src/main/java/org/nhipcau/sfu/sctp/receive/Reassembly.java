// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.receive;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Puts parts together to messages and gives these out in the order of their stream.
 *
 * <p>Parts of one message have numbers in a row, so that they are found by number: those that wait stand in a ring.
 * Whole messages that came before their turn wait with their stream.
 *
 * <p>Spec: RFC 9260 §6.5, §6.6, §6.9; RFC 3758 §3.6. Thread: the association's. Memory: what waits counts with
 * {@link #OVERHEAD_BYTES} each, and its sum is the caller's to bound; a message has at most {@link #MAX_PARTS} parts
 * and {@link #MAX_MESSAGE_BYTES}; at most {@link #MAX_STREAMS} streams have a state.
 */
final class Reassembly {
    static final int MAX_MESSAGE_BYTES = 65_535;
    /** Of 256 bytes each: senders make them four times as long. Each that comes has its neighbours looked at. */
    static final int MAX_PARTS = 256;
    static final int MAX_STREAMS = 32;
    static final int OVERHEAD_BYTES = 64;
    /** A run of parts below the cumulative number, and the window above it. */
    private static final int RING = 2 * ReceivedTsns.WINDOW;

    /** What is known of a stream of the other side's. */
    private static final class Stream {
        /** By numbers that do not wrap around: the order is that of the messages. */
        final NavigableMap<Long, Message> early = new TreeMap<>();
        long nextSsn;

        /** What a number of the wire stands for; below {@link #nextSsn}: one that has been. */
        long unwrap(int ssn) {
            return nextSsn + (short) (ssn - nextSsn);
        }
    }

    private record Message(int protocolId, byte[] bytes) {}

    private final Fragment[] ring = new Fragment[RING];
    private final Map<Integer, Stream> streams = new HashMap<>();
    private final MessageSink out;
    private int heldBytes;

    Reassembly(MessageSink out) {
        this.out = out;
    }

    /** What waits, overhead included. */
    int heldBytes() {
        return heldBytes;
    }

    private Fragment held(int tsn) {
        Fragment fragment = ring[tsn & RING - 1];
        return fragment != null && fragment.tsn() == tsn ? fragment : null;
    }

    /**
     * Takes a part that was not there before.
     *
     * @param follows the part before it came and is no longer held: what it belonged to is over
     * @return false when the other side goes beyond a bound, or gives two messages one number
     */
    boolean add(Fragment part, boolean follows) {
        if (!streams.containsKey(part.streamId())) {
            if (streams.size() >= MAX_STREAMS) {
                return false;
            }
            streams.put(part.streamId(), new Stream());
        }
        if (!part.begin() && follows && held(part.tsn() - 1) == null) {
            // The rest of a message that was given up.
            return true;
        }
        if (part.begin() && part.end()) {
            return finish(part, part.bytes());
        }
        Fragment stale = ring[part.tsn() & RING - 1];
        if (stale != null) {
            discard(stale.tsn());
        }
        ring[part.tsn() & RING - 1] = part;
        heldBytes += part.bytes().length + OVERHEAD_BYTES;
        return assemble(part.tsn());
    }

    // A sender that gives a message up half-way goes on with another one: not all neighbours belong together.
    private boolean joined(int tsn) {
        Fragment first = held(tsn);
        Fragment second = held(tsn + 1);
        return first != null && second != null && !first.end() && !second.begin() && first.sameMessage(second);
    }

    private boolean assemble(int tsn) {
        int first = tsn;
        int length = held(tsn).bytes().length;
        int parts = 1;
        while (joined(first - 1)) {
            length += held(--first).bytes().length;
            parts++;
        }
        int last = tsn;
        while (joined(last)) {
            length += held(++last).bytes().length;
            parts++;
        }
        if (length > MAX_MESSAGE_BYTES || parts > MAX_PARTS) {
            return false;
        }
        Fragment head = held(first);
        if (!head.begin() || !held(last).end()) {
            return true;
        }
        byte[] whole = new byte[length];
        int at = 0;
        for (int i = first; i != last + 1; i++) {
            byte[] bytes = held(i).bytes();
            System.arraycopy(bytes, 0, whole, at, bytes.length);
            at += bytes.length;
            discard(i);
        }
        return finish(head, whole);
    }

    private void discard(int tsn) {
        Fragment part = held(tsn);
        if (part != null) {
            ring[tsn & RING - 1] = null;
            heldBytes -= part.bytes().length + OVERHEAD_BYTES;
        }
    }

    private boolean finish(Fragment head, byte[] whole) {
        if (head.unordered()) {
            out.onMessage(head.streamId(), head.protocolId(), whole);
            return true;
        }
        Stream stream = streams.get(head.streamId());
        long ssn = stream.unwrap(head.ssn());
        if (ssn < stream.nextSsn) {
            // Skipped before, or a number that was there already.
            return true;
        }
        if (stream.early.containsKey(ssn)) {
            return false;
        }
        stream.early.put(ssn, new Message(head.protocolId(), whole));
        heldBytes += whole.length + OVERHEAD_BYTES;
        deliver(head.streamId(), stream);
        return true;
    }

    private void deliver(int streamId, Stream stream) {
        while (!stream.early.isEmpty() && stream.early.firstKey() == stream.nextSsn) {
            stream.nextSsn++;
            giveOut(streamId, stream.early.pollFirstEntry().getValue());
        }
    }

    private void giveOut(int streamId, Message early) {
        heldBytes -= early.bytes().length + OVERHEAD_BYTES;
        out.onMessage(streamId, early.protocolId(), early.bytes());
    }

    /** Parts between two numbers, the first excluded, are of messages that were given up. */
    void discard(int after, int upTo) {
        // No part is further away than the ring is long.
        int count = Math.min(upTo - after, RING);
        for (int i = 0; i < count; i++) {
            discard(upTo - i);
        }
        // So are those before and behind them that belong to the same ones.
        for (int i = after; held(i) != null; i--) {
            discard(i);
        }
        for (int i = upTo + 1; held(i) != null && !held(i).begin(); i++) {
            discard(i);
        }
    }

    /** Messages of a stream up to this number were given up; what came of them is given out all the same. */
    void skip(int streamId, int ssn) {
        Stream stream = streams.get(streamId);
        if (stream == null) {
            if (streams.size() >= MAX_STREAMS) {
                return;
            }
            stream = new Stream();
            streams.put(streamId, stream);
        }
        long last = stream.unwrap(ssn);
        if (last < stream.nextSsn) {
            return;
        }
        stream.nextSsn = last + 1;
        while (!stream.early.isEmpty() && stream.early.firstKey() <= last) {
            giveOut(streamId, stream.early.pollFirstEntry().getValue());
        }
        deliver(streamId, stream);
    }

    /** The other side begins the stream anew. */
    void reset(int streamId) {
        Stream stream = streams.remove(streamId);
        if (stream != null) {
            stream.early.values().forEach(message -> heldBytes -= message.bytes().length + OVERHEAD_BYTES);
        }
    }

    List<Integer> streams() {
        return List.copyOf(streams.keySet());
    }
}
