// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.send;

import org.nhipcau.sfu.sctp.wire.ChunkType;
import org.nhipcau.sfu.sctp.wire.PacketReader;
import org.nhipcau.sfu.sctp.wire.PacketWriter;
import org.nhipcau.sfu.sctp.wire.Serial;

/**
 * Sends messages in parts until they have arrived or been given up.
 *
 * <pre>
 *  DATA  4        8      10     12      16          SACK  4        8        12       14       16
 *  +-----+--------+------+------+-------+-----      +-----+--------+--------+--------+--------+------------
 *  | UBE | TSN    | str. | SSN  | PPID  | part      |     | cum TSN| a_rwnd | blocks | doubles| start, end …
 *  +-----+--------+------+------+-------+-----      +-----+--------+--------+--------+--------+------------
 * </pre>
 *
 * <p>Spec: RFC 9260 §6.1, §6.3, §7.2; RFC 3758 §3.5. Thread: the association's. Memory: {@link #MAX_BYTES} of messages
 * and {@link #MAX_MESSAGES} of them, sent or not.
 */
public final class Sender {
    /** What may wait and be under way together. */
    public static final int MAX_BYTES = 256 * 1024;
    public static final int MAX_MESSAGES = 1_024;
    /** T3 expirations in a row after which the other side counts as gone (§8.1). */
    static final int MAX_TIMEOUTS = 10;
    private static final int DATA_FIELDS_BYTES = 12;
    private static final int MAX_PART_BYTES = PacketWriter.MAX_PACKET_BYTES - 16 - DATA_FIELDS_BYTES;
    private static final int MAX_SKIPPED_STREAMS = 64;
    private static final int UNORDERED = 4;
    private static final int BEGIN = 2;
    private static final int END = 1;

    private final SendQueue queue = new SendQueue();
    private final Outstanding outstanding;
    private final CongestionControl congestion = new CongestionControl();
    private final RetransmissionTimeout timeout;
    private int peerWindowBytes;
    private boolean recovering;
    private int recoveredTsn;
    private boolean forwardDue;
    private long forwardedNs;
    private boolean timerRuns;
    private long timerNs;
    private long lastSentNs;
    private boolean everSent;
    private int timeouts;

    /** @param timeout shared with the association's other timers */
    public Sender(int initialTsn, RetransmissionTimeout timeout) {
        this.timeout = timeout;
        outstanding = new Outstanding(initialTsn, queue);
    }

    /** The other side is known. @param givesUp it understands FORWARD TSN */
    public void begin(int windowBytes, boolean givesUp) {
        peerWindowBytes = windowBytes;
        outstanding.allowAbandoning(givesUp);
    }

    /** The last number given out. */
    public int lastTsn() {
        return outstanding.lastTsn();
    }

    /** Bytes that wait or are under way. */
    public int bufferedBytes() {
        return queue.bytes() + outstanding.keptBytes();
    }

    /** Messages that wait, and parts of them that are under way. */
    public int bufferedMessages() {
        return queue.messages() + outstanding.size();
    }

    /** Takes a message on. @return false when it does not fit */
    public boolean offer(OutboundMessage message) {
        if (bufferedBytes() + message.payload.length > MAX_BYTES
                || bufferedMessages() >= MAX_MESSAGES) {
            return false;
        }
        queue.add(message);
        return true;
    }

    /** Nothing waits and nothing is under way. */
    public boolean empty() {
        return queue.messages() == 0 && outstanding.isEmpty();
    }

    /** Throws away all: the association is over. */
    public void clear() {
        queue.clear();
        outstanding.clear();
        timerRuns = false;
    }

    /** Keeps what comes on a stream back until {@link #onStreamReset}; what waits is thrown away. */
    public void closeStream(int streamId) {
        queue.clear(streamId);
        queue.block(streamId);
    }

    /** All parts that the stream is to carry before its reset have their numbers. */
    public boolean streamIdle(int streamId) {
        return queue.idle(streamId);
    }

    public void onStreamReset(int streamId) {
        queue.onReset(streamId);
    }

    // ---- What goes out

    /** There is a FORWARD TSN to be written. */
    public boolean forwardDue() {
        return forwardDue;
    }

    /** Writes a FORWARD TSN; there is room for it. */
    public void writeForward(PacketWriter out, long nowNs) {
        out.beginChunk(ChunkType.FORWARD_TSN, 0);
        out.putInt(outstanding.abandonedTsn());
        outstanding.skipped(MAX_SKIPPED_STREAMS).forEach((stream, ssn) -> {
            out.putShort(stream);
            out.putShort(ssn);
        });
        out.endChunk();
        forwardDue = false;
        forwardedNs = nowNs;
        startTimer(nowNs);
    }

    /** Bytes that a FORWARD TSN takes at most. */
    public static int forwardBytes() {
        return 4 + 4 * MAX_SKIPPED_STREAMS;
    }

    /** Something may be sent now. */
    public boolean ready(long nowNs) {
        return outstanding.lost() > 0 ? outstanding.flightBytes() < congestion.windowBytes() : newPart(nowNs) > 0;
    }

    /** Fills a packet with what may be sent now. */
    public void write(PacketWriter out, long nowNs) {
        if (everSent && outstanding.isEmpty() && nowNs - lastSentNs > timeout.timeoutNs()) {
            congestion.onIdle();
        }
        for (int i = 0; outstanding.lost() > 0 && i < outstanding.size()
                && outstanding.flightBytes() < congestion.windowBytes(); i++) {
            SentChunk chunk = outstanding.get(i);
            if (chunk.lost && !writePart(chunk, out, nowNs)) {
                return;
            }
        }
        int part;
        while (outstanding.lost() == 0 && (part = newPart(nowNs)) > 0 && part + DATA_FIELDS_BYTES <= out.room()) {
            OutboundMessage message = queue.current(nowNs);
            SentChunk chunk = outstanding.add(message, part);
            queue.onSent(part);
            writePart(chunk, out, nowNs);
        }
    }

    // Bytes of the next part that may leave; 0: none.
    private int newPart(long nowNs) {
        OutboundMessage message = queue.current(nowNs);
        if (message == null || outstanding.flightBytes() >= congestion.windowBytes()
                || outstanding.size() >= MAX_MESSAGES) {
            return 0;
        }
        int part = Math.min(message.remainingBytes(), MAX_PART_BYTES);
        // With nothing under way one part probes a window that is shut (§6.1 A).
        int flight = outstanding.flightBytes();
        return flight == 0 || part <= peerWindowBytes - flight ? part : 0;
    }

    // @return false when there is no room for it
    private boolean writePart(SentChunk chunk, PacketWriter out, long nowNs) {
        if (chunk.lengthBytes + DATA_FIELDS_BYTES > out.room()) {
            return false;
        }
        OutboundMessage message = chunk.message;
        out.beginChunk(ChunkType.DATA, (message.unordered ? UNORDERED : 0) | (chunk.first() ? BEGIN : 0)
                | (chunk.last() ? END : 0));
        out.putInt(chunk.tsn);
        out.putShort(message.streamId);
        out.putShort(message.unordered ? 0 : message.ssn);
        out.putInt(message.protocolId);
        out.putBytes(message.payload, chunk.from, chunk.lengthBytes);
        out.endChunk();
        outstanding.onSent(chunk, nowNs);
        lastSentNs = nowNs;
        everSent = true;
        startTimer(nowNs);
        return true;
    }

    private void startTimer(long nowNs) {
        if (!timerRuns) {
            timerRuns = true;
            timerNs = nowNs + timeout.timeoutNs();
        }
    }

    // ---- What comes back

    /**
     * Takes the SACK that the reader is at.
     *
     * @return false when it acknowledges what was never sent
     */
    public boolean onSack(PacketReader packet, long nowNs) {
        int body = packet.bodyAt();
        int cumulative = packet.getInt(body);
        if (Serial.before(cumulative, outstanding.cumulativeTsn())) {
            return true;
        }
        if (Serial.before(outstanding.lastTsn(), cumulative)) {
            return false;
        }
        int window = packet.getInt(body + 4);
        peerWindowBytes = window < 0 ? Integer.MAX_VALUE : window;
        timeouts = 0;
        int before = outstanding.flightBytes();
        boolean advanced = cumulative != outstanding.cumulativeTsn();
        int acked = outstanding.acknowledge(cumulative, timeout, nowNs);
        int blocks = Math.min(packet.getUnsignedShort(body + 8), (packet.bodyLength() - 12) / 4);
        Outstanding.Gaps gaps = outstanding.acknowledgeGaps(packet, body + 12, blocks);
        if (outstanding.countMisses(recovering && advanced ? gaps.highest() : gaps.highestNew(), nowNs)) {
            recover();
        }
        if (recovering && !Serial.before(cumulative, recoveredTsn)) {
            recovering = false;
        }
        if (advanced && !recovering) {
            congestion.onAcked(acked + gaps.ackedBytes(), before);
        }
        afterAck(advanced, nowNs);
        return true;
    }

    /** Takes the cumulative number of a SHUTDOWN. @return false when it was never sent */
    public boolean onCumulative(int cumulative, long nowNs) {
        if (Serial.before(outstanding.lastTsn(), cumulative)) {
            return false;
        }
        if (Serial.before(outstanding.cumulativeTsn(), cumulative)) {
            outstanding.acknowledge(cumulative, timeout, nowNs);
            afterAck(true, nowNs);
        }
        return true;
    }

    private void recover() {
        if (!recovering) {
            recovering = true;
            recoveredTsn = outstanding.lastTsn();
            congestion.onFastRetransmit();
        }
    }

    private void afterAck(boolean advanced, long nowNs) {
        outstanding.abandonExpired(nowNs);
        boolean moved = outstanding.advanceAbandoned();
        if (outstanding.forwards()) {
            forwardDue |= moved || nowNs - forwardedNs >= timeout.roundTripNs();
        } else {
            forwardDue = false;
        }
        if (outstanding.isEmpty()) {
            timerRuns = false;
            congestion.onAllAcked();
        } else if (advanced) {
            timerNs = nowNs + timeout.timeoutNs();
        }
    }

    // ---- Time

    /** When {@link #onTimer} is due; {@link Long#MAX_VALUE}: never. */
    public long deadlineNs() {
        return timerRuns ? timerNs : Long.MAX_VALUE;
    }

    /** T3 (§6.3.3). @return false when the other side counts as gone */
    public boolean onTimer(long nowNs) {
        if (!timerRuns || nowNs - timerNs < 0) {
            return true;
        }
        timerRuns = false;
        timeout.backOff();
        if (outstanding.isEmpty()) {
            return true;
        }
        congestion.onTimeout();
        recovering = false;
        outstanding.loseAll(nowNs);
        outstanding.abandonExpired(nowNs);
        outstanding.advanceAbandoned();
        forwardDue = outstanding.forwards();
        return ++timeouts <= MAX_TIMEOUTS;
    }
}
