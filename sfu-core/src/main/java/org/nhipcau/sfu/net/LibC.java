// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * The calls of the C library that a UDP socket of 64-bit Linux needs, each bound once; pointers are plain longs.
 *
 * <p>All are ordinary calls, not critical ones: a thread inside the kernel must not hold up the garbage collector.
 * Where a call can fail in a way that matters, its first argument takes errno. Loading this class throws where the
 * system is another one; {@link DatagramPorts} then takes another port.
 *
 * <p>Spec: the manual pages recvmmsg(2), sendmmsg(2), ppoll(2), eventfd(2); layouts and numbers are those that x86-64
 * and aarch64 share (asm-generic).
 */
final class LibC {
    static final int EPERM = 1;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int EINVAL = 22;
    static final int EMSGSIZE = 90;

    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_DGRAM = 2;
    /** SOCK_NONBLOCK | SOCK_CLOEXEC; the same bits as EFD_NONBLOCK | EFD_CLOEXEC. */
    static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SO_RXQ_OVFL = 40;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_V6ONLY = 26;
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int POLLIN = 1;

    /** struct mmsghdr { struct msghdr { name, namelen, iov, iovlen, control, controllen, flags }, len }. */
    static final int MMSGHDR_BYTES = 64;
    static final int MSG_NAME_AT = 0;
    static final int MSG_NAMELEN_AT = 8;
    static final int MSG_IOV_AT = 16;
    static final int MSG_IOVLEN_AT = 24;
    static final int MSG_CONTROL_AT = 32;
    static final int MSG_CONTROLLEN_AT = 40;
    static final int MSG_FLAGS_AT = 48;
    static final int MSG_LEN_AT = 56;
    static final int IOVEC_BYTES = 16;
    /** struct cmsghdr { size_t len; int level; int type; }, data behind it, all padded to 8. */
    static final int CMSG_HEADER_BYTES = 16;
    static final int CMSG_SPACE_BYTES = 24;
    /** struct sockaddr_in6 { family, port, flow information, address[16], scope }, padded to 32 in our arrays. */
    static final int SOCKADDR_SLOT_BYTES = 32;
    static final int SOCKADDR_IN_BYTES = 16;
    static final int SOCKADDR_IN6_BYTES = 28;

    private static final Linker LINKER = linker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_AT = CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    static final MethodHandle SOCKET = bind("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    static final MethodHandle BIND = bind("bind", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle GETSOCKNAME = bind("getsockname", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle SETSOCKOPT = bind("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG,
            JAVA_INT);
    static final MethodHandle GETSOCKOPT = bind("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG,
            JAVA_LONG);
    /** For the packet path: taking errno makes an object per call, unless the compiler sees through it. */
    static final MethodHandle RECVMMSG_PLAIN = bindPlain("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT,
            JAVA_LONG);
    static final MethodHandle RECVMMSG = bind("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    static final MethodHandle SENDMMSG_PLAIN = bindPlain("sendmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    static final MethodHandle SENDMMSG = bind("sendmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    static final MethodHandle EVENTFD = bind("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    /** Answers need no errno: a failed wait is a short one, a full event is set already. */
    static final MethodHandle PPOLL = bindPlain("ppoll", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final MethodHandle READ = bindPlain("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle WRITE = bindPlain("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CLOSE = bindPlain("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle STRERROR = bindPlain("strerror", JAVA_LONG, JAVA_INT);

    private LibC() {}

    /** Memory for the errno of calls of one thread. */
    static MemorySegment newCallState(Arena arena) {
        return arena.allocate(CALL_STATE);
    }

    /** Why the last call with this state failed. */
    static int errno(MemorySegment callState) {
        return callState.get(JAVA_INT, ERRNO_AT);
    }

    static void close(int descriptor) {
        try {
            int ignored = (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** What an error number means, in the words of the C library. Thread: any, as only fixed numbers are asked for. */
    static synchronized String describe(int errno) {
        try {
            long text = (long) STRERROR.invokeExact(errno);
            return MemorySegment.ofAddress(text).reinterpret(256).getString(0);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    static RuntimeException rethrow(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }

    private static Linker linker() {
        boolean known = System.getProperty("os.name", "").equals("Linux")
                && Set.of("amd64", "x86_64", "aarch64").contains(System.getProperty("os.arch", ""))
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        if (!known) {
            throw new UnsupportedOperationException("not 64-bit Linux on x86 or ARM");
        }
        return Linker.nativeLinker();
    }

    private static MethodHandle bind(String function, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(function),
                FunctionDescriptor.of(result, arguments), ERRNO);
    }

    private static MethodHandle bindPlain(String function, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(function),
                FunctionDescriptor.of(result, arguments));
    }
}
