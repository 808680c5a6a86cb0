// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.peer.Path;

/**
 * The datagrams of one flush, one behind the other in native memory, gathered into messages: a message is one datagram,
 * or a train of datagrams of one size to one path, of which the last may be shorter.
 *
 * <pre>
 *  memory   | A 1200 | A 1200 | A 700 |..| B 180 |..| C 1200 | C 1200 |     .. to the next multiple of 64
 *  messages | 0: path A, 3 segments     | 1        | 2: 2 segments     |
 * </pre>
 * Spec: UDP_SEGMENT of udp(7). Thread: the port's. Owns: its memory.
 */
final class SendBatch implements AutoCloseable {
    /** Most messages: what one sendmmsg takes well. */
    static final int MAX_MESSAGES = 64;
    /** Most datagrams in a train: UDP_MAX_SEGMENTS of older kernels. */
    static final int MAX_SEGMENTS = 64;
    /** Most bytes in a train: an IPv4 packet less its headers. */
    static final int MAX_TRAIN_BYTES = 65_000;
    /** Fits the second-level cache of common server processors. */
    static final int MEMORY_BYTES = 512 << 10;
    private static final int ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(MEMORY_BYTES, 4_096);
    private final PacketBuffer window = PacketBuffer.window(memory);
    private final int[] starts = new int[MAX_MESSAGES];
    private final int[] lengths = new int[MAX_MESSAGES];
    private final int[] segmentBytes = new int[MAX_MESSAGES];
    private final int[] segments = new int[MAX_MESSAGES];
    private final Path[] paths = new Path[MAX_MESSAGES];
    private final int maxSegments;
    private int messages;
    private int tail;
    private boolean open;

    /** @param maxSegments most datagrams in a train, up to {@link #MAX_SEGMENTS} */
    SendBatch(int maxSegments) {
        this.maxSegments = maxSegments;
    }

    /** There may be no room for one more datagram: flush first. */
    boolean full() {
        return messages == MAX_MESSAGES || tail > MEMORY_BYTES - PacketBuffer.SLOT_BYTES - ALIGNMENT;
    }

    boolean empty() {
        return messages == 0;
    }

    /** Room for a datagram behind the last one; not while {@link #full}. */
    PacketBuffer begin(Path to) {
        boolean follows = open && paths[messages - 1] == to;
        window.place(follows ? tail : tail + ALIGNMENT - 1 & -ALIGNMENT, PacketBuffer.SLOT_BYTES);
        return window;
    }

    /** Takes the window's packet as a datagram; an empty one is none. */
    void commit(Path to) {
        int length = window.length();
        if (length == 0) {
            return;
        }
        int start = window.offset();
        int last = messages - 1;
        if (open && start == tail && paths[last] == to && length <= segmentBytes[last]
                && lengths[last] + length <= MAX_TRAIN_BYTES) {
            lengths[last] += length;
            segments[last]++;
            open = length == segmentBytes[last] && segments[last] < maxSegments;
        } else {
            starts[messages] = start;
            lengths[messages] = length;
            segmentBytes[messages] = length;
            segments[messages] = 1;
            paths[messages] = to;
            messages++;
            open = to.trains() && maxSegments > 1;
        }
        tail = start + length;
    }

    /** Forgets all messages. */
    void clear() {
        java.util.Arrays.fill(paths, 0, messages, null);
        messages = 0;
        tail = 0;
        open = false;
    }

    int messages() {
        return messages;
    }

    /** All datagrams of all messages. */
    int datagrams() {
        int sum = 0;
        for (int i = 0; i < messages; i++) {
            sum += segments[i];
        }
        return sum;
    }

    /** Bytes of all datagrams of all messages. */
    int bytes() {
        int sum = 0;
        for (int i = 0; i < messages; i++) {
            sum += lengths[i];
        }
        return sum;
    }

    /** Where a message begins in {@link #memory()}. */
    int start(int message) {
        return starts[message];
    }

    /** Bytes of all datagrams of a message. */
    int length(int message) {
        return lengths[message];
    }

    /** Size of each datagram of a message but the last. */
    int segmentBytes(int message) {
        return segmentBytes[message];
    }

    /** Datagrams of a message. */
    int segments(int message) {
        return segments[message];
    }

    /** The bytes of a message. Allocates: not for ports that need none. */
    ByteBuffer nio(int message) {
        return memory.asSlice(starts[message], lengths[message]).asByteBuffer();
    }

    Path path(int message) {
        return paths[message];
    }

    MemorySegment memory() {
        return memory;
    }

    @Override
    public void close() {
        arena.close();
    }
}
