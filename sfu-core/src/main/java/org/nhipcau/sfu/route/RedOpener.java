// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.RedPacket;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.nhipcau.sfu.stream.InboundStream;
import org.nhipcau.sfu.stream.LostFrames;

/**
 * Opens the redundancy of a publisher: what was lost on its way comes back as packets of its own, in their place before
 * the one that brought them; the packet itself goes on plain. So loss on the publisher's path ends here, and each
 * listener is protected anew by its own.
 *
 * <pre>
 *  received   | 20 plain |  (21, 22 lost)  | 23 RED: copies of 21, 22 |
 *  goes on    | 20       |                 | 21  22  23               |  all plain, 21 and 22 marked as repaired
 * </pre>
 * Spec: RFC 2198. Thread: one, the worker's that owns the room.
 */
final class RedOpener {
    /** Copies looked at in one packet; browsers send one, the worst link is worth three. */
    private static final int MAX_COPIES = 8;

    private final Room room;
    private final RedPacket red = new RedPacket();
    private final int[] times = new int[MAX_COPIES];
    private final long[] sequences = new long[MAX_COPIES];

    RedOpener(Room room) {
        this.room = room;
    }

    /** The format within a packet of RED, for the calls that follow. @return -1 when it cannot be opened */
    int open(RtpPacketFlyweight packet, Producer producer) {
        if (!red.wrap(packet)) {
            return -1;
        }
        int format = producer.formats().of(red.primaryPayloadType());
        return format < 0 || producer.formats().red(format) ? -1 : format;
    }

    /** Takes note of a packet that needs no opening: plain, or mere padding. */
    static void note(SourcePacket packet) {
        LostFrames lost = packet.stream.lost();
        if (packet.empty()) {
            lost.onPadding(packet.extended);
        } else {
            lost.onPacket(packet.extended, (int) packet.rtp.timestamp());
        }
    }

    /** Puts the lost packets that the opened one has copies of into the queue, and makes that one a plain packet. */
    void recover(SourcePacket packet, MediaEndpoint endpoint, long nowNs) {
        LostFrames lost = packet.stream.lost();
        lost.onPacket(packet.extended, (int) packet.rtp.timestamp());
        if (lost.anyMissing()) {
            place(packet, lost);
            red.rewind();
            for (int i = 0; red.next() && !red.primary() && i < MAX_COPIES; i++) {
                if (sequences[i] >= 0 && red.dataLength() > 0
                        && packet.producer.formats().of(red.payloadType()) == packet.format) {
                    add(packet, endpoint, sequences[i], nowNs);
                }
            }
        }
        red.unwrapPrimary(packet.rtp);
    }

    // First all are placed, among what was received: each that is added changes what is missing.
    private void place(SourcePacket packet, LostFrames lost) {
        int count = 0;
        red.rewind();
        while (red.next() && !red.primary() && count < MAX_COPIES) {
            times[count++] = (int) packet.rtp.timestamp() - red.timestampOffsetTicks();
        }
        for (int i = 0; i < count; i++) {
            int among = 0;
            int older = 0;
            for (int j = 0; j < count; j++) {
                if (lost.between(times[i], times[j])) {
                    among++;
                    older += times[j] - times[i] < 0 ? 1 : 0;
                }
            }
            sequences[i] = lost.sequenceOf(times[i], among, older);
        }
    }

    private void add(SourcePacket packet, MediaEndpoint endpoint, long sequence, long nowNs) {
        InboundStream stream = packet.stream;
        int timestamp = (int) packet.rtp.timestamp() - red.timestampOffsetTicks();
        int length = RtpPacketFlyweight.FIXED_HEADER_BYTES + red.dataLength();
        if (stream.accept((int) sequence & 0xffff, timestamp & 0xffff_ffffL, length, true, nowNs)
                != InboundStream.Arrival.LATE) {
            return;
        }
        stream.lost().onPacket(stream.extended(), timestamp);
        SourcePacket copy = room.queue.before(nowNs);
        PacketBuffer bytes = copy.own();
        bytes.setLength(length);
        bytes.putByte(0, 0x80);
        bytes.putByte(1, red.payloadType());
        bytes.putShort(2, (int) sequence);
        bytes.putInt(4, timestamp);
        bytes.putInt(8, stream.ssrc());
        bytes.putBytes(RtpPacketFlyweight.FIXED_HEADER_BYTES, packet.rtp.packet(), red.dataIndex(), red.dataLength());
        if (!copy.rtp.wrapPlain(bytes)) {
            throw new AssertionError("a header made here is well-formed");
        }
        copy.producer = packet.producer;
        copy.encoding = packet.encoding;
        copy.stream = stream;
        copy.format = packet.format;
        copy.extended = stream.extended();
        copy.newest = packet.newest;
        copy.readExtensions(endpoint.extensions());
        copy.mark.clear();
        copy.vp8 = false;
        room.counters.increment(Counter.AUDIO_RECOVERED_IN);
        PacketReceiver.hear(copy, nowNs);
        if (!packet.producer.muted()) {
            packet.producer.exports().offer(copy);
        }
        room.queue.add(copy);
    }
}
