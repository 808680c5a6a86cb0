// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.station;

import java.nio.ByteBuffer;
import org.nhipcau.bench.alternatives.HeaderCopy;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * A header of twelve bytes changed and 1,188 bytes of payload copied behind it, in the memory that a packet may live in;
 * then all of it given to the socket, which takes native memory alone: that copy is what heap memory costs in the end.
 */
public class BufferBenchmark extends Station {
    private static final int PACKET_BYTES = 1_200;

    private final PacketBuffer source = PacketBuffer.copyOf(new byte[PACKET_BYTES]);
    private final PacketBuffer target = PacketBuffer.copyOf(new byte[PACKET_BYTES]);
    private final byte[] sourceArray = new byte[PACKET_BYTES];
    private final byte[] targetArray = new byte[PACKET_BYTES];
    private final ByteBuffer heapSource = ByteBuffer.allocate(PACKET_BYTES);
    private final ByteBuffer heapTarget = ByteBuffer.allocate(PACKET_BYTES);
    private final ByteBuffer directSource = ByteBuffer.allocateDirect(PACKET_BYTES);
    private final ByteBuffer directTarget = ByteBuffer.allocateDirect(PACKET_BYTES);
    private final ByteBuffer socket = ByteBuffer.allocateDirect(PACKET_BYTES);
    private int sequence;

    @Setup
    public void prepare() {
        source.putShort(0, 0x9060);
        HeaderCopy.putShort(sourceArray, 0, 0x9060);
        heapSource.putShort(0, (short) 0x9060);
        directSource.putShort(0, (short) 0x9060);
    }

    @Benchmark
    public PacketBuffer slot() {
        int next = ++sequence;
        target.putShort(0, source.getUnsignedShort(0));
        target.putShort(2, next);
        target.putInt(4, source.getInt(4) + 3_000);
        target.putInt(8, 77);
        target.putBytes(12, source, 12, PACKET_BYTES - 12);
        return target;
    }

    @Benchmark
    public ByteBuffer directByteBuffer() {
        HeaderCopy.rewrite(directSource, directTarget, ++sequence, PACKET_BYTES);
        return directTarget;
    }

    @Benchmark
    public ByteBuffer heapByteBuffer() {
        HeaderCopy.rewrite(heapSource, heapTarget, ++sequence, PACKET_BYTES);
        return heapTarget;
    }

    @Benchmark
    public ByteBuffer heapByteBufferToSocket() {
        HeaderCopy.rewrite(heapSource, heapTarget, ++sequence, PACKET_BYTES);
        return socket.put(0, heapTarget, 0, PACKET_BYTES);
    }

    @Benchmark
    public byte[] array() {
        HeaderCopy.rewrite(sourceArray, targetArray, ++sequence, PACKET_BYTES);
        return targetArray;
    }

    @Benchmark
    public ByteBuffer arrayToSocket() {
        HeaderCopy.rewrite(sourceArray, targetArray, ++sequence, PACKET_BYTES);
        return socket.put(0, targetArray);
    }
}
