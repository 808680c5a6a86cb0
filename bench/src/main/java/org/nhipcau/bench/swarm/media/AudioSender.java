// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.media;

import java.util.Random;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpWriter;

/**
 * A microphone that is not one: an Opus packet every 20 ms at a constant bitrate, with an audio level that speaks and
 * pauses by turns.
 *
 * <p>Spec: RFC 6716 §3.1 (the first byte), RFC 6464. Thread: the client's loop.
 */
public final class AudioSender implements MediaSender, SentStream.PayloadWriter {
    private static final long FRAME_NS = 20_000_000L;
    private static final int FRAME_TICKS = 960;
    /** 48 kbit/s. */
    private static final int PAYLOAD_BYTES = 120;
    /** CELT, full band, 20 ms, mono, one frame. */
    private static final int TOC = 0xf8;
    private static final int SPEECH_FRAMES = 100;
    private static final int SPEECH_LEVEL = 0x80 | 25;
    private static final int SILENCE_LEVEL = 90;

    private final Canary canary;
    private final SentStream stream;
    private final long timestampBase;
    private final int turn;
    private long firstFrameNs;
    private long frame;

    public AudioSender(StreamFormat format, Canary canary, long ssrc, Random random, MediaOutput output) {
        this.canary = canary;
        this.stream = new SentStream(format, "", ssrc, 0, random, output, this);
        this.timestampBase = random.nextInt();
        this.turn = random.nextInt(4);
    }

    @Override
    public void start(long nowNs) {
        firstFrameNs = nowNs;
        frame = 0;
    }

    @Override
    public long onTime(long nowNs) {
        long dueNs = firstFrameNs + frame * FRAME_NS;
        if (nowNs - dueNs > 1_000_000_000L) {
            frame = (nowNs - firstFrameNs) / FRAME_NS;
            dueNs = firstFrameNs + frame * FRAME_NS;
        }
        while (dueNs <= nowNs) {
            stream.send(new SentFrame(0, frame, false, 0, 1, PAYLOAD_BYTES - 1, stream.packets(), (int) frame, 0, 0,
                    timestampBase + frame * FRAME_TICKS, nowNs));
            frame++;
            dueNs += FRAME_NS;
        }
        return dueNs;
    }

    @Override
    public int length(SentFrame sent, int packetIndex) {
        return PAYLOAD_BYTES;
    }

    @Override
    public void write(PacketBuffer packet, int at, int length, SentFrame sent, int packetIndex) {
        packet.putByte(at, TOC);
        canary.write(packet, at + 1, length - 1, sent, packetIndex);
    }

    @Override
    public int audioLevel(SentFrame sent) {
        return sent.number() / SPEECH_FRAMES % 4 == turn ? SPEECH_LEVEL : SILENCE_LEVEL;
    }

    @Override
    public void onNack(long ssrc, int sequenceNumber) {
        if (stream.ssrc() == ssrc) {
            stream.sendAgain(sequenceNumber);
        }
    }

    @Override
    public void onReported(long ssrc) {
        if (stream.ssrc() == ssrc) {
            stream.onReported();
        }
    }

    @Override
    public void report(RtcpWriter writer, PacketBuffer compound, long nowNs, long unixNs, byte[] cname) {
        stream.report(writer, compound, timestampBase + (nowNs - firstFrameNs) / 1_000 * 48 / 1_000, unixNs, cname);
    }

    @Override
    public long packets() {
        return stream.packets();
    }

    @Override
    public long retransmitted() {
        return stream.retransmitted();
    }

    @Override
    public long asked() {
        return stream.asked();
    }
}
