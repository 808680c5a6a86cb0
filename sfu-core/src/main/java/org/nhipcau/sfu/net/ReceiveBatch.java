// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;

/**
 * What one call of recvmmsg brought, taken out datagram by datagram.
 *
 * <p>A message is one datagram, or several of one size and sender that the kernel coalesced (the last may be shorter):
 * then each is a window over its part of the message. Windows of one cycle are distinct and stay valid until the next
 * {@link #receive}; a cycle takes {@value UdpEndpoint#MAX_CYCLE_DATAGRAMS} at most, and the rest waits here for the next one.
 *
 * <p>Spec: recvmmsg(2); UDP_GRO of udp(7); SO_RXQ_OVFL of socket(7). Thread: the port's. Owns: its memory.
 */
final class ReceiveBatch implements AutoCloseable {
    private static final int SINGLE_MESSAGES = 64;
    private static final int COALESCED_MESSAGES = 32;
    private static final int SINGLE_BYTES = PacketBuffer.SLOT_BYTES;
    private static final int COALESCED_BYTES = 65_536;
    /** Without it the buffers' starts would fall into the same few lines of the processor's caches. */
    private static final int STAGGER_BYTES = 2_048;
    private static final int CONTROL_BYTES = 64;
    private static final int LENGTH_BYTES = 8;

    private final LinuxSocket socket;
    private final WorkerCounters counters;
    private final AddressTable senders;
    private final Arena arena = Arena.ofShared();
    private final int capacity;
    private final int strideBytes;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final MemorySegment controls;
    private final PacketBuffer[] windows = new PacketBuffer[UdpEndpoint.MAX_CYCLE_DATAGRAMS];
    private int used;
    private int messages;
    private int next;
    private int position;
    private int end;
    private int segmentBytes;
    private InetSocketAddress messageSender;
    private InetSocketAddress sender;
    private int overflows;

    ReceiveBatch(LinuxSocket socket, AddressTable senders, WorkerCounters counters) {
        this.socket = socket;
        this.senders = senders;
        this.counters = counters;
        this.capacity = socket.coalesces() ? COALESCED_MESSAGES : SINGLE_MESSAGES;
        int roomBytes = socket.coalesces() ? COALESCED_BYTES : SINGLE_BYTES;
        this.strideBytes = socket.coalesces() ? COALESCED_BYTES + STAGGER_BYTES : SINGLE_BYTES;
        this.headers = arena.allocate((long) capacity * LibC.MMSGHDR_BYTES, 64);
        this.names = arena.allocate((long) capacity * LibC.SOCKADDR_SLOT_BYTES, 64);
        this.controls = arena.allocate((long) capacity * CONTROL_BYTES, 64);
        MemorySegment memory = arena.allocate((long) capacity * strideBytes, 4_096);
        MemorySegment vectors = arena.allocate((long) capacity * LibC.IOVEC_BYTES, 64);
        for (int i = 0; i < capacity; i++) {
            long vector = (long) i * LibC.IOVEC_BYTES;
            vectors.set(JAVA_LONG, vector, memory.address() + (long) i * strideBytes);
            vectors.set(JAVA_LONG, vector + 8, roomBytes);
            long header = (long) i * LibC.MMSGHDR_BYTES;
            headers.set(JAVA_LONG, header + LibC.MSG_NAME_AT, names.address() + (long) i * LibC.SOCKADDR_SLOT_BYTES);
            headers.set(JAVA_LONG, header + LibC.MSG_IOV_AT, vectors.address() + vector);
            headers.set(JAVA_LONG, header + LibC.MSG_IOVLEN_AT, 1);
            headers.set(JAVA_LONG, header + LibC.MSG_CONTROL_AT, controls.address() + (long) i * CONTROL_BYTES);
            offer(i);
        }
        for (int i = 0; i < windows.length; i++) {
            windows[i] = PacketBuffer.window(memory);
        }
    }

    // The kernel writes over what it was given room for.
    private void offer(int message) {
        long header = (long) message * LibC.MMSGHDR_BYTES;
        headers.set(JAVA_INT, header + LibC.MSG_NAMELEN_AT, LibC.SOCKADDR_SLOT_BYTES);
        headers.set(JAVA_LONG, header + LibC.MSG_CONTROLLEN_AT, CONTROL_BYTES);
    }

    /**
     * Receives what the socket has, after the last batch has been taken out.
     *
     * @return messages received; 0: none, or it failed
     */
    int receive() {
        prepare();
        return take(socket.receive(headers.address(), capacity));
    }

    /**
     * As {@link #receive}, where something must be there and did not come.
     *
     * @return less than 0: an error number negated
     */
    int receiveTelling() {
        prepare();
        int received = socket.receiveTelling(headers.address(), capacity);
        return received < 0 && received != -LibC.EAGAIN ? received : take(Math.max(0, received));
    }

    private void prepare() {
        for (int i = 0; i < messages; i++) {
            offer(i);
        }
        messages = 0;
        next = 0;
        position = 0;
        end = 0;
    }

    private int take(int received) {
        messages = received;
        counters.add(Counter.MESSAGES_IN, received);
        return received;
    }

    /** Datagrams, or messages that turn out to hold none, are left. */
    boolean hasRemaining() {
        return position < end || next < messages;
    }

    /** Datagrams are left, or the socket gave as many as were asked for, so that it may have more. */
    boolean moreMayWait() {
        return hasRemaining() || messages == capacity;
    }

    /** Forgets what is left. */
    void clear() {
        next = messages;
        position = end;
    }

    /** Begins a cycle: the windows of the last one are used anew. */
    void beginCycle() {
        used = 0;
    }

    /** The next datagram; null when none is left or the cycle has had its share. */
    PacketBuffer next() {
        while (used < windows.length) {
            while (position == end) {
                if (next == messages) {
                    return null;
                }
                open(next++);
            }
            int start = position;
            int length = Math.min(segmentBytes, end - start);
            position = start + length;
            if (length <= PacketBuffer.MAX_LENGTH) {
                sender = messageSender;
                PacketBuffer window = windows[used++];
                window.place(start, length);
                window.setLength(length);
                return window;
            }
            counters.drop(DropReason.TOO_LARGE);
        }
        return null;
    }

    /** Who sent the datagram taken last. */
    InetSocketAddress sender() {
        return sender;
    }

    private void open(int message) {
        long header = (long) message * LibC.MMSGHDR_BYTES;
        int length = headers.get(JAVA_INT, header + LibC.MSG_LEN_AT);
        segmentBytes = length;
        readControls((long) message * CONTROL_BYTES, headers.get(JAVA_LONG, header + LibC.MSG_CONTROLLEN_AT));
        position = message * strideBytes;
        end = position;
        if ((headers.get(JAVA_INT, header + LibC.MSG_FLAGS_AT) & LibC.MSG_TRUNC) != 0) {
            counters.drop(DropReason.TOO_LARGE);
        } else if (length == 0) {
            counters.drop(DropReason.UNKNOWN_PROTOCOL);
        } else if (readSender((long) message * LibC.SOCKADDR_SLOT_BYTES)) {
            end = position + length;
        }
    }

    private boolean readSender(long name) {
        int family = names.get(JAVA_SHORT, name);
        int port = names.get(LinuxSocket.NET_SHORT, name + 2) & 0xffff;
        if (family == LibC.AF_INET6) {
            messageSender = senders.of(names.get(LinuxSocket.NET_LONG, name + 8),
                    names.get(LinuxSocket.NET_LONG, name + 16), port, names.get(JAVA_INT, name + 24));
        } else if (family == LibC.AF_INET) {
            long address = names.get(LinuxSocket.NET_INT, name + 4) & 0xffff_ffffL;
            messageSender = senders.of(0, LinuxSocket.MAPPED_PREFIX | address, port, 0);
        } else {
            counters.drop(DropReason.UNKNOWN_SOURCE);
            return false;
        }
        return true;
    }

    private void readControls(long control, long bytes) {
        long at = control;
        long controlEnd = control + Math.min(bytes, CONTROL_BYTES);
        while (controlEnd - at >= LibC.CMSG_SPACE_BYTES) {
            long length = controls.get(JAVA_LONG, at);
            int level = controls.get(JAVA_INT, at + LENGTH_BYTES);
            int type = controls.get(JAVA_INT, at + LENGTH_BYTES + 4);
            int value = controls.get(JAVA_INT, at + LibC.CMSG_HEADER_BYTES);
            if (level == LibC.SOL_UDP && type == LibC.UDP_GRO && value > 0) {
                segmentBytes = value;
            } else if (level == LibC.SOL_SOCKET && type == LibC.SO_RXQ_OVFL) {
                // The kernel's count of all losses so far, in 32 bits.
                counters.add(Counter.RECEIVE_QUEUE_DROPS, value - overflows & 0xffff_ffffL);
                overflows = value;
            }
            if (length < LibC.CMSG_HEADER_BYTES) {
                return;
            }
            at += length + 7 & -8;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
