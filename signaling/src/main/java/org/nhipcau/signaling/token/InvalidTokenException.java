// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.token;

/** A token that grants nothing. The message is the same for every cause: strangers learn nothing from it. */
public final class InvalidTokenException extends Exception {
    /** Why, for counters and tests; never sent to the caller. */
    public enum Reason { MALFORMED, ALGORITHM, UNKNOWN_KEY, SIGNATURE, EXPIRED, NOT_YET_VALID, CLAIMS }

    private final Reason reason;

    InvalidTokenException(Reason reason) {
        super("invalid authorization token", null, false, false);
        this.reason = reason;
    }

    /** The cause, for the server's own counters. */
    public Reason reason() {
        return reason;
    }
}
