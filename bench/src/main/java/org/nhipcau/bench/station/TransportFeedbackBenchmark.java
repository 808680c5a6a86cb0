// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.nhipcau.bench.alternatives.LibjitsiWire;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;
import org.nhipcau.sfu.rtcp.TransportFeedbackWriter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Transport-wide feedback over 100 packets, 3 % of them lost: write it, and read all of its arrival times. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TransportFeedbackBenchmark implements RtcpHandler {
    private static final int PACKETS = 100;
    private static final int BASE = 1_000;
    private static final int MAX_BYTES = 1_200;

    private final long[] arrivalUs = new long[PACKETS];
    private final long[] arrivalMs = new long[PACKETS];
    private final RtcpWriter writer = new RtcpWriter();
    private final RtcpReader reader = new RtcpReader();
    private final PacketBuffer target = PacketBuffer.allocate();
    private final PacketBuffer packet = PacketBuffer.allocate();
    private byte[] bytes;
    private long sum;

    @Setup
    public void prepare() {
        Random random = new Random(100);
        long nowMs = 1_000_000;
        for (int i = 0; i < PACKETS; i++) {
            nowMs += random.nextInt(4);
            boolean lost = i > 0 && random.nextInt(100) < 3;
            arrivalMs[i] = lost ? TransportFeedbackWriter.NOT_RECEIVED : nowMs;
            arrivalUs[i] = lost ? TransportFeedbackWriter.NOT_RECEIVED : nowMs * 1_000;
        }
        writer.begin(packet, MAX_BYTES);
        writer.transportFeedback(1, 2, 3, BASE, arrivalUs, 0, PACKETS);
        bytes = packet.toByteArray();
        if (read() != readLibjitsi()) {
            throw new IllegalStateException("the two do not read the same");
        }
    }

    @Benchmark
    public int write() {
        writer.begin(target, MAX_BYTES);
        return writer.transportFeedback(1, 2, 3, BASE, arrivalUs, 0, PACKETS);
    }

    @Benchmark
    public byte[] writeLibjitsi() {
        return LibjitsiWire.writeFeedback(BASE, arrivalMs, TransportFeedbackWriter.NOT_RECEIVED);
    }

    @Benchmark
    public long read() {
        sum = 0;
        reader.read(packet, this);
        return sum;
    }

    @Benchmark
    public long readLibjitsi() {
        return LibjitsiWire.readFeedback(bytes);
    }

    @Override
    public void transportFeedback(TransportFeedbackFlyweight feedback) {
        while (feedback.next()) {
            if (feedback.received()) {
                sum += feedback.arrivalTimeUs() / TransportFeedbackFlyweight.DELTA_TICK_US;
            }
        }
    }
}
