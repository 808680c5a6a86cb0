// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.nhipcau.bench.alternatives.SpscQueuePipe;
import org.nhipcau.bench.alternatives.SpscQueuePipe.Message;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.pipe.PipeSlot;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A packet's way from one worker to another: copied into the pipe, handed over with its batch, read, given back. Once
 * with both ends on one thread (what the instructions cost), once with a reader on another core (what the cache lines
 * cost); both ends need a core of their own then, so the figures of a busy machine are worthless.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PipeBenchmark {
    private static final int BATCH = 32;

    @Param({"160", "1200"})
    private int packetBytes;

    private final PacketBuffer source = PacketBuffer.allocate();
    private final PipePort pipe = new PipePort(PipePort.DEFAULT_SLOTS, () -> { });
    private final PipePort crossed = new PipePort(PipePort.DEFAULT_SLOTS, () -> { });
    private final SpscQueuePipe queues = new SpscQueuePipe(PipePort.DEFAULT_SLOTS);
    private final SpscQueuePipe crossedQueues = new SpscQueuePipe(PipePort.DEFAULT_SLOTS);
    private volatile boolean ended;
    private Thread reader;
    private long sum;

    @Setup
    public void prepare() {
        source.clear();
        source.setLength(packetBytes);
        reader = new Thread(this::read, "pipe-reader");
        reader.start();
    }

    @TearDown
    public void end() throws InterruptedException {
        ended = true;
        reader.join();
        pipe.close();
        crossed.close();
        queues.close();
        crossedQueues.close();
    }

    // Serves whichever of the two is being measured; sleeps while neither is.
    private void read() {
        long touched = 0;
        int idle = 0;
        while (!ended) {
            boolean any = false;
            for (PipeSlot slot = crossed.poll(); slot != null; slot = crossed.poll()) {
                touched += touch(slot.packet);
                any = true;
            }
            crossed.release();
            for (Message message = crossedQueues.poll(); message != null; message = crossedQueues.poll()) {
                touched += touch(message.packet);
                crossedQueues.giveBack(message);
                any = true;
            }
            idle = any ? 0 : idle + 1;
            if (idle > 100_000) {
                LockSupport.parkNanos(1_000_000);
            } else if (!any) {
                Thread.onSpinWait();
            }
        }
        sum = touched;
    }

    // Each cache line of the packet, as a reader that encrypts it would.
    private static long touch(PacketBuffer packet) {
        long touched = 0;
        for (int at = 0; at + 8 <= packet.length(); at += 64) {
            touched += packet.getLong(at);
        }
        return touched;
    }

    /** Both ends on this thread. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long handOver() {
        for (int i = 0; i < BATCH; i++) {
            PipeSlot slot = pipe.claim(PipePort.Rank.VIDEO);
            slot.target = source;
            slot.encoding = i;
            slot.packet.copyFrom(source);
            pipe.commit();
        }
        pipe.publish();
        long touched = 0;
        for (PipeSlot slot = pipe.poll(); slot != null; slot = pipe.poll()) {
            touched += touch(slot.packet) + slot.encoding;
        }
        pipe.release();
        return touched;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long handOverJctools() {
        for (int i = 0; i < BATCH; i++) {
            Message message = queues.claim();
            message.target = source;
            message.encoding = i;
            message.packet.copyFrom(source);
            queues.commit(message);
        }
        long touched = 0;
        for (Message message = queues.poll(); message != null; message = queues.poll()) {
            touched += touch(message.packet) + message.encoding;
            queues.giveBack(message);
        }
        return touched;
    }

    /** To a reader on another core, as fast as it takes them. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void cross() {
        for (int i = 0; i < BATCH; i++) {
            PipeSlot slot = crossed.claim(PipePort.Rank.FEEDBACK);
            while (slot == null) {
                Thread.onSpinWait();
                slot = crossed.claim(PipePort.Rank.FEEDBACK);
            }
            slot.packet.copyFrom(source);
            crossed.commit();
        }
        crossed.publish();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void crossJctools() {
        for (int i = 0; i < BATCH; i++) {
            Message message = crossedQueues.claim();
            while (message == null) {
                Thread.onSpinWait();
                message = crossedQueues.claim();
            }
            message.packet.copyFrom(source);
            crossedQueues.commit(message);
        }
    }

    /** Only the copy, for comparison. */
    @Benchmark
    public void copy() {
        pipe.claim(PipePort.Rank.VIDEO).packet.copyFrom(source);
    }
}
