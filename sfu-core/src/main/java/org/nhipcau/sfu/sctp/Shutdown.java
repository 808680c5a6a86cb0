// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sctp;

import org.nhipcau.sfu.sctp.send.RetransmissionTimeout;
import org.nhipcau.sfu.sctp.send.Sender;

/** The end that the other side asks for: what is under way arrives first. Spec: RFC 9260 §9.2. */
final class Shutdown {
    private static final int MAX_TRIES = 5;

    private final RetransmissionTimeout timeout;
    private boolean asked;
    private boolean acked;
    private boolean ackDue;
    private long resendNs;
    private int tries;

    Shutdown(RetransmissionTimeout timeout) {
        this.timeout = timeout;
    }

    /** Nothing new is taken on any more. */
    boolean asked() {
        return asked;
    }

    /** The other side has been told that all has arrived. */
    boolean acked() {
        return acked;
    }

    /** A SHUTDOWN came. One that comes again wants its answer again. */
    void ask() {
        asked = true;
        acked = false;
    }

    /** Goes on when nothing is under way. */
    void proceed(Sender sender, long nowNs) {
        if (asked && !acked && sender.empty()) {
            acked = true;
            ackDue = true;
            resendNs = nowNs + timeout.timeoutNs();
        }
    }

    long deadlineNs() {
        return acked ? resendNs : Long.MAX_VALUE;
    }

    /** T2. @return false when the other side has said no more for too long */
    boolean onTimer(long nowNs) {
        if (acked && nowNs - resendNs >= 0) {
            ackDue = true;
            resendNs = nowNs + timeout.timeoutNs();
            return ++tries <= MAX_TRIES;
        }
        return true;
    }

    /** A SHUTDOWN ACK is to be written; asked once. */
    boolean takeAckDue() {
        boolean due = ackDue;
        ackDue = false;
        return due;
    }
}
