// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.bwe.SentPacketLog;
import org.nhipcau.sfu.bwe.TwccRecorder;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * Transport-wide feedback per packet: noting arrivals (a report each 100 is part of it), numbering what is sent, and
 * finding it again. Reports themselves: {@link TransportFeedbackBenchmark}.
 */
public class TwccBenchmark extends Station {
    private static final int PACKETS = 100;
    private static final long PACKET_NS = 1_000_000L;

    private final TwccRecorder recorder = new TwccRecorder();
    private final SentPacketLog log = new SentPacketLog();
    private final RtcpWriter writer = new RtcpWriter();
    private final PacketBuffer target = PacketBuffer.allocate();
    private long nowNs = 1_000_000_000L;
    private int sequence;

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int record() {
        for (int i = 0; i < PACKETS; i++) {
            nowNs += PACKET_NS;
            recorder.onPacket(sequence++ & 0xffff, nowNs);
        }
        writer.begin(target, 1_200);
        recorder.write(writer, 1, 2, nowNs + PACKETS * PACKET_NS);
        return target.length();
    }

    @Benchmark
    public int number() {
        nowNs += PACKET_NS;
        return log.onSent(1_200, nowNs);
    }

    @Benchmark
    public long numberAndFind() {
        nowNs += PACKET_NS;
        return log.find(log.onSent(1_200, nowNs));
    }
}
