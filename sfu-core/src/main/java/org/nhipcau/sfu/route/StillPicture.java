// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.Arrays;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.SendSideEstimator;
import org.nhipcau.sfu.codec.PayloadReader;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.stream.InboundStream;

/**
 * Shows a viewer whose link carries no moving picture a single one every few seconds: key frames of the smallest
 * encoding, whole ones only, packet by packet as the link takes them beside the sound.
 *
 * <p>A key frame that came for whatever reason is taken from the cache; only where none came for a while the publisher
 * is asked for one, which all viewers of still pictures then take. While others see the publisher move it is asked more
 * rarely: its encoder makes a key frame of each layer then, and they pay for it in quality.
 *
 * <p>The packets are copied, for they leave more slowly than the cache forgets, and may be asked for again. To the viewer
 * they are its ordinary stream, in which each frame is a key frame.
 *
 * <p>Thread: one. Owns: the copies, borrowed from the worker's pool, until {@link #clear}.
 */
final class StillPicture {
    /** No more often than this. By taste: slower than this nobody takes it for motion. */
    static final long SHORTEST_NS = 2_000_000_000L;
    /** So long after the last the publisher is asked, while others see it move: a picture is to come every 5 s. */
    private static final long SHARED_NS = 4_000_000_000L;
    private static final int MAX_PACKETS = 64;
    /** What may leave at once: a packet, so that sound waits behind one at most. */
    private static final double MAX_CREDIT_BYTES = 600;
    /**
     * What its repairs may owe: they leave as they are asked for, and sound is not to wait behind a row of them, nor the
     * next picture for long. A viewer asks again for what is refused. By taste: two packets.
     */
    private static final double MAX_DEBT_BYTES = 2_400;

    private final Consumer consumer;
    private final Room room;
    private PacketBuffer[] packets = new PacketBuffer[8];
    private int count;
    private int next;
    private boolean toBeClosed;
    private Encoding encoding;
    private InboundStream stream;
    private long first;
    private boolean begun;
    private long begunNs;
    private double creditBytes = MAX_CREDIT_BYTES;
    private long creditNs = Long.MIN_VALUE;

    StillPicture(Consumer consumer, Room room) {
        this.consumer = consumer;
        this.room = room;
    }

    /**
     * Sends what is due, looks for a new key frame, or asks for one. To be called several times a second.
     *
     * @param rateBps what it may take
     */
    void onTimer(long rateBps, long nowNs) {
        if (creditNs != Long.MIN_VALUE) {
            creditBytes = Math.min(MAX_CREDIT_BYTES, creditBytes + rateBps * ((nowNs - creditNs) / 8e9));
        }
        creditNs = nowNs;
        Producer producer = consumer.producer();
        Encoding smallest = LayerSelector.smallest(producer.layers(), nowNs).encoding;
        if (toBeClosed && !consumer.endpoint.outlet().held()) {
            // Nothing follows for seconds by which the viewer could see that the end of the picture is missing.
            toBeClosed = false;
            consumer.sender().sendNothing(nowNs);
        }
        if (next == count && smallest.live(nowNs)) {
            seek(producer, smallest, rateBps, nowNs);
        }
        while (next < count && mayLeave() && sendNext(nowNs)) {
            if (next == count) {
                toBeClosed = true;
                room.counters.increment(Counter.STILL_PICTURES_OUT);
            }
        }
    }

    private boolean mayLeave() {
        return creditBytes > 0 && !consumer.endpoint.outlet().held();
    }

    private void seek(Producer producer, Encoding from, long rateBps, long nowNs) {
        LatestKeyFrame key = from.keyFrame();
        boolean known = key.known() && !consumer.gate().mayNotSend(from, key.first());
        boolean fresh = known && (!begun || from.stream() != stream || key.first() != first);
        boolean due = !begun || nowNs - begunNs >= SHORTEST_NS;
        if (fresh && due && copy(from, key, nowNs)) {
            begun = true;
            begunNs = nowNs;
            return;
        }
        long affordableNs = (long) (key.bytes(0) * 8e9 / Math.max(1, rateBps));
        long spacingNs = othersSeeItMove(producer) ? SHARED_NS : Math.clamp(affordableNs, SHORTEST_NS, SHARED_NS);
        boolean recent = known && nowNs - key.arrivedNs() < Math.min(spacingNs, SHORTEST_NS);
        if (!recent && (!begun || nowNs - begunNs >= spacingNs) && !from.keyframes.wanted()) {
            room.counters.increment(Counter.STILL_PICTURES_ASKED_FOR);
            producer.requestKeyframe(from, nowNs);
        }
    }

    private boolean othersSeeItMove(Producer producer) {
        for (Consumer other : producer.consumers()) {
            if (other != consumer && other.forwarding()) {
                return true;
            }
        }
        return !producer.exports().none() || producer.mirrored() != null;
    }

    // Takes a key frame out of the cache, if all of it is there.
    private boolean copy(Encoding from, LatestKeyFrame key, long nowNs) {
        clear();
        encoding = from;
        stream = from.stream();
        first = key.first();
        PayloadReader reader = null;
        boolean whole = false;
        while (!whole && count < MAX_PACKETS) {
            SourcePacket packet = room.kept.load(from, first + count, nowNs);
            PacketBuffer kept = packet == null || (int) packet.rtp.timestamp() != key.timestamp() ? null
                    : room.pool.acquire();
            if (kept == null) {
                break;
            }
            kept.copyFrom(packet.rtp.packet());
            if (count == packets.length) {
                packets = Arrays.copyOf(packets, count * 2);
            }
            packets[count++] = kept;
            // The stream's own is ahead. To this one it does not matter in which order the packets came.
            reader = reader == null ? PacketReceiver.newReader(packet) : reader;
            whole = packet.marker || endsLowestLayer(packet, reader);
        }
        if (whole) {
            // What is left of pictures that moved would wait for ever behind sound that fills the path.
            consumer.endpoint.outlet().discardWaiting(consumer.stream());
        } else {
            clear();
        }
        return whole;
    }

    // Of a scalable stream the lowest layer is taken alone: it is the whole picture then.
    private static boolean endsLowestLayer(SourcePacket packet, PayloadReader reader) {
        return reader.read(packet.rtp, packet.mark) && packet.mark.spatialId == 0 && packet.mark.frameEnd;
    }

    private boolean sendNext(long nowNs) {
        SourcePacket packet = stream != encoding.stream() ? null
                : room.kept.view(encoding, first + next, packets[next]);
        if (packet == null) {
            clear();
            return false;
        }
        // The packets behind it are none of this picture.
        packet.newest = packet.extended;
        packet.patchMarker(next == count - 1);
        spend(packet.rtp.packet().length());
        consumer.sender().sendStill(packet, next == 0, nowNs);
        next++;
        return true;
    }

    /** Of what is set aside for it a packet takes so much: the next leaves the later. */
    void spend(int lengthBytes) {
        creditBytes -= lengthBytes + SendSideEstimator.PACKET_OVERHEAD_BYTES;
    }

    /** One more of its packets may be sent again now. */
    boolean affordsRepair() {
        return creditBytes > -MAX_DEBT_BYTES;
    }

    /** A packet of the picture that is being shown, to be sent again; null when it is none. Valid as a cached one. */
    SourcePacket load(Encoding from, long extended) {
        long at = extended - first;
        return from != encoding || stream != from.stream() || at < 0 || at >= next ? null
                : room.kept.view(from, extended, packets[(int) at]);
    }

    /** Gives the copies back; what was not sent of them never will be. */
    void clear() {
        for (int i = 0; i < count; i++) {
            room.pool.release(packets[i]);
            packets[i] = null;
        }
        count = 0;
        next = 0;
        toBeClosed = false;
    }
}
