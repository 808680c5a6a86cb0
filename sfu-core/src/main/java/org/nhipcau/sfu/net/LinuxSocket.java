// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;

/**
 * One UDP socket of the Linux kernel: bound, never connected, never waiting.
 *
 * <p>An IPv6 socket takes IPv4 too, which it names as mapped addresses. What the kernel lacks of segmentation (trains
 * sent, coalesced datagrams received) is found out when the socket is opened.
 *
 * <p>Spec: udp(7), ipv6(7); RFC 4291 §2.5.5.2 (mapped addresses). Thread: the owner's only. Owns: the descriptor.
 */
final class LinuxSocket implements AutoCloseable {
    /** Network byte order, wherever the structure puts it. */
    static final ValueLayout.OfShort NET_SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfInt NET_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfLong NET_LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    /** The first eight bytes of a mapped address are zero; its last eight are these and the IPv4 address. */
    static final long MAPPED_PREFIX = 0xffff_0000_0000L;

    private final int descriptor;
    private final boolean ipv6;
    private final MemorySegment callState = LibC.newCallState(Arena.ofAuto());
    private final boolean segments;
    private final boolean coalesces;
    private final int receiveBufferBytes;
    private final InetSocketAddress localAddress;
    private boolean closed;

    private LinuxSocket(int descriptor, InetAddress address, int port, boolean coalesce) throws IOException {
        this.descriptor = descriptor;
        this.ipv6 = address instanceof Inet6Address;
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment value = scratch.allocate(JAVA_LONG);
            if (ipv6) {
                require(set(LibC.IPPROTO_IPV6, LibC.IPV6_V6ONLY, 0, value));
            }
            setBuffer(LibC.SO_RCVBUFFORCE, LibC.SO_RCVBUF, value);
            setBuffer(LibC.SO_SNDBUFFORCE, LibC.SO_SNDBUF, value);
            receiveBufferBytes = receiveBuffer(value, scratch.allocateFrom(JAVA_INT, Integer.BYTES));
            set(LibC.SOL_SOCKET, LibC.SO_RXQ_OVFL, 1, value);
            segments = set(LibC.SOL_UDP, LibC.UDP_SEGMENT, 0, value) == 0;
            coalesces = coalesce && set(LibC.SOL_UDP, LibC.UDP_GRO, 1, value) == 0;
            MemorySegment name = scratch.allocate(LibC.SOCKADDR_SLOT_BYTES, 8);
            int length = putAddress(name, address, port);
            require((int) LibC.BIND.invokeExact(callState, descriptor, name.address(), length));
            value.set(JAVA_INT, 0, LibC.SOCKADDR_SLOT_BYTES);
            require((int) LibC.GETSOCKNAME.invokeExact(callState, descriptor, name.address(), value.address()));
            localAddress = new InetSocketAddress(address, name.get(NET_SHORT, 2) & 0xffff);
        } catch (Throwable failure) {
            close();
            if (failure instanceof IOException refused) {
                throw refused;
            }
            throw LibC.rethrow(failure);
        }
    }

    /**
     * @param port 0: any free one
     * @param coalesce datagrams of one sender and size may be received as one message, where the kernel can
     * @throws IOException in the kernel's words, when it refuses
     */
    static LinuxSocket open(InetAddress address, int port, boolean coalesce) throws IOException {
        int family = address instanceof Inet6Address ? LibC.AF_INET6 : LibC.AF_INET;
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment state = LibC.newCallState(scratch);
            int descriptor = (int) LibC.SOCKET.invokeExact(state, family, LibC.SOCK_DGRAM | LibC.NONBLOCK_CLOEXEC, 0);
            if (descriptor < 0) {
                throw new IOException(LibC.describe(LibC.errno(state)));
            }
            return new LinuxSocket(descriptor, address, port, coalesce);
        } catch (IOException refused) {
            throw refused;
        } catch (Throwable failure) {
            throw LibC.rethrow(failure);
        }
    }

    private int set(int level, int option, int on, MemorySegment value) throws Throwable {
        value.set(JAVA_INT, 0, on);
        return (int) LibC.SETSOCKOPT.invokeExact(callState, descriptor, level, option, value.address(), 4);
    }

    // The forced option goes beyond the system's limit, for those who may; the other is cut to it.
    private void setBuffer(int forced, int option, MemorySegment value) throws Throwable {
        if (set(LibC.SOL_SOCKET, forced, UdpEndpoint.SOCKET_BUFFER_BYTES, value) != 0) {
            set(LibC.SOL_SOCKET, option, UdpEndpoint.SOCKET_BUFFER_BYTES, value);
        }
    }

    // The kernel answers with twice the bytes, as it counts its own structures too.
    private int receiveBuffer(MemorySegment value, MemorySegment length) throws Throwable {
        require((int) LibC.GETSOCKOPT.invokeExact(callState, descriptor, LibC.SOL_SOCKET, LibC.SO_RCVBUF,
                value.address(), length.address()));
        return value.get(JAVA_INT, 0) / 2;
    }

    private void require(int result) throws IOException {
        if (result != 0) {
            throw new IOException(LibC.describe(LibC.errno(callState)));
        }
    }

    private static int putAddress(MemorySegment name, InetAddress address, int port) {
        byte[] bytes = address.getAddress();
        boolean ipv6 = address instanceof Inet6Address;
        name.set(JAVA_SHORT, 0, (short) (ipv6 ? LibC.AF_INET6 : LibC.AF_INET));
        name.set(NET_SHORT, 2, (short) port);
        MemorySegment.copy(bytes, 0, name, JAVA_BYTE, ipv6 ? 8 : 4, bytes.length);
        if (address instanceof Inet6Address v6) {
            name.set(JAVA_INT, 24, v6.getScopeId());
            return LibC.SOCKADDR_IN6_BYTES;
        }
        return LibC.SOCKADDR_IN_BYTES;
    }

    int descriptor() {
        return descriptor;
    }

    /** Addresses have the form of IPv6. */
    boolean ipv6() {
        return ipv6;
    }

    /** The kernel takes trains. */
    boolean segments() {
        return segments;
    }

    /** The kernel hands over several datagrams as one message. */
    boolean coalesces() {
        return coalesces;
    }

    /** What the kernel granted of {@link UdpEndpoint#SOCKET_BUFFER_BYTES}. */
    int receiveBufferBytes() {
        return receiveBufferBytes;
    }

    /** The bound address with the real port. */
    InetSocketAddress localAddress() {
        return localAddress;
    }

    /**
     * Receives what is there.
     *
     * @param headers address of an array of mmsghdr
     * @return messages received; 0 also when it failed, which {@link #receiveTelling} explains
     */
    int receive(long headers, int count) {
        try {
            return Math.max(0, (int) LibC.RECVMMSG_PLAIN.invokeExact(descriptor, headers, count, LibC.MSG_DONTWAIT,
                    0L));
        } catch (Throwable e) {
            throw LibC.rethrow(e);
        }
    }

    /** As {@link #receive}, but answers with the error number, negated, where it fails; not for the packet path. */
    int receiveTelling(long headers, int count) {
        try {
            int received;
            do {
                received = (int) LibC.RECVMMSG.invokeExact(callState, descriptor, headers, count, LibC.MSG_DONTWAIT,
                        0L);
            } while (received < 0 && LibC.errno(callState) == LibC.EINTR);
            return received >= 0 ? received : -LibC.errno(callState);
        } catch (Throwable e) {
            throw LibC.rethrow(e);
        }
    }

    /**
     * Gives messages to the kernel, the first of them at least.
     *
     * @param headers address of an array of mmsghdr
     * @return messages taken, or the error number that concerns the first one, negated
     */
    int send(long headers, int count) {
        try {
            int sent = (int) LibC.SENDMMSG_PLAIN.invokeExact(descriptor, headers, count, LibC.MSG_DONTWAIT);
            // Nothing was taken: asking once more tells why, or it works.
            while (sent < 0) {
                sent = (int) LibC.SENDMMSG.invokeExact(callState, descriptor, headers, count, LibC.MSG_DONTWAIT);
                if (sent < 0 && LibC.errno(callState) != LibC.EINTR) {
                    return -LibC.errno(callState);
                }
            }
            return sent;
        } catch (Throwable e) {
            throw LibC.rethrow(e);
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LibC.close(descriptor);
        }
    }
}
