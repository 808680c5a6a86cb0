// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp.channel;

/** What one peer may send: two buckets that fill with time. Thread: the worker's. */
final class ReceiveRate {
    static final int MESSAGES_PER_S = 64;
    static final int BYTES_PER_S = 256 * 1024;
    private static final double NS_PER_S = 1e9;

    private double messages = MESSAGES_PER_S;
    private double bytes = BYTES_PER_S;
    private boolean begun;
    private long filledNs;

    /** Takes a message out of both buckets. @return false when one of them has too little; then nothing is taken */
    boolean take(int lengthBytes, long nowNs) {
        double elapsedS = begun ? (nowNs - filledNs) / NS_PER_S : 0;
        begun = true;
        filledNs = nowNs;
        messages = Math.min(MESSAGES_PER_S, messages + elapsedS * MESSAGES_PER_S);
        bytes = Math.min(BYTES_PER_S, bytes + elapsedS * BYTES_PER_S);
        if (messages < 1 || bytes < lengthBytes) {
            return false;
        }
        messages--;
        bytes -= lengthBytes;
        return true;
    }
}
