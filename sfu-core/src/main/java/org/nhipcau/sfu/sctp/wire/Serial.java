// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.wire;

/** Compares numbers that wrap around. Spec: RFC 9260 §1.6, RFC 1982. */
public final class Serial {
    private Serial() {}

    /** Of transmission sequence numbers (32 bits). */
    public static boolean before(int a, int b) {
        return a - b < 0;
    }

    /** The stream sequence number after this one. */
    public static int nextSsn(int ssn) {
        return ssn + 1 & 0xffff;
    }
}
