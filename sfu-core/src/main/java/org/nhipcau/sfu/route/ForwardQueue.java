// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

/**
 * The packets of one batch between their reception and their forwarding: received one by one, they are forwarded
 * receiver by receiver.
 *
 * <p>So what belongs to a receiver (its keys, its numbers) is fetched into the cache once for the whole batch, and its
 * packets lie one behind the other when they are sent, which lets them leave as one train.
 *
 * <pre>
 *  received   | a1 a2 b1 a3 b2 |   a, b producers
 *  forwarded  | a1 a2 a3 to the first consumer of a, a1 a2 a3 to the second, .. | b1 b2 to the first of b, .. |
 * </pre>
 * Thread: one, the worker's. Owns: the views of the packets; their bytes are the caller's and must stay until
 * {@link #forward}.
 */
public final class ForwardQueue {
    /** Packets of a batch. With 50 receivers these are 3,200 to send: about 3 ms of work. */
    public static final int CAPACITY = 64;

    private static final int PADDING_SHARE = 128;

    private final SourcePacket[] packets = new SourcePacket[CAPACITY];
    private final Producer[] producers = new Producer[CAPACITY];
    private int packetCount;
    private int producerCount;

    public ForwardQueue() {
        for (int i = 0; i < CAPACITY; i++) {
            packets[i] = new SourcePacket();
        }
    }

    /** No further packet fits: {@link #forward} first. */
    public boolean full() {
        return packetCount == CAPACITY;
    }

    /** Packets that wait. */
    public int size() {
        return packetCount;
    }

    /** The view to be filled in next; the same one until it is {@linkplain #add added}. Only while not full. */
    SourcePacket next() {
        return packets[packetCount];
    }

    /**
     * The view of a packet that is to go before the one being filled in; that one is {@link #next} again as soon as this
     * one is {@linkplain #add added}.
     */
    SourcePacket before(long nowNs) {
        if (packetCount + 1 >= CAPACITY) {
            int place = packetCount;
            forward(nowNs);
            swap(0, place);
        }
        swap(packetCount, packetCount + 1);
        return packets[packetCount];
    }

    private void swap(int one, int other) {
        SourcePacket packet = packets[one];
        packets[one] = packets[other];
        packets[other] = packet;
    }

    /** The packet filled in last waits for its turn. */
    void add(SourcePacket packet) {
        packetCount++;
        if (packet.producer.await(packet)) {
            producers[producerCount++] = packet.producer;
        }
    }

    /**
     * Hands all packets to the consumers of their producers. Afterwards their bytes are not needed any more. A fault
     * that no consumer is answerable for costs the rest of its producer's packets; it is thrown when all others are
     * through.
     */
    public void forward(long nowNs) {
        int count = producerCount;
        producerCount = 0;
        packetCount = 0;
        RuntimeException first = null;
        for (int i = 0; i < count; i++) {
            Producer producer = producers[i];
            producers[i] = null;
            try {
                producer.forward(nowNs);
            } catch (RuntimeException fault) {
                first = first == null ? fault : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /**
     * Makes more of a producer's packets as long as those behind them. Encoders split a frame into sizes that differ by a
     * byte, the larger last, and the kernel takes a train of one size; so a packet is padded where that is a hundredth at
     * most, and where the packet's tag left room for it: behind that lies the next one.
     */
    static void equaliseSizes(SourcePacket[] train, int count) {
        int following = 0;
        for (int i = count - 1; i >= 0; i--) {
            SourcePacket packet = train[i];
            int length = packet.rtp.payloadLength();
            int missing = following - length;
            int room = packet.rtp.packet().tailroom() + packet.rtp.paddingLength();
            int padding = missing > 0 && missing <= Math.min(length / PADDING_SHARE, room) ? missing : 0;
            if (padding > 0 || packet.rtp.paddingLength() > 0) {
                packet.rtp.setPadding(padding);
            }
            following = length + padding;
        }
    }
}
