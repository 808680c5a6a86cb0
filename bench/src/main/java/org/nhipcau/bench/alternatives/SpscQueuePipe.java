// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.alternatives;

import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.buffer.PacketPool;

/**
 * The pipe between two workers made of two JCTools queues: one carries filled packets over, the other brings the empty
 * ones back. Every packet is offered and polled four times in all, where a ring of slots moves two counters per batch.
 *
 * <p>Thread: {@link #claim} and {@link #commit} the writer's; {@link #poll} and {@link #giveBack} the reader's.
 */
public final class SpscQueuePipe implements AutoCloseable {
    private final SpscAtomicArrayQueue<PacketBuffer> filled;
    private final SpscAtomicArrayQueue<PacketBuffer> empty;
    private final PacketPool memory;

    public SpscQueuePipe(int slots) {
        filled = new SpscAtomicArrayQueue<>(slots);
        empty = new SpscAtomicArrayQueue<>(slots);
        memory = new PacketPool(slots);
        for (int i = 0; i < slots; i++) {
            empty.offer(memory.acquire());
        }
    }

    /** An empty packet, or null when the pipe is full. */
    public PacketBuffer claim() {
        return empty.poll();
    }

    public void commit(PacketBuffer packet) {
        filled.offer(packet);
    }

    /** The next packet, or null. */
    public PacketBuffer poll() {
        return filled.poll();
    }

    public void giveBack(PacketBuffer packet) {
        empty.offer(packet);
    }

    @Override
    public void close() {
        memory.close();
    }
}
