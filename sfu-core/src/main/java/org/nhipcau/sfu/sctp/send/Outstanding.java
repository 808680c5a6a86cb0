// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.send;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nhipcau.sfu.sctp.wire.PacketReader;
import org.nhipcau.sfu.sctp.wire.Serial;

/**
 * The chunks that have been sent and are not covered by the cumulative number: which are under way, which are to be
 * sent again, which were given up.
 *
 * <p>Their numbers stand in a row, from the one after the cumulative number to the last one given out.
 *
 * <p>Spec: RFC 9260 §6.2.1, §7.2.4; RFC 3758 §3.5. Thread: the association's.
 */
final class Outstanding {
    private static final int MISSES_FOR_LOSS = 3;

    private final List<SentChunk> chunks = new ArrayList<>();
    private final SendQueue queue;
    private int nextTsn;
    private int cumulativeTsn;
    /** All up to this number has arrived or been given up. */
    private int abandonedTsn;
    private int flightBytes;
    private int keptBytes;
    private int lostChunks;
    private boolean abandons;

    /** @param queue drops the rest of messages that are given up half-way */
    Outstanding(int initialTsn, SendQueue queue) {
        this.queue = queue;
        nextTsn = initialTsn;
        cumulativeTsn = initialTsn - 1;
        abandonedTsn = cumulativeTsn;
    }

    /** The other side understands that messages are given up. */
    void allowAbandoning(boolean allowed) {
        abandons = allowed;
    }

    int size() {
        return chunks.size();
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    /** Throws away all. */
    void clear() {
        chunks.clear();
        flightBytes = 0;
        keptBytes = 0;
        lostChunks = 0;
    }

    SentChunk get(int index) {
        return chunks.get(index);
    }

    int lastTsn() {
        return nextTsn - 1;
    }

    int cumulativeTsn() {
        return cumulativeTsn;
    }

    int abandonedTsn() {
        return abandonedTsn;
    }

    /** Something was given up that the other side has not heard of. */
    boolean forwards() {
        return Serial.before(cumulativeTsn, abandonedTsn);
    }

    int flightBytes() {
        return flightBytes;
    }

    /** Bytes of messages that are sent, whatever became of them. */
    int keptBytes() {
        return keptBytes;
    }

    /** Chunks that are to be sent again. */
    int lost() {
        return lostChunks;
    }

    /** Gives the next part of a message its number. */
    SentChunk add(OutboundMessage message, int lengthBytes) {
        SentChunk chunk = new SentChunk(nextTsn++, message, message.sentBytes, lengthBytes);
        chunks.add(chunk);
        keptBytes += lengthBytes;
        return chunk;
    }

    /** The chunk is in a packet. */
    void onSent(SentChunk chunk, long nowNs) {
        if (chunk.lost) {
            chunk.lost = false;
            lostChunks--;
        }
        chunk.transmissions++;
        chunk.misses = 0;
        chunk.sentNs = nowNs;
        flightBytes += chunk.lengthBytes;
    }

    /** Streams that something numbered was given up on, with the last of these numbers (RFC 3758 §3.2). */
    Map<Integer, Integer> skipped(int maxStreams) {
        Map<Integer, Integer> skipped = new LinkedHashMap<>();
        for (SentChunk chunk : chunks) {
            if (Serial.before(abandonedTsn, chunk.tsn)) {
                break;
            }
            if (!chunk.message.unordered
                    && (skipped.size() < maxStreams || skipped.containsKey(chunk.message.streamId))) {
                skipped.put(chunk.message.streamId, chunk.message.ssn);
            }
        }
        return skipped;
    }

    /**
     * All up to a number has arrived.
     *
     * @param timeout learns the round trip of the last of them that was sent once
     * @return bytes that were not acknowledged before
     */
    int acknowledge(int cumulative, RetransmissionTimeout timeout, long nowNs) {
        int count = cumulative - cumulativeTsn;
        int ackedBytes = 0;
        SentChunk measured = null;
        for (int i = 0; i < count; i++) {
            SentChunk chunk = chunks.get(i);
            keptBytes -= chunk.lengthBytes;
            if (!chunk.acked) {
                ackedBytes += chunk.lengthBytes;
                measured = chunk.transmissions == 1 && !chunk.message.abandoned ? chunk : measured;
            }
            settle(chunk);
        }
        chunks.subList(0, count).clear();
        cumulativeTsn = cumulative;
        if (measured != null) {
            timeout.onMeasured(nowNs - measured.sentNs);
        }
        if (Serial.before(abandonedTsn, cumulative)) {
            abandonedTsn = cumulative;
        }
        return ackedBytes;
    }

    // It is neither under way nor to be sent again.
    private void settle(SentChunk chunk) {
        if (chunk.inFlight()) {
            flightBytes -= chunk.lengthBytes;
        }
        if (chunk.lost) {
            chunk.lost = false;
            lostChunks--;
        }
    }

    /** What a SACK says of the numbers beyond the cumulative one. */
    record Gaps(int ackedBytes, int highest, int highestNew) {}

    /** Takes the blocks of a SACK, as far as they are in order. */
    Gaps acknowledgeGaps(PacketReader packet, int at, int blocks) {
        int ackedBytes = 0;
        int highestNew = -1;
        int highest = -1;
        int from = 0;
        for (int block = 0; block <= blocks; block++) {
            boolean more = block < blocks;
            int start = more ? packet.getUnsignedShort(at + 4 * block) - 1 : chunks.size();
            int end = more ? Math.min(packet.getUnsignedShort(at + 4 * block + 2), chunks.size()) : start;
            if (start < from || end < start) {
                break;
            }
            for (int i = from; i < Math.min(start, chunks.size()); i++) {
                unacknowledge(chunks.get(i));
            }
            for (int i = start; i < end; i++) {
                SentChunk chunk = chunks.get(i);
                highest = i;
                if (!chunk.acked) {
                    settle(chunk);
                    chunk.acked = true;
                    ackedBytes += chunk.lengthBytes;
                    highestNew = i;
                }
            }
            from = end;
        }
        return new Gaps(ackedBytes, highest, highestNew);
    }

    // The receiver threw away what it had reported (§6.2.1).
    private void unacknowledge(SentChunk chunk) {
        if (chunk.acked) {
            chunk.acked = false;
            if (!chunk.message.abandoned) {
                chunk.lost = true;
                lostChunks++;
            }
        }
    }

    /** Those before an index are missing once more. @return something is lost by that */
    boolean countMisses(int below, long nowNs) {
        boolean loss = false;
        for (int i = 0; i < below; i++) {
            SentChunk chunk = chunks.get(i);
            if (chunk.inFlight() && ++chunk.misses >= MISSES_FOR_LOSS && !chunk.resentFast) {
                chunk.resentFast = true;
                loss = true;
                lose(chunk, nowNs);
            }
        }
        return loss;
    }

    /** All that is under way is lost. */
    void loseAll(long nowNs) {
        for (int i = 0; i < chunks.size(); i++) {
            SentChunk chunk = chunks.get(i);
            chunk.resentFast = false;
            if (chunk.inFlight()) {
                lose(chunk, nowNs);
            }
        }
    }

    private void lose(SentChunk chunk, long nowNs) {
        if (abandons && chunk.spent(nowNs)) {
            abandon(chunk.message);
        } else {
            flightBytes -= chunk.lengthBytes;
            chunk.lost = true;
            lostChunks++;
        }
    }

    private void abandon(OutboundMessage message) {
        for (SentChunk chunk : chunks) {
            if (chunk.message == message) {
                settle(chunk);
            }
        }
        message.abandoned = true;
        if (message.remainingBytes() > 0) {
            // A number for what was never sent: else the other side would never hear that the message ends here, if
            // what was sent of it arrived after all.
            chunks.add(new SentChunk(nextTsn++, message, message.sentBytes, 0));
            queue.drop(message);
        }
    }

    /** What is to be sent again may have lost its worth while it waited for its turn. */
    void abandonExpired(long nowNs) {
        for (int i = 0; abandons && lostChunks > 0 && i < chunks.size(); i++) {
            SentChunk chunk = chunks.get(i);
            if (chunk.lost && chunk.message.expired(nowNs)) {
                abandon(chunk.message);
            }
        }
    }

    /** Passes over what was given up. @return there was something */
    boolean advanceAbandoned() {
        int before = abandonedTsn;
        for (int i = abandonedTsn - cumulativeTsn; i < chunks.size() && chunks.get(i).message.abandoned; i++) {
            abandonedTsn = chunks.get(i).tsn;
        }
        return before != abandonedTsn;
    }
}
