// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A UDP socket of IPv4 on Linux as the sender and the viewers of the forward bench use it: trains out in one call,
 * batches in, the kernel's time of arrival on demand. The layouts are those of 64-bit Linux, the same on x86-64 and
 * AArch64.
 *
 * <p>Spec: udp(7) UDP_SEGMENT, recvmmsg(2), socket(7) SO_TIMESTAMPNS. Thread: one, except {@link #send(byte[])}.
 */
final class LinuxUdp implements AutoCloseable {
    /** struct msghdr and struct mmsghdr. */
    static final int MSGHDR_BYTES = 56;
    static final int MMSGHDR_BYTES = 64;
    private static final int IOVEC_BYTES = 16;
    private static final int SOCKADDR_BYTES = 16;
    private static final int CMSG_HEAD_BYTES = 16;

    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_TIMESTAMPNS = 35;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int LOOPBACK = 0x7f000001;
    private static final int CLOCK_REALTIME = 0;

    private static final ValueLayout.OfShort SHORT_BE = JAVA_SHORT.withOrder(java.nio.ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT_BE = JAVA_INT.withOrder(java.nio.ByteOrder.BIG_ENDIAN);
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SOCKET = bind("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = bind("bind", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle CONNECT = bind("connect", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle NAME = bind("getsockname", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle OPTION = bind("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG,
            JAVA_INT);
    private static final MethodHandle SEND = bind("send", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SENDMSG = bind("sendmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECVMMSG = bind("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT,
            JAVA_LONG);
    private static final MethodHandle CLOSE = bind("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOCK = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("clock_gettime"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG), Linker.Option.critical(false));
    private static final MemorySegment TIME = Arena.global().allocate(16, 8);

    private final Arena arena = Arena.ofShared();
    private final int descriptor;
    private final int port;
    private final MemorySegment message = arena.allocate(MSGHDR_BYTES, 8);
    private final MemorySegment vector = arena.allocate(IOVEC_BYTES, 8);
    private final MemorySegment control = arena.allocate(CMSG_HEAD_BYTES + 8, 8);
    private final MemorySegment scratch = arena.allocate(2_048, 8);

    /** A socket bound to a free port of the loopback address. */
    LinuxUdp(int receiveBufferBytes) throws IOException {
        try (Arena local = Arena.ofConfined()) {
            descriptor = check((int) SOCKET.invokeExact(AF_INET, SOCK_DGRAM, 0), "socket");
            option(SOL_SOCKET, SO_RCVBUF, receiveBufferBytes);
            option(SOL_SOCKET, SO_SNDBUF, 4 << 20);
            MemorySegment address = address(local, 0);
            check((int) BIND.invokeExact(descriptor, address.address(), SOCKADDR_BYTES), "bind");
            MemorySegment length = local.allocate(JAVA_INT);
            length.set(JAVA_INT, 0, SOCKADDR_BYTES);
            check((int) NAME.invokeExact(descriptor, address.address(), length.address()), "getsockname");
            port = address.get(SHORT_BE, 2) & 0xffff;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("cannot open a UDP socket", e);
        }
        message.set(JAVA_LONG, 16, vector.address());
        message.set(JAVA_LONG, 24, 1);
    }

    private static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    private static int check(int result, String call) throws IOException {
        if (result < 0) {
            throw new IOException(call + " failed");
        }
        return result;
    }

    private static MemorySegment address(Arena arena, int port) {
        MemorySegment address = arena.allocate(SOCKADDR_BYTES, 8);
        address.set(JAVA_SHORT, 0, (short) AF_INET);
        address.set(SHORT_BE, 2, (short) port);
        address.set(INT_BE, 4, LOOPBACK);
        return address;
    }

    private void option(int level, int name, int value) throws IOException {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment memory = local.allocate(JAVA_INT);
            memory.set(JAVA_INT, 0, value);
            check((int) OPTION.invokeExact(descriptor, level, name, memory.address(), 4), "setsockopt");
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("setsockopt", e);
        }
    }

    int port() {
        return port;
    }

    /** Sends to, and takes from, this loopback port alone. */
    void connect(int remotePort) throws IOException {
        try (Arena local = Arena.ofConfined()) {
            check((int) CONNECT.invokeExact(descriptor, address(local, remotePort).address(), SOCKADDR_BYTES),
                    "connect");
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("connect", e);
        }
    }

    /** What comes in from now on carries the kernel's time of arrival, or no longer. */
    void timestamps(boolean on) throws IOException {
        option(SOL_SOCKET, SO_TIMESTAMPNS, on ? 1 : 0);
    }

    /** Sends one datagram to the connected port. Any thread. */
    synchronized boolean send(byte[] datagram) {
        MemorySegment.copy(datagram, 0, scratch, ValueLayout.JAVA_BYTE, 0, datagram.length);
        return send(scratch.address(), datagram.length);
    }

    /** Sends one datagram to the connected port. @return false when the kernel did not take it */
    boolean send(long address, int length) {
        try {
            return (long) SEND.invokeExact(descriptor, address, (long) length, 0) == length;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Sends datagrams of equal length that lie one behind the other, in one call. */
    boolean sendTrain(long address, int totalBytes, int segmentBytes) {
        vector.set(JAVA_LONG, 0, address);
        vector.set(JAVA_LONG, 8, totalBytes);
        boolean many = totalBytes > segmentBytes;
        message.set(JAVA_LONG, 32, many ? control.address() : 0);
        message.set(JAVA_LONG, 40, many ? CMSG_HEAD_BYTES + 8 : 0);
        control.set(JAVA_LONG, 0, CMSG_HEAD_BYTES + 2);
        control.set(JAVA_INT, 8, SOL_UDP);
        control.set(JAVA_INT, 12, UDP_SEGMENT);
        control.set(JAVA_SHORT, 16, (short) segmentBytes);
        try {
            return (long) SENDMSG.invokeExact(descriptor, message.address(), 0) == totalBytes;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Takes what has come, without waiting. @return datagrams, 0: none */
    int receive(ReceiveBatch batch) {
        batch.reset();
        try {
            int count = (int) RECVMMSG.invokeExact(descriptor, batch.messages(), ReceiveBatch.SIZE, MSG_DONTWAIT, 0L);
            return Math.max(0, count);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** The wall clock that the kernel stamps arrivals with, in ns. One thread. */
    static long realTimeNs() {
        try {
            int ignored = (int) CLOCK.invokeExact(CLOCK_REALTIME, TIME.address());
            return TIME.get(JAVA_LONG, 0) * 1_000_000_000L + TIME.get(JAVA_LONG, 8);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        try {
            int ignored = (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        arena.close();
    }
}
