// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.fuzz.Allocations;

/** What a hostile or merely unlucky peer sends: security.md V02 to V09. */
@Timeout(60)
class DtlsAttackTest {

    /**
     * V02: sixteen declared messages of 16 MiB in 205 bytes cost Bouncy Castle alone 272 MiB. What else the process
     * does meanwhile, and a collector that counts in pages, cannot make up one of them, let alone 800.
     */
    @Test
    void shouldNotReserveWhatABombDeclares() throws Exception {
        byte[] bomb = DtlsRecords.reassemblyBomb(16);
        try (DtlsEndpoint endpoint = new DtlsPair(DtlsRole.SERVER).startEndpoint().endpoint) {
            long before = liveHeapBytes();
            for (int i = 0; i < 50; i++) {
                assertTrue(endpoint.offer(PacketBuffer.copyOf(bomb)));
                awaitFiltered(endpoint, i + 1);
            }
            long growth = liveHeapBytes() - before;
            assertTrue(growth < 16 << 20, growth + " bytes kept");
            assertEquals(50, endpoint.filteredRecords());
        }
    }

    /** V02: nor does the filter that looks at it keep or make anything for it. */
    @Test
    void shouldLookAtABombForNothing() {
        DtlsRecordFilter filter = new DtlsRecordFilter(DtlsRole.SERVER);
        byte[] bomb = DtlsRecords.reassemblyBomb(16);
        int bombs = 50;
        long limit = bombs * 1024L;
        long bytes = Allocations.bytes(bombs, limit, () -> assertEquals(0, filter.filter(bomb, bomb.length)));
        assertTrue(bytes < limit, bytes + " bytes for " + bombs + " bombs");
        assertFalse(filter.flightComplete());
    }

    /** V02: well-formed fragments of the longest messages, all numbers. */
    @Test
    void shouldBoundTheStateOfOneHandshake() throws Exception {
        List<DtlsPair> pairs = new ArrayList<>();
        int sessions = 100;
        try {
            for (int i = 0; i < sessions; i++) {
                pairs.add(new DtlsPair(DtlsRole.SERVER).startEndpoint());
            }
            long before = liveHeapBytes();
            for (DtlsPair pair : pairs) {
                for (int seq = 0; seq < 16; seq++) {
                    offer(pair, DtlsRecords.fragment(seq == 0 ? 1 : 11, seq, 16_384, 100, 1000));
                }
            }
            for (DtlsPair pair : pairs) {
                awaitFiltered(pair.endpoint, 14);
            }
            // Unbounded, the sixteen messages of a session would take 256 KiB.
            long growth = (liveHeapBytes() - before) / sessions;
            assertTrue(growth < 128 << 10, growth + " bytes a session");
        } finally {
            pairs.forEach(pair -> pair.endpoint.close());
        }
    }

    @Test
    void shouldBoundTheQueue() {
        DtlsQueue queue = new DtlsQueue(new DtlsRecordFilter(DtlsRole.SERVER), datagram -> {});
        int taken = 0;
        while (queue.offer(PacketBuffer.copyOf(new byte[1200]))) {
            taken++;
        }
        assertEquals(DtlsQueue.MAX_BYTES / 1200, taken);
        queue.stop();
        assertFalse(queue.offer(PacketBuffer.copyOf(new byte[1])));
    }

    /** V05: DTLS 1.3 offered first, a hello of 1.6 KB in pieces, in any order, some of them lost or doubled. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldAnswerALargeHelloInPieces(int disorder) throws Exception {
        DtlsPair pair = new DtlsPair(DtlsRole.SERVER);
        pair.peer.offersDtls13 = true;
        pair.peer.suites = new int[] {0x1301, 0xc02b};
        Random random = new Random(disorder);
        int[] hellos = {0};
        int[] records = {0};
        pair.peer.shaping = datagrams -> {
            byte[] datagram = datagrams[0];
            if (datagram[4] != 0) {
                return datagrams;
            }
            if (datagram[0] != 22 || datagram[13] != 1) {
                datagram[10] = (byte) records[0]++;
                return datagrams;
            }
            List<byte[]> pieces = new ArrayList<>(List.of(split(datagram, 200)));
            // Split records need numbers of their own, or they count as replays.
            pieces.forEach(piece -> piece[10] = (byte) records[0]++);
            if (disorder > 0) {
                Collections.shuffle(pieces, random);
                pieces.add(pieces.getFirst());
            }
            if (disorder == 2 && hellos[0]++ == 0) {
                pieces.removeLast();
                pieces.removeFirst();
            }
            return pieces.toArray(byte[][]::new);
        };
        try (pair) {
            pair.start().connected.get(10, TimeUnit.SECONDS);
            assertEquals(0, pair.endpoint.filteredRecords());
            byte[] serverHello = pair.sent.getFirst();
            assertEquals(2, serverHello[13]);
            assertEquals(0xfefd, (serverHello[25] & 0xff) << 8 | serverHello[26] & 0xff);
        }
    }

    /** V07: application data, alerts and a close in clear after the handshake. */
    @Test
    void shouldIgnoreForgedRecordsInClear() throws Exception {
        try (DtlsPair pair = new DtlsPair(DtlsRole.SERVER).start()) {
            pair.connected.get(10, TimeUnit.SECONDS);
            pair.peer.connected.get(10, TimeUnit.SECONDS);
            byte[][] forged = {DtlsRecords.record(23, 0, new byte[20]), DtlsRecords.record(21, 0, new byte[] {2, 40}),
                DtlsRecords.record(21, 0, new byte[] {1, 0}), DtlsRecords.changeCipherSpec(),
                DtlsRecords.record(23, 1, new byte[40]), DtlsRecords.record(21, 1, new byte[40]),
                DtlsRecords.message(1, 0, 100), DtlsRecords.message(1, 4, 100)};
            for (byte[] datagram : forged) {
                offer(pair, datagram);
            }
            awaitFiltered(pair.endpoint, 6);
            assertFalse(pair.closed.isDone());
            // Still there: the protected close is heard.
            pair.peer.transport.close();
            assertEquals(PeerFailure.REMOTE_CLOSED, pair.closed.get(10, TimeUnit.SECONDS));
        }
    }

    /** V09: Bouncy Castle behind the filter, fed with altered datagrams of real handshakes. */
    @Test
    void shouldEndOrIgnoreButNeverBreakOnAlteredHandshakes() throws Exception {
        long seed = 99;
        DtlsCertificate certificate = DtlsCertificate.generate(BcTestPeer.RANDOM, java.time.Instant.now());
        List<DtlsPair> pairs = new ArrayList<>();
        try {
            for (int i = 0; i < 150; i++) {
                Random random = new Random(seed + i);
                DtlsPair pair = new DtlsPair(DtlsRole.SERVER);
                pair.certificate = certificate;
                pair.timeoutMs = 2_000;
                pair.peer.timeoutMs = 2_000;
                pair.peer.shaping = datagrams -> {
                    if (random.nextInt(3) == 0) {
                        datagrams[0][random.nextInt(datagrams[0].length)] ^= (byte) (1 << random.nextInt(8));
                    }
                    return datagrams;
                };
                pairs.add(pair.start());
            }
            for (int i = 0; i < pairs.size(); i++) {
                pairs.get(i).connected.handle((keys, failure) -> keys).get(10, TimeUnit.SECONDS);
                assertTrue(pairs.get(i).failed.getNow(PeerFailure.NONE) != PeerFailure.INTERNAL, "seed " + (seed + i));
            }
        } finally {
            pairs.forEach(DtlsPair::close);
        }
    }

    private static void awaitFiltered(DtlsEndpoint endpoint, long records) throws InterruptedException {
        DtlsPair.await(() -> endpoint.filteredRecords() >= records, records + " records are filtered");
    }

    private static boolean offer(DtlsPair pair, byte[] datagram) {
        return pair.endpoint.offer(PacketBuffer.copyOf(datagram));
    }

    /** Cuts the one handshake message of a record into fragments, each in a record of its own. */
    private static byte[][] split(byte[] datagram, int bytes) {
        int from = DtlsRecords.RECORD_HEADER + 12;
        int offset = medium(datagram, 19);
        int count = medium(datagram, 22);
        int messageBytes = medium(datagram, 14);
        int seq = (datagram[17] & 0xff) << 8 | datagram[18] & 0xff;
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < count; at += bytes) {
            byte[] body = Arrays.copyOfRange(datagram, from + at, from + Math.min(count, at + bytes));
            byte[] piece = DtlsRecords.record(22, 0,
                    DtlsRecords.handshake(datagram[13], seq, messageBytes, offset + at, body));
            System.arraycopy(datagram, 1, piece, 1, 9);
            pieces.add(piece);
        }
        return pieces.toArray(byte[][]::new);
    }

    private static int medium(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 16 | (bytes[at + 1] & 0xff) << 8 | bytes[at + 2] & 0xff;
    }

    private static long liveHeapBytes() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
