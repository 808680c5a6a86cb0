// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nhipcau.sfu.api.DtlsRole;

/** The rules of the filter, one by one. */
class DtlsRecordFilterTest {
    private static final int CLIENT_HELLO = 1;
    private static final int CERTIFICATE = 11;
    private static final int SERVER_HELLO_DONE = 14;
    private static final int CERTIFICATE_VERIFY = 15;
    private static final int CLIENT_KEY_EXCHANGE = 16;

    private final DtlsRecordFilter filter = new DtlsRecordFilter(DtlsRole.SERVER);

    @Test
    void shouldPassAWholeMessage() {
        byte[] hello = DtlsRecords.message(CLIENT_HELLO, 0, 100);
        assertEquals(hello.length, filter.filter(hello.clone(), hello.length));
        assertFalse(filter.flightComplete());
    }

    @Test
    void shouldPassMessagesAtTheLimitsAndDropThemBeyond() {
        assertPasses(true, DtlsRecords.fragment(CLIENT_HELLO, 0, 16_384, 0, 50));
        assertPasses(false, DtlsRecords.fragment(CERTIFICATE, 1, 16_385, 0, 50));
        assertPasses(false, DtlsRecords.fragment(CERTIFICATE, 1, 0xffffff, 0, 50));
        assertPasses(true, DtlsRecords.fragment(CERTIFICATE, 12, 60, 0, 60));
        assertPasses(false, DtlsRecords.fragment(CERTIFICATE, 13, 60, 0, 60));
        assertPasses(false, DtlsRecords.fragment(CERTIFICATE, 65_535, 60, 0, 60));
    }

    @Test
    void shouldDropEmptyAndOverlongFragments() {
        assertPasses(false, DtlsRecords.fragment(CERTIFICATE, 1, 60, 0, 0));
        assertPasses(false, DtlsRecords.fragment(CERTIFICATE, 1, 60, 60, 0));
        assertPasses(false, DtlsRecords.fragment(CERTIFICATE, 1, 60, 1, 60));
        assertPasses(false, DtlsRecords.fragment(CERTIFICATE, 1, 60, 0xffffff, 60));
        assertPasses(true, DtlsRecords.fragment(CERTIFICATE, 1, 60, 30, 30));
        byte[] cut = DtlsRecords.fragment(CERTIFICATE, 1, 60, 0, 30);
        cut[DtlsRecords.RECORD_HEADER + 11] = 31;
        assertPasses(false, cut);
    }

    @Test
    void shouldDropFragmentsThatContradictEarlierOnes() {
        assertPasses(true, DtlsRecords.fragment(CERTIFICATE, 1, 60, 0, 30));
        assertPasses(false, DtlsRecords.fragment(CERTIFICATE, 1, 61, 30, 30));
        assertPasses(false, DtlsRecords.fragment(CLIENT_KEY_EXCHANGE, 1, 60, 30, 30));
        assertPasses(true, DtlsRecords.fragment(CERTIFICATE, 1, 60, 30, 30));
    }

    @Test
    void shouldBoundTheSumOfAllMessages() {
        int passed = 0;
        for (int seq = 0; seq <= DtlsRecordFilter.MAX_MESSAGE_SEQ; seq++) {
            passed += passes(DtlsRecords.fragment(CERTIFICATE, seq, 16_000, 0, 1)) ? 1 : 0;
        }
        assertEquals(DtlsRecordFilter.MAX_TOTAL_BYTES / 16_000, passed);
    }

    @Test
    void shouldDropTheSmallDatagramThatMakesBouncyCastleAllocate() {
        byte[] bomb = DtlsRecords.reassemblyBomb(16);
        assertEquals(205, bomb.length);
        assertEquals(0, filter.filter(bomb, bomb.length));
        assertEquals(1, filter.droppedRecords());
    }

    @Test
    void shouldKeepTheGoodRecordsOfADatagram() {
        byte[] good = DtlsRecords.message(CLIENT_HELLO, 0, 40);
        byte[] bad = DtlsRecords.message(CERTIFICATE, 99, 40);
        byte[] more = DtlsRecords.message(CERTIFICATE, 1, 40);
        byte[] datagram = DtlsRecords.concat(good, bad, more);
        int kept = filter.filter(datagram, datagram.length);
        assertArrayEquals(DtlsRecords.concat(good, more), Arrays.copyOf(datagram, kept));
        assertEquals(1, filter.droppedRecords());
    }

    @Test
    void shouldDropATruncatedTail() {
        byte[] whole = DtlsRecords.message(CLIENT_HELLO, 0, 40);
        byte[] datagram = Arrays.copyOf(DtlsRecords.concat(whole, whole), 2 * whole.length - 1);
        assertEquals(whole.length, filter.filter(datagram, datagram.length));
        assertEquals(1, filter.droppedRecords());
    }

    @Test
    void shouldHoldWhatFollowsUntilTheFlightIsComplete() {
        byte[] change = DtlsRecords.changeCipherSpec();
        byte[] finished = DtlsRecords.record(22, 1, new byte[40]);
        pass(DtlsRecords.message(CLIENT_HELLO, 0, 40));
        pass(DtlsRecords.message(CERTIFICATE, 1, 40));
        assertPasses(false, finished);
        assertPasses(false, change);
        pass(DtlsRecords.fragment(CERTIFICATE_VERIFY, 3, 40, 20, 20));
        pass(DtlsRecords.message(CLIENT_KEY_EXCHANGE, 2, 40));
        assertNull(filter.pollHeld());
        assertFalse(filter.flightComplete());
        pass(DtlsRecords.fragment(CERTIFICATE_VERIFY, 3, 40, 0, 20));
        assertTrue(filter.flightComplete());
        assertArrayEquals(change, filter.pollHeld());
        assertArrayEquals(finished, filter.pollHeld());
        assertNull(filter.pollHeld());
        assertEquals(0, filter.droppedRecords());
    }

    @Test
    void shouldHoldAFinishedThatOvertookItsChangeCipherSpec() {
        completeClientFlight();
        byte[] finished = DtlsRecords.record(22, 1, new byte[40]);
        assertPasses(false, finished);
        assertNull(filter.pollHeld());
        assertPasses(true, DtlsRecords.changeCipherSpec());
        assertArrayEquals(finished, filter.pollHeld());
        assertPasses(true, DtlsRecords.record(22, 1, new byte[40]));
    }

    @Test
    void shouldHoldABoundedNumberOfBytes() {
        int held = 0;
        for (int i = 0; i < 1000; i++) {
            filter.filter(DtlsRecords.record(22, 1, new byte[40]), 53);
            filter.filter(DtlsRecords.changeCipherSpec(), 14);
        }
        completeClientFlight();
        while (filter.pollHeld() != null) {
            held++;
        }
        assertTrue(held <= 1 + DtlsRecordFilter.MAX_HELD_BYTES / 53, held + " records held");
    }

    @Test
    void shouldWaitForServerHelloDoneAsClient() {
        DtlsRecordFilter client = new DtlsRecordFilter(DtlsRole.CLIENT);
        int[] types = {2, 11, 12, 13};
        for (int seq = 0; seq < types.length; seq++) {
            byte[] message = DtlsRecords.message(types[seq], seq, 30);
            assertEquals(message.length, client.filter(message, message.length));
        }
        assertEquals(0, client.filter(DtlsRecords.changeCipherSpec(), 14));
        byte[] done = DtlsRecords.message(SERVER_HELLO_DONE, 4, 0);
        assertEquals(done.length, client.filter(done, done.length));
        assertTrue(client.flightComplete());
        assertArrayEquals(DtlsRecords.changeCipherSpec(), client.pollHeld());
    }

    @Test
    void shouldDropMessagesThatTheOtherRoleNeverSends() {
        assertPasses(false, DtlsRecords.message(2, 0, 40));
        assertPasses(false, DtlsRecords.message(SERVER_HELLO_DONE, 0, 0));
        assertPasses(false, DtlsRecords.message(200, 0, 40));
        byte[] hello = DtlsRecords.message(CLIENT_HELLO, 0, 40);
        assertEquals(0, new DtlsRecordFilter(DtlsRole.CLIENT).filter(hello, hello.length));
    }

    @Test
    void shouldDropOtherVersionsEpochsAndTypes() {
        byte[] hello = DtlsRecords.message(CLIENT_HELLO, 0, 40);
        hello[1] = 3;
        hello[2] = 3;
        assertPasses(false, hello);
        assertPasses(false, DtlsRecords.record(22, 2, new byte[40]));
        assertPasses(false, DtlsRecords.record(22, 65_535, new byte[40]));
        assertPasses(false, DtlsRecords.record(23, 0, new byte[40]));
        assertPasses(false, DtlsRecords.record(24, 0, new byte[40]));
        assertPasses(false, DtlsRecords.record(26, 0, new byte[40]));
        assertPasses(false, DtlsRecords.record(20, 0, new byte[2]));
        assertPasses(false, DtlsRecords.record(22, 0, new byte[0]));
    }

    @Test
    void shouldPassAlertsOnlyBeforeProtectionBegins() {
        assertPasses(true, DtlsRecords.record(21, 0, new byte[] {2, 40}));
        completeClientFlight();
        pass(DtlsRecords.changeCipherSpec());
        assertPasses(true, DtlsRecords.record(21, 0, new byte[] {2, 40}));
        pass(DtlsRecords.record(22, 1, new byte[40]));
        assertPasses(false, DtlsRecords.record(21, 0, new byte[] {2, 40}));
    }

    @Test
    void shouldPassOnlyRepetitionsAndProtectedRecordsWhenConnected() {
        completeClientFlight();
        pass(DtlsRecords.changeCipherSpec());
        filter.setConnected();
        pass(DtlsRecords.message(CERTIFICATE, 1, 40));
        pass(DtlsRecords.record(21, 1, new byte[30]));
        pass(DtlsRecords.record(23, 1, new byte[30]));
        assertPasses(false, DtlsRecords.message(CLIENT_HELLO, 4, 40));
        assertPasses(false, DtlsRecords.message(CLIENT_HELLO, 1, 40));
        assertPasses(false, DtlsRecords.record(21, 0, new byte[] {1, 0}));
        assertPasses(false, DtlsRecords.record(23, 0, new byte[30]));
        assertPasses(false, DtlsRecords.changeCipherSpec());
    }

    /** Valid flights with bytes changed, cut and glued: nothing is thrown and nothing grows. */
    @Test
    @Timeout(10)
    void shouldSurviveMutations() {
        long seed = 42;
        Random random = new Random(seed);
        byte[][] samples = {DtlsRecords.message(CLIENT_HELLO, 0, 200), DtlsRecords.changeCipherSpec(),
            DtlsRecords.fragment(CERTIFICATE, 1, 60, 30, 30), DtlsRecords.message(CERTIFICATE_VERIFY, 3, 70),
            DtlsRecords.record(22, 1, new byte[40]), DtlsRecords.reassemblyBomb(16)};
        DtlsRecordFilter mutated = new DtlsRecordFilter(DtlsRole.SERVER);
        for (int i = 0; i < 50_000; i++) {
            if (i % 100 == 0) {
                mutated = new DtlsRecordFilter(DtlsRole.values()[i / 100 & 1]);
            }
            byte[] datagram = DtlsRecords.concat(samples[random.nextInt(samples.length)],
                    samples[random.nextInt(samples.length)]);
            for (int changes = random.nextInt(6); changes > 0; changes--) {
                datagram[random.nextInt(datagram.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(datagram.length + 1);
            int kept = mutated.filter(datagram, length);
            assertTrue(kept >= 0 && kept <= length, () -> "seed " + seed);
        }
    }

    private void completeClientFlight() {
        pass(DtlsRecords.message(CLIENT_HELLO, 0, 40));
        pass(DtlsRecords.message(CERTIFICATE, 1, 40));
        pass(DtlsRecords.message(CLIENT_KEY_EXCHANGE, 2, 40));
        pass(DtlsRecords.message(CERTIFICATE_VERIFY, 3, 40));
    }

    private void pass(byte[] record) {
        assertPasses(true, record);
    }

    private void assertPasses(boolean expected, byte[] record) {
        assertEquals(expected, passes(record));
    }

    private boolean passes(byte[] record) {
        return filter.filter(record.clone(), record.length) == record.length;
    }
}
