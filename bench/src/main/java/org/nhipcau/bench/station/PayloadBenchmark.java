// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import java.util.HexFormat;
import java.util.Locale;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.FrameMark;
import org.nhipcau.sfu.codec.PayloadReader;
import org.nhipcau.sfu.codec.PayloadReaders;
import org.nhipcau.sfu.rtp.RtpHeaderWriter;
import org.nhipcau.sfu.rtp.RtpPacketFlyweight;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What a video packet says about its frame, per format: by turns one that starts a frame and one that goes on. */
public class PayloadBenchmark extends Station {
    /** Payloads after the specifications: of each format a key frame's start and a later packet. */
    public enum Format {
        /** RFC 7741 §4.2: 15-bit picture id, TL0PICIDX, TID; then a continuation. */
        VP8("90f0923407631002009d012a80026801ff", "80e0923407600102"),
        /** RFC 9628 §4.2: a picture with a structure of two layers; then an upper layer. */
        VP9("aa8001000538014000b402800168010401ff", "a480010305ff"),
        /** RFC 6184 §5.7: parameter sets with an IDR slice; then a fragment. */
        H264("7800186742c01f8c8d40501ec9000003000100000300328f1832a0000468ce3c80000365b800", "7c05aabb"),
        /** AV1 RTP §4: a sequence header and a frame; then a continuation. */
        AV1("28030a010232aabb", "90aabb");

        private final String[] payloads;

        Format(String... payloads) {
            this.payloads = payloads;
        }
    }

    @Param
    private Format format;

    private final PacketBuffer[] packets = new PacketBuffer[2];
    private final RtpPacketFlyweight[] views = new RtpPacketFlyweight[2];
    private final FrameMark mark = new FrameMark();
    private PayloadReader reader;
    private int next;

    @Setup
    public void prepare() {
        reader = PayloadReaders.create("video/" + format.name().toLowerCase(Locale.ROOT),
                new HeaderExtensions(1, 2, 3, 4, 5, 6, 7, 8, 9, 0));
        RtpHeaderWriter header = new RtpHeaderWriter();
        for (int i = 0; i < packets.length; i++) {
            byte[] payload = HexFormat.of().parseHex(format.payloads[i]);
            packets[i] = PacketBuffer.allocate();
            header.begin(packets[i], false, 96, 1_000 + i, 90_000, 7);
            int length = header.finish();
            packets[i].setLength(length + payload.length);
            packets[i].putBytes(length, payload, 0, payload.length);
            views[i] = new RtpPacketFlyweight();
            if (!views[i].wrapPlain(packets[i]) || !reader.read(views[i], mark) || mark.frameStart != (i == 0)) {
                throw new IllegalStateException("packet " + i + " is not what it should be");
            }
        }
    }

    @Benchmark
    public FrameMark read() {
        reader.read(views[next++ & 1], mark);
        return mark;
    }
}
