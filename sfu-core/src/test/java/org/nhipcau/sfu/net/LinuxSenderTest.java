// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.peer.Path;

/** Against a kernel that answers as told and notes the messages it takes. */
class LinuxSenderTest {
    private static final int ENETUNREACH = 101;
    private static final int ENOBUFS = 105;
    private static final int ECONNREFUSED = 111;
    private static final int EHOSTUNREACH = 113;
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final WorkerCounters counters = new WorkerCounters();
    private final SendBatch batch = new SendBatch(SendBatch.MAX_SEGMENTS);
    private final ToldKernel kernel = new ToldKernel();
    private final Path a = path("192.0.2.1", 1001);
    private final Path b = path("192.0.2.2", 1002);
    private final Path c = path("2001:db8::3", 1003);

    /** What a message said: whose port it goes to, bytes, segment size (0: no train) and first bytes of datagrams. */
    private record Message(int family, int port, int bytes, int segment, int firstByte) {}

    private static final class ToldKernel implements LinuxSender.Kernel {
        /** Next answers; a positive one bounds what is taken, then all is taken. */
        final Deque<Integer> answers = new ArrayDeque<>();
        final List<Message> taken = new ArrayList<>();
        int calls;

        @Override
        public int send(long headers, int count) {
            calls++;
            Integer answer = answers.poll();
            if (answer != null && answer < 0) {
                return answer;
            }
            int result = answer == null ? count : Math.min(answer, count);
            for (int i = 0; i < result; i++) {
                taken.add(read(headers + (long) i * LibC.MMSGHDR_BYTES));
            }
            return result;
        }

        private static Message read(long header) {
            long name = ALL.get(JAVA_LONG, header + LibC.MSG_NAME_AT);
            int nameBytes = ALL.get(JAVA_INT, header + LibC.MSG_NAMELEN_AT);
            int family = ALL.get(JAVA_SHORT, name);
            assertEquals(family == LibC.AF_INET ? 16 : 28, nameBytes);
            assertEquals(1, ALL.get(JAVA_LONG, header + LibC.MSG_IOVLEN_AT));
            long vector = ALL.get(JAVA_LONG, header + LibC.MSG_IOV_AT);
            int segment = 0;
            long controlBytes = ALL.get(JAVA_LONG, header + LibC.MSG_CONTROLLEN_AT);
            if (controlBytes != 0) {
                long control = ALL.get(JAVA_LONG, header + LibC.MSG_CONTROL_AT);
                assertEquals(18, ALL.get(JAVA_LONG, control));
                assertEquals(17, ALL.get(JAVA_INT, control + 8));
                assertEquals(103, ALL.get(JAVA_INT, control + 12));
                segment = ALL.get(JAVA_SHORT, control + 16) & 0xffff;
            }
            return new Message(family, ALL.get(LinuxSocket.NET_SHORT, name + 2) & 0xffff,
                    (int) (long) ALL.get(JAVA_LONG, vector + 8), segment,
                    ALL.get(JAVA_BYTE, ALL.get(JAVA_LONG, vector)));
        }
    }

    private static Path path(String address, int port) {
        try {
            return new Path(new InetSocketAddress(InetAddress.getByName(address), port));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void put(Path to, int firstByte, int length) {
        PacketBuffer datagram = batch.begin(to);
        datagram.setLength(length);
        datagram.putByte(0, firstByte);
        batch.commit(to);
    }

    private void send(boolean ipv6, boolean segments) {
        try (LinuxSender sender = new LinuxSender(kernel, ipv6, segments, counters)) {
            sender.send(batch);
            batch.clear();
        }
    }

    @AfterEach
    void free() {
        batch.close();
    }

    @Test
    void shouldNameReceiversInTheFormOfTheSocket() {
        put(a, 1, 10);
        put(c, 2, 20);
        send(true, true);
        put(a, 3, 30);
        put(c, 4, 40);
        send(false, true);
        assertEquals(List.of(new Message(LibC.AF_INET6, 1001, 10, 0, 1), new Message(LibC.AF_INET6, 1003, 20, 0, 2),
                new Message(LibC.AF_INET, 1001, 30, 0, 3), new Message(LibC.AF_INET6, 1003, 40, 0, 4)), kernel.taken);
        assertEquals(4, counters.get(Counter.MESSAGES_OUT));
    }

    @Test
    void shouldGoOnWhereTheKernelStopped() {
        kernel.answers.addAll(List.of(1, 1));
        for (int i = 0; i < 5; i++) {
            put(i % 2 == 0 ? a : b, i, 10 + i);
        }
        send(true, true);
        assertEquals(List.of(0, 1, 2, 3, 4), kernel.taken.stream().map(Message::firstByte).toList());
        assertEquals(3, kernel.calls);
        assertEquals(0, counters.get(DropReason.SEND_FAILED));
    }

    @Test
    void shouldDropTheRefusedMessageAlone() {
        for (int error : new int[] {LibC.EAGAIN, ENOBUFS, LibC.EPERM, ENETUNREACH, ECONNREFUSED, EHOSTUNREACH}) {
            kernel.taken.clear();
            kernel.answers.addAll(List.of(1, -error));
            long before = counters.get(DropReason.SEND_FAILED);
            put(a, 1, 10);
            put(b, 2, 10);
            put(b, 3, 10);
            put(b, 4, 7);
            put(a, 5, 10);
            send(true, true);
            assertEquals(List.of(1, 5), kernel.taken.stream().map(Message::firstByte).toList(), "error " + error);
            assertEquals(3, counters.get(DropReason.SEND_FAILED) - before, "all datagrams of the train count");
            assertTrue(b.trains(), "this error says nothing about trains");
        }
    }

    @Test
    void shouldDropAllWhenTheKernelRefusesAll() {
        for (int i = 0; i < 64; i++) {
            put(i % 2 == 0 ? a : b, i, 10);
            kernel.answers.add(-LibC.EAGAIN);
        }
        send(true, true);
        assertEquals(64, counters.get(DropReason.SEND_FAILED));
        assertEquals(0, counters.get(Counter.MESSAGES_OUT));
        put(a, 1, 10);
        send(true, true);
        assertEquals(1, kernel.taken.size(), "the next batch starts fresh");
    }

    @Test
    void shouldSendARefusedTrainSinglyAndNoMoreTrainsThatWay() {
        for (int error : new int[] {LibC.EIO, LibC.EMSGSIZE, LibC.EINVAL}) {
            kernel.taken.clear();
            Path narrow = path("192.0.2.9", 1009);
            put(a, 0, 10);
            for (int i = 1; i <= 3; i++) {
                put(narrow, i, i == 3 ? 50 : 100);
            }
            put(a, 4, 10);
            put(a, 5, 10);
            kernel.answers.addAll(List.of(1, -error));
            send(true, true);
            assertEquals(List.of(new Message(LibC.AF_INET6, 1001, 10, 0, 0),
                    new Message(LibC.AF_INET6, 1009, 100, 0, 1), new Message(LibC.AF_INET6, 1009, 100, 0, 2),
                    new Message(LibC.AF_INET6, 1009, 50, 0, 3), new Message(LibC.AF_INET6, 1001, 20, 10, 4)),
                    kernel.taken, "error " + error);
            assertFalse(narrow.trains());
            assertTrue(a.trains());
            kernel.taken.clear();
            put(narrow, 6, 100);
            put(narrow, 7, 100);
            send(true, true);
            assertEquals(List.of(6, 7), kernel.taken.stream().map(Message::firstByte).toList());
        }
        assertEquals(3, counters.get(Counter.TRAINS_STOPPED));
        assertEquals(0, counters.get(DropReason.SEND_FAILED));
    }

    @Test
    void shouldCountOncePerWayThatTrainsAreRefused() {
        put(a, 1, 100);
        put(a, 2, 100);
        put(b, 3, 10);
        put(a, 4, 100);
        put(a, 5, 100);
        kernel.answers.addAll(List.of(-LibC.EIO, 1, 1, 1, -LibC.EIO));
        send(true, true);
        assertEquals(List.of(1, 2, 3, 4, 5), kernel.taken.stream().map(Message::firstByte).toList());
        assertEquals(1, counters.get(Counter.TRAINS_STOPPED));
        assertEquals(5, counters.get(Counter.MESSAGES_OUT));
    }

    @Test
    void shouldDropASingleDatagramThatIsTooLongForItsWay() {
        put(a, 1, 1400);
        kernel.answers.add(-LibC.EMSGSIZE);
        send(true, true);
        assertEquals(1, counters.get(DropReason.SEND_FAILED));
        assertTrue(a.trains());
    }

    @Test
    void shouldTakeTrainsApartForAKernelWithoutThem() {
        for (int i = 0; i < 150; i++) {
            put(a, i, i == 149 ? 9 : 50);
        }
        send(true, false);
        assertEquals(150, kernel.taken.size());
        for (int i = 0; i < 150; i++) {
            assertEquals(new Message(LibC.AF_INET6, 1001, i == 149 ? 9 : 50, 0, (byte) i), kernel.taken.get(i));
        }
        assertEquals(3, kernel.calls, "64 messages a call");
        assertTrue(a.trains(), "the way is not to blame");
    }
}
