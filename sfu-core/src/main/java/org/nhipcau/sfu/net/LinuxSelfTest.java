// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.net;

import java.io.IOException;
import java.net.InetAddress;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.peer.Path;

/** Sends a train over the loopback interface to itself, so that a system which only looks like Linux is found out. */
final class LinuxSelfTest {
    private static final int DATAGRAM_BYTES = 100;
    private static final int DATAGRAMS = 3;
    private static final int MOST_WAITS = 20;
    private static final long WAIT_NS = 50_000_000L;

    private LinuxSelfTest() {}

    /** @throws IOException when a datagram does not come back; other failures where calls are missing */
    static void run() throws IOException {
        WorkerCounters counters = new WorkerCounters();
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        try (LinuxSocket socket = LinuxSocket.open(loopback, 0, true);
                LinuxWait wait = new LinuxWait(socket.descriptor());
                SendBatch batch = new SendBatch(DATAGRAMS);
                LinuxSender sender = new LinuxSender(socket::send, socket.ipv6(), socket.segments(), counters);
                ReceiveBatch received = new ReceiveBatch(socket, new AddressTable(8, 0), counters)) {
            Path self = new Path(socket.localAddress());
            for (int i = 0; i < DATAGRAMS; i++) {
                PacketBuffer datagram = batch.begin(self);
                datagram.setLength(DATAGRAM_BYTES - i / (DATAGRAMS - 1));
                datagram.putByte(0, i);
                batch.commit(self);
            }
            sender.send(batch);
            int next = 0;
            for (int i = 0; i < MOST_WAITS && next < DATAGRAMS; i++) {
                wait.await(WAIT_NS, true);
                next = take(received, self, next);
            }
            if (next < DATAGRAMS) {
                throw new IOException("the loopback interface carried " + next + " of " + DATAGRAMS + " datagrams");
            }
        }
    }

    private static int take(ReceiveBatch received, Path self, int next) throws IOException {
        received.receive();
        received.beginCycle();
        PacketBuffer datagram;
        while ((datagram = received.next()) != null) {
            // Another process may send here too.
            if (!received.sender().equals(self.address())) {
                continue;
            }
            if (datagram.length() != DATAGRAM_BYTES - next / (DATAGRAMS - 1) || datagram.getByte(0) != next) {
                throw new IOException("the loopback interface changed a datagram");
            }
            next++;
        }
        return next;
    }
}
