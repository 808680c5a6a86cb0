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
    /** What crosses: a packet and what must be known of it. */
    public static final class Message {
        public final PacketBuffer packet;
        public Object target;
        public int encoding;

        Message(PacketBuffer packet) {
            this.packet = packet;
        }
    }

    private final SpscAtomicArrayQueue<Message> filled;
    private final SpscAtomicArrayQueue<Message> empty;
    private final PacketPool memory;

    public SpscQueuePipe(int slots) {
        filled = new SpscAtomicArrayQueue<>(slots);
        empty = new SpscAtomicArrayQueue<>(slots);
        memory = new PacketPool(slots);
        for (int i = 0; i < slots; i++) {
            empty.offer(new Message(memory.acquire()));
        }
    }

    /** An empty message, or null when the pipe is full. */
    public Message claim() {
        return empty.poll();
    }

    public void commit(Message message) {
        filled.offer(message);
    }

    /** The next message, or null. */
    public Message poll() {
        return filled.poll();
    }

    public void giveBack(Message message) {
        empty.offer(message);
    }

    @Override
    public void close() {
        memory.close();
    }
}
