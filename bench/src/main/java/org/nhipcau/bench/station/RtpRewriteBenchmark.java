// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import java.util.concurrent.TimeUnit;
import org.jitsi.service.neomedia.RawPacket;
import org.nhipcau.bench.alternatives.LibjitsiWire;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.Vp8PayloadDescriptor;
import org.nhipcau.sfu.rtp.HeaderExtensionReader;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One VP8 packet of 1,200 bytes with the extensions of a browser: read it, and make a receiver's copy of it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RtpRewriteBenchmark {
    private static final int AUDIO_LEVEL = 1;
    private static final int SEND_TIME = 2;
    private static final int TRANSPORT = 3;
    private static final int MID = 4;
    private static final int PACKET_BYTES = 1_200;
    private static final byte[] VP8 = {(byte) 0x90, (byte) 0xe0, (byte) 0x92, 0x34, 7, 0x20, 0x11};

    private final PacketBuffer in = PacketBuffer.allocate();
    private final PacketBuffer out = PacketBuffer.allocate();
    private final RtpPacketFlyweight view = new RtpPacketFlyweight();
    private final RtpHeaderWriter writer = new RtpHeaderWriter();
    private final Vp8PayloadDescriptor descriptor = new Vp8PayloadDescriptor();
    private final byte[] mid = {'1'};
    private byte[] bytes;
    private int sequence;

    @Setup
    public void prepare() {
        writer.begin(in, false, 96, 1_000, 90_000, 0x1234_5678);
        writer.extension(MID, mid);
        writer.extensionShort(TRANSPORT, 500);
        writer.extensionMedium(SEND_TIME, 0x12_3456);
        writer.extensionByte(AUDIO_LEVEL, 0x9e);
        int header = writer.finish();
        in.setLength(PACKET_BYTES);
        in.putBytes(header, VP8, 0, VP8.length);
        bytes = in.toByteArray();
    }

    @Benchmark
    public long parse() {
        view.wrapPlain(in);
        return view.sequenceNumber() + view.timestamp() + view.ssrc() + view.payloadType() + view.payloadLength()
                + HeaderExtensionReader.audioLevel(view, AUDIO_LEVEL)
                + HeaderExtensionReader.transportSequence(view, TRANSPORT);
    }

    @Benchmark
    public long parseLibjitsi() {
        return LibjitsiWire.parse(bytes, bytes.length, (byte) AUDIO_LEVEL, (byte) TRANSPORT);
    }

    /** Header written anew with other extension ids allowed, payload copied, descriptor rewritten. */
    @Benchmark
    public PacketBuffer rewrite() {
        int next = ++sequence;
        view.wrapPlain(in);
        writer.begin(out, view.marker(), 96, next, next * 3_000L, 77);
        writer.extension(MID, mid);
        writer.extensionShort(TRANSPORT, next);
        writer.copyExtension(SEND_TIME, view, SEND_TIME);
        writer.copyExtension(AUDIO_LEVEL, view, AUDIO_LEVEL);
        int header = writer.finish();
        int payload = view.payloadLength();
        out.setLength(header + payload);
        out.putBytes(header, in, view.headerLength(), payload);
        if (descriptor.wrap(out, header, out.length())) {
            descriptor.setPictureId(next);
            descriptor.setTl0PicIdx(next);
        }
        return out;
    }

    /** The whole packet copied, then numbers changed in place: less freedom, as ids and elements stay. */
    @Benchmark
    public RawPacket rewriteLibjitsi() {
        int next = ++sequence;
        return LibjitsiWire.rewrite(bytes, bytes.length, next & 0xffff, next * 3_000L & 0xffff_ffffL, 77,
                (byte) TRANSPORT, next);
    }
}
