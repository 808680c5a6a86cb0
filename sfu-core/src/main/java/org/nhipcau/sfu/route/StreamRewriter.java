// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.Vp8PayloadDescriptor;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.stream.InboundStream;

/**
 * Makes one continuous stream for a viewer out of pieces of several encodings: gives a packet the viewer's SSRC,
 * payload type, sequence number, timestamp, VP8 picture numbers and header extensions.
 *
 * <p>A <em>run</em> is a stretch from one encoding without interruption. Within a run packets keep their distance, less
 * those left out on purpose; a gap in the source stays a gap, so that the viewer asks for it. Between runs everything
 * goes on with the next number, and time goes on as it did in the world: by the publisher's own clock where both
 * encodings have sender reports, else by arrival.
 *
 * <pre>
 *  source   | enc 0: 10 11 12 .. 14 15*16 | enc 2: 700K 701 ..  703     K key frame, * left out, .. missing
 *  viewer   |         1  2  3  4  5     6 |          7   8   9   10     4 and 9 reserved
 * </pre>
 * Thread: one. Owns: a {@link SequenceMap}, taken at the first packet.
 */
final class StreamRewriter {
    /** A longer gap is no loss that could be repaired: a picture begins anew, sound goes on without a hole. */
    static final int MAX_GAP = 400;
    private static final int PID_MASK = 0x7fff;

    private final int mapCapacity;
    private final int keepMs;
    private long nextSequence;
    private final int clockRate;
    private SequenceMap map;
    private boolean running;
    private Encoding encoding;
    private InboundStream stream;
    private long highestSource;

    private boolean started;
    private int timestampOffset;
    private int lastTimestamp;
    private boolean written;
    private long lastNs;

    private int pictureIdOffset;
    private int tl0Offset;
    private int lastPictureId = -1;
    private int lastTl0 = -1;
    private int skippedPictureId = -1;

    /**
     * @param mapCapacity packets that can be retransmitted, a power of two
     * @param keepMs how long a packet can be retransmitted, or come late
     * @param firstSequence first sequence number, below 2^15: far from the first wrap, which a viewer that misses the
     *     first packets could get wrong (RFC 3711 §3.3.1)
     */
    StreamRewriter(int mapCapacity, int keepMs, int firstSequence, int clockRate) {
        this.mapCapacity = mapCapacity;
        this.keepMs = keepMs;
        this.nextSequence = firstSequence & 0x7fff;
        this.clockRate = clockRate;
    }

    /** A run is under way. */
    boolean running() {
        return running;
    }

    /** Ends the run: the next packet begins another. */
    void stop() {
        running = false;
    }

    /** So much of the source is missing before this packet that the run cannot go on. */
    boolean lostTrack(SourcePacket packet) {
        return running && encoding == packet.encoding && packet.extended - highestSource > MAX_GAP;
    }

    /** Lays the stream to rest: what was sent is forgotten, and should it go on, it does so with the next number. */
    void retire() {
        forgetSources();
        if (map != null) {
            nextSequence = map.newest() + 1;
            map = null;
        }
    }

    /** The streams of the producer are gone: late packets and retransmissions of them cannot be served. */
    void forgetSources() {
        running = false;
        encoding = null;
        stream = null;
        if (map != null) {
            map.forget();
        }
    }

    /**
     * Begins a run with a packet, which takes the next number. Packets of the same stream that came before it although
     * they are newer are reserved numbers, so that the viewer gets them by asking.
     *
     * @return the packet's slot
     */
    int begin(SourcePacket packet, long nowNs) {
        if (map == null) {
            map = new SequenceMap(mapCapacity, keepMs, nextSequence);
        }
        alignTimestamp(packet, nowNs);
        alignPictures(packet);
        map.beginRun();
        running = true;
        started = true;
        encoding = packet.encoding;
        stream = packet.encoding.stream();
        int nowMs = (int) (nowNs / 1_000_000);
        append(packet.extended, false, nowMs);
        long out = map.newest();
        highestSource = packet.extended;
        // More than the map remembers would overwrite the place of this very packet.
        if (packet.newest - packet.extended <= Math.min(MAX_GAP, mapCapacity - 1)) {
            reserveUpTo(packet.newest, nowMs);
        }
        highestSource = Math.max(highestSource, packet.newest);
        return map.slotOfOut(out);
    }

    /**
     * Gives a packet of the run its place.
     *
     * @return its slot, or -1 when it is late and has no place: left out before, or sent already
     */
    int place(SourcePacket packet, long nowNs) {
        long source = packet.extended;
        if (source <= highestSource) {
            int slot = map.slotOfSource(source);
            if (slot < 0 || !map.reserved(slot)) {
                return -1;
            }
            map.take(slot);
            return slot;
        }
        int nowMs = (int) (nowNs / 1_000_000);
        reserveUpTo(source - 1, nowMs);
        highestSource = source;
        return append(source, false, nowMs);
    }

    /**
     * Leaves a packet of the run out on purpose: the numbers close up behind it.
     *
     * @return -1, or the slot of a late packet whose number the viewer already misses: send it an empty packet
     */
    int skip(SourcePacket packet, long nowNs) {
        long source = packet.extended;
        if (source <= highestSource) {
            int slot = map.slotOfSource(source);
            if (slot < 0 || !map.reserved(slot)) {
                return -1;
            }
            map.fill(slot);
            return slot;
        }
        reserveUpTo(source - 1, (int) (nowNs / 1_000_000));
        highestSource = source;
        int pictureId = packet.mark.pictureId;
        if (pictureId >= 0 && pictureId != skippedPictureId) {
            skippedPictureId = pictureId;
            pictureIdOffset--;
        }
        return -1;
    }

    /** Takes a number for an empty packet behind all others of the run. @return its slot */
    int pad(long nowNs) {
        int slot = append(highestSource, false, (int) (nowNs / 1_000_000));
        map.fill(slot);
        return slot;
    }

    private void reserveUpTo(long source, int nowMs) {
        if (source - highestSource > MAX_GAP) {
            return;
        }
        for (long missing = highestSource + 1; missing <= source; missing++) {
            append(missing, true, nowMs);
        }
        highestSource = Math.max(highestSource, source);
    }

    private int append(long source, boolean reserved, int nowMs) {
        return map.append(encoding.index, source, timestampOffset, (pictureIdOffset & PID_MASK) << 8 | tl0Offset & 0xff,
                reserved, nowMs);
    }

    private void alignTimestamp(SourcePacket packet, long nowNs) {
        InboundStream next = packet.encoding.stream();
        int timestamp = (int) packet.rtp.timestamp();
        if (!started) {
            timestampOffset = 0;
            return;
        }
        if (next != stream) {
            int byArrival = lastTimestamp + (int) ((nowNs - lastNs) / 1_000 * clockRate / 1_000_000);
            int aligned = byArrival;
            if (stream != null && stream.reportKnown() && next.reportKnown()) {
                int byReports = stream.timestampAt(next.ntpAt(timestamp)) + timestampOffset;
                // Reports that place the frame seconds away from its arrival are wrong.
                aligned = Math.abs(byReports - byArrival) < 3 * clockRate ? byReports : byArrival;
            }
            timestampOffset = aligned - timestamp;
        }
        int behind = lastTimestamp + 1 - (timestamp + timestampOffset);
        if (behind > 0) {
            timestampOffset += behind;
        }
    }

    private void alignPictures(SourcePacket packet) {
        skippedPictureId = -1;
        int pictureId = packet.mark.pictureId;
        int tl0 = packet.mark.tl0PicIdx;
        pictureIdOffset = lastPictureId < 0 || pictureId < 0 ? 0 : lastPictureId + 1 - pictureId;
        tl0Offset = lastTl0 < 0 || tl0 < 0 ? 0 : lastTl0 + 1 - tl0;
    }

    /**
     * Writes the header that the packet has for the viewer, and the viewer's picture numbers into the packet itself.
     *
     * @param slot its place
     * @param mid to tell, or null
     * @param ids the receiver's extension ids
     * @param tools shared scratch
     * @return bytes of the header, -1 when it does not fit
     */
    int write(SourcePacket packet, int slot, PacketBuffer target, FormatMap formats, long ssrc, byte[] mid,
            HeaderExtensions ids, Tools tools, long nowNs) {
        int timestamp = (int) packet.rtp.timestamp() + map.timestampOffset(slot);
        int headerLength = mid == null && packet.levelAtMost() && isBrief(ids)
                ? writeBrief(packet, slot, target, formats, ssrc, timestamp, ids, tools, nowNs)
                : writeFull(packet, slot, target, formats, ssrc, timestamp, mid, ids, tools, nowNs);
        if (slot == ((int) map.newest() & map.capacity() - 1)) {
            lastNs = nowNs;
            if (!written || timestamp - lastTimestamp > 0) {
                written = true;
                lastTimestamp = timestamp;
            }
        }
        if (packet.vp8) {
            patchPictures(packet, map.pictureOffset(slot));
        } else if (packet.markerChanged()) {
            map.endPicture(slot);
        }
        return headerLength;
    }

    // The transport-wide number is filled in when the packet's length is known.
    private int writeFull(SourcePacket packet, int slot, PacketBuffer target, FormatMap formats, long ssrc,
            int timestamp, byte[] mid, HeaderExtensions ids, Tools tools, long nowNs) {
        RtpHeaderWriter header = tools.header;
        header.begin(target, packet.rtp.marker(), formats.payloadType(packet.format), map.outOf(slot), timestamp, ssrc);
        if (mid != null) {
            header.extension(ids.mid(), mid);
        }
        header.extensionShort(ids.transportCc(), 0);
        if (ids.absSendTime() != 0) {
            header.extensionMedium(ids.absSendTime(), HeaderExtensionReader.toAbsSendTime(nowNs));
        }
        packet.copyExtensions(header, ids);
        return tools.finish(ids);
    }

    private static boolean isBrief(HeaderExtensions ids) {
        return oneByte(ids.transportCc()) && oneByte(ids.absSendTime()) && ids.audioLevel() < 15;
    }

    private static boolean oneByte(int id) {
        return id > 0 && id < 15;
    }

    private int writeBrief(SourcePacket packet, int slot, PacketBuffer target, FormatMap formats, long ssrc,
            int timestamp, HeaderExtensions ids, Tools tools, long nowNs) {
        int level = packet.audioLevel();
        tools.transportCcAt = RtpHeaderWriter.BRIEF_TRANSPORT_CC_AT;
        return RtpHeaderWriter.writeBrief(target, packet.rtp.marker(), formats.payloadType(packet.format),
                map.outOf(slot), timestamp, ssrc, ids.transportCc(), ids.absSendTime(),
                HeaderExtensionReader.toAbsSendTime(nowNs), level < 0 ? 0 : ids.audioLevel(), level);
    }

    private void patchPictures(SourcePacket packet, int offset) {
        if (packet.mark.pictureId >= 0) {
            int mask = packet.mark.pictureIdBits == 15 ? PID_MASK : 0x7f;
            int pictureId = packet.mark.pictureId + (offset >> 8) & mask;
            packet.patchPictureId(pictureId);
            if (lastPictureId < 0 || ahead(pictureId, lastPictureId, mask)) {
                lastPictureId = pictureId;
            }
        }
        if (packet.mark.tl0PicIdx >= 0) {
            int tl0 = packet.mark.tl0PicIdx + offset & 0xff;
            packet.patchTl0PicIdx(tl0);
            if (lastTl0 < 0 || ahead(tl0, lastTl0, 0xff)) {
                lastTl0 = tl0;
            }
        }
    }

    private static boolean ahead(int number, int reference, int mask) {
        int distance = number - reference & mask;
        return distance != 0 && distance <= mask >> 1;
    }

    /**
     * Writes an empty packet (one byte of padding) that takes a number the viewer would wait for in vain.
     *
     * @return bytes of the header
     */
    int writeEmpty(int slot, PacketBuffer target, int payloadType, long ssrc, HeaderExtensions ids, Tools tools) {
        RtpHeaderWriter header = tools.header;
        header.begin(target, false, payloadType, map.outOf(slot), lastTimestamp, ssrc);
        header.extensionShort(ids.transportCc(), 0);
        int headerLength = tools.finish(ids);
        target.setLength(headerLength + 1);
        target.putByte(0, target.getByte(0) | 0x20);
        target.putByte(headerLength, 1);
        return headerLength;
    }

    /** Null before the first packet. */
    SequenceMap map() {
        return map;
    }

    /** Highest sequence number given out, 32 bits. */
    long highestSent() {
        return (map == null ? nextSequence - 1 : map.newest()) & 0xffff_ffffL;
    }

    /** What the current stream's timestamps are moved by. */
    int timestampOffset() {
        return timestampOffset;
    }

    /** The encoding of the last run; null before the first. */
    Encoding encoding() {
        return encoding;
    }

    /** Scratch objects shared by all peers of a room. */
    static final class Tools {
        final RtpHeaderWriter header = new RtpHeaderWriter();
        /** Where the header written last has its transport-wide number; -1 nowhere. */
        int transportCcAt = -1;
        final Vp8PayloadDescriptor vp8 = new Vp8PayloadDescriptor();
        /** Where a retransmission is put together. */
        final PacketBuffer retransmission = PacketBuffer.allocate();
        /** Sequence numbers to ask for, of one stream at a time. */
        final int[] missing = new int[256];

        // Ends the header that was begun last. Answers its bytes, -1 when it does not fit.
        int finish(HeaderExtensions ids) {
            int length = header.finish();
            transportCcAt = header.dataIndex(ids.transportCc());
            return length;
        }
    }
}
