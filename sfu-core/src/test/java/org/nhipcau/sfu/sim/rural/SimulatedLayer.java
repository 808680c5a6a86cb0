// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.rural;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * One simulcast layer of a simulated camera: frames in the pattern of L1T3, cut into packets of equal size.
 *
 * <p>Spec: RFC 7741 §4.2. Thread: one. Owns: copies of its last packets, for those who missed them.
 */
final class SimulatedLayer {
    private static final int[] TEMPORAL = {0, 2, 1, 2};
    private static final int MAX_PAYLOAD = 1_100;
    private static final int KEPT = 256;
    private static final int MAX_PACKETS = 63;

    private final SimulatedPublisher publisher;
    private final CameraSettings.Layer settings;
    private final EncoderModel encoder;
    private final byte[] rid;
    private final int ssrc;
    private final int rtxSsrc;
    private final int timestampOffset;
    private final PictureMark mark = new PictureMark();
    private final PacketBuffer[] kept = new PacketBuffer[KEPT];
    private final int[] keptSequence = new int[KEPT];
    private int sequence;
    private int rtxSequence;
    private int pictureId;
    private int tl0;
    private int sinceKey;
    private int lastT0;
    private int lastT1;
    private boolean wanted = true;
    private boolean affordable = true;
    private boolean started;

    SimulatedLayer(SimulatedPublisher publisher, int index, CameraSettings.Layer settings, double keyFactor,
            SplittableRandom random) {
        this.publisher = publisher;
        this.settings = settings;
        this.encoder = new EncoderModel(settings.bps(), keyFactor, random.split());
        this.rid = settings.rid().getBytes(StandardCharsets.US_ASCII);
        this.ssrc = random.nextInt();
        this.rtxSsrc = random.nextInt();
        this.timestampOffset = random.nextInt();
        this.sequence = random.nextInt(65_536);
        this.rtxSequence = random.nextInt(65_536);
        this.pictureId = random.nextInt(32_768);
        this.tl0 = random.nextInt(256);
        mark.layer = index;
    }

    /** Encodes one frame and hands its packets to the publisher's pacer. */
    void encode(int frame, boolean keyWanted, long nowNs) {
        if (!active()) {
            started = false;
            return;
        }
        boolean key = keyWanted || !started;
        started = true;
        sinceKey = key ? 0 : sinceKey + 1;
        int temporal = TEMPORAL[sinceKey % 4];
        mark.frame = frame;
        mark.temporal = temporal;
        mark.key = key;
        mark.reference = key ? 0 : reference(temporal);
        if (temporal == 0) {
            lastT0 = frame;
            tl0++;
        } else if (temporal == 1) {
            lastT1 = frame;
        }
        pictureId = pictureId + 1 & 0x7fff;
        int bytes = encoder.nextFrame(key, temporal);
        mark.count = Math.clamp((bytes + MAX_PAYLOAD - 1) / MAX_PAYLOAD, 1, MAX_PACKETS);
        int each = Math.clamp(bytes / mark.count, 44, MAX_PAYLOAD);
        boolean sync = temporal > 0 && mark.reference == lastT0;
        for (mark.index = 0; mark.index < mark.count; mark.index++) {
            send(each, sync, nowNs);
        }
    }

    private int reference(int temporal) {
        return temporal != 2 || sinceKey % 4 == 1 ? lastT0 : lastT1;
    }

    private void send(int payloadBytes, boolean sync, long nowNs) {
        int number = sequence++ & 0xffff;
        int from = publisher.beginPicture(mark.index == mark.count - 1, SimulatedRoom.VP8.payloadType(), number,
                timestampAt(nowNs), ssrc, rid, SimulatedRoom.PUBLISHER_IDS.rid());
        PacketBuffer out = publisher.out();
        out.setLength(from + payloadBytes);
        out.putByte(from, 0x80 | (mark.temporal == 2 ? 0x20 : 0) | (mark.index == 0 ? 0x10 : 0));
        out.putByte(from + 1, 0xe0);
        out.putShort(from + 2, 0x8000 | pictureId);
        out.putByte(from + 4, tl0);
        out.putByte(from + 5, mark.temporal << 6 | (sync ? 0x20 : 0));
        if (mark.index == 0) {
            putFrameTag(out, from + 6);
        }
        mark.write(out, from + payloadBytes);
        keep(number, out);
        publisher.pace(nowNs);
    }

    // The frame tag and, of a key frame, start code and size (RFC 6386 §9.1).
    private void putFrameTag(PacketBuffer out, int at) {
        out.putByte(at, mark.key ? 0x10 : 0x11);
        out.putShort(at + 1, 0);
        if (mark.key) {
            out.putMedium(at + 3, 0x9d012a);
            out.putByte(at + 6, settings.width());
            out.putByte(at + 7, settings.width() >> 8);
            out.putByte(at + 8, settings.height());
            out.putByte(at + 9, settings.height() >> 8);
        }
    }

    private void keep(int number, PacketBuffer packet) {
        int slot = number & KEPT - 1;
        if (kept[slot] == null) {
            kept[slot] = publisher.room().pool().acquire();
        }
        kept[slot].copyFrom(packet);
        keptSequence[slot] = number;
    }

    void resend(int number) {
        int wanted = number & 0xffff;
        PacketBuffer original = kept[wanted & KEPT - 1];
        if (original == null || keptSequence[wanted & KEPT - 1] != wanted) {
            return;
        }
        int oldFrom = headerLength(original);
        int payloadBytes = original.length() - oldFrom;
        int from = publisher.beginPicture(original.getByte(1) < 0, SimulatedRoom.VP8.rtxPayloadType(), rtxSequence++,
                original.getInt(4), rtxSsrc, rid, SimulatedRoom.PUBLISHER_IDS.repairedRid());
        PacketBuffer out = publisher.out();
        out.setLength(from + 2 + payloadBytes);
        out.putShort(from, wanted);
        out.putBytes(from + 2, original, oldFrom, payloadBytes);
        publisher.pace(publisher.room().clock().nowNs());
    }

    private static int headerLength(PacketBuffer packet) {
        return 16 + packet.getUnsignedShort(14) * 4;
    }

    int timestampAt(long nowNs) {
        return timestampOffset + (int) (nowNs / 1_000 * 90 / 1_000);
    }

    CameraSettings.Layer settings() {
        return settings;
    }

    double bps() {
        return encoder.bps();
    }

    void setBps(double bps) {
        encoder.setBps(bps);
    }

    boolean active() {
        return wanted && affordable;
    }

    /** Somebody wants it. */
    boolean wanted() {
        return wanted;
    }

    void setWanted(boolean isWanted) {
        wanted = isWanted;
    }

    /** The uplink carries it. */
    void setActive(boolean isAffordable) {
        affordable = isAffordable;
    }

    int ssrc() {
        return ssrc;
    }
}
