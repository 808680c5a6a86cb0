// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** Application data: after the handshake, in both directions, only where it is wanted. */
@Timeout(60)
class DtlsDataTest {
    private static DtlsPair connected(DtlsPair pair) throws Exception {
        pair.connected.get(20, TimeUnit.SECONDS);
        pair.peer.connected.get(20, TimeUnit.SECONDS);
        return pair;
    }

    private static byte[] awaitData(DtlsPair pair) throws InterruptedException {
        byte[][] got = new byte[1][];
        DtlsPair.await(() -> (got[0] = pair.endpoint.pollData()) != null, "data came");
        return got[0];
    }

    private static void send(DtlsPair pair, int... bytes) throws Exception {
        byte[] data = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            data[i] = (byte) bytes[i];
        }
        pair.peer.transport.send(data, 0, data.length);
    }

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void shouldCarryDataBothWaysAsSoonAsConnectedAndFromItsRest(DtlsRole role) throws Exception {
        try (DtlsPair pair = new DtlsPair(role).start()) {
            pair.endpoint.openData();
            connected(pair);
            for (int i = 0; i < 2; i++) {
                // First while our last flight is still repeated, then when nothing has come for a while.
                send(pair, 1, 2, 3);
                assertArrayEquals(new byte[] {1, 2, 3}, awaitData(pair));
                byte[] longest = new byte[1_152];
                longest[1_151] = 9;
                assertTrue(pair.endpoint.sendData(longest));
                assertArrayEquals(longest, pair.peer.data.poll(20, TimeUnit.SECONDS));
                DtlsPair.await(() -> pair.endpoint.resting(), "it rests");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void shouldReadEveryRecordOfADatagram(DtlsRole role) throws Exception {
        try (DtlsPair pair = new DtlsPair(role).start()) {
            pair.endpoint.openData();
            connected(pair);
            DtlsPair.await(() -> pair.endpoint.resting(), "it rests");
            List<byte[]> records = new ArrayList<>();
            pair.peer.out = records::add;
            send(pair, 1);
            send(pair, 2);
            send(pair, 3);
            byte[] datagram = new byte[records.stream().mapToInt(record -> record.length).sum()];
            int at = 0;
            for (byte[] record : records) {
                System.arraycopy(record, 0, datagram, at, record.length);
                at += record.length;
            }
            pair.endpoint.offer(PacketBuffer.copyOf(datagram));
            for (int i = 1; i <= 3; i++) {
                assertArrayEquals(new byte[] {(byte) i}, awaitData(pair));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void shouldThrowAwayUnwantedDataAndBoundWhatWaits(DtlsRole role) throws Exception {
        try (DtlsPair pair = new DtlsPair(role).start()) {
            connected(pair);
            DtlsPair.await(() -> pair.endpoint.resting(), "it rests");
            send(pair, 1);
            DtlsPair.await(() -> pair.endpoint.resting(), "it rests");
            pair.endpoint.openData();
            assertNull(pair.endpoint.pollData(), "what came before it was wanted is gone");
            for (int i = 0; i < 100; i++) {
                send(pair, i);
                DtlsPair.await(() -> pair.endpoint.resting(), "it rests");
            }
            int waited = 0;
            while (pair.endpoint.pollData() != null) {
                waited++;
            }
            assertTrue(waited == 64, "waited " + waited);
            assertTrue(pair.endpoint.droppedData() == 36, "dropped " + pair.endpoint.droppedData());
            assertFalse(pair.closed.isDone());
            assertNotNull(pair.peer.transport);
        }
    }
}
