// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.nhipcau.sfu.api.DtlsRole;

/** Any sequence of datagrams: nothing thrown, nothing added, held bytes bounded (V03, V09). */
class DtlsRecordFilterFuzzTest {

    /** The first byte chooses the role; each datagram that follows has its length in two bytes before it. */
    @FuzzTest(maxDuration = "30s")
    void filter(byte[] data) {
        if (data.length == 0) {
            return;
        }
        DtlsRecordFilter filter = new DtlsRecordFilter(DtlsRole.values()[data[0] & 1]);
        int at = 1;
        while (at + 2 <= data.length) {
            int length = Math.min((data[at] & 0xff) << 8 | data[at + 1] & 0xff, data.length - at - 2);
            byte[] datagram = Arrays.copyOfRange(data, at + 2, at + 2 + length);
            int kept = filter.filter(datagram, length);
            if (kept < 0 || kept > length) {
                throw new AssertionError(kept + " bytes kept of " + length);
            }
            int heldBytes = 0;
            for (byte[] held = filter.pollHeld(); held != null; held = filter.pollHeld()) {
                heldBytes += held.length;
            }
            if (heldBytes > DtlsRecordFilter.MAX_HELD_BYTES + 14) {
                throw new AssertionError(heldBytes + " bytes were held");
            }
            at += 2 + length;
        }
    }
}
