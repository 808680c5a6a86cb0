// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.codec.OpusRepacketizer;
import org.nhipcau.sfu.codec.RedWriter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Putting sound together for a listener on a poor link: copies of earlier packets, three frames in one packet. */
public class SoundBenchmark extends Station {
    private static final int HEADER_BYTES = 28;
    private static final int FRAME_BYTES = 60;

    private final byte[][] frames = new byte[3][FRAME_BYTES];
    private final PacketBuffer target = PacketBuffer.allocate();
    private final RedWriter red = new RedWriter();
    private final OpusRepacketizer repacketizer = new OpusRepacketizer();

    @Setup
    public void prepare() {
        for (byte[] frame : frames) {
            frame[0] = 0x78;
        }
        if (threeFramesInOnePacket() != HEADER_BYTES + 2 + 3 * (FRAME_BYTES - 1)) {
            throw new IllegalStateException("the packet is not what it should be");
        }
    }

    /** A packet of RED with two copies. */
    @Benchmark
    public int twoCopies() {
        target.clear();
        target.setLength(HEADER_BYTES + 2 * RedWriter.HEAD_BYTES + RedWriter.PRIMARY_HEAD_BYTES + 3 * FRAME_BYTES);
        red.begin(target, HEADER_BYTES);
        red.redundant(111, 3_840, FRAME_BYTES);
        red.redundant(111, 1_920, FRAME_BYTES);
        red.primary(111);
        int at = red.dataIndex();
        for (byte[] frame : frames) {
            target.putBytes(at, frame, 0, FRAME_BYTES);
            at += FRAME_BYTES;
        }
        return at;
    }

    /** Three packets of 20 ms become one of 60 ms. */
    @Benchmark
    public int threeFramesInOnePacket() {
        repacketizer.begin();
        for (byte[] frame : frames) {
            repacketizer.add(frame, 0, FRAME_BYTES);
        }
        target.clear();
        target.setLength(HEADER_BYTES + repacketizer.length());
        return repacketizer.write(target, HEADER_BYTES);
    }
}
