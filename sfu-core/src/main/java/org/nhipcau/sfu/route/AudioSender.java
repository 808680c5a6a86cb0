// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.Pacer;
import org.nhipcau.sfu.codec.OpusPacket;
import org.nhipcau.sfu.codec.OpusRepacketizer;
import org.nhipcau.sfu.codec.RedWriter;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.stream.InboundStream;
import org.nhipcau.sfu.stream.OpusHistory;

/**
 * Sends one track's sound to one viewer with what protects it: copies of earlier packets (RED), several frames in one
 * packet, and copies of what the viewer asked for again. Which of it is the viewer's {@link AudioProtection}'s to say;
 * where nothing is to be done, the {@link Consumer} forwards packets as they came.
 *
 * <p>Numbers stay those of the {@link StreamRewriter}: a packet with copies has the number it would have had anyway; of
 * frames that go together the last one takes a number and the others are left out, which closes the numbers up. Their
 * packet begins when the first of them begins and carries its marker. So nothing clicks when the plan changes.
 *
 * <pre>
 *  source    | 20 21 22 23 24 25 26 |          one packet of 60 ms each, with a copy of the packet before
 *  viewer    |        7        8    |          7 = 20..22 at the time of 20;   8 = 23..25 + copy of 20..22
 * </pre>
 * A viewer's NACK is answered by a copy in the next packet: so nothing is ever sent twice under one number (RFC 7714
 * §8.1), and no second stream is needed.
 *
 * <p>Spec: RFC 2198, RFC 6716 §3.2, RFC 7587 §4. Thread: one. Owns: what it remembers of packets sent; the sound itself
 * lies in the {@link OpusHistory} of the publisher's stream.
 */
final class AudioSender {
    private static final int SENT = 16;
    private static final int MAX_ASKED = 4;
    /** Frames that go together wait no longer than this for the rest, as when the publisher loses packets. */
    static final long HOLD_NS = 80_000_000L;
    private static final long KEEP_NS = 2_000_000_000L;
    /** What is asked for comes a round trip late; a player that waits longer than this has no live sound any more. */
    private static final long MAX_ASKED_ROUND_TRIP_NS = 250_000_000L;

    private final Consumer consumer;
    private final TrackSender sender;
    private final MediaEndpoint endpoint;
    private final Room room;
    private final AudioProtection protection;
    private FormatMap formats;

    /** Packets sent in the current run: first source packet of each, and how many it holds. A ring. */
    private final long[] sentFirst = new long[SENT];
    private final int[] sentCount = new int[SENT];
    private int sentTotal;
    private final long[] askedFirst = new long[MAX_ASKED];
    private final int[] askedCount = new int[MAX_ASKED];
    private int asked;

    /** Frames that wait for those that they go together with. */
    private Encoding waitingEncoding;
    private InboundStream waitingStream;
    private int waitingFormat;
    private long waitingFirst;
    private int waiting;
    private int waitingFrames;
    private int waitingEndsAt;
    private int waitingToc;
    private long waitingSinceNs;

    AudioSender(Consumer consumer, AudioProtection protection) {
        this.consumer = consumer;
        this.sender = consumer.sender();
        this.endpoint = consumer.endpoint;
        this.room = consumer.endpoint.room();
        this.protection = protection;
    }

    /** The producer's formats changed, or another producer took its place. */
    void use(FormatMap newFormats) {
        formats = newFormats;
        reset();
    }

    /** Forgets what was sent and what waits: the run ended, or its sound must not be sent any more. */
    void reset() {
        waiting = 0;
        sentTotal = 0;
        asked = 0;
    }

    /**
     * Takes note of a batch, before its packets.
     *
     * @return whether they are to be sent by {@link #decide} rather than as they came
     */
    boolean takes(SourcePacket[] packets, int count, long nowNs) {
        protection.onPackets(packets, count);
        if (protection.due(nowNs)) {
            endpoint.protectAudio(nowNs);
        }
        boolean plain = protection.plan().plain();
        if (count > 0 && (formats.soundAskedAgain() || !plain)) {
            packets[0].stream.history().keepUntil(nowNs + KEEP_NS);
        }
        return !plain || waiting > 0 || asked > 0;
    }

    /** Sends a packet by the plan, or lets it wait for the next. @return why it is not sent, or null */
    DropReason decide(SourcePacket packet, long nowNs) {
        if (packet.empty() || formats.treatment(packet.format) != FormatMap.Treatment.FORWARD) {
            flush(nowNs);
            return consumer.decide(packet, nowNs);
        }
        if (isLate(packet)) {
            return send(packet, 0, nowNs);
        }
        OpusHistory history = packet.stream.history();
        int slot = history.find(packet.extended);
        int wanted = protection.plan().framesPerPacket();
        // What is as long as the plan wants goes by itself: with others it could be more than a packet may hold.
        if (waiting > 0 && (!joins(packet) || framesOf(history, slot) >= wanted)) {
            flush(nowNs);
        }
        if (wanted == 1 || slot < 0 || waiting == 0 && framesOf(history, slot) >= wanted) {
            flush(nowNs);
            return send(packet, 1, nowNs);
        }
        await(packet, history, slot, nowNs);
        // Silence ends what is said: nothing may come behind it for a while.
        if (waitingFrames >= wanted || OpusPacket.isDtx(history.length(slot))) {
            flush(nowNs);
        }
        return null;
    }

    // Something newer of the same run has its place already, or waits for it.
    private boolean isLate(SourcePacket packet) {
        if (waiting > 0) {
            return packet.stream == waitingStream && packet.extended < waitingFirst;
        }
        int last = sentTotal - 1 & SENT - 1;
        return sentTotal > 0 && sender.rewriter().running() && sender.rewriter().encoding() == packet.encoding
                && packet.extended < sentFirst[last] + sentCount[last];
    }

    private static int framesOf(OpusHistory history, int slot) {
        return slot < 0 ? 1 : Math.max(1, history.durationTicks(slot) / AudioTools.FRAME_TICKS);
    }

    private boolean joins(SourcePacket packet) {
        int toc = packet.rtp.packet().getUnsignedByte(packet.rtp.headerLength()) & 0xfc;
        return packet.stream == waitingStream && packet.format == waitingFormat
                && packet.extended == waitingFirst + waiting && (int) packet.rtp.timestamp() == waitingEndsAt
                && toc == waitingToc && !packet.rtp.marker();
    }

    private void await(SourcePacket packet, OpusHistory history, int slot, long nowNs) {
        if (waiting == 0) {
            waitingFirst = packet.extended;
            waitingFrames = 0;
            waitingToc = packet.rtp.packet().getUnsignedByte(packet.rtp.headerLength()) & 0xfc;
            waitingSinceNs = nowNs;
            waitingEncoding = packet.encoding;
            waitingStream = packet.stream;
            waitingFormat = packet.format;
        }
        waiting++;
        waitingFrames += framesOf(history, slot);
        waitingEndsAt = (int) packet.rtp.timestamp() + history.durationTicks(slot);
    }

    /** Frames wait that have waited long enough. */
    boolean overdue(long nowNs) {
        return waiting > 0 && nowNs - waitingSinceNs >= HOLD_NS;
    }

    /** Sends frames that have waited long enough without those that they waited for. */
    void release(long nowNs) {
        if (consumer.forwarding() && waitingStream == waitingEncoding.stream()) {
            flush(nowNs);
        } else {
            reset();
        }
    }

    /** Sends the frames that wait, as one packet. */
    void flush(long nowNs) {
        if (waiting > 0) {
            DropReason reason = sendWaiting(nowNs);
            if (reason != null) {
                room.counters.drop(reason);
            }
        }
    }

    private DropReason sendWaiting(long nowNs) {
        int count = waiting;
        waiting = 0;
        OpusHistory history = waitingStream.history();
        AudioTools tools = room.audioTools();
        if (!gather(tools.primary, history, waitingFirst, count)) {
            return DropReason.RTX_NOT_CACHED;
        }
        SourcePacket packet = tools.standIn(history, history.find(waitingFirst),
                history.find(waitingFirst + count - 1));
        packet.producer = waitingEncoding.producer;
        packet.encoding = waitingEncoding;
        packet.stream = waitingStream;
        packet.format = waitingFormat;
        StreamRewriter rewriter = sender.rewriter();
        for (long left = waitingFirst; left < waitingFirst + count - 1; left++) {
            packet.extended = left;
            packet.newest = left;
            if (rewriter.running() && rewriter.encoding() == packet.encoding) {
                sender.leaveOut(packet, nowNs);
            }
        }
        packet.extended = waitingFirst + count - 1;
        packet.newest = packet.extended;
        return send(packet, count, nowNs);
    }

    // count: source packets that it stands for; 0: one, late, of which no copies are wanted.
    private DropReason send(SourcePacket packet, int count, long nowNs) {
        StreamRewriter rewriter = sender.rewriter();
        boolean begins = !rewriter.running() || rewriter.encoding() != packet.encoding;
        if (begins) {
            sentTotal = 0;
            asked = 0;
        }
        int slot = begins ? rewriter.begin(packet, nowNs) : rewriter.place(packet, nowNs);
        if (slot < 0) {
            return DropReason.TOO_OLD;
        }
        boolean merged = packet.empty();
        AudioTools tools = room.audioTools();
        PacketBuffer out = sender.begin();
        int headerLength = sender.writeHeader(packet, slot, out, nowNs);
        int primaryLength = merged ? tools.primary.length() : packet.rtp.payloadLength();
        if (headerLength < 0 || !PayloadCopier.fits(headerLength, primaryLength)) {
            return DropReason.TOO_LARGE;
        }
        int left = PayloadCopier.MAX_PACKET_BYTES - headerLength - primaryLength - RedWriter.PRIMARY_HEAD_BYTES;
        tools.copyCount = 0;
        if (count > 0) {
            addCopies(tools, packet, left);
        }
        int length = put(tools, packet, merged, out, headerLength, primaryLength);
        endpoint.outlet().send(Pacer.Rank.AUDIO, out, headerLength, nowNs);
        sender.onSoundSent(packet, headerLength, length, nowNs);
        if (count > 0) {
            sentFirst[sentTotal & SENT - 1] = packet.extended - count + 1;
            sentCount[sentTotal & SENT - 1] = count;
            sentTotal++;
        }
        return null;
    }

    private int put(AudioTools tools, SourcePacket packet, boolean merged, PacketBuffer out, int headerLength,
            int primaryLength) {
        int copies = tools.copyCount;
        int length = primaryLength;
        if (copies > 0) {
            length += RedWriter.PRIMARY_HEAD_BYTES + copies * RedWriter.HEAD_BYTES;
            for (int i = 0; i < copies; i++) {
                length += tools.copies[i].length();
            }
        }
        out.setLength(headerLength + length);
        int at = headerLength;
        if (copies > 0) {
            int opusType = formats.payloadType(packet.format);
            tools.red.begin(out, headerLength);
            for (int i = 0; i < copies; i++) {
                tools.red.redundant(opusType, tools.offsetsTicks[i], tools.copies[i].length());
            }
            tools.red.primary(opusType);
            at = tools.red.dataIndex();
            for (int i = 0; i < copies; i++) {
                at = tools.copies[i].write(out, at);
            }
            out.putByte(1, out.getByte(1) & 0x80 | formats.redPayloadType());
            room.counters.increment(Counter.RED_PACKETS_OUT);
        }
        if (merged) {
            tools.primary.write(out, at);
            room.counters.add(Counter.REPACKETISED_OUT, tools.primary.frames() > 1 ? 1 : 0);
        } else {
            out.putBytes(at, packet.rtp.packet(), packet.rtp.headerLength(), primaryLength);
        }
        return length;
    }

    // The oldest first: what was asked for, then what the plan repeats.
    private void addCopies(AudioTools tools, SourcePacket packet, int roomBytes) {
        int left = roomBytes;
        for (int i = 0; i < asked; i++) {
            left = addCopy(tools, packet, askedFirst[i], askedCount[i], left);
        }
        asked = 0;
        AudioPlan plan = protection.plan();
        int held = framesOf(packet.stream.history(), packet.stream.history().find(packet.extended));
        for (int distance : plan.distances()) {
            int back = plan.packetsBack(distance, held);
            if (back <= sentTotal) {
                int at = sentTotal - back & SENT - 1;
                left = addCopy(tools, packet, sentFirst[at], sentCount[at], left);
            }
        }
    }

    private int addCopy(AudioTools tools, SourcePacket packet, long first, int count, int roomBytes) {
        OpusHistory history = packet.stream.history();
        int slot = history.find(first);
        if (slot < 0 || tools.copyCount == AudioTools.MAX_COPIES) {
            return roomBytes;
        }
        OpusRepacketizer target = tools.copies[tools.copyCount];
        int offsetTicks = (int) packet.rtp.timestamp() - history.timestamp(slot);
        if (!gather(target, history, first, count)) {
            return roomBytes;
        }
        int length = target.length();
        // Silence is not worth a copy: a player makes its own.
        if (OpusPacket.isDtx(length) || !RedWriter.expressible(offsetTicks, length)
                || RedWriter.HEAD_BYTES + length > roomBytes || repeats(tools, offsetTicks)) {
            return roomBytes;
        }
        tools.offsetsTicks[tools.copyCount++] = offsetTicks;
        return roomBytes - RedWriter.HEAD_BYTES - length;
    }

    private static boolean repeats(AudioTools tools, int offsetTicks) {
        for (int i = 0; i < tools.copyCount; i++) {
            if (tools.offsetsTicks[i] == offsetTicks) {
                return true;
            }
        }
        return false;
    }

    private static boolean gather(OpusRepacketizer target, OpusHistory history, long first, int count) {
        target.begin();
        for (long sequence = first; sequence < first + count; sequence++) {
            int slot = history.find(sequence);
            if (slot < 0 || !target.add(history.bytes(), history.start(slot), history.length(slot))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The viewer misses a packet: a copy of it goes with the next one, where it can still be in time.
     *
     * @param budget bounds what one viewer can ask for
     * @return why it gets none, or null
     */
    DropReason onNack(int sequence16, RetransmissionBudget budget, long nowNs) {
        SequenceMap map = sender.rewriter().map();
        int slot = map == null ? -1 : map.slotOf(sequence16);
        InboundStream stream = sender.rewriter().encoding() == null ? null
                : sender.rewriter().encoding().stream();
        if (slot < 0 || map.reserved(slot) || map.encoding(slot) < 0 || stream == null) {
            return DropReason.RTX_NOT_CACHED;
        }
        int nowMs = (int) (nowNs / 1_000_000);
        long roundTripNs = endpoint.roundTripNs();
        if (roundTripNs > MAX_ASKED_ROUND_TRIP_NS || asked == MAX_ASKED
                || !budget.mayRetry(map.tries(slot), nowMs - map.lastMs(slot), roundTripNs, nowNs)) {
            return DropReason.RTX_BUDGET;
        }
        long last = map.source(slot);
        int count = countOf(last);
        int kept = stream.history().find(last - count + 1);
        if (kept < 0) {
            return DropReason.RTX_NOT_CACHED;
        }
        map.onRetry(slot, nowMs);
        budget.onRetransmitted(RedWriter.HEAD_BYTES + count * stream.history().length(kept));
        askedFirst[asked] = last - count + 1;
        askedCount[asked++] = count;
        room.counters.increment(Counter.AUDIO_NACKS_ANSWERED);
        return null;
    }

    private int countOf(long last) {
        for (int i = Math.max(0, sentTotal - SENT); i < sentTotal; i++) {
            int at = i & SENT - 1;
            if (sentFirst[at] + sentCount[at] - 1 == last) {
                return sentCount[at];
            }
        }
        return 1;
    }
}
