// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.peer.Path;

/**
 * Gives a batch to the kernel by sendmmsg, trains by UDP_SEGMENT.
 *
 * <p>What the kernel refuses concerns that message alone: it is dropped and counted, and the next one is tried. A train
 * that its way cannot carry (no checksum offload, a segment beyond the path's MTU) goes datagram by datagram, and its
 * path gets no more trains.
 *
 * <p>Spec: sendmmsg(2), UDP_SEGMENT of udp(7). Thread: the port's. Owns: its memory.
 */
final class LinuxSender implements AutoCloseable {
    private static final int CAPACITY = SendBatch.MAX_MESSAGES;

    /** The kernel's part; a seam for the errors that a test machine cannot cause. */
    interface Kernel {
        /** @return messages taken, or the error number that concerns the first one, negated */
        int send(long headers, int count);
    }

    private final Kernel kernel;
    private final boolean ipv6;
    private final boolean segments;
    private final WorkerCounters counters;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment headers = arena.allocate((long) CAPACITY * LibC.MMSGHDR_BYTES, 64);
    private final MemorySegment vectors = arena.allocate((long) CAPACITY * LibC.IOVEC_BYTES, 64);
    private final MemorySegment names = arena.allocate((long) CAPACITY * LibC.SOCKADDR_SLOT_BYTES, 64);
    private final MemorySegment controls = arena.allocate((long) CAPACITY * LibC.CMSG_SPACE_BYTES, 64);
    private final Path[] paths = new Path[CAPACITY];
    private final int[] segmentBytes = new int[CAPACITY];
    private int count;

    /**
     * @param ipv6 the socket wants addresses in the form of IPv6
     * @param segments the kernel takes trains
     */
    LinuxSender(Kernel kernel, boolean ipv6, boolean segments, WorkerCounters counters) {
        this.kernel = kernel;
        this.ipv6 = ipv6;
        this.segments = segments;
        this.counters = counters;
        for (int i = 0; i < CAPACITY; i++) {
            long header = (long) i * LibC.MMSGHDR_BYTES;
            long control = (long) i * LibC.CMSG_SPACE_BYTES;
            headers.set(JAVA_LONG, header + LibC.MSG_NAME_AT, names.address() + (long) i * LibC.SOCKADDR_SLOT_BYTES);
            headers.set(JAVA_LONG, header + LibC.MSG_IOV_AT, vectors.address() + (long) i * LibC.IOVEC_BYTES);
            headers.set(JAVA_LONG, header + LibC.MSG_IOVLEN_AT, 1);
            headers.set(JAVA_LONG, header + LibC.MSG_CONTROL_AT, controls.address() + control);
            controls.set(JAVA_LONG, control, LibC.CMSG_HEADER_BYTES + Short.BYTES);
            controls.set(JAVA_INT, control + 8, LibC.SOL_UDP);
            controls.set(JAVA_INT, control + 12, LibC.UDP_SEGMENT);
        }
    }

    /** Sends all messages of the batch; the caller clears it. */
    void send(SendBatch batch) {
        long memory = batch.memory().address();
        count = 0;
        for (int message = 0; message < batch.messages(); message++) {
            Path path = batch.path(message);
            long start = memory + batch.start(message);
            int length = batch.length(message);
            int segment = batch.segmentBytes(message);
            if (batch.segments(message) == 1 || segments && path.trains()) {
                add(path, start, length, segment);
            } else {
                addSingly(path, start, length, segment);
            }
        }
        transmit();
    }

    private void addSingly(Path path, long start, int length, int segment) {
        for (int at = 0; at < length; at += segment) {
            int bytes = Math.min(segment, length - at);
            add(path, start + at, bytes, bytes);
        }
    }

    private void add(Path path, long start, int length, int segment) {
        if (count == CAPACITY) {
            transmit();
        }
        int i = count++;
        paths[i] = path;
        segmentBytes[i] = segment;
        long vector = (long) i * LibC.IOVEC_BYTES;
        vectors.set(JAVA_LONG, vector, start);
        vectors.set(JAVA_LONG, vector + 8, length);
        long header = (long) i * LibC.MMSGHDR_BYTES;
        headers.set(JAVA_INT, header + LibC.MSG_NAMELEN_AT, putName(path, (long) i * LibC.SOCKADDR_SLOT_BYTES));
        boolean train = length > segment;
        headers.set(JAVA_LONG, header + LibC.MSG_CONTROLLEN_AT, train ? LibC.CMSG_SPACE_BYTES : 0);
        if (train) {
            controls.set(JAVA_SHORT, (long) i * LibC.CMSG_SPACE_BYTES + LibC.CMSG_HEADER_BYTES, (short) segment);
        }
    }

    // A socket of IPv4 refuses the form of IPv6 by its length and family: an address it cannot reach anyway.
    private int putName(Path path, long name) {
        names.set(LinuxSocket.NET_SHORT, name + 2, (short) path.port());
        if (ipv6 || !path.ipv4()) {
            names.set(JAVA_SHORT, name, (short) LibC.AF_INET6);
            names.set(JAVA_INT, name + 4, 0);
            names.set(LinuxSocket.NET_LONG, name + 8, path.high());
            names.set(LinuxSocket.NET_LONG, name + 16, path.low());
            names.set(JAVA_INT, name + 24, path.scopeId());
            return LibC.SOCKADDR_IN6_BYTES;
        }
        names.set(JAVA_SHORT, name, (short) LibC.AF_INET);
        names.set(LinuxSocket.NET_INT, name + 4, (int) path.low());
        names.set(JAVA_LONG, name + 8, 0);
        return LibC.SOCKADDR_IN_BYTES;
    }

    private void transmit() {
        int total = count;
        int sent = 0;
        int refused = 0;
        while (sent < total) {
            int result = kernel.send(headers.address() + (long) sent * LibC.MMSGHDR_BYTES, total - sent);
            if (result > 0) {
                sent += result;
                continue;
            }
            refuse(sent, -result);
            sent++;
            refused++;
        }
        counters.add(Counter.MESSAGES_OUT, total - refused);
        count = 0;
        java.util.Arrays.fill(paths, 0, total, null);
    }

    private void refuse(int i, int error) {
        long vector = (long) i * LibC.IOVEC_BYTES;
        int length = (int) vectors.get(JAVA_LONG, vector + 8);
        int segment = segmentBytes[i];
        boolean train = length > segment;
        if (!train) {
            counters.drop(DropReason.SEND_FAILED);
        } else if (refusesTrains(error)) {
            if (paths[i].trains()) {
                paths[i].stopTrains();
                counters.increment(Counter.TRAINS_STOPPED);
            }
            retrySingly(i, length, segment);
        } else {
            counters.drop(DropReason.SEND_FAILED, (length + segment - 1) / segment);
        }
    }

    /** The error is about the message being a train, which its single datagrams may not meet. */
    static boolean refusesTrains(int error) {
        return error == LibC.EIO || error == LibC.EMSGSIZE || error == LibC.EINVAL;
    }

    // In the place of the train itself, one datagram after the other: this happens once in a path's life.
    private void retrySingly(int i, int length, int segment) {
        long vector = (long) i * LibC.IOVEC_BYTES;
        long header = (long) i * LibC.MMSGHDR_BYTES;
        long start = vectors.get(JAVA_LONG, vector);
        headers.set(JAVA_LONG, header + LibC.MSG_CONTROLLEN_AT, 0);
        for (int at = 0; at < length; at += segment) {
            vectors.set(JAVA_LONG, vector, start + at);
            vectors.set(JAVA_LONG, vector + 8, Math.min(segment, length - at));
            if (kernel.send(headers.address() + header, 1) > 0) {
                counters.increment(Counter.MESSAGES_OUT);
            } else {
                counters.drop(DropReason.SEND_FAILED);
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
