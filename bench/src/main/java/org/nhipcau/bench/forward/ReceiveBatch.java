// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** Room for what one recvmmsg brings, as many datagrams as the C program takes. Thread: one. */
final class ReceiveBatch {
    static final int SIZE = 64;
    private static final int IOVEC_BYTES = 16;
    private static final int CONTROL_BYTES = 64;
    private static final int SCM_TIMESTAMPNS = 35;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment messages = arena.allocate((long) SIZE * LinuxUdp.MMSGHDR_BYTES, 8);
    private final MemorySegment vectors = arena.allocate((long) SIZE * IOVEC_BYTES, 8);
    private final MemorySegment controls = arena.allocate((long) SIZE * CONTROL_BYTES, 8);
    private final PacketBuffer[] packets = new PacketBuffer[SIZE];
    private boolean stamped;

    ReceiveBatch() {
        for (int i = 0; i < SIZE; i++) {
            packets[i] = PacketBuffer.allocate();
            vectors.set(JAVA_LONG, (long) i * IOVEC_BYTES, packets[i].address());
            vectors.set(JAVA_LONG, (long) i * IOVEC_BYTES + 8, PacketBuffer.MAX_LENGTH);
            long at = (long) i * LinuxUdp.MMSGHDR_BYTES;
            messages.set(JAVA_LONG, at + 16, vectors.address() + (long) i * IOVEC_BYTES);
            messages.set(JAVA_LONG, at + 24, 1);
        }
    }

    /** Whether room for the kernel's time of arrival is given to the next calls. */
    void stamped(boolean on) {
        stamped = on;
        for (int i = 0; i < SIZE; i++) {
            long at = (long) i * LinuxUdp.MMSGHDR_BYTES;
            messages.set(JAVA_LONG, at + 32, on ? controls.address() + (long) i * CONTROL_BYTES : 0);
            messages.set(JAVA_LONG, at + 40, on ? CONTROL_BYTES : 0);
        }
    }

    // The kernel writes the length used into the header; the room must be given anew.
    void reset() {
        if (stamped) {
            for (int i = 0; i < SIZE; i++) {
                messages.set(JAVA_LONG, (long) i * LinuxUdp.MMSGHDR_BYTES + 40, CONTROL_BYTES);
            }
        }
    }

    long messages() {
        return messages.address();
    }

    /** A datagram of the last call; valid until the next. */
    PacketBuffer packet(int index) {
        PacketBuffer packet = packets[index];
        packet.clear();
        packet.setLength(messages.get(JAVA_INT, (long) index * LinuxUdp.MMSGHDR_BYTES + LinuxUdp.MSGHDR_BYTES));
        return packet;
    }

    /** When the kernel took it, on the wall clock in ns; 0: not known. */
    long arrivalNs(int index) {
        long at = (long) index * CONTROL_BYTES;
        boolean known = messages.get(JAVA_LONG, (long) index * LinuxUdp.MMSGHDR_BYTES + 40) >= 32
                && controls.get(JAVA_INT, at + 12) == SCM_TIMESTAMPNS;
        return known ? controls.get(JAVA_LONG, at + 16) * 1_000_000_000L + controls.get(JAVA_LONG, at + 24) : 0;
    }
}
