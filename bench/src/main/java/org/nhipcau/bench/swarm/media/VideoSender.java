// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpWriter;

/**
 * A camera that is not one: VP8 packets of one or several encodings, in sizes and at times of a real encoder.
 *
 * <p>Spec: RFC 7741 §4.2 (descriptor), RFC 6386 §9.1 (the first bytes of a frame). Thread: the client's loop.
 */
public final class VideoSender implements MediaSender {
    private static final int CLOCK_HZ = 90_000;
    /** With header, extensions and descriptor a packet stays within 1200 bytes. */
    private static final int MAX_FRAME_PART_BYTES = 1_150;
    private static final int DESCRIPTOR_BYTES = 6;
    private static final int KEY_HEADER_BYTES = 10;
    private static final int INTER_HEADER_BYTES = 3;
    private static final int MIN_FRAME_BYTES = KEY_HEADER_BYTES + Canary.HEADER_BYTES;
    private static final int PICTURE_ID_MASK = 0x7fff;

    private final VideoShape shape;
    private final long frameNs;
    private final long timestampBase;
    private final List<Encoder> encoders = new ArrayList<>();
    private long firstFrameNs;
    private long frame;

    /** One encoding's state. */
    private static final class Encoder implements SentStream.PayloadWriter {
        private final int number;
        private final VideoShape.Layer layer;
        private final Canary canary;
        private final FrameShaper shaper;
        private SentStream stream;
        private boolean keyFrameWanted = true;
        private long sinceKeyFrame;
        private long nextPacket;
        private int baseFrames;
        private int pictureId;
        private int tl0PictureIndex;
        private int keyIndex;

        Encoder(int number, VideoShape.Layer layer, int framesPerSecond, Canary canary, Random random) {
            this.number = number;
            this.layer = layer;
            this.canary = canary;
            this.shaper = new FrameShaper(layer.bitrateBps(), framesPerSecond, true, MIN_FRAME_BYTES, random);
            this.pictureId = random.nextInt(PICTURE_ID_MASK);
            this.tl0PictureIndex = random.nextInt(256);
        }

        void encode(long frameNumber, long timestamp, long nowNs) {
            boolean key = keyFrameWanted;
            keyFrameWanted = false;
            sinceKeyFrame = key ? 0 : sinceKeyFrame + 1;
            int temporalLayer = shaper.temporalLayer(sinceKeyFrame);
            if (temporalLayer == 0) {
                baseFrames++;
                tl0PictureIndex = tl0PictureIndex + 1 & 0xff;
            }
            keyIndex = key ? keyIndex + 1 & 0x1f : keyIndex;
            pictureId = pictureId + 1 & PICTURE_ID_MASK;
            int bytes = shaper.nextFrameBytes(key, temporalLayer);
            int packets = FrameShaper.packets(bytes, MAX_FRAME_PART_BYTES);
            SentFrame sent = new SentFrame(number, frameNumber, key, temporalLayer, packets, bytes, nextPacket,
                    baseFrames, pictureId, tl0PictureIndex, timestamp, nowNs);
            nextPacket += packets;
            stream.send(sent);
        }

        @Override
        public int length(SentFrame sent, int packetIndex) {
            return DESCRIPTOR_BYTES + FrameShaper.packetBytes(sent.bytes(), sent.packets(), packetIndex);
        }

        @Override
        public void write(PacketBuffer packet, int at, int length, SentFrame sent, int packetIndex) {
            boolean start = packetIndex == 0;
            boolean discardable = sent.temporalLayer() == 2;
            packet.putByte(at, 0x80 | (discardable ? 0x20 : 0) | (start ? 0x10 : 0));
            packet.putByte(at + 1, 0xf0);
            packet.putShort(at + 2, 0x8000 | sent.pictureId());
            packet.putByte(at + 4, sent.tl0PictureIndex());
            packet.putByte(at + 5, sent.temporalLayer() << 6 | (sent.temporalLayer() > 0 ? 0x20 : 0) | keyIndex);
            int body = at + DESCRIPTOR_BYTES;
            if (start) {
                body += writeFrameHeader(packet, body, sent);
            }
            canary.write(packet, body, at + length - body, sent, packetIndex);
        }

        private int writeFrameHeader(PacketBuffer packet, int at, SentFrame sent) {
            // show_frame, version 0, the first partition's size is of no interest: nobody decodes.
            packet.putByte(at, sent.key() ? 0x10 : 0x11);
            packet.putShort(at + 1, 0);
            if (!sent.key()) {
                return INTER_HEADER_BYTES;
            }
            packet.putMedium(at + 3, 0x9d012a);
            packet.putShort(at + 6, Short.reverseBytes((short) layer.width()));
            packet.putShort(at + 8, Short.reverseBytes((short) layer.height()));
            return KEY_HEADER_BYTES;
        }
    }

    /** @param firstSsrc encoding i takes the SSRCs behind it, two each: its own and that of its repairs */
    public VideoSender(VideoShape shape, StreamFormat format, Canary canary, long firstSsrc, Random random,
            MediaOutput output) {
        this.shape = shape;
        this.frameNs = 1_000_000_000L / shape.framesPerSecond();
        this.timestampBase = random.nextInt();
        for (int i = 0; i < shape.encodings().size(); i++) {
            Encoder encoder = new Encoder(i, shape.encodings().get(i), shape.framesPerSecond(), canary, random);
            String rid = shape.isSimulcast() ? VideoShape.RIDS.get(i) : "";
            encoder.stream = new SentStream(format, rid, firstSsrc + 2L * i, firstSsrc + 2L * i + 1, random, output,
                    encoder);
            encoders.add(encoder);
        }
    }

    @Override
    public void start(long nowNs) {
        firstFrameNs = nowNs;
        frame = 0;
        encoders.forEach(encoder -> encoder.keyFrameWanted = true);
    }

    @Override
    public long onTime(long nowNs) {
        long dueNs = firstFrameNs + frame * frameNs;
        if (nowNs < dueNs) {
            return dueNs;
        }
        if (nowNs - dueNs > 1_000_000_000L) {
            // The machine stood still: a camera does not send the frames it missed.
            frame = (nowNs - firstFrameNs) / frameNs;
        }
        long timestamp = timestamp(nowNs);
        for (Encoder encoder : encoders) {
            encoder.encode(frame, timestamp, nowNs);
        }
        frame++;
        return firstFrameNs + frame * frameNs;
    }

    private long timestamp(long nowNs) {
        return timestampBase + (nowNs - firstFrameNs) / 1_000 * CLOCK_HZ / 1_000_000;
    }

    @Override
    public void onKeyFrameRequest(long ssrc) {
        for (Encoder encoder : encoders) {
            encoder.keyFrameWanted |= encoder.stream.ssrc() == ssrc;
        }
    }

    @Override
    public void onNack(long ssrc, int sequenceNumber) {
        for (Encoder encoder : encoders) {
            if (encoder.stream.ssrc() == ssrc) {
                encoder.stream.sendAgain(sequenceNumber);
            }
        }
    }

    @Override
    public void onReported(long ssrc) {
        for (Encoder encoder : encoders) {
            if (encoder.stream.ssrc() == ssrc) {
                encoder.stream.onReported();
            }
        }
    }

    @Override
    public void report(RtcpWriter writer, PacketBuffer compound, long nowNs, long unixNs, byte[] cname) {
        for (Encoder encoder : encoders) {
            encoder.stream.report(writer, compound, timestamp(nowNs), unixNs, cname);
        }
    }

    @Override
    public long packets() {
        return encoders.stream().mapToLong(encoder -> encoder.stream.packets()).sum();
    }

    @Override
    public long retransmitted() {
        return encoders.stream().mapToLong(encoder -> encoder.stream.retransmitted()).sum();
    }

    @Override
    public long asked() {
        return encoders.stream().mapToLong(encoder -> encoder.stream.asked()).sum();
    }

    public VideoShape shape() {
        return shape;
    }
}
